"""The account finds what is wrong: each rule is broken once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jambonz_anyio.testing import AppFailed, Fault, FaultSeen, FrameReceived, FrameSent, Noted, Record
from jambonz_core.call import CommandLost, CommandRepeated, ReceiptsMissing, ReplyDiscarded, ServerError
from jambonz_core.simulator import Connect, ConnectionDropped, DigitsSent, HookUnanswered, Spoken, Warned
from jambonz_core.speech.speech_events import NO_STREAM
from jambonz_core.wire.errors import SpeechFailed
from jambonz_core.wire.events import HookKind

from .accounts import Verdict, after_the_end, judge
from .application import Account

NEW = json.dumps({"type": "session:new", "msgid": "m1", "data": {}})
ACK = json.dumps({"type": "ack", "msgid": "m1", "data": []})


def spoken(text: str) -> Spoken:
    return Spoken("caller", text, text)


class Played:
    """A call that said three words and its last one, and was heard."""

    def __init__(self) -> None:
        self.account = Account(7, "gather")
        self.account.began = 1
        self.account.ended = "completed"
        self.words = [self.account.word("verbs") for _ in range(3)]
        self.things: list[Any] = [
            Connect(1, "ws://x/", "ws.jambonz.org"),
            FrameSent(1, NEW),
            FrameReceived(1, ACK),
            *map(spoken, [*self.words, "bye7"]),
        ]
        self.faults: list[FaultSeen] = []

    def broke(self, connection: int = 0, **place: Any) -> None:
        self.faults.append(FaultSeen("/gather/7", connection, Fault("reset", **place)))

    def verdict(self, *, stuck: str = "", slow: bool = False) -> Verdict:
        records = [Record(float(at), thing) for at, thing in enumerate(self.things)]
        return judge(self.account, records, self.faults, stuck=stuck, slow=slow)

    def wrong(self, **how: Any) -> str:
        return "; ".join(self.verdict(**how).unexplained)


@pytest.fixture
def played() -> Played:
    return Played()


def test_a_call_that_went_well(played: Played) -> None:
    verdict = played.verdict()
    assert (verdict.unexplained, verdict.lost) == ([], "")
    assert verdict.counts["words"] == 3
    assert after_the_end(played.account) == []


def test_a_word_that_is_not_heard_was_reported(played: Played) -> None:
    played.things.remove(spoken("w7x1"))
    assert "1 words (verbs) were not heard, 0 were reported lost: ['w7x1']" in played.wrong()
    played.account.reports = [CommandLost("redirect", "acts twice")]
    assert played.wrong() == ""
    played.things.remove(spoken("w7x2"))
    assert "2 words (verbs) were not heard, 1 were reported lost" in played.wrong()
    played.account.dropped["w7x2"] = "lost"
    assert played.wrong() == ""


def test_words_of_the_first_answer_that_the_program_has_replaced_were_reported(played: Played) -> None:
    played.things.remove(spoken("w7x0"))
    played.account.reports = [ReplyDiscarded("m2", "/heard", HookKind.ACTION, "replaced")]
    assert "1 words (verbs) were not heard, 0 were reported lost" in played.wrong()
    played.account.reports = [ReplyDiscarded("m2", "", HookKind.SESSION_NEW, "replaced")]
    assert played.wrong() == ""


def test_text_that_came_before_its_buffer_is_explained_without_receipts_alone(played: Played) -> None:
    played.things.remove(spoken("bye7"))
    played.things.append(AppFailed(SpeechFailed(NO_STREAM)))
    assert "an exception: SpeechFailed" in played.wrong()
    assert "the call is lost without a reason" in played.wrong()
    played.account.reports = [ReceiptsMissing()]
    assert played.wrong() == ""
    assert played.verdict().lost == "text came before its buffer, without receipts"
    played.things.append(AppFailed(SpeechFailed("the text cannot be spoken: vendor")))
    assert "an exception: SpeechFailed('the text cannot be spoken: vendor')" in played.wrong()


def test_a_word_that_was_read_and_replaced_is_counted(played: Played) -> None:
    played.things.remove(spoken("w7x1"))
    played.things.append(Warned("verbs-replaced", ""))
    assert "1 words (verbs) were not heard" in played.wrong()
    played.things.append(FrameReceived(1, json.dumps({"type": "command", "data": [{"text": "w7x1"}]})))
    assert played.verdict().counts["replaced words"] == 1
    assert played.wrong() == ""


def test_an_answer_that_came_too_late_for_the_server_was_reported_by_its_error(played: Played) -> None:
    played.things.remove(spoken("w7x1"))
    played.account.words["w7x1"] = "reply"
    played.things.append(Warned("ack-late", ""))
    assert "1 words (reply) were not heard, 0 were reported lost" in played.wrong()
    told = ServerError({}, "invalid actionHook response")
    played.account.reports = [told, told]
    assert played.wrong() == ""
    played.account.words["w7x2"] = "reply"
    played.things.remove(spoken("w7x2"))
    assert "2 words (reply) were not heard, 1 were reported lost" in played.wrong()


def test_a_word_that_is_lost_without_receipts_is_counted(played: Played) -> None:
    played.things.remove(spoken("w7x1"))
    played.account.reports = [ReceiptsMissing()]
    assert played.verdict().counts["lost without receipts"] == 1
    assert played.wrong() == ""


def test_a_word_that_is_heard_twice_was_reported(played: Played) -> None:
    played.things.append(spoken("w7x1"))
    assert "1 words (verbs) came twice, 0 were reported" in played.wrong()
    played.account.reports = [CommandRepeated("redirect")]
    assert played.wrong() == ""


def test_a_call_that_is_lost_has_a_reason(played: Played) -> None:
    played.things.remove(spoken("bye7"))
    assert "the call is lost without a reason" in played.wrong()
    assert "the call is lost without a reason" in played.wrong(slow=True)
    played.things += [
        Warned("reconnect-unacked", ""),
        HookUnanswered("session:reconnect", "", "connection lost"),
    ]
    assert "the call is lost without a reason" in played.wrong()
    played.broke()
    assert played.verdict().lost == "the connection broke before the reconnect was acked"
    assert played.wrong() == ""


def test_reasons_for_which_a_server_gives_up(played: Played) -> None:
    played.things.remove(spoken("bye7"))
    played.account.began = 0
    played.broke()
    assert played.verdict().lost == "the application never read its session:new"
    played.things += [FrameSent(1, NEW)] * 4
    assert played.verdict().lost == "five connections were used up"
    played.things = played.things[:1]
    played.faults.clear()
    assert played.verdict().lost == ""
    assert played.verdict(slow=True).lost == "this process stood still, and the server lost patience"
    played.things.append(Noted("ws://x/: no answer to the handshake in 1.5 s"))
    assert played.verdict().lost == ""
    verdict = played.verdict(slow=True)
    assert verdict.lost == "this process stood still, and a handshake timed out"
    assert verdict.counts["handshakes timed out"] == 1
    played.things.pop()
    played.broke(frame=0)
    assert played.verdict().lost == "no handshake succeeded"
    played.things.append(Noted("ws://x/: refused with 400"))
    assert played.verdict().lost == ""
    played.faults.append(FaultSeen("/gather/7", 0, Fault("corrupt", frame=0)))
    assert played.verdict().lost == "a handshake was corrupted"


def test_a_status_that_found_no_connection_tells_of_a_server_that_waited_in_vain(played: Played) -> None:
    played.things.remove(spoken("bye7"))
    played.things.append(Warned("message-lost", "A verb:status was not delivered: connection lost."))
    assert "the call is lost without a reason" in played.wrong(slow=True)
    played.things.append(Warned("message-lost", "A verb:status was not delivered: not connected."))
    assert "the call is lost without a reason" in played.wrong()
    assert played.verdict(slow=True).lost == "this process stood still, and the server lost patience"


def test_last_words_that_are_lost_without_receipts(played: Played) -> None:
    played.things.remove(spoken("bye7"))
    assert "the program waits for nothing" in played.wrong(stuck="nothing")
    played.account.reports = [ReceiptsMissing()]
    assert played.verdict(stuck="nothing").lost == "its last words were lost without receipts"
    assert played.wrong(stuck="nothing") == ""


def test_keys_that_are_pressed_twice(played: Played) -> None:
    played.account.keys = 1
    played.things += [DigitsSent("caller", "1")]
    assert played.wrong() == ""
    played.things += [DigitsSent("caller", "1")]
    assert played.wrong() == "1 keys were pressed, and 2 were heard"


def test_double_acks_and_complaints(played: Played) -> None:
    played.things += [FrameReceived(1, ACK), Warned("ack-twice", ""), Warned("verbs-replaced", "")]
    assert played.wrong() == "m1 was acked 2 times; the server complains: ack-twice"


def test_a_command_is_read_together_with_an_ack_only_without_receipts(played: Played) -> None:
    played.things.append(Warned("command-behind-ack", ""))
    assert played.wrong() == "the server complains: command-behind-ack"
    played.account.reports = [ReceiptsMissing()]
    assert played.wrong() == ""


def test_who_waits_without_end_is_named(played: Played) -> None:
    played.things.remove(spoken("bye7"))
    assert "the program waits for a result" in played.wrong(stuck="a result")
    played.things.append(ConnectionDropped(1, 1006))
    assert "the call is lost without a reason" in played.wrong(stuck="a result")
    played.things += [FrameSent(1, NEW)] * 4 + [ConnectionDropped(1, 1006)]
    assert played.wrong(stuck="a result") == ""
    played.things.append(spoken("bye7"))
    played.account.waits[1] = "a result"
    assert after_the_end(played.account) == ["a wait without end: a result"]
    played.account.began = 2
    assert played.wrong() == "the handler was started 2 times"
