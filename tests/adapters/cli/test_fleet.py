"""What the supervisor of workers decides, without a process: one test for each rule, and any order of events."""

from __future__ import annotations

from itertools import pairwise

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from jambonz_anyio.cli.fleet import (
    AT_ONCE_SECONDS,
    LEAVE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    SETTLED_SECONDS,
    WORKER_STATES,
    Action,
    Drain,
    End,
    Fleet,
    FleetState,
    Kill,
    Ready,
    Report,
    Start,
    Tell,
    WorkerEvent,
    WorkerState,
)


def done(fleet: Fleet) -> list[Action]:
    """What is to be done, without what is said."""
    return [action for action in fleet.actions() if not isinstance(action, Report)]


def said(fleet: Fleet) -> list[str]:
    return [action.text for action in fleet.actions() if isinstance(action, Report)]


def started(size: int = 2) -> Fleet:
    fleet = Fleet(size, drain_seconds=20, start_seconds=60)
    fleet.begin(0)
    for number in range(1, size + 1):
        fleet.ready(number, 1)
    assert fleet.state is FleetState.SERVING
    fleet.actions()
    return fleet


def test_the_first_worker_starts_alone() -> None:
    fleet = Fleet(3, drain_seconds=20, start_seconds=60)
    fleet.begin(0)
    assert done(fleet) == [Start(1, 1, announced=False)]
    assert fleet.deadline == 60
    fleet.ready(1, 1)
    assert done(fleet) == [Start(2, 2, announced=False), Start(3, 3, announced=False)]
    fleet.ready(3, 2)
    assert fleet.state is FleetState.STARTING
    assert done(fleet) == []
    fleet.ready(2, 3)
    assert done(fleet) == [Ready(), Tell(1), Tell(2), Tell(3)]
    assert fleet.deadline is None


@pytest.mark.parametrize(("code", "exit_code"), [(3, 3), (0, 1), (-9, 1)])
def test_when_the_first_one_cannot_serve_there_is_no_other(code: int, exit_code: int) -> None:
    fleet = Fleet(3, drain_seconds=20, start_seconds=60)
    fleet.begin(0)
    fleet.actions()
    fleet.exited(1, code, 1)
    assert (fleet.state, fleet.exit_code) == (FleetState.OVER, exit_code)
    [text] = said(fleet)
    assert text.endswith(" before it was ready: giving up")


def test_one_that_is_never_ready_is_killed() -> None:
    fleet = Fleet(1, drain_seconds=20, start_seconds=60)
    fleet.begin(0)
    fleet.elapsed(59)
    assert done(fleet) == [Start(1, 1, announced=False)]
    fleet.elapsed(60)
    assert fleet.actions() == [
        Report("worker 1 was not ready in time: it is killed", trouble=True),
        Kill(1),
    ]
    fleet.ready(1, 61)  # too late: this crossed with the signal
    assert done(fleet) == []
    fleet.exited(1, -9, 61)
    assert (fleet.state, fleet.exit_code) == (FleetState.OVER, 1)


def test_a_worker_that_dies_after_a_while_is_replaced_at_once() -> None:
    fleet = started()
    fleet.exited(2, -9, 1 + SETTLED_SECONDS)
    assert fleet.actions() == [
        Report("worker 2 was killed by SIGKILL; it is started again now", trouble=True),
        Start(3, 2, announced=True),
    ]
    fleet.ready(3, 30)
    # It is told by `announced` that all are ready, and once is enough.
    assert fleet.actions() == [Report("worker 2 is ready")]


def test_one_that_dies_at_once_is_waited_with_longer_and_longer() -> None:
    fleet = started(1)
    now, pauses = 2.0, list[float]()
    for number in range(1, 9):
        fleet.exited(number, 1, now)
        assert done(fleet) == []
        assert fleet.deadline is not None
        pauses.append(fleet.deadline - now)
        now = fleet.deadline
        fleet.elapsed(now)
        assert done(fleet) == [Start(number + 1, 1, announced=True)]
    assert pauses == [1, 2, 4, 8, 16, *[LONGEST_PAUSE_SECONDS] * 3]
    assert all(longer >= shorter for shorter, longer in pairwise(pauses))
    # One that lives makes good for them.
    fleet.ready(9, now)
    fleet.exited(9, 1, now + SETTLED_SECONDS)
    assert done(fleet) == [Start(10, 1, announced=True)]


