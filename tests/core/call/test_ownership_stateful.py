"""Several processes and one call, in a world where everything may be late or lost.

The server of this world has one socket at a time, and what it says there is what makes the state of the call: each
word has a number, and a process's memory is the number of the last word that went into it. Requests to the store, its
answers and its hints are delayed, overtake each other, or fail after they were carried out; failovers undo what the
store has acknowledged; sockets end without the process noticing; processes crash.

What must hold is checked where it would break: no save overwrites what a later claimer has saved; no process goes on
from memory when the store has something newer; who has let go writes nothing; and when the world calms down, the one
process that the server is connected to has the call, and its state is in the store.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jambonz_core.call.call_record import CallRecord, Claimed, Verdict
from jambonz_core.call.ownership import (
    AskClaim,
    AskEnd,
    AskPing,
    AskSave,
    Cut,
    Discard,
    Go,
    LetGo,
    Ownership,
    OwnershipOutput,
    OwnershipState,
    SendRound,
    Source,
    StoreRequest,
)

pytestmark = pytest.mark.untraced

RENEW = 1200.0
S = OwnershipState


@dataclass(eq=False)
class Socket:
    """A connection as the server has it; the process may not know yet that it is closed."""

    open: bool = True


@dataclass(eq=False)
class Sent:
    """A request on its way to the store, or its answer on the way back."""

    ownership: Ownership
    request: StoreRequest
    word: int
    """What is saved."""
    claim: int
    """The number of the claim under which it is made, in the order in which claims were carried out."""
    answer: Claimed | Verdict | None = None
    heard: bool = False
    """Whether the process has its answer, or has stopped to wait for it."""
    stored_word: int = -1
    """What the store had when this was carried out."""


@dataclass(eq=False)
class Process:
    """One process: its memory, its side of a socket, and its right to the call."""

    name: str
    ownership: Ownership | None = None
    word: int = -1
    socket: Socket | None = None
    acting: bool = False
    """Whether the socket was given to the call."""
    pinged: Socket | None = None
    claims: dict[int, int] = field(default_factory=dict)
    """The numbers of the claims of which answers came, by epoch."""


class World:
    """The server, the store and the processes. Nothing in it moves by itself."""

    def __init__(self, processes: int, *, prompt: bool) -> None:
        self.prompt = prompt
        """Whether the store answers at once."""
        self.now = 1000.0
        self.record = CallRecord()
        self.record_claim = 0
        """The number of the claim that stands in the record."""
        self.past: list[tuple[CallRecord, int]] = []
        self.sent: list[Sent] = []
        self.hints: list[Process] = []
        self.server: tuple[Process, Socket] | None = None
        self.began = False
        self.word = -1
        """The last word that the server has said."""
        self.claims = itertools.count(1)
        self.names = itertools.count(1)
        self.nonces = (f"n{n}" for n in itertools.count())
        self.processes = [Process(f"p{next(self.names)}") for _ in range(processes)]

    # --- the server -------------------------------------------------------------------------------------

    def connect(self, process: Process) -> None:
        assert self.server is None
        socket = Socket()
        self.server = (process, socket)
        begins = not self.began
        self.began = True
        if begins or process.ownership is None or process.ownership.state is S.GONE:
            process.ownership = Ownership(process.name, self.nonces, renew_seconds=RENEW)
            process.word = -1
        process.socket = socket
        process.acting = False
        self.do(process, process.ownership.opened(self.now, begins=begins))

    def drop(self) -> None:
        if self.server is not None:
            self.server[1].open = False
            self.server = None

    def speak(self) -> None:
        """The server says a word, which the process answers: only one that has what came before."""
        assert self.server is not None
        process, socket = self.server
        assert process.ownership is not None
        if process.socket is not socket or not process.acting:
            return
        assert process.ownership.state not in (S.CLAIMING, S.DETACHED, S.GONE)
        if self.prompt:
            assert process.word == self.word, "a stale answer"
        self.word += 1
        process.word = self.word
        self.do(process, process.ownership.save(self.now))

    # --- the processes ----------------------------------------------------------------------------------

    def do(self, process: Process, outputs: list[OwnershipOutput]) -> None:
        ownership = process.ownership
        assert ownership is not None
        for output in outputs:
            if isinstance(output, AskClaim | AskSave | AskEnd):
                claim = process.claims[output.fence.epoch] if not isinstance(output, AskClaim) else 0
                if isinstance(output, AskSave):
                    assert ownership.state in (S.OWNED, S.DETACHED)
                self.sent.append(Sent(ownership, output, process.word, claim))
            elif isinstance(output, AskPing):
                process.pinged = process.socket
            elif isinstance(output, Go):
                process.acting = True
                if output.source is Source.SNAPSHOT:
                    assert output.snapshot is not None
                    process.word = int(output.snapshot)
                elif output.source is Source.NOTHING:
                    # The rule of the unknown call: what the server has said is all that is known.
                    process.word = self.word if self.prompt else -1
            elif isinstance(output, Discard):
                process.word = -1
            elif isinstance(output, SendRound | Cut | LetGo):
                self.cut(process)
        if self.prompt:
            while waiting := [one for one in self.sent if not one.heard]:
                self.carry_out(waiting[0])
                self.hear(waiting[0])

    def cut(self, process: Process) -> None:
        """The process ends its own socket."""
        if self.server is not None and self.server[1] is process.socket:
            self.drop()
        self.notice(process)

    def notice(self, process: Process) -> None:
        process.socket, process.acting = None, False
        assert process.ownership is not None
        self.do(process, process.ownership.lost(self.now))

    def crash(self, process: Process) -> None:
        if self.server is not None and self.server[0] is process:
            self.drop()
        self.hints = [hint for hint in self.hints if hint is not process]
        for one in self.sent:
            one.heard = one.heard or one.ownership is process.ownership
        self.processes[self.processes.index(process)] = Process(f"p{next(self.names)}")

    def pong(self, process: Process) -> None:
        pinged, process.pinged = process.pinged, None
        if pinged is None or pinged is not process.socket or not pinged.open:
            return
        assert process.ownership is not None
        self.do(process, process.ownership.pong(self.now))

    def pass_time(self, seconds: float) -> None:
        end = self.now + seconds
        while True:
            due = [(p.ownership.deadline, p) for p in self.processes if p.ownership is not None]
            times = [(when, n) for n, (when, _) in enumerate(due) if when is not None and when <= end]
            if not times:
                break
            when, n = min(times)
            self.now = max(self.now, when)
            process = due[n][1]
            assert process.ownership is not None
            self.do(process, process.ownership.tick(self.now))
        self.now = end

    # --- the store --------------------------------------------------------------------------------------

    def carry_out(self, one: Sent) -> None:
        assert one.answer is None
        request, before = one.request, self.record
        self.past.append((before, self.record_claim))
        owner = one.ownership.owner
        one.stored_word = int(before.snapshot) if before.snapshot is not None else -1
        if isinstance(request, AskClaim):
            clock = int(self.now * 1000)
            self.record, one.answer = before.claim(owner, request.nonce, begin=request.begin, clock=clock)
            one.claim = self.record_claim = next(self.claims)
            told = [p for p in self.processes if p.name == one.answer.owner != owner]
            self.hints += told
            return
        if isinstance(request, AskSave):
            self.record, one.answer = before.save(request.fence, str(one.word).encode())
        else:
            self.record, one.answer = before.end(request.fence)
        if self.record is not before:
            assert one.claim >= self.record_claim, "a save overwrites what a later claimer has saved"
            if one.claim == self.record_claim:
                assert one.word >= one.stored_word, "an older state overwrites a newer one"
            self.record_claim = one.claim

    def hear(self, one: Sent) -> None:
        assert one.answer is not None
        one.heard = True
        process = next((p for p in self.processes if p.ownership is one.ownership), None)
        if process is None:
            return
        if isinstance(one.answer, Claimed):
            assert isinstance(one.request, AskClaim)
            process.claims[one.answer.epoch] = one.claim
            outputs = one.ownership.claimed(one.request, one.answer, self.now)
            if any(isinstance(output, Go) and output.source is Source.MEMORY for output in outputs):
                assert process.word >= one.stored_word, "memory is older than what the store had"
        else:
            assert not isinstance(one.request, AskClaim)
            outputs = one.ownership.verdict(one.request, one.answer, self.now)
        self.do(process, outputs)

    def fail(self, one: Sent) -> None:
        """The process waits no longer. The request may still be carried out."""
        one.heard = True
        process = next((p for p in self.processes if p.ownership is one.ownership), None)
        if process is not None:
            self.do(process, one.ownership.failed(one.request, self.now))

    def fail_over(self, back: int) -> None:
        """What the store has acknowledged last is lost."""
        back = min(back, len(self.past))
        if back:
            self.record, self.record_claim = self.past[-back]

    def hint(self, process: Process) -> None:
        if process.ownership is not None:
            self.do(process, process.ownership.hint(self.now))

    # --- calm -------------------------------------------------------------------------------------------

    def calm_down(self) -> None:
        """Everything arrives, and nothing more happens: then one process has the call."""
        for _ in range(60):
            self.sent = [one for one in self.sent if not (one.heard and one.answer is not None)]
            for one in list(self.sent):
                if one.answer is None:
                    self.carry_out(one)
                if not one.heard:
                    self.hear(one)
            hints, self.hints = self.hints, []
            for process in hints:
                self.hint(process)
            for process in self.processes:
                if process.socket is not None and not process.socket.open:
                    self.notice(process)
                self.pong(process)
            if self.server is None:
                known = [
                    p for p in self.processes if p.ownership is not None and p.ownership.state is not S.GONE
                ]
                self.connect((known or self.processes)[0])
            # Nobody asks the store of his own accord but by the renewal of a record.
            self.pass_time(RENEW if not self.sent and not self.hints else 0.1)
        assert self.server is not None
        process, socket = self.server
        assert process.ownership is not None
        assert process.socket is socket
        assert process.acting
        assert process.ownership.state is S.OWNED
        others = [p for p in self.processes if p is not process and p.ownership is not None]
        assert all(p.ownership is None or p.ownership.state is S.GONE for p in others), "two have the call"
        assert self.record.owner == process.name
        assert self.record.snapshot == str(process.word).encode(), "the newest state is not in the store"


class SeveralProcesses(RuleBasedStateMachine):
    """Everything that can go wrong, in any order."""

    world: World

    @initialize(processes=st.sampled_from([2, 3]))
    def begin(self, processes: int) -> None:
        self.world = World(processes, prompt=False)

    def pick(self, index: int) -> Process:
        return self.world.processes[index % len(self.world.processes)]

    @precondition(lambda self: self.world.server is None)
    @rule(index=st.integers(0, 2))
    def the_server_connects(self, index: int) -> None:
        self.world.connect(self.pick(index))

    @precondition(lambda self: self.world.server is not None)
    @rule()
    def the_server_speaks(self) -> None:
        self.world.speak()

    @precondition(lambda self: self.world.server is not None)
    @rule(noticed=st.booleans())
    def the_socket_ends(self, noticed: bool) -> None:
        assert self.world.server is not None
        process = self.world.server[0]
        self.world.drop()
        if noticed:
            self.world.notice(process)

    @rule(index=st.integers(0, 2))
    def a_process_notices(self, index: int) -> None:
        process = self.pick(index)
        if process.socket is not None and not process.socket.open:
            self.world.notice(process)

    @rule(index=st.integers(0, 2))
    def a_pong_comes(self, index: int) -> None:
        self.world.pong(self.pick(index))

    @rule(index=st.integers(0, 2))
    def a_process_crashes(self, index: int) -> None:
        self.world.crash(self.pick(index))

    @precondition(lambda self: any(one.answer is None for one in self.world.sent))
    @rule(index=st.integers(0, 5))
    def the_store_carries_out(self, index: int) -> None:
        waiting = [one for one in self.world.sent if one.answer is None]
        self.world.carry_out(waiting[index % len(waiting)])

    @precondition(lambda self: any(one.answer is not None and not one.heard for one in self.world.sent))
    @rule(index=st.integers(0, 5))
    def an_answer_comes(self, index: int) -> None:
        waiting = [one for one in self.world.sent if one.answer is not None and not one.heard]
        self.world.hear(waiting[index % len(waiting)])

    @precondition(lambda self: any(not one.heard for one in self.world.sent))
    @rule(index=st.integers(0, 5))
    def a_request_fails(self, index: int) -> None:
        waiting = [one for one in self.world.sent if not one.heard]
        self.world.fail(waiting[index % len(waiting)])

    @precondition(lambda self: self.world.hints)
    @rule(index=st.integers(0, 5), lost=st.booleans())
    def a_hint_comes(self, index: int, lost: bool) -> None:
        process = self.world.hints.pop(index % len(self.world.hints))
        if not lost:
            self.world.hint(process)

    @rule(back=st.integers(1, 4))
    def the_store_fails_over(self, back: int) -> None:
        self.world.fail_over(back)

    @rule(seconds=st.sampled_from([0.0, 0.1, 0.3, 1.0, 2.0, 5.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.calm_down()


class APromptStore(RuleBasedStateMachine):
    """The store answers at once, hints are lost, and the server goes to and fro: then no answer is ever stale."""

    world: World

    @initialize(processes=st.sampled_from([2, 3]))
    def begin(self, processes: int) -> None:
        self.world = World(processes, prompt=True)

    @rule(index=st.integers(0, 2), noticed=st.booleans(), words=st.integers(0, 2))
    def the_server_comes(self, index: int, noticed: bool, words: int) -> None:
        world = self.world
        world.connect(world.processes[index % len(world.processes)])
        world.hints.clear()
        for _ in range(words):
            world.speak()
        assert world.server is not None
        process = world.server[0]
        world.drop()
        if noticed:
            world.notice(process)

    @rule(index=st.integers(0, 2))
    def a_process_crashes(self, index: int) -> None:
        self.world.crash(self.world.processes[index % len(self.world.processes)])

    @rule(seconds=st.sampled_from([0.5, 1.0, 30.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.pass_time(seconds)


def hold(machine: type[RuleBasedStateMachine], *, examples: int) -> None:
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=60))


def test_one_process_has_the_call_whatever_is_late_or_lost() -> None:
    hold(SeveralProcesses, examples=150)


def test_with_a_prompt_store_no_answer_is_stale() -> None:
    hold(APromptStore, examples=100)


def test_to_and_fro_within_seconds() -> None:
    """A→B→A→B with no hint at all: each goes on from what the other one has saved last."""
    world = World(2, prompt=True)
    for turn in range(4):
        world.connect(world.processes[turn % 2])
        world.speak()
        world.drop()
        world.pass_time(0.5)
        world.hints.clear()
    assert world.word == 3
    assert world.record.snapshot == b"3"
