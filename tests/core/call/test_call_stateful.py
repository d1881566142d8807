"""An application's call against a small server that keeps the wire's rules to the letter, over a bad network.

The server here knows only what the rules need: which of its messages are un-acked, what it forgets when a
connection is lost, that it asks for its first verbs again through `session:reconnect` and is silent
afterwards, that it hands on in one go what it reads in one go, and what it keeps back while it cannot speak.
The network delays what was written, and loses it, and pongs, with the connection, from any byte on; something
in it may begin to swallow pongs, and the server may stand still for seconds. Verbs carry numbers, so that
every one can be followed from the command that brought it to the frame that it arrived in. (The server that
runs verbs is the simulator's, and has tests of its own.)
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
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
    CommandLost,
    CommandRefused,
    CommandRepeated,
    HookEvent,
    HookKind,
    Mute,
    ReceiptsMissing,
    Replace,
    Reply,
    ReplyDiscarded,
    ReplyRerouted,
    ResultDropped,
    Send,
)

PATIENT = CallOptions(reconnect_grace=1e6)
"""The end of a call has tests of its own; here a call goes on, whatever happens."""
STALL = 0.4
"""How long the network and the server's loop may hold up what was written, where nothing proves reading."""
LONG = 5.0
"""After so long a stall what waits for a receipt is let go by time, also where pings were answered."""
EVERYTHING = 10**9
"""More bytes than were ever under way."""
ANNOUNCED: list[dict[str, Any]] = [
    {"verb": "gather", "actionHook": "/action", "partialResultHook": "/partial"},
    {"verb": "enqueue", "name": "q", "waitHook": "/wait"},
    {"verb": "llm", "vendor": "x", "llmOptions": {}, "actionHook": "/fatal"},
]
PATHS = ["/action", "/partial", "/wait", "/fatal", "/unknown", "confirm"]
DIAL: dict[str, Any] = {"verb": "dial", "target": []}


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
        self.unread: list[tuple[float, dict[str, Any]]] = []
        """What was written and did not come yet, and since when it is on its way."""
        self.announced = False
        """Whether the verbs came that announce hooks."""
        self.pongs: list[int] = []
        """Those on their way back."""
        self.swallows = False
        """Whether something on the way keeps the pongs of this connection, or was taken to."""
        self.answered = False
        """Whether a pong of this connection came."""
        self.stack: list[int] = []
        """Numbers of the gathers that are still to report, in the order in which they run."""

    @property
    def held_back(self) -> bool:
        """Whether `session:reconnect` is un-acked, so that nothing else may be said."""
        return "session:reconnect" in self.unacked.values()

    @property
    def may_speak(self) -> bool:
        return self.up and not self.deaf and not self.held_back and self.has_verbs

    def read(self, count: int) -> None:
        """Read so much in one go, and hand it on."""
        frames = [frame for _, frame in self.unread[:count]]
        del self.unread[:count]
        lost: set[str] = set()
        """What is lost behind a non-empty ack of the same go."""
        for frame in frames:
            if frame["type"] == "ping":
                self.pongs.append(frame["count"])
                continue
            if frame["type"] == "ack":
                type_ = self.unacked.pop(frame["msgid"], None)
                assert type_ is not None, "an ack that answers nothing on this connection"
                if type_ == "session:new" or (type_ == "session:reconnect" and not self.has_verbs):
                    assert frame["data"], "an empty first answer rejects the call"
                    self.deaf = type_ == "session:reconnect"
                    self.has_verbs = True
                    lost = {"everything"}
                elif type_ == "session:reconnect":
                    continue
                elif frame["data"]:
                    lost = lost or {"verbs"}
                self._run(frame, replacing=bool(frame["data"]) and type_ == "verb:hook /action")
            else:
                assert self.has_verbs, "nobody listens before the first answer"
                assert not self.held_back, "nothing is heard before the ack of session:reconnect"
                assert not lost or (lost == {"verbs"} and frame["command"] != "redirect"), (
                    "what is read together with a non-empty ack is lost"
                )
                self._run(frame, replacing=frame.get("queueCommand") is False)

    def _run(self, frame: dict[str, Any], *, replacing: bool) -> None:
        if replacing:
            self.stack.clear()
        self.announced = self.announced or ANNOUNCED[0] in list(frame.get("data") or ())
        self.arrived += numbers(frame)
        self.stack += numbers(frame, "/r")

    def drop(self) -> None:
        """What was not read is lost, and so are the pongs."""
        self.unread.clear()
        self.pongs.clear()
        self.unacked.clear()
        self.up = self.deaf = self.swallows = self.answered = False

    def arrived_of(self, size: int) -> int:
        """How many frames are complete in the first `size` bytes of what was written."""
        for count, (_, frame) in enumerate(self.unread):
            size -= len(json.dumps(frame))
            if size < 0:
                return count
        return len(self.unread)


