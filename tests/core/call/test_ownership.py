"""The right of a process to a call: what it asks of the store, and what it decides."""

from __future__ import annotations

import itertools
from typing import TypeVar

import pytest

from jambonz_core.call.call_record import Claimed, Fence, Verdict
from jambonz_core.call.ownership import (
    OWNERSHIP,
    AskClaim,
    AskEnd,
    AskPing,
    AskSave,
    Cut,
    Discard,
    Go,
    LetGo,
    Ownership,
    OwnershipInput,
    OwnershipOutput,
    OwnershipState,
    SendRound,
    Source,
)
from jambonz_core.wire.limits import (
    CLAIM_BEGIN_SECONDS,
    CLAIM_KNOWN_SECONDS,
    CLAIM_UNKNOWN_SECONDS,
    OWNER_PONG_SECONDS,
    STORE_RETRY_FIRST_SECONDS,
    STORE_RETRY_MOST_SECONDS,
)

T = TypeVar("T")


def machine() -> Ownership:
    return Ownership("me", (f"n{n}" for n in itertools.count(1)), renew_seconds=1200.0)


def only(outputs: list[OwnershipOutput], kind: type[T]) -> T:
    [output] = outputs
    assert isinstance(output, kind)
    return output


def begun(ownership: Ownership, epoch: int = 1) -> None:
    """A call that began here, and was claimed."""
    claim = only(ownership.opened(0.0, begins=True), AskClaim)
    assert claim.begin
    assert ownership.claimed(claim, Claimed(epoch), 0.0) == [Go(Source.BEGINNING)]
    assert ownership.state is OwnershipState.OWNED


def kept(ownership: Ownership, outputs: list[OwnershipOutput], now: float = 0.0) -> list[OwnershipOutput]:
    return ownership.verdict(only(outputs, AskSave), Verdict.KEPT, now)


def detached(ownership: Ownership) -> None:
    """A call that began here and has lost its connection; its state is saved."""
    begun(ownership)
    assert kept(ownership, ownership.lost(0.0)) == []
    assert ownership.state is OwnershipState.DETACHED


def test_a_beginning_waits_for_its_claim() -> None:
    ownership = machine()
    claim = only(ownership.opened(0.0, begins=True), AskClaim)
    assert ownership.deadline == CLAIM_BEGIN_SECONDS
    assert ownership.claimed(claim, Claimed(1, "b", b"of another life"), 0.1) == [Go(Source.BEGINNING)]
    assert ownership.deadline == 1200.1


def test_a_beginning_does_not_wait_for_long_and_is_claimed_later() -> None:
    ownership = machine()
    claim = only(ownership.opened(0.0, begins=True), AskClaim)
    assert ownership.tick(0.2) == []
    assert ownership.tick(CLAIM_BEGIN_SECONDS) == [Go(Source.BEGINNING, proved=False)]
    assert ownership.save(0.3) == []
    # Whoever had the id before does not matter: the server is here.
    save = only(ownership.claimed(claim, Claimed(3, "b"), 0.5), AskSave)
    assert save.fence == Fence("me", 3, "n1", 1)


def test_a_store_that_fails_holds_no_beginning_up() -> None:
    ownership = machine()
    claim = only(ownership.opened(0.0, begins=True), AskClaim)
    assert ownership.failed(claim, 0.01) == [Go(Source.BEGINNING, proved=False)]
    again = only(ownership.tick(1.0), AskClaim)
    assert again.begin
    assert again.nonce == "n2"


@pytest.mark.parametrize(
    ("answer", "decision"),
    [
        (Claimed(2, "b", b"saved"), Go(Source.SNAPSHOT, b"saved")),
        (Claimed(2, "me", b"saved"), Go(Source.SNAPSHOT, b"saved")),
        (Claimed(2, "b"), Go(Source.NOTHING)),
        (Claimed(1), Go(Source.NOTHING)),
        (Claimed(2, ended=True), LetGo("ended")),
    ],
)
def test_a_call_that_nobody_here_knows_is_what_the_store_says(
    answer: Claimed, decision: OwnershipOutput
) -> None:
    ownership = machine()
    claim = only(ownership.opened(0.0, begins=False), AskClaim)
    assert not claim.begin
    assert ownership.deadline == CLAIM_UNKNOWN_SECONDS
    assert ownership.claimed(claim, answer, 1.0) == [decision]


def test_a_call_that_nobody_here_knows_is_sent_round_while_the_store_is_away() -> None:
    ownership = machine()
    claim = only(ownership.opened(0.0, begins=False), AskClaim)
    assert ownership.failed(claim, 0.0) == []
    assert ownership.deadline == STORE_RETRY_FIRST_SECONDS
    again = only(ownership.tick(0.2), AskClaim)
    assert ownership.tick(CLAIM_UNKNOWN_SECONDS) == [SendRound()]
    assert ownership.state is OwnershipState.GONE
    assert ownership.claimed(again, Claimed(1), 5.0) == []
    assert ownership.deadline is None


