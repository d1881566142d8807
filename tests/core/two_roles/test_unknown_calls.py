"""A call whose process is gone, against the server's whole stand-in: does the next process judge rightly?

Every process is an `AppCall` of its own that knows nothing of those before it. A process dies at any moment,
with any part of what it has written arriving; the network has its delays; connections break besides.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jambonz_core.call import (
    AbortConnection,
    AppCall,
    BadMessage,
    CallOver,
    Event,
    Replace,
    Send,
    SessionNew,
    UnknownCallJudged,
)
from jambonz_core.call.marker import MARKER_VERBS
from jambonz_core.simulator import CallEngine, CallSetup, SimulatorOptions
from jambonz_core.simulator import engine_events as seen

FIRST = [{"verb": "say", "text": "The first process greets you, and has a lot to say."}]
BEGIN = [{"verb": "say", "text": "Hello for the first time."}]
SORRY = [{"verb": "say", "text": "Sorry."}, {"verb": "hangup"}]


@dataclass
class Line:
    """One direction of a connection: frames, and pings or pongs by the count that they prove."""

    delay: float
    under_way: list[tuple[float, str | int]] = field(default_factory=list)

    def write(self, what: str | int, now: float) -> None:
        self.under_way.append((now + self.delay, what))

    def due(self, now: float) -> list[str | int]:
        count = sum(at <= now for at, _ in self.under_way)
        ready, self.under_way = self.under_way[:count], self.under_way[count:]
        return [what for _, what in ready]


@dataclass
class Connection:
    socket: int
    process: Process
    to_app: Line
    to_server: Line
    pushed: int = 0
    open: bool = True
    server_sees_end: float | None = None


@dataclass
class Process:
    call: AppCall
    answers_after: float | None
    """When the first one answers `session:new`; None: never."""
    answer_at: float | None = None
    judged: list[bool] = field(default_factory=list)
    announced: bool = False
    """Whether it got the call in the ordinary way."""
    over: bool = False
    dead: bool = False


class World:
    def __init__(
        self, *, direction: str, delay: float, answers_after: float | None, receipts: bool = True
    ) -> None:
        setup = CallSetup(direction=direction)
        self.engine = CallEngine(
            "ws://app.example/", setup=setup, options=SimulatorOptions(ring_seconds=0.1, pick_up_seconds=0.1)
        )
        self.now, self.delay, self.receipts = 0.0, delay, receipts
        self.answers_after = answers_after
        self.process = Process(AppCall(), answers_after)
        self.processes = [self.process]
        self.connections: list[Connection] = []
        self.first_verbs: Any = None
        """What the server has taken for the first verbs of the call."""
        self.ran: list[str] = []
        self.finished = False
        self.server(self.engine.start(0.0))

    # --- the server -----------------------------------------------------------------------------------------

    def server(self, events: list[Any]) -> None:
        for event in events:
            match event:
                case seen.Connect():
                    self.open(event.socket)
                case seen.CloseConnection() | seen.AbortConnection():
                    self.server_ends(event.socket)
                case seen.HookAnswered(type="session:new"):
                    assert self.first_verbs is None
                    self.first_verbs = event.data
                case seen.VerbStarted():
                    self.ran.append(event.verb)
                case seen.Spoken():
                    self.ran.append(event.text)
                case seen.Finished():
                    self.finished = True
                case _:
                    pass
        for socket, frame in self.engine.outgoing():
            connection = self.connections[socket]
            if connection.open:
                assert isinstance(frame, str)
                connection.to_app.write(frame, self.now)

    def open(self, socket: int) -> None:
        if self.process.dead:
            self.process = Process(AppCall(), None)
            self.processes.append(self.process)
        process = self.process
        connection = Connection(socket, process, Line(self.delay), Line(self.delay))
        while len(self.connections) <= socket:
            self.connections.append(connection)
        self.tell(process, process.call.connected(self.now, receipts=self.receipts))
        self.server(self.engine.connected(socket, self.now))

    def server_ends(self, socket: int) -> None:
        connection = self.connections[socket]
        if connection.open:
            connection.open = False
            self.tell(connection.process, connection.process.call.lost(1000, self.now))

    # --- processes ------------------------------------------------------------------------------------------

    def tell(self, process: Process, events: list[Event]) -> None:
        for event in events:
            match event:
                case SessionNew():
                    process.announced = True
                    process.answer_at = (
                        None if process.answers_after is None else self.now + process.answers_after
                    )
                case UnknownCallJudged():
                    process.judged.append(event.begun)
                    process.call.do(Replace(SORRY) if event.begun else Send(BEGIN), self.now)
                case AbortConnection():
                    self.cut(kept=1000)
                case BadMessage():
                    raise AssertionError(event)
                case CallOver():
                    process.over = True
                case _:
                    pass
        self.write(process)

    def write(self, process: Process) -> None:
        frames = process.call.outgoing()
        connection = self.connections[-1] if self.connections else None
        if connection is None or not connection.open or connection.process is not process:
            assert not frames or connection is None or not connection.open
            return
        for frame in frames:
            if (
                process.call.state.value == "running"
                and process.judged == []
                and process is not self.processes[0]
            ):
                assert json.loads(frame)["type"] == "ack", "nothing but acks leaves before it is known"
            connection.to_server.write(frame, self.now)
            connection.pushed += 1
        if process.call.receipt_wanted():
            connection.to_server.write(connection.pushed, self.now)

    # --- what happens ---------------------------------------------------------------------------------------

    def cut(self, kept: int) -> None:
        """The newest connection breaks; so many frames to the server still arrive."""
        connection = self.connections[-1]
        if connection.open:
            connection.open = False
            del connection.to_server.under_way[kept:]
            connection.server_sees_end = self.now + self.delay
            self.tell(connection.process, connection.process.call.lost(1006, self.now))

    def die(self, kept: int) -> None:
        """The process is gone, and its connection with it."""
        self.process.dead = True
        self.cut(kept)

    @property
    def deadline(self) -> float | None:
        times = [self.engine.deadline, self.process.answer_at]
        if not self.process.dead:
            times.append(self.process.call.deadline)
        for connection in self.connections:
            for line in (connection.to_app, connection.to_server):
                times += [at for at, _ in line.under_way[:1]]
            times.append(connection.server_sees_end)
        return min((at for at in times if at is not None), default=None)

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        for _ in range(5000):
            deadline = self.deadline
            if deadline is None or deadline > until:
                self.now = until
                return
            self.now = max(self.now, deadline)
            self.instant()
        raise AssertionError("time does not pass")

    def instant(self) -> None:
        for connection in dict.fromkeys(map(id, self.connections)):
            self.deliver(next(one for one in self.connections if id(one) == connection))
        process = self.process
        if process.answer_at is not None and process.answer_at <= self.now:
            process.answer_at = None
            if not process.dead:
                self.tell(process, process.call.do(Send(FIRST), self.now))
        deadline = process.call.deadline
        if not process.dead and deadline is not None and deadline <= self.now:
            self.tell(process, process.call.tick(self.now))
        if self.engine.deadline is not None and self.engine.deadline <= self.now:
            self.server(self.engine.tick(self.now))

    def deliver(self, connection: Connection) -> None:
        for what in connection.to_server.due(self.now):
            if isinstance(what, str):
                self.server(self.engine.receive(connection.socket, what, self.now))
            else:
                self.server(self.engine.asked(connection.socket, self.now))
                connection.to_app.write(what, self.now)
        for answer in connection.to_app.due(self.now):
            if connection.open:
                call = connection.process.call
                self.tell(
                    connection.process,
                    call.receive(answer, self.now)
                    if isinstance(answer, str)
                    else call.receipt(answer, self.now),
                )
        if connection.server_sees_end is not None and connection.server_sees_end <= self.now:
            connection.server_sees_end = None
            self.server(self.engine.lost(connection.socket, 1006, self.now))

    @property
    def used(self) -> int:
        return len({connection.socket for connection in self.connections})

    def check(self) -> None:
        """Whatever happened, no call was begun a second time."""
        assert self.used <= 5
        for process in self.processes:
            assert len(process.judged) <= 1
            if process.judged == [False]:
                assert self.first_verbs == MARKER_VERBS


DIRECTIONS = pytest.mark.parametrize("direction", ["inbound", "outbound"])


@DIRECTIONS
@pytest.mark.parametrize("delay", [0.001, 0.02, 0.2])
def test_a_call_that_never_began_begins_in_the_next_process(direction: str, delay: float) -> None:
    world = World(direction=direction, delay=delay, answers_after=None)
    world.run(1.0)
    world.die(kept=0)
    world.run(30.0)
    world.check()
    assert world.first_verbs == MARKER_VERBS
    assert world.process.judged == [False]
    assert BEGIN[0]["text"] in world.ran
    assert world.used == 3


@DIRECTIONS
@pytest.mark.parametrize("delay", [0.001, 0.02, 0.2])
def test_a_call_that_had_begun_is_not_begun_again(direction: str, delay: float) -> None:
    world = World(direction=direction, delay=delay, answers_after=0.1)
    world.run(2.0)
    assert world.first_verbs == FIRST
    world.die(kept=0)
    world.run(60.0)
    world.check()
    assert world.process.judged == [True]
    assert BEGIN[0]["text"] not in world.ran
    assert SORRY[0]["text"] in world.ran
    assert world.finished
    assert world.used == 3


@DIRECTIONS
def test_without_receipts_it_counts_as_begun(direction: str) -> None:
    world = World(direction=direction, delay=0.01, answers_after=None, receipts=False)
    world.run(1.0)
    world.die(kept=0)
    world.run(60.0)
    assert world.process.judged == [True]
    assert SORRY[0]["text"] in world.ran
    assert world.used == 2


CUTS = st.lists(st.tuples(st.floats(0.0, 4.0), st.integers(0, 3), st.booleans()), min_size=1, max_size=4)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    direction=st.sampled_from(["inbound", "outbound"]),
    delay=st.sampled_from([0.001, 0.03, 0.3]),
    answers_after=st.none() | st.floats(0.0, 3.0),
    cuts=CUTS,
)
def test_it_is_never_begun_twice_whatever_dies_and_breaks(
    direction: str, delay: float, answers_after: float | None, cuts: list[tuple[float, int, bool]]
) -> None:
    world = World(direction=direction, delay=delay, answers_after=answers_after)
    for wait, kept, dies in cuts:
        world.run(wait)
        if dies:
            world.die(kept)
        else:
            world.cut(kept)
        world.check()
    world.run(300.0)
    world.check()
    # Nothing waits without end: every process that got the call has judged it, or lost it.
    last = world.process
    assert world.finished or last.over or last.dead or last.judged or last.announced


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    direction=st.sampled_from(["inbound", "outbound"]),
    delay=st.sampled_from([0.001, 0.03]),
    answers_after=st.none() | st.floats(0.0, 1.0),
    dies_at=st.floats(0.0, 3.0),
    kept=st.integers(0, 3),
)
def test_whenever_a_process_dies_the_next_one_judges_as_it_is(
    direction: str, delay: float, answers_after: float | None, dies_at: float, kept: int
) -> None:
    world = World(direction=direction, delay=delay, answers_after=answers_after)
    world.run(dies_at)
    world.die(kept)
    world.run(60.0)
    world.check()
    if world.process.judged:
        assert world.process.judged == [world.first_verbs == FIRST]
        assert world.used <= 3
        expected = SORRY if world.first_verbs == FIRST else BEGIN
        assert expected[0]["text"] in world.ran
    else:
        # The call had ended before, or was announced to the next process in the ordinary way.
        assert world.finished or world.process.announced
