"""An application's call against a small server that keeps the wire's rules to the letter, over a bad network.

The server here knows only what the rules need: which of its messages are un-acked, what it forgets when a
connection is lost, that it asks for its first verbs again through `session:reconnect` and is silent
afterwards, and that it reads what was written late, or never. Verbs carry numbers, so that every one can be
followed from the command that brought it to the frame that it arrived in. (The server that runs verbs is the
simulator's, and has tests of its own.)
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jambonz_core.call import (
    Abandoned,
    AbortConnection,
    AppCall,
    CallOptions,
    CallState,
    CommandRefused,
    HookEvent,
    HookKind,
    Mute,
    Replace,
    Reply,
    ReplyDiscarded,
    Send,
)

SETTLE = 0.02
PATIENT = CallOptions(reconnect_grace=1e6)
"""The end of a call has tests of its own; here a call goes on, whatever happens."""
ANNOUNCED: list[dict[str, Any]] = [
    {"verb": "gather", "actionHook": "/action", "partialResultHook": "/partial"},
    {"verb": "enqueue", "name": "q", "waitHook": "/wait"},
    {"verb": "llm", "vendor": "x", "llmOptions": {}, "actionHook": "/fatal"},
]
PATHS = ["/action", "/partial", "/wait", "/fatal", "/unknown", "confirm"]


class Server:
    """The other end of the wire."""

    def __init__(self) -> None:
        self.up = False
        self.deaf = False
        self.has_verbs = False
        self.unacked: dict[str, str] = {}
        """Messages of this connection that wait for their ack: id to type."""
        self.arrived: list[int] = []
        """Numbers of the verbs that came, in order."""
        self.unread: list[dict[str, Any]] = []
        self.presumed_read = 0
        """How many of the unread frames the other side must take for read."""
        self.lost: set[int] = set()
        """Numbers that were written and never read, and that nobody owes."""

    @property
    def held_back(self) -> bool:
        """Whether `session:reconnect` is un-acked, so that nothing else may be said."""
        return "session:reconnect" in self.unacked.values()

    @property
    def may_speak(self) -> bool:
        return self.up and not self.deaf and not self.held_back and self.has_verbs

    def read(self, count: int) -> None:
        for frame in self.unread[:count]:
            if frame["type"] == "ack":
                type_ = self.unacked.pop(frame["msgid"], None)
                assert type_ is not None, "an ack that answers nothing on this connection"
                if type_ == "session:new" or (type_ == "session:reconnect" and not self.has_verbs):
                    assert frame["data"], "an empty first answer rejects the call"
                    self.deaf = type_ == "session:reconnect"
                    self.has_verbs = True
                elif type_ == "session:reconnect":
                    continue
            else:
                assert self.has_verbs, "nobody listens before the first answer"
                assert not self.held_back, "nothing is heard before the ack of session:reconnect"
            self.arrived += numbers(frame)
        del self.unread[:count]
        self.presumed_read = max(0, self.presumed_read - count)

    def speak(self) -> None:
        """Whatever was written before counts as read from now on, though it may just have crossed this."""
        self.presumed_read = len(self.unread)

    def drop(self) -> None:
        """What was not read is lost, but for verbs in acks, and what followed them: those are owed."""
        owed: list[int] | None = None
        for position, frame in enumerate(self.unread):
            self.lost.update(numbers(frame))
            if position < self.presumed_read:
                continue
            if frame["type"] == "ack":
                owed = numbers(frame) or owed
            elif owed is not None:
                owed = numbers(frame) if frame.get("queueCommand") is False else owed + numbers(frame)
        self.lost -= {*(owed or ())} - {*self.arrived}
        self.unread.clear()
        self.presumed_read = 0
        self.unacked.clear()
        self.up = self.deaf = False


def numbers(frame: dict[str, Any]) -> list[int]:
    """The numbers of the verbs in a frame."""
    data = frame.get("data")
    return (
        [verb["length"] for verb in data if verb.get("verb") == "pause" and "n" in verb]
        if isinstance(data, list)
        else []
    )


def numbered(*values: int) -> list[dict[str, Any]]:
    return [{"verb": "pause", "length": value, "n": True} for value in values]


class BadNetwork(RuleBasedStateMachine):
    """One call, from `session:new` on."""

    def __init__(self, make_wire: Callable[..., Any]) -> None:
        super().__init__()
        self.wire = make_wire(PATIENT)
        self.server = Server()
        self.next_number = 0
        self.issued: list[int] = []
        self.given_up: set[int] = set()
        """Numbers that need not arrive: replaced before they left, or reported as refused."""
        self.held: dict[str, HookKind] = {}
        self.replies: dict[str, int] = {}
        self.owed: dict[str, int] = {}
        """Every message that wanted an ack, and how often it was acked or abandoned."""
        self.replayed: AppCall | None = None
        self.unsettled_until = -1.0
        self._connect()
        self._say("session:new", {"call_sid": "c1", "direction": "inbound"})

    # --- plumbing -------------------------------------------------------------------------------------------

    def _take(self, events: list[Any]) -> None:
        for event in events:
            if isinstance(event, Abandoned):
                self.owed[event.msgid] += 1
                self.held.pop(event.msgid, None) if event.reason == "deadline" else None
            elif isinstance(event, HookEvent) and not event.acked:
                self.held[event.msgid] = event.kind
            elif isinstance(event, ReplyDiscarded) and event.msgid in self.replies:
                self.given_up.add(self.replies[event.msgid])
            elif isinstance(event, AbortConnection):
                self._drop(len(self.server.unread))
                break
            assert not isinstance(event, CommandRefused)
        for frame in self.wire.sent():
            self._written(frame)

    def _written(self, frame: dict[str, Any]) -> None:
        assert self.server.up, "a frame without a connection"
        now = self.wire.now
        if frame["type"] == "ack":
            self.owed[frame["msgid"]] += 1
            if frame["data"]:
                self.unsettled_until = now + SETTLE
        else:
            assert now >= self.unsettled_until, "a command right behind an ack with verbs is lost"
        self.server.unread.append(frame)

    def _say(self, type_: str, data: Any, hook: str | None = None) -> str:
        self.server.speak()
        envelope = {"call_sid": "c1"} | ({"hook": hook} if hook else {})
        events = self.wire.hears(type_, data, **envelope)
        msgid: str = self.wire.last_msgid
        self.owed[msgid] = 0
        self.server.unacked[msgid] = type_
        self._take(events)
        return msgid

    def _connect(self) -> None:
        self.server.up = True
        self.unsettled_until = -1.0
        self._take(self.wire.connect())

    def _drop(self, read: int) -> None:
        self.server.read(read)
        self.server.drop()
        self._take(self.wire.lose())

    def _reconnect(self) -> None:
        self._connect()
        self._say("session:reconnect", {"call_sid": "c1"})
        if self.server.unread:
            assert self.server.unread[0]["type"] == "ack"
            assert self.server.unacked[self.server.unread[0]["msgid"]] == "session:reconnect"

    def _number(self) -> int:
        self.next_number += 1
        self.issued.append(self.next_number)
        return self.next_number

    def _not_left(self) -> set[int]:
        """Numbers that have not been written yet, while the first answer is open."""
        written = {*self.server.arrived, *self.server.lost}
        written.update(number for frame in self.server.unread for number in numbers(frame))
        return {*self.issued} - written

    # --- what the application does --------------------------------------------------------------------------

    @initialize(begun=st.booleans())
    def begin(self, begun: bool) -> None:
        if begun:
            self.command("send")
            self.wait(1.0)

    @rule(what=st.sampled_from(["send", "send", "send later", "replace", "mute"]), luck=st.integers(0, 5))
    def command_on_a_bad_line(self, what: str, luck: int) -> None:
        """Sometimes what is written never arrives."""
        self.command(what)
        if not luck and self.server.up:
            self._drop(0)

    def command(self, what: str) -> None:
        if what == "mute":
            self._take(self.wire.do(Mute(True)))
        elif what == "replace":
            if self.wire.call.state is CallState.ANSWERING:
                self.given_up |= self._not_left()
            self._take(self.wire.do(Replace(numbered(self._number()))))
        else:
            verbs = Send([*ANNOUNCED, *numbered(self._number())])
            if what == "send":
                self._take(self.wire.do(verbs))
            else:
                # Nothing is taken until the next step, as when an adapter sends at the end of its turn.
                self.wire.call.do(verbs, self.wire.now)
                self.wire.script.append(("later", (verbs, self.wire.now), [], []))

    @precondition(lambda self: self.held)
    @rule(data=st.data(), empty=st.booleans())
    def reply(self, data: st.DataObject, empty: bool) -> None:
        self._reply(data.draw(st.sampled_from(sorted(self.held))), empty=empty)

    def _reply(self, msgid: str, *, empty: bool) -> None:
        kind = self.held.pop(msgid)
        if kind in (HookKind.SESSION_NEW, HookKind.SESSION_RECONNECT):
            return
        number = 0 if empty else self._number()
        if number:
            self.replies[msgid] = number
            if kind in (HookKind.PLAYED, HookKind.DIAL_CONFIRM):
                self.given_up.add(number)
        self._take(self.wire.do(Reply(msgid, numbered(number) if number else [])))

    # --- what the server and the network do -----------------------------------------------------------------

    @precondition(lambda self: self.server.may_speak)
    @rule(
        path=st.sampled_from([*PATHS, "/action"]),
        then=st.sampled_from(["wait", "reply", "reply with verbs", "reply with verbs"]),
        luck=st.integers(0, 3),
    )
    def hook(self, path: str, then: str, luck: int) -> None:
        if path == "confirm":
            msgid = self._say("dial:confirm", {"call_sid": "c2"}, "/confirm")
        else:
            msgid = self._say("verb:hook", {"call_sid": "c1"}, path)
        if then != "wait" and msgid in self.held:
            self._reply(msgid, empty=then == "reply")
            if not luck:
                self._drop(0)

    @precondition(lambda self: self.server.may_speak)
    @rule()
    def notice(self) -> None:
        self.server.speak()
        self._take(self.wire.hears("verb:status", {"event": "starting", "name": "say"}))

    @precondition(lambda self: self.server.unread)
    @rule(count=st.integers(1, 5))
    def read(self, count: int) -> None:
        self.server.read(count)

    @precondition(lambda self: self.server.up)
    @rule(read=st.sampled_from([0, 0, 1, 2, 5]))
    def drop(self, read: int) -> None:
        self._drop(read)

    @precondition(lambda self: not self.server.up)
    @rule()
    def reconnect(self) -> None:
        self._reconnect()

    @rule(seconds=st.sampled_from([0.005, 0.02, 0.3, 1.0, 3.0]))
    def wait(self, seconds: float) -> None:
        self._take(self.wire.tick())
        until = self.wire.now + seconds
        while self.wire.now < until:
            deadline = self.wire.call.deadline
            self._take(self.wire.advance(min(until, until if deadline is None else deadline) - self.wire.now))
        if self.server.up:
            self.server.read(len(self.server.unread))

    @precondition(lambda self: self.wire.call.answered_first)
    @rule(luck=st.integers(0, 3))
    def another_process(self, luck: int) -> None:
        """The connection goes, and the call goes on from its saved state."""
        if luck:
            return
        if self.server.up:
            self._drop(len(self.server.unread))
        call = AppCall.restore(
            json.loads(json.dumps(self.wire.call.snapshot())), now=self.wire.now, options=PATIENT
        )
        before, after = self.wire.call.snapshot(), call.snapshot()
        before["speech"] = after["speech"] = None  # its timers are on the clock of whoever saved it
        before["life"]["restored"] += 1
        assert after == before
        self.wire.call = call
        self._replay()
        self.held = {}

    # --- what must hold -------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_acked_twice(self) -> None:
        assert all(count <= 1 for count in self.owed.values())

    @invariant()
    def verbs_arrive_in_order(self) -> None:
        """Each for the first time in the order in which it was sent; replies to hooks are sent when they are
        given.
        """
        first = list(dict.fromkeys(self.server.arrived))
        plain = [number for number in first if number not in self.replies.values()]
        assert plain == sorted(plain)

    @invariant()
    def nothing_waits_beyond_the_servers_patience(self) -> None:
        for obligation in self.wire.call.obligations:
            assert obligation.deadline >= self.wire.now or self.wire.call.deadline == obligation.deadline

    def teardown(self) -> None:
        """In the end everything was answered or reported, and every verb arrived that was not lost on the
        way.
        """
        if self.wire.call.over is None:
            for _ in range(3):
                if not self.server.up:
                    self._reconnect()
                self.wait(5.0)
            assert self.server.may_speak, "the server has its verbs, and is heard"
            missing = {*self.issued} - {*self.server.arrived} - self.server.lost - self.given_up
            assert not missing, f"verbs {missing} were lost on this side"
        assert all(count == 1 for count in self.owed.values()), self.owed
        self._replay()

    def _replay(self) -> None:
        """The same inputs give the same outputs."""
        call = self.replayed or AppCall(options=PATIENT)
        for method, args, events, frames in self.wire.script:
            if method == "later":
                call.do(*args)
            else:
                assert getattr(call, method)(*args) == events
                assert call.outgoing() == frames
        self.wire.script.clear()
        state = call.snapshot()
        self.replayed = AppCall.restore(state, now=self.wire.now, options=PATIENT)


def test_no_answer_and_no_verb_is_lost_over_a_bad_network(make_wire: Callable[..., Any]) -> None:
    class OnThisWire(BadNetwork):
        def __init__(self) -> None:
            super().__init__(make_wire)

    run_state_machine_as_test(OnThisWire, settings=settings(max_examples=120, stateful_step_count=40))
