"""What the application gives to the server: each piece is put where it leaves from, and learned from.

The two belong together. A write has a serial number, by which the accounts of verbs (`verb_accounts.py`) know
which write brought what, and what was read when a verb reports; so nothing is put into the outbox that the
accounts have not seen, and they see nothing that does not leave. Whether the call allows it was asked before:
what is here refuses only for want of room, and before anything has changed.
"""

from __future__ import annotations

from typing import Any

from ..verbs.profiles import Profile
from ..wire.event import Event
from ..wire.live_command_base import LiveCommand
from ..wire.live_commands import ToolOutput
from ..wire.unproved import IfUnsure, chosen
from .delivery import Delivery
from .obligations import ACK_POLICIES, Fate, Late, Obligation, Obligations
from .options import CallOptions
from .outbox import Write
from .size import Verbs, ack_and_rest, whole
from .states import HoldInput
from .verb_accounts import VerbAccounts

_ANSWERED = Fate.ANSWERED
_HOOK_ACK = HoldInput.HOOK_ACK


class CallWriter:
    """The writer of one call."""

    __slots__ = ("_accounts", "_delivery", "_message_bytes", "_obligations", "_profile")

    def __init__(
        self,
        delivery: Delivery,
        accounts: VerbAccounts,
        obligations: Obligations,
        options: CallOptions,
        profile: Profile,
    ) -> None:
        self._delivery = delivery
        self._accounts = accounts
        self._obligations = obligations
        self._message_bytes = options.message_bytes
        self._profile = profile

    # --- verbs ----------------------------------------------------------------------------------------------

    def queue(
        self, verbs: Verbs, now: float, *, replacing: bool, if_unsure: IfUnsure | None = None
    ) -> list[Event]:
        """Put verbs behind what waits, in pieces that fit."""
        return self.queue_pieces(
            self._delivery.room_for(verbs), verbs, now, replacing=replacing, if_unsure=if_unsure
        )

    def queue_pieces(
        self,
        pieces: list[Verbs],
        verbs: Verbs,
        now: float,
        *,
        replacing: bool,
        if_unsure: IfUnsure | None = None,
    ) -> list[Event]:
        """The same for verbs that are in pieces already, and need no room of their own."""
        delivery = self._delivery
        serial = delivery.new_serial()
        events = self._accounts.learn(verbs, now, replacing=replacing, serial=serial)
        delivery.put_verbs(pieces, replacing=replacing, serial=serial, if_unsure=if_unsure)
        return events

    def join(self, verbs: Verbs, now: float, *, replacing: bool) -> list[Event]:
        """Make verbs part of the first answer."""
        self._delivery.join(verbs, replacing=replacing)
        return self._accounts.learn(verbs, now, replacing=replacing, serial=self._delivery.first_serial)

    # --- answers --------------------------------------------------------------------------------------------

    def ack(self, obligation: Obligation, data: Any, fate: Fate, now: float) -> None:
        """Write an ack that may leave at once."""
        self._delivery.ack(obligation, data, now)
        self._obligations.close(obligation, fate, now)

    def reply(self, obligation: Obligation, data: Any, now: float) -> None:
        """Answer a hook with what does not replace the verbs of the call."""
        self.ack(obligation, data, _ANSWERED, now)
        if isinstance(data, list):
            self._accounts.learn_hooks(data)

    def reply_replacing(
        self, obligation: Obligation, verbs: Verbs, now: float, *, waits: bool
    ) -> list[Event]:
        """Answer with verbs that replace the others, inside the ack. It leaves at once, unless it `waits`."""
        text, first, rest = ack_and_rest(obligation.msgid, verbs, self._message_bytes)
        delivery = self._delivery
        outbox = delivery.outbox
        if rest or outbox.queue:
            outbox.check_room(1 + len(rest))
        serial = delivery.new_serial()
        write = Write(text, "", first, True, obligation, None, serial)
        events = self._accounts.learn(verbs, now, replacing=True, serial=serial)
        self._obligations.close(obligation, _ANSWERED, now)
        if waits:
            outbox.put(write)
        else:
            delivery.leave_now(write, now)
            outbox.hold_behind(write, _HOOK_ACK, delivery.receipts)
        if rest:
            delivery.put_verbs(rest, replacing=False, serial=serial)
        return events

    def reply_late(self, obligation: Obligation, data: Any, now: float, *, ending: bool) -> list[Event]:
        """The ack was given already, or cannot be given any more: verbs take another way, if any."""
        late = ACK_POLICIES[obligation.kind].late
        if not data or late is Late.DISCARDED or ending:
            self._obligations.close(obligation, _ANSWERED, now)
            return [obligation.discarded("too late")] if data else []
        pieces = self._delivery.room_for(data)
        self._obligations.close(obligation, _ANSWERED, now)
        events = self.queue_pieces(pieces, data, now, replacing=late is Late.REPLACING)
        return [*events, obligation.rerouted()]

    # --- live commands --------------------------------------------------------------------------------------

    def command(self, command: LiveCommand, now: float) -> list[Event]:
        """Put a live command behind what waits."""
        accounts, delivery = self._accounts, self._delivery
        if type(command) is ToolOutput:
            command = accounts.facts.completed(command)
        message = command.message(self._profile)
        name, data = command.command, message.get("data")
        text = whole(message, self._message_bytes, f"the command {name}")
        delivery.outbox.check_room(1)
        verbs, replacing, events = None, False, list[Event]()
        serial = delivery.new_serial()
        if name == "redirect" and isinstance(data, list) and not command.leg:
            verbs, replacing = data, not message.get("queueCommand")
            events = accounts.learn(verbs, now, replacing=replacing, serial=serial)
        elif isinstance(data, dict):
            events = accounts.learn_options(name, data)
        row = self._profile.registry.commands.get(name)
        unsure = chosen(command.if_unsure) or (IfUnsure.REPORT if row is None else row.when_unsure(data))
        delivery.outbox.put(Write(text, name, verbs, replacing, None, unsure, serial))
        return events