@pytest.mark.parametrize("owner", [None, "me"])
def test_memory_is_current_when_nobody_else_has_had_the_call(owner: str | None) -> None:
    ownership = machine()
    detached(ownership)
    claim = only(ownership.opened(1.0, begins=False), AskClaim)
    assert ownership.deadline == 1.0 + CLAIM_KNOWN_SECONDS
    assert ownership.claimed(claim, Claimed(2, owner, b"saved"), 1.0) == [Go(Source.MEMORY)]


@pytest.mark.parametrize("snapshot", [b"saved", None])
def test_memory_is_discarded_when_somebody_else_has_had_the_call(snapshot: bytes | None) -> None:
    ownership = machine()
    detached(ownership)
    claim = only(ownership.opened(1.0, begins=False), AskClaim)
    assert ownership.save(1.0) == []
    source = Source.SNAPSHOT if snapshot else Source.NOTHING
    # What was to be saved is old, and not asked for.
    assert ownership.claimed(claim, Claimed(3, "b", snapshot), 1.0) == [Discard(), Go(source, snapshot)]
    assert ownership.state is OwnershipState.OWNED


def test_a_known_call_goes_on_without_the_store_and_is_saved_when_it_is_back() -> None:
    ownership = machine()
    detached(ownership)
    claim = only(ownership.opened(0.0, begins=False), AskClaim)
    assert ownership.failed(claim, 0.0) == []
    claim = only(ownership.tick(0.2), AskClaim)
    assert ownership.tick(CLAIM_KNOWN_SECONDS) == [Go(Source.MEMORY, proved=False)]
    ownership.save(3.0)
    save = only(ownership.claimed(claim, Claimed(2, "me"), 4.0), AskSave)
    assert save.fence.epoch == 2
    assert ownership.state is OwnershipState.OWNED


@pytest.mark.parametrize(
    ("answer", "reason"), [(Claimed(3, "b", b"newer"), "moved"), (Claimed(2, ended=True), "ended")]
)
def test_a_known_call_that_went_on_from_old_memory_is_let_go(answer: Claimed, reason: str) -> None:
    ownership = machine()
    detached(ownership)
    claim = only(ownership.opened(0.0, begins=False), AskClaim)
    ownership.tick(CLAIM_KNOWN_SECONDS)
    assert ownership.claimed(claim, answer, 3.0) == [LetGo(reason)]
    assert ownership.state is OwnershipState.GONE


def test_pauses_after_failures_grow_and_are_bounded() -> None:
    ownership = machine()
    detached(ownership)
    claim = only(ownership.opened(0.0, begins=False), AskClaim)
    ownership.tick(CLAIM_KNOWN_SECONDS)
    pauses: list[float] = []
    now = CLAIM_KNOWN_SECONDS
    for _ in range(20):
        assert ownership.failed(claim, now) == []
        assert ownership.deadline is not None
        pauses.append(ownership.deadline - now)
        now = ownership.deadline
        claim = only(ownership.tick(now), AskClaim)
    assert pauses[:3] == pytest.approx([0.2, 0.4, 0.8])
    assert pauses[-1] == STORE_RETRY_MOST_SECONDS
    # An answer ends them.
    ownership.claimed(claim, Claimed(2, "me"), now)
    save = only(ownership.save(now), AskSave)
    ownership.failed(save, now)
    assert ownership.deadline == now + STORE_RETRY_FIRST_SECONDS


@pytest.mark.parametrize("how", ["hint", "refused"])
def test_a_claim_of_somebody_else_is_outbid_when_the_server_is_here(how: str) -> None:
    ownership = machine()
    begun(ownership)
    if how == "hint":
        assert ownership.hint(10.0) == [AskPing()]
    else:
        save = only(ownership.save(10.0), AskSave)
        assert ownership.verdict(save, Verdict.MOVED, 10.0) == [AskPing()]
    assert ownership.state is OwnershipState.DOUBTED
    assert ownership.deadline == 10.0 + OWNER_PONG_SECONDS
    # A second hint says nothing new, and while it is in doubt nothing is written. A save that was refused stays wanted.
    assert ownership.hint(10.5) == []
    if how == "hint":
        assert ownership.save(10.5) == []
    claim = only(ownership.pong(10.6), AskClaim)
    assert claim.begin
    save = only(ownership.claimed(claim, Claimed(5, "b", b"of b"), 10.7), AskSave)
    assert save.fence == Fence("me", 5, "n2", 1)


def test_a_pong_that_nobody_waits_for_says_nothing() -> None:
    ownership = machine()
    begun(ownership)
    assert ownership.pong(1.0) == []
    assert ownership.state is OwnershipState.OWNED