def numbers(frame: dict[str, Any], hook: str = "/n") -> list[int]:
    """The numbers of the verbs in a frame."""
    data = frame.get("data")
    if not isinstance(data, list):
        return []
    found = [str(verb.get("actionHook" if hook == "/r" else "n", "")) for verb in data]
    return [int(text.removeprefix(hook)) for text in found if text.startswith(hook)]


def numbered(number: int, *more: dict[str, Any]) -> list[dict[str, Any]]:
    """A verb that is counted, and one whose result is waited for."""
    return [
        {"verb": "pause", "length": 1, "n": f"/n{number}"},
        {"verb": "gather", "actionHook": f"/r{number}"},
        *more,
    ]


class BadNetwork(RuleBasedStateMachine):
    """One call, from `session:new` on."""

    def __init__(self, make_wire: Callable[..., Any], pings: str) -> None:
        super().__init__()
        self.pings = pings
        self.wire = make_wire(PATIENT, receipts=pings != "none")
        self.server = Server()
        self.next_number = 0
        self.issued: list[int] = []
        self.given_up: set[int] = set()
        """Numbers that need not arrive: replaced before they left, or reported one by one."""
        self.lost = self.repeated = 0
        """How many commands were reported as lost and as repeated."""
        self.waiting: set[int] = set()
        """Numbers whose result is waited for."""
        self.reported: set[int] = set()
        """Numbers whose result was heard."""
        self.held: dict[str, HookKind] = {}
        self.replies: dict[str, int] = {}
        self.owed: Counter[str] = Counter()
        """Every message that wanted an ack, and how often it was acked or abandoned."""
        self.replayed: AppCall | None = None
        self.announced = False
        self.taken = True
        """Whether what may leave was taken. Before that no deadline is asked for."""
        self.first: list[int] = []
        """The numbers in the first answer."""
        self.firsts: dict[str, list[int]] = {}
        """Those of each message that it was given to: a process that is dead does not report what becomes of it."""
        self._connect()
        self._say("session:new", {"call_sid": "c1", "direction": "inbound"})

    # --- plumbing -------------------------------------------------------------------------------------------

    def _take(self, events: list[Any]) -> None:
        aborted = False
        self.taken = True
        for event in events:
            if isinstance(event, Abandoned):
                self.owed[event.msgid] += 1
                self.held.pop(event.msgid, None) if event.reason == "deadline" else None
            elif isinstance(event, HookEvent) and not event.acked:
                self.held[event.msgid] = event.kind
            elif isinstance(event, ReplyDiscarded):
                self.given_up.update(self._said_in(event.msgid))
            elif isinstance(event, CommandLost):
                self.lost += event.command == "redirect"
            elif isinstance(event, (CommandRepeated, ReplyRerouted)):
                self.repeated += 1
            elif isinstance(event, ResultDropped) and event.hook.startswith("/r"):
                self.waiting.discard(int(event.hook.removeprefix("/r")))
            elif isinstance(event, ReceiptsMissing):
                self.server.swallows = True
            aborted = aborted or isinstance(event, AbortConnection)
            assert not isinstance(event, CommandRefused)
        for frame in self.wire.sent():
            self._written(frame)
        if aborted and self.server.up:
            self._drop(EVERYTHING)

    def _said_in(self, msgid: str) -> set[int]:
        """What was answered to a message: one reply, or the first verbs."""
        return {self.replies[msgid]} if msgid in self.replies else {*self.firsts.get(msgid, self.first)}

    def _written(self, frame: dict[str, Any]) -> None:
        assert self.server.up, "a frame without a connection"
        assert not self.reported & {*numbers(frame)}, "what has reported was read, and is not sent again"
        if frame["type"] == "ack":
            self.owed[frame["msgid"]] += 1
            if self.server.unacked.get(frame["msgid"]) in ("session:new", "session:reconnect"):
                self.first = self.firsts[frame["msgid"]] = numbers(frame)
        self.server.unread.append((self.wire.now, frame))

    def _read(self, count: int) -> None:
        """In one go where there are receipts: without them nothing helps against that but time."""
        if self._proves:
            self.server.read(count)
        else:
            for _ in range(count):
                self.server.read(1)

    @property
    def _proves(self) -> bool:
        """Whether pongs come back."""
        return self.pings == "answered" and not self.server.swallows

    def _read_old(self) -> None:
        """Nothing is held up for longer than the stall."""
        old = [since for since, _ in self.server.unread if since <= self.wire.now - STALL]
        self._read(len(old))

    def _pong(self) -> None:
        """The pongs that are on their way come."""
        pongs, self.server.pongs = self.server.pongs, []
        for count in pongs if self._proves else []:
            self.server.answered = True
            self._take(self.wire.receipt(count))

    def _say(self, type_: str, data: Any, hook: str | None = None) -> str:
        if type_ != "session:reconnect":
            self._pong()
        envelope = {"call_sid": "c1"} | ({"hook": hook} if hook else {})
        events = self.wire.hears(type_, data, **envelope)
        msgid: str = self.wire.last_msgid
        self.owed[msgid] = 0
        self.server.unacked[msgid] = f"{type_} {hook}" if type_ == "verb:hook" else type_
        self._take(events)
        return msgid

    def _connect(self) -> None:
        self.server.up = True
        self._take(self.wire.connect())

    def _drop(self, arrived: int, *, stalled: bool = False) -> None:
        """The connection is lost, when so many bytes of what was under way have arrived."""
        if not stalled:
            self._read_old()
        self._read(self.server.arrived_of(arrived))
        self.server.drop()
        self._take(self.wire.lose())

    def _reconnect(self) -> None:
        self._connect()
        self._say("session:reconnect", {"call_sid": "c1"})
        if self.server.unread:
            first = self.server.unread[0][1]
            assert first["type"] == "ack"
            assert self.server.unacked[first["msgid"]] == "session:reconnect"

    def _number(self) -> int:
        self.next_number += 1
        self.issued.append(self.next_number)
        self.waiting.add(self.next_number)
        return self.next_number

    def _not_left(self) -> set[int]:
        """Numbers that have not been written yet, while the first answer is open."""
        written = {*self.server.arrived, *self.first}
        written.update(number for _, frame in self.server.unread for number in numbers(frame))
        return {*self.issued} - written

    # --- what the application does --------------------------------------------------------------------------

    @initialize(begun=st.booleans())
    def begin(self, begun: bool) -> None:
        if begun:
            self.command("send", acts=False)
            self.wait(1.0)

    @rule(
        what=st.sampled_from(["send", "send", "send later", "replace", "mute"]),
        acts=st.sampled_from([False, False, True]),
    )
    def command(self, what: str, acts: bool) -> None:
        more = [DIAL] if acts else []
        if what == "mute":
            self._take(self.wire.do(Mute(True)))
        elif what == "replace":
            if self.wire.call.state is CallState.ANSWERING:
                self.given_up |= self._not_left()
            self._take(self.wire.do(Replace(numbered(self._number(), *more))))
        else:
            announced = [] if self.announced else ANNOUNCED
            self.announced = True
            verbs = Send([*announced, *numbered(self._number(), *more)])
            if what == "send":
                self._take(self.wire.do(verbs))
            else:
                # Nothing is taken until the next step, as when an adapter sends at the end of its turn.
                self.taken = False
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
                self.waiting.discard(number)
        self._take(self.wire.do(Reply(msgid, numbered(number) if number else [])))

    # --- what the server and the network do -----------------------------------------------------------------

    @precondition(lambda self: self.server.may_speak)
    @rule(
        path=st.sampled_from([*PATHS, "/action"]),
        then=st.sampled_from(["wait", "reply", "reply with verbs", "reply with verbs"]),
        luck=st.integers(0, 3),
    )
    def hook(self, path: str, then: str, luck: int) -> None:
        if path != "confirm" and not self.server.announced:
            path = "/unknown"
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
        self._pong()
        self._take(self.wire.hears("verb:status", {"event": "starting", "name": "say"}))

    @precondition(lambda self: self.server.may_speak and self.server.stack)
    @rule()
    def result(self) -> None:
        """The verb that runs reports."""
        self._pong()
        number = self.server.stack.pop(0)
        self._say("verb:hook", {"call_sid": "c1", "reason": "timeout"}, f"/r{number}")
        self.reported.add(number)
        self.waiting.discard(number)

    @precondition(lambda self: self.server.unread)
    @rule(count=st.integers(1, 5))
    def read(self, count: int) -> None:
        self._read(count)

    @precondition(lambda self: self.server.pongs)
    @rule()
    def pong(self) -> None:
        self._pong()

    @precondition(lambda self: self.server.up)
    @rule(arrived=st.sampled_from([0, 0, 40, 100, 200, 400, 1000]) | st.integers(0, 2000))
    def drop(self, arrived: int) -> None:
        self._drop(arrived)

    @precondition(lambda self: self.server.up and not self.server.swallows)
    @rule(luck=st.integers(0, 2))
    def swallow_pongs(self, luck: int) -> None:
        """A proxy that answers no pings, or keeps their answers."""
        self.server.swallows = not luck

    @precondition(lambda self: self.server.up and self._proves)
    @rule(
        seconds=st.sampled_from([0.9, 2.0, 4.5, 12.0]),
        speaks=st.booleans(),
        drops=st.booleans(),
        arrived=st.integers(0, 500),
    )
    def stall(self, seconds: float, speaks: bool, drops: bool, arrived: int) -> None:
        """The server stands still, and perhaps never reads what was sent meanwhile; it may go on to speak."""
        self._take(self.wire.tick())
        until = self.wire.now + seconds
        while self.server.up and self.wire.now < until:
            deadline = self.wire.call.deadline
            step = min(until, until if deadline is None else deadline)
            if speaks:
                step = min(step, self.wire.now + STALL)
            self._take(self.wire.advance(step - self.wire.now))
            if speaks and self.server.may_speak:
                self._take(self.wire.hears("verb:status", {"event": "starting", "name": "say"}))
        if not self.server.up:
            return
        # What has answered a ping proves, whatever it is taken for. Of another, once it counts as one that gives
        # no receipts, nothing would tell of what is older.
        stalled = self._proves or self.server.answered
        if drops:
            self._drop(arrived, stalled=stalled)
        elif stalled and seconds < LONG:
            self._read(len(self.server.unread))
            self._pong()
        else:
            # What waits behind an answer has waited long enough, and nothing helps against one go any more.
            for _ in range(len(self.server.unread)):
                self._read(1)
            self._pong()

    @precondition(lambda self: not self.server.up)
    @rule()
    def reconnect(self) -> None:
        self._reconnect()

    @rule(seconds=st.sampled_from([0.005, 0.1, 0.3, 1.0, 3.0]))
    def wait(self, seconds: float) -> None:
        self._take(self.wire.tick())
        until = self.wire.now + seconds
        while self.wire.now < until:
            deadline = self.wire.call.deadline
            step = min(until, self.wire.now + STALL, until if deadline is None else deadline)
            self._take(self.wire.advance(step - self.wire.now))
            self._read_old()
            if self.server.pongs:
                self._pong()

    @precondition(lambda self: self.wire.call.answered_first)
    @rule(luck=st.integers(0, 3))
    def another_process(self, luck: int) -> None:
        """The connection goes, and the call goes on from its saved state."""
        if luck:
            return
        if self.server.up:
            self._drop(EVERYTHING)
        call = AppCall.restore(
            json.loads(json.dumps(self.wire.call.snapshot())), now=self.wire.now, options=PATIENT
        )
        before, after = self.wire.call.snapshot(), call.snapshot()
        before["speech"] = after["speech"] = None  # its timers are on the clock of whoever saved it
        before["names"]["restored"] += 1
        assert after == before
        assert call.unproved == self.wire.call.unproved
        self.wire.call = call
        self._replay()
        self.held = {}

    @precondition(lambda self: self.wire.call.answered_first)
    @rule(arrived=st.sampled_from([0, 0, 40, 100, 400]), luck=st.integers(0, 2))
    def killed_behind_a_checkpoint(self, arrived: int, luck: int) -> None:
        """The process saves the call and is dead, and with it what has not arrived. Nobody told it of a drop."""
        if luck:
            return
        saved = json.loads(json.dumps(self.wire.call.snapshot()))
        if self.server.up:
            self._read_old()
            self._read(self.server.arrived_of(arrived))
            self.server.drop()
        self._replay()
        self.wire.call = AppCall.restore(saved, now=self.wire.now, options=PATIENT)
        # What was to be answered there has died with its connection.
        self.owed.update({msgid: 1 for msgid, times in self.owed.items() if not times})
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

    @invariant()
    def whatever_waits_has_a_timer(self) -> None:
        """Nothing waits that only a message could end: what would have sent it may be lost."""
        call = self.wire.call
        delivery, results = call._delivery, call.snapshot()["results"]
        waits = call.obligations or delivery.outbox.queue or delivery.unproved or results["doubted"]
        assert not waits or call.deadline is not None or not self.taken

    @invariant()
    def what_arrives_twice_was_reported_as_repeated(self) -> None:
        twice = sum(count - 1 for count in Counter(self.server.arrived).values())
        assert twice <= self.repeated

    def teardown(self) -> None:
        """In the end everything was answered or reported, and every verb was read or reported as lost."""
        for _ in range(4):
            if not self.server.up:
                self._reconnect()
            self.wait(7.0)
        assert self.server.may_speak, "the server has its verbs, and is heard"
        missing = {*self.issued} - {*self.server.arrived} - self.given_up
        assert len(missing) <= self.lost, f"of the verbs {missing} only {self.lost} are reported as lost"
        assert not self.server.unread
        unsettled = self.waiting - {*self.server.stack}
        assert not unsettled, f"the results of {unsettled} are waited for, and will never come"
        assert all(count == 1 for count in self.owed.values()), self.owed
        self._replay()

    def _replay(self) -> None:
        """The same inputs give the same outputs."""
        call = self.replayed or AppCall(options=PATIENT)
        for method, args, events, frames in self.wire.script:
            if method == "later":
                call.do(*args)
            elif method == "receipt_wanted":
                assert call.receipt_wanted()
            else:
                given = call.connected(*args, receipts=True) if method == "pinged" else None
                assert (getattr(call, method)(*args) if given is None else given) == events
                assert call.outgoing() == frames
        self.wire.script.clear()
        state = call.snapshot()
        self.replayed = AppCall.restore(state, now=self.wire.now, options=PATIENT)


@pytest.mark.untraced
@pytest.mark.parametrize("pings", ["answered", "swallowed", "none"])
def test_no_answer_and_no_verb_is_lost_over_a_bad_network(make_wire: Callable[..., Any], pings: str) -> None:
    class OnThisWire(BadNetwork):
        def __init__(self) -> None:
            super().__init__(make_wire, pings)

    run_state_machine_as_test(OnThisWire, settings=settings(max_examples=120, stateful_step_count=40))
