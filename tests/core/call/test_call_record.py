"""The reference of what a store keeps: no write but that of the newest claim."""

from __future__ import annotations

from jambonz_core.call.call_record import CallRecord, Claimed, Fence, Verdict

EMPTY = CallRecord()


def test_claims_count_up_and_tell_what_was_there() -> None:
    record, first = EMPTY.claim("a", "n1")
    assert first == Claimed(1)
    record, verdict = record.save(Fence("a", 1, "n1", 1), b"one")
    assert verdict is Verdict.KEPT
    record, second = record.claim("b", "n2")
    assert second == Claimed(2, "a", b"one")
    assert record == CallRecord(epoch=2, nonce="n2", owner="b", snapshot=b"one")


def test_a_claim_in_a_store_that_may_forget_goes_by_its_clock() -> None:
    record, first = EMPTY.claim("a", "n1", clock=5000)
    assert first.epoch == 5000
    assert record.claim("b", "n2", clock=4000)[1].epoch == 5001


def test_what_an_older_claim_saves_is_refused() -> None:
    record, _ = EMPTY.claim("a", "n1")
    record, _ = record.claim("b", "n2")
    assert record.save(Fence("a", 1, "n1", 1), b"old") == (record, Verdict.MOVED)
    assert record.end(Fence("a", 1, "n1", 1)) == (record, Verdict.MOVED)


def test_of_two_claims_with_one_epoch_the_one_in_the_record_stands() -> None:
    record, _ = EMPTY.claim("b", "n2")
    assert record.save(Fence("a", 1, "n1", 1), b"x") == (record, Verdict.MOVED)


def test_a_claim_that_the_store_has_lost_is_put_back_by_its_save() -> None:
    record, verdict = EMPTY.save(Fence("a", 7, "n7", 3), b"seven")
    assert verdict is Verdict.KEPT
    assert record == CallRecord(epoch=7, nonce="n7", owner="a", serial=3, snapshot=b"seven")


def test_a_save_that_was_held_up_does_not_undo_a_newer_one() -> None:
    record, _ = EMPTY.claim("a", "n1")
    record, _ = record.save(Fence("a", 1, "n1", 2), b"new")
    assert record.save(Fence("a", 1, "n1", 1), b"old") == (record, Verdict.KEPT)
    # The next claim of the same process counts from the start.
    record, _ = record.claim("a", "n2")
    assert record.save(Fence("a", 2, "n2", 1), b"newer")[0].snapshot == b"newer"


def test_of_an_ended_call_only_that_is_kept() -> None:
    record, _ = EMPTY.claim("a", "n1")
    record, _ = record.save(Fence("a", 1, "n1", 1), b"one")
    record, verdict = record.end(Fence("a", 1, "n1", 1))
    assert verdict is Verdict.KEPT
    assert record == CallRecord(epoch=1, nonce="n1", ended=True)
    assert record.save(Fence("a", 1, "n1", 2), b"late") == (record, Verdict.ENDED)
    assert record.end(Fence("a", 9, "n1", 2)) == (record, Verdict.ENDED)
    assert record.claim("b", "n2") == (record, Claimed(1, ended=True))


def test_a_call_id_may_begin_another_life() -> None:
    record = CallRecord(epoch=4, nonce="n4", ended=True)
    record, claimed = record.claim("b", "n5", begin=True)
    assert claimed == Claimed(5)
    assert record == CallRecord(epoch=5, nonce="n5", owner="b")


def test_a_beginning_that_comes_late_leaves_the_snapshot() -> None:
    record = CallRecord(epoch=4, nonce="n4", owner="a", snapshot=b"four")
    record, claimed = record.claim("b", "n5", begin=True)
    assert claimed == Claimed(5, "a", b"four")
    assert record.snapshot == b"four"