def test_one_of_several_may_die_while_they_start() -> None:
    fleet = Fleet(2, drain_seconds=20, start_seconds=60)
    fleet.begin(0)
    fleet.ready(1, 1)
    fleet.exited(2, 3, 2)
    fleet.exited(1, -9, 2)
    assert fleet.state is FleetState.STARTING
    fleet.elapsed(3)
    fleet.actions()
    fleet.ready(3, 4)
    fleet.ready(4, 4)
    assert done(fleet) == [Ready(), Tell(3), Tell(4)]


def test_a_reload_goes_from_one_to_the_next() -> None:
    fleet = started()
    fleet.reload(100)
    assert fleet.actions() == [Report("reloading"), Start(3, 1, announced=True)]
    fleet.ready(3, 101)
    assert fleet.actions() == [
        Report("the new worker 1 is ready; the old one drains"),
        Drain(1),
        Start(4, 2, announced=True),
    ]
    fleet.ready(4, 102)
    assert done(fleet) == [Drain(2)]
    fleet.exited(1, 0, 103)
    assert fleet.actions() == [Report("the old worker 1 has ended")]
    deadline = 102 + 20 + LEAVE_SECONDS
    assert fleet.deadline == deadline
    fleet.elapsed(deadline)
    assert fleet.actions() == [Report("worker 2 does not end: it is killed", trouble=True), Kill(2)]
    fleet.exited(2, -9, 160)
    assert said(fleet) == ["the old worker 2 was killed by SIGKILL"]


def test_a_reload_that_fails_leaves_the_old_ones() -> None:
    fleet = started()
    fleet.reload(100)
    fleet.exited(3, 3, 101)
    assert said(fleet)[-1] == (
        "the new worker 1 ended with exit code 3 before it was ready: "
        "the reload is given up, and the old workers go on"
    )
    assert (fleet.state, fleet.deadline) == (FleetState.SERVING, None)
    fleet.reload(102)
    assert done(fleet) == [Start(4, 1, announced=True)]


def test_a_reload_while_one_is_going_on_follows_it() -> None:
    fleet = started(1)
    fleet.reload(100)
    fleet.reload(100)
    assert done(fleet) == [Start(2, 1, announced=True)]
    fleet.ready(2, 101)
    assert done(fleet) == [Drain(1), Start(3, 1, announced=True)]
    fleet.ready(3, 102)
    assert done(fleet) == [Drain(2)]


def test_a_reload_while_all_start_follows_that() -> None:
    fleet = Fleet(1, drain_seconds=20, start_seconds=60)
    fleet.begin(0)
    fleet.reload(0)
    assert done(fleet) == [Start(1, 1, announced=False)]
    fleet.ready(1, 1)
    assert done(fleet) == [Ready(), Tell(1), Start(2, 1, announced=True)]


def test_an_old_one_that_dies_in_a_reload_is_replaced_by_the_new_one() -> None:
    fleet = started(1)
    fleet.reload(100)
    fleet.exited(1, -9, 101)
    assert said(fleet)[-1] == "worker 1 was killed by SIGKILL; the new one takes its place"
    fleet.ready(2, 102)
    assert fleet.actions() == [Report("the new worker 1 is ready")]
    # And if that one dies as well, one is started after a pause, as always.
    fleet.reload(200)
    fleet.exited(2, -9, 201)
    fleet.exited(3, 3, 202)
    assert fleet.deadline == 203
    fleet.elapsed(203)
    assert done(fleet)[-1] == Start(4, 1, announced=True)


def test_a_reload_needs_not_wait_for_a_pause() -> None:
    fleet = started(1)
    fleet.exited(1, 1, 2)
    fleet.reload(2.1)
    assert done(fleet) == [Start(2, 1, announced=True)]
    assert fleet.deadline == 2.1 + 60


def test_a_worker_that_starts_again_and_is_replaced_ends() -> None:
    fleet = started(1)
    fleet.exited(1, 1, 100)
    fleet.reload(101)
    fleet.actions()
    fleet.ready(3, 102)
    assert done(fleet) == [End(2)]


