"""What the application wants, and how it travels.

Every command is checked completely before anything changes: whether the state of the call allows it, whether
it fits the server's message size, whether there is room for it to wait. Only then is it noted and queued, so
an exception always means that nothing was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

from msgspec import structs

from ..wire.codec import encode
from ..wire.errors import LocalProtocolError, QueueFull
from ..wire.event import Event
from ..wire.events import HookKind, ReplyDiscarded, ReplyRerouted
from ..wire.live_command_base import LiveCommand, given
from ..wire.live_commands import ToolOutput
from .call_connections import CallConnections
from .commands import (
    ClearText,
    CloseSpeech,
    Command,
    Conclude,
    FlushText,
    HangUp,
    OpenSpeech,
    Replace,
    Reply,
    Send,
    WriteText,
)
from .hook_roles import SYNONYMS, verb_name
from .obligations import ACK_POLICIES, Fate, Late, Obligation
from .outbox import Entry
from .size import Verbs, ack_and_parts, parts, whole
from .states import CallInput, CallState, LinkState

FIRST_VERBS = 1024
"""Verbs that may be joined into the first answer while nobody can take it."""

_REPLACED_BY_REPLY = frozenset({HookKind.ACTION, HookKind.SESSION_REDIRECT, HookKind.FATAL})
"""Kinds whose answer replaces the verbs of the call."""


CarryOut: TypeAlias = Callable[[Any, Any], list[Event]]


class CallCommands(CallConnections):
    """The part of the role that speaks."""

    __slots__ = ()

    def do(self, command: Command, now: float) -> list[Event]:
        """Carry out a command. Raises `LocalProtocolError` or a subclass before anything has changed."""
        self._now = now
        carry_out = self._CARRY_OUT.get(type(command))
        if carry_out is not None:
            return carry_out(self, command)
        if isinstance(command, LiveCommand):
            return self._live(command)
        raise LocalProtocolError(f"{command!r} is not a command")

    # --- verbs ----------------------------------------------------------------------------------------------

    def _send(self, command: Send) -> list[Event]:
        return self._bring(command.verbs, replacing=False)

    def _replace(self, command: Replace) -> list[Event]:
        return self._bring(command.verbs, replacing=True)

    def _bring(self, verbs: Verbs, *, replacing: bool) -> list[Event]:
        """Give verbs to the server, in whichever way the state of the call asks for."""
        self._check(CallInput.VERBS, "send verbs")
        if not verbs:
            raise LocalProtocolError(
                "there are no verbs to send; an empty array would end an idle call, and reject a new one"
            )
        if self.state is CallState.ANSWERING:
            return self._join(verbs, replacing=replacing)
        entries = self._redirects(verbs, replacing=replacing)
        self._outbox.check_room(len(entries))
        events = self._learn(verbs, replacing=replacing)
        self._queue(entries)
        return events

    def _join(self, verbs: Verbs, *, replacing: bool) -> list[Event]:
        """Make verbs part of the first answer."""
        first = self._first
        parts(verbs, self.options.message_bytes)
        if len(first.verbs or ()) + len(verbs) > FIRST_VERBS:
            raise QueueFull(f"the first answer of a call may have {FIRST_VERBS} verbs")
        events = self._learn(verbs, replacing=replacing)
        first.add(verbs, replacing=replacing)
        return events

    # --- answers --------------------------------------------------------------------------------------------

    def _reply(self, command: Reply) -> list[Event]:
        obligation, data = self._obligations.find(command.msgid), command.verbs
        if isinstance(data, dict) and obligation.kind is not HookKind.PLAYED:
            raise LocalProtocolError("the answer to this hook is an array of verbs")
        if self.state is CallState.ANSWERING and (
            obligation.kind is HookKind.SESSION_NEW or obligation is self._first.request
        ):
            return self._reply_first(obligation, data)
        self._check(CallInput.REPLY, "reply")
        if obligation is self._first.request:
            # It was hung up, and the answer that does so is about to leave.
            return [self._discarded(obligation, "call ending")] if data else []
        if obligation.fate is not Fate.OPEN:
            return self._reply_late(obligation, data)
        if isinstance(data, list) and data and obligation.kind in _REPLACED_BY_REPLY:
            return self._reply_replacing(obligation, data)
        self._ack(obligation, data, Fate.ANSWERED)
        if isinstance(data, list):
            for verb in data:
                self._roles.learn(verb, verb_name(verb))
        return []

    def _reply_first(self, obligation: Obligation, data: Any) -> list[Event]:
        """A reply to the message that wants the first verbs is a part of the first answer like any other."""
        if data or self._first.verbs is not None:
            return self._bring(data, replacing=False) if data else []
        if obligation.kind is HookKind.SESSION_NEW:
            raise LocalProtocolError(
                "an empty first answer rejects the call; hang up to do that, or send verbs"
            )
        self._give_first(obligation, [], Fate.ANSWERED)
        return []

    def _reply_replacing(self, obligation: Obligation, verbs: Verbs) -> list[Event]:
        """The ack brings new verbs."""
        if self.state is CallState.ENDING:
            self._ack(obligation, [], Fate.ANSWERED)
            return [self._discarded(obligation, "call ending")]
        text, pieces = ack_and_parts(obligation.msgid, verbs, self.options.message_bytes)
        rest = [entry for piece in pieces[1:] for entry in self._redirects(piece, replacing=False)]
        self._outbox.check_room(1 + len(rest))
        events = self._learn(verbs, replacing=True)
        self._obligations.close(obligation, Fate.ANSWERED)
        if self._outbox.queue and self._gate_open:
            self._outbox.put(Entry(text, "", pieces[0], replacing=True, ack=obligation))
        else:
            self._outbox.pass_by(text, self._now, settle=True)
            self._unsure.acked(obligation, pieces[0], self._now)
        self._queue(rest)
        return events

    def _reply_late(self, obligation: Obligation, data: Any) -> list[Event]:
        """The ack was given already, or cannot be given any more."""
        late = ACK_POLICIES[obligation.kind].late
        if late is Late.DISCARDED or self.state is CallState.ENDING:
            self._obligations.close(obligation, Fate.ANSWERED)
            return [self._discarded(obligation, "too late")] if data else []
        if not data:
            self._obligations.close(obligation, Fate.ANSWERED)
            return []
        replacing = late is Late.REPLACING
        entries = self._redirects(data, replacing=replacing)
        self._outbox.check_room(len(entries))
        self._obligations.close(obligation, Fate.ANSWERED)
        events = self._learn(data, replacing=replacing)
        self._queue(entries)
        return [*events, ReplyRerouted(obligation.msgid, obligation.hook, obligation.kind)]

    def _discarded(self, obligation: Obligation, reason: str) -> Event:
        return ReplyDiscarded(obligation.msgid, obligation.hook, obligation.kind, reason)

    # --- the end --------------------------------------------------------------------------------------------

    def _hang_up(self, command: HangUp) -> list[Event]:
        """End the call.

        An unanswered call is declined and an answered one is hung up, and each verb does nothing to a call of
        the other sort. Where it is not known which sort this is, both are sent: the first that applies ends
        the call.
        """
        self._check(CallInput.HANG_UP, "hang up")
        if self.state in (CallState.ENDING, CallState.OVER):
            return []
        decline = given(
            verb="sip:decline", status=command.status, reason=command.reason, headers=command.headers
        )
        hang_up = given(verb="hangup", headers=command.headers)
        fresh = self.state is CallState.ANSWERING and self._first.asked_again
        verbs = [hang_up] if self._answered else [decline] if fresh else [decline, hang_up]
        parts(verbs, self.options.message_bytes)
        events: list[Event] = []
        if self.state is CallState.OPENING:
            # A `session:new` may be on its way already; then these are its answer.
            self._first.add(verbs, replacing=True)
            if self._link is LinkState.UP:
                self._outbox.pass_by(_status("no-answer"), self._now, settle=False)
        elif self.state is CallState.ANSWERING:
            events = self._learn(verbs, replacing=True)
            self._first.add(verbs, replacing=True)
        elif self._answered and command.headers is None:
            self._outbox.put(Entry(_status("completed"), "call:status"))
        else:
            events = self._learn(verbs, replacing=True)
            self._queue(self._redirects(verbs, replacing=True))
        self._step(CallInput.HANG_UP)
        self._end_by = self._now + self.options.reconnect_grace
        return events + self.speech.call_over(self._now)

    def _conclude(self, command: Conclude) -> list[Event]:
        """End the call behind what is queued.

        Where it is not known whether the caller's leg will be answered by then, both ways to end it are
        queued: each of them does nothing to a call of the other sort.
        """
        self._check(CallInput.VERBS, "hang up")
        if self.state is CallState.ANSWERING and not self._first.verbs:
            return self._hang_up(HangUp(status=command.status))
        if self._facts.ends:
            return []
        verbs: Verbs = [{"verb": "hangup"}]
        if not (self._answered or self._facts.answers):
            verbs.append({"verb": "sip:decline", "status": command.status})
        return self._bring(verbs, replacing=False)

    # --- live commands --------------------------------------------------------------------------------------

    def _live(self, command: LiveCommand) -> list[Event]:
        self._check(CallInput.COMMAND, f"send the command {command.command!r}")
        if type(command) is ToolOutput and not command.vendor:
            command = structs.replace(
                command,
                vendor=self._facts.llm_vendor,
                function=command.function or self._tools.get(command.tool_call_id, ""),
            )
        message = command.message(self.profile)
        name, data = command.command, message.get("data")
        text = whole(message, self.options.message_bytes, f"the command {name}")
        self._outbox.check_room(1)
        verbs, replacing, events = None, False, list[Event]()
        if name == "redirect" and isinstance(data, list) and not command.leg:
            verbs, replacing = data, not message.get("queueCommand")
            events = self._learn(verbs, replacing=replacing)
        elif isinstance(data, dict):
            events = self._learn_options(name, data)
        self._outbox.put(Entry(text, name, verbs, replacing=replacing))
        return events

    def _learn_options(self, name: str, data: dict[str, Any]) -> list[Event]:
        """Take note of what a command changes at once."""
        row = self.profile.registry.commands.get(name)
        if row is not None and row.announces_hooks:
            self._roles.learn(data, SYNONYMS.get(name, name))
        if name == "config":
            opens = self._facts.learn_config(data)
            if opens is not None:
                return self._stream(opens, at_once=True)
        return []

    # --- speech ---------------------------------------------------------------------------------------------

    def _open_speech(self, command: OpenSpeech) -> list[Event]:
        self._check(CallInput.COMMAND, "speak")
        return [*self.speech.open(self._now)]

    def _write(self, command: WriteText) -> list[Event]:
        self._check(CallInput.COMMAND, "speak")
        self._speech_may_send = True
        return [*self.speech.write(command.text, self._now, speech=command.speech, ticket=command.ticket)]

    def _flush(self, command: FlushText) -> list[Event]:
        self._check(CallInput.COMMAND, "speak")
        self._speech_may_send = True
        return [*self.speech.flush(self._now, speech=command.speech)]

    def _clear(self, command: ClearText) -> list[Event]:
        self._check(CallInput.COMMAND, "clear what is spoken")
        self._speech_may_send = True
        events: list[Event] = [*self.speech.clear(self._now, speech=command.speech)]
        self._hurry_clear()
        return events

    def _close_speech(self, command: CloseSpeech) -> list[Event]:
        self._speech_may_send = True
        return [*self.speech.close(self._now, speech=command.speech)]

    _CARRY_OUT: ClassVar[Mapping[type, CarryOut]] = {
        Send: _send,
        Replace: _replace,
        Reply: _reply,
        HangUp: _hang_up,
        Conclude: _conclude,
        OpenSpeech: _open_speech,
        WriteText: _write,
        FlushText: _flush,
        ClearText: _clear,
        CloseSpeech: _close_speech,
    }


def _status(status: str) -> str:
    return encode({"type": "command", "command": "call:status", "data": {"call_status": status}})