@pytest.mark.parametrize("how", ["silence", "lost"])
def test_a_claim_of_somebody_else_stands_when_the_server_is_not_here(how: str) -> None:
    ownership = machine()
    begun(ownership)
    ownership.hint(10.0)
    if how == "silence":
        cut, save = ownership.tick(11.0)
        assert cut == Cut()
        assert ownership.lost(11.0) == []
    else:
        [save] = ownership.lost(10.2)
    assert isinstance(save, AskSave)
    assert ownership.verdict(save, Verdict.MOVED, 11.0) == [LetGo("moved")]
    assert ownership.state is OwnershipState.GONE
    # Nothing is written any more.
    assert ownership.save(12.0) == []
    assert ownership.over() == []


def test_a_hint_that_comes_late_costs_no_memory() -> None:
    ownership = machine()
    detached(ownership)
    assert kept(ownership, ownership.hint(1.0)) == []
    claim = only(ownership.opened(1.0, begins=False), AskClaim)
    assert ownership.claimed(claim, Claimed(2, "me"), 1.0) == [Go(Source.MEMORY)]


def test_a_hint_while_a_claim_is_out_is_looked_at_with_the_answer() -> None:
    ownership = machine()
    claim = only(ownership.opened(0.0, begins=True), AskClaim)
    assert ownership.hint(0.1) == []
    assert ownership.claimed(claim, Claimed(1), 0.1) == [Go(Source.BEGINNING), AskPing()]
    claim = only(ownership.pong(0.2), AskClaim)
    assert ownership.hint(0.2) == []
    assert ownership.claimed(claim, Claimed(3, "b"), 0.3) == [AskPing()]


def test_saves_are_one_at_a_time_and_the_last_wish_counts() -> None:
    ownership = machine()
    begun(ownership)
    first = only(ownership.save(0.0), AskSave)
    assert ownership.save(0.1) == []
    assert ownership.save(0.2) == []
    second = only(ownership.verdict(first, Verdict.KEPT, 0.3), AskSave)
    assert second.fence.serial == first.fence.serial + 1
    assert ownership.verdict(second, Verdict.KEPT, 0.4) == []
    # An answer that comes twice means nothing.
    assert ownership.verdict(second, Verdict.MOVED, 0.5) == []
    assert ownership.state is OwnershipState.OWNED


def test_a_save_that_fails_is_made_again() -> None:
    ownership = machine()
    begun(ownership)
    save = only(ownership.save(0.0), AskSave)
    assert ownership.failed(save, 1.0) == []
    assert ownership.tick(1.1) == []
    save = only(ownership.tick(1.2), AskSave)
    ownership.failed(save, 2.0)
    # Who asks for one does not wait for the pause.
    assert only(ownership.save(2.0), AskSave).fence.serial == 3


def test_a_record_is_renewed_before_the_store_forgets_it() -> None:
    ownership = machine()
    begun(ownership)
    assert ownership.deadline == 1200.0
    assert kept(ownership, ownership.tick(1200.0), 1200.0) == []
    assert ownership.deadline == 2400.0


def test_a_save_that_is_out_when_the_server_comes_back_decides_nothing() -> None:
    ownership = machine()
    begun(ownership)
    save = only(ownership.lost(0.0), AskSave)
    claim = only(ownership.opened(0.5, begins=False), AskClaim)
    # It was refused because of the claim that overtook it.
    assert ownership.verdict(save, Verdict.MOVED, 0.6) == []
    go, again = ownership.claimed(claim, Claimed(2, "me"), 0.6)
    assert go == Go(Source.MEMORY)
    assert isinstance(again, AskSave)


def test_a_claim_whose_connection_has_gone_starts_nothing() -> None:
    ownership = machine()
    claim = only(ownership.opened(0.0, begins=True), AskClaim)
    assert ownership.lost(0.1) == []
    assert ownership.state is OwnershipState.GONE
    assert ownership.claimed(claim, Claimed(1), 0.1) == []
    assert ownership.failed(claim, 0.1) == []
    assert ownership.opened(0.2, begins=False) == []
    assert ownership.tick(9.0) == []


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Claimed(2, "me"), OwnershipState.DETACHED),
        (Claimed(2, "b", b"newer"), OwnershipState.GONE),
        (Claimed(1, ended=True), OwnershipState.GONE),
    ],
)
def test_a_known_call_whose_connection_has_gone_again_learns_from_its_claim(
    answer: Claimed, state: OwnershipState
) -> None:
    ownership = machine()
    detached(ownership)
    claim = only(ownership.opened(0.5, begins=False), AskClaim)
    assert ownership.lost(0.6) == []
    ownership.claimed(claim, answer, 0.7)
    assert ownership.state is state