def test_told_to_stop_all_drain_and_told_again_they_end() -> None:
    fleet = started()
    fleet.reload(100)
    fleet.exited(1, 1, 100)
    fleet.actions()
    fleet.stop(101)
    # The one that was starting takes no calls yet.
    assert fleet.actions() == [Report("draining 2 workers"), Drain(2), End(3)]
    fleet.reload(102)
    assert fleet.actions() == []
    fleet.exited(3, -15, 102)
    assert fleet.state is FleetState.STOPPING
    fleet.stop(103)
    assert fleet.actions() == [
        Report("worker 1 was killed by SIGTERM"),
        Report("ending at once"),
        End(2),
    ]
    fleet.stop(103.5)
    assert done(fleet) == []
    fleet.elapsed(103 + AT_ONCE_SECONDS)
    assert done(fleet) == [Kill(2)]
    fleet.exited(2, -9, 109)
    assert (fleet.state, fleet.exit_code) == (FleetState.OVER, 0)


def test_nobody_has_to_be_stopped_when_all_are_waited_with() -> None:
    fleet = started(1)
    fleet.exited(1, 1, 2)
    fleet.stop(2.5)
    assert (fleet.state, fleet.deadline) == (FleetState.OVER, None)
    fleet.reload(3)
    assert said(fleet)[-1] == "draining 0 workers"


def test_a_signal_without_a_name() -> None:
    fleet = started(1)
    fleet.exited(1, -63, 2)
    assert said(fleet) == ["worker 1 was killed by signal 63; it is started again in 1 s"]


def test_the_table_leads_everywhere_and_ends() -> None:
    reached = {state for row in WORKER_STATES.values() for state in row.values()}
    assert reached == set(WorkerState) - {WorkerState.STARTING}
    assert {event for row in WORKER_STATES.values() for event in row} == set(WorkerEvent)


class AnyOrder(RuleBasedStateMachine):
    """Processes that become ready, die and obey at any time, and signals in between."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.fleet = Fleet(3, drain_seconds=5, start_seconds=10)
        self.alive: dict[int, str] = {}
        self.announced = False
        self.fleet.begin(self.now)
        self.obey()

    def obey(self) -> None:
        for action in self.fleet.actions():
            match action:
                case Start(worker):
                    assert worker not in self.alive
                    self.alive[worker] = "starting"
                case Tell(worker):
                    assert self.alive[worker] == "ready"
                case Drain(worker):
                    assert self.alive[worker] == "ready"
                    self.alive[worker] = "draining"
                case End(worker):
                    self.alive[worker] = "ending"
                case Kill(worker):
                    self.alive[worker] = "killed"
                case Ready():
                    assert not self.announced
                    self.announced = True
                case Report():
                    pass

    def pick(self, data: st.DataObject, *states: str) -> int | None:
        of_them = [worker for worker, state in self.alive.items() if not states or state in states]
        return data.draw(st.sampled_from(of_them)) if of_them else None

    @rule(data=st.data())
    def one_is_ready(self, data: st.DataObject) -> None:
        worker = self.pick(data, "starting", "ending", "killed")
        if worker is not None:
            if self.alive[worker] == "starting":
                self.alive[worker] = "ready"
            self.fleet.ready(worker, self.now)
            self.obey()

    @rule(data=st.data(), code=st.sampled_from([0, 1, 3, -9, -15]))
    def one_ends(self, data: st.DataObject, code: int) -> None:
        worker = self.pick(data)
        if worker is not None:
            del self.alive[worker]
            self.fleet.exited(worker, code, self.now)
            self.obey()

    @rule()
    def reload(self) -> None:
        self.fleet.reload(self.now)
        self.obey()

    @precondition(lambda self: self.announced)
    @rule()
    def stop(self) -> None:
        self.fleet.stop(self.now)
        self.obey()

    @rule(seconds=st.sampled_from([0.5, 2.0, 40.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.fleet.elapsed(self.now)
        self.obey()

    @invariant()
    def somebody_serves_or_is_about_to(self) -> None:
        state = self.fleet.state
        if state is FleetState.OVER:
            assert not self.alive
        elif state is FleetState.SERVING:
            # Of each place: a worker, or a time at which one starts, or one that is killed, whose end starts one.
            serving = [worker for worker, is_now in self.alive.items() if is_now in {"ready", "starting"}]
            assert serving or self.fleet.deadline is not None or "killed" in self.alive.values()
        elif state is FleetState.STOPPING:
            # Of those that were killed the system tells in its own time; for all others there is a limit.
            assert self.alive
            assert (self.fleet.deadline is None) == (set(self.alive.values()) == {"killed"})

    @invariant()
    def no_more_serve_than_there_are_places_and_one_that_is_new(self) -> None:
        serving = [worker for worker, state in self.alive.items() if state in {"ready", "starting"}]
        assert len(serving) <= self.fleet.size + 1


TestAnyOrder = AnyOrder.TestCase