def test_a_call_whose_claim_failed_is_claimed_for_its_save_when_the_connection_has_gone() -> None:
    ownership = machine()
    claim = only(ownership.opened(0.0, begins=True), AskClaim)
    ownership.failed(claim, 0.0)
    assert ownership.lost(0.1) == []
    claim = only(ownership.tick(0.2), AskClaim)
    # Without a connection, nobody knows that the server is here.
    assert not claim.begin
    assert ownership.hint(0.2) == []
    assert kept(ownership, ownership.claimed(claim, Claimed(1), 0.3), 0.3) == []
    assert ownership.state is OwnershipState.DETACHED


def test_the_end_is_told_to_the_store() -> None:
    ownership = machine()
    begun(ownership)
    end = only(ownership.over(), AskEnd)
    assert end.fence == Fence("me", 1, "n1")
    assert ownership.lost(0.0) == []
    assert ownership.verdict(end, Verdict.KEPT, 0.1) == []
    assert ownership.state is OwnershipState.GONE


def test_the_end_waits_for_the_claim_that_is_out() -> None:
    ownership = machine()
    claim = only(ownership.opened(0.0, begins=True), AskClaim)
    ownership.tick(CLAIM_BEGIN_SECONDS)
    assert ownership.over() == []
    end = only(ownership.claimed(claim, Claimed(1), 1.0), AskEnd)
    ownership.failed(end, 1.0)
    assert ownership.state is OwnershipState.GONE


def test_an_end_that_cannot_be_told_is_not() -> None:
    ownership = machine()
    claim = only(ownership.opened(0.0, begins=True), AskClaim)
    ownership.failed(claim, 0.0)
    assert ownership.over() == []
    assert ownership.state is OwnershipState.GONE

    ownership = machine()
    assert ownership.over() == []
    assert ownership.state is OwnershipState.GONE


def test_an_end_that_somebody_else_has_told_needs_no_telling() -> None:
    ownership = machine()
    detached(ownership)
    claim = only(ownership.opened(0.0, begins=False), AskClaim)
    assert ownership.over() == []
    assert ownership.claimed(claim, Claimed(1, ended=True), 0.0) == []
    assert ownership.state is OwnershipState.GONE


def test_a_save_of_a_call_that_was_ended_elsewhere_is_refused() -> None:
    ownership = machine()
    begun(ownership)
    save = only(ownership.lost(0.0), AskSave)
    assert ownership.verdict(save, Verdict.ENDED, 0.0) == [LetGo("ended")]


def test_a_save_that_is_refused_in_doubt_changes_nothing() -> None:
    ownership = machine()
    begun(ownership)
    save = only(ownership.save(0.0), AskSave)
    assert ownership.hint(0.0) == [AskPing()]
    assert ownership.verdict(save, Verdict.MOVED, 0.0) == []
    assert ownership.state is OwnershipState.DOUBTED


def test_a_call_that_is_given_up_is_left_as_it_is() -> None:
    ownership = machine()
    begun(ownership)
    assert ownership.dropped() == []
    assert ownership.state is OwnershipState.GONE
    assert ownership.deadline is None


def test_whoever_is_gone_does_not_come_back() -> None:
    assert OWNERSHIP[OwnershipState.GONE] == {}
    assert all(OwnershipInput.DROPPED in row for state, row in OWNERSHIP.items() if row)


def test_whoever_is_gone_cannot_leave_again() -> None:
    ownership = machine()
    begun(ownership)
    ownership.dropped()
    assert ownership.dropped() == []


def test_a_store_that_refuses_a_beginning_is_not_asked_to_save() -> None:
    ownership = machine()
    claim = only(ownership.opened(0.0, begins=True), AskClaim)
    ownership.tick(CLAIM_BEGIN_SECONDS)
    # No store should, and the call goes on anyway.
    assert ownership.claimed(claim, Claimed(1, ended=True), 1.0) == []
    assert ownership.state is OwnershipState.RECLAIMING


def test_it_is_busy_until_the_store_knows_what_it_should() -> None:
    ownership = machine()
    assert not ownership.busy
    claim = only(ownership.opened(0.0, begins=True), AskClaim)
    assert ownership.busy
    ownership.claimed(claim, Claimed(1), 0.0)
    save = only(ownership.save(0.0), AskSave)
    assert ownership.busy
    ownership.failed(save, 0.1)
    assert ownership.busy, "it is made again"
    assert kept(ownership, ownership.tick(0.5), 0.5) == []
    assert not ownership.busy


def test_an_unknown_call_is_held_as_long_as_its_ack_may_take() -> None:
    ownership = Ownership("me", iter(["n1"]), renew_seconds=1.0, hold_seconds=0.5)
    ownership.opened(0.0, begins=False)
    assert ownership.tick(0.5) == [SendRound()]
