"""How long a caller waits for an answer: rule by rule, and whatever comes in whatever order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.call import TurnLatency, TurnMeasured
from jambonz_core.call.turn_latency import TURN_SECONDS, TurnLatencies, words_in
from jambonz_core.call.turn_states import TURN, TurnState

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hi"}]


def speech(text: str = "yes", **fields: Any) -> dict[str, Any]:
    return {"speech": {"is_final": True, "alternatives": [{"transcript": text}]}, **fields}


def hook(data: Any, msgid: str = "m", path: str = "/heard") -> dict[str, Any]:
    return {"type": "verb:hook", "msgid": msgid, "hook": path, "data": data}


def ack(data: Any, msgid: str = "m") -> dict[str, Any]:
    return {"type": "ack", "msgid": msgid, "data": data}


def command(name: str, data: Any = None, **fields: Any) -> dict[str, Any]:
    return {"type": "command", "command": name, "data": data, **fields}


def status(event: str, **fields: Any) -> dict[str, Any]:
    return {"type": "verb:status", "data": {"event": event, **fields}}


def answered(turns: TurnLatencies, message: dict[str, Any], *, after: float = 0.5) -> list[TurnMeasured]:
    assert turns.received(hook(speech()), 10.0) == []
    return turns.sent(message, 10.0 + after)


@pytest.mark.parametrize(
    ("data", "brought"),
    [
        (speech(), "speech"),
        ({"speech": {"alternatives": [{"transcript": "yes"}]}}, "speech"),
        ({"speech": {"is_final": False, "alternatives": [{"transcript": "ye"}]}}, ""),
        (speech("  "), ""),
        ({"speech": {"alternatives": ["yes", {"transcript": 7}, {"transcript": "so"}]}}, "speech"),
        ({"speech": {"alternatives": "yes"}}, ""),
        ({"digits": "12"}, "digits"),
        ({"digits": 12}, ""),
        ({"digits": ""}, ""),
        ({"reason": "timeout"}, ""),
    ],
)
def test_what_words_are(data: dict[str, Any], brought: str) -> None:
    assert words_in(data) == brought
    turns = TurnLatencies()
    assert turns.received(hook(data), 1.0) == []
    assert turns.came == (1.0 if brought else None)


@pytest.mark.parametrize(
    ("message", "way"),
    [
        (ack(SAY), "ack"),
        (command("redirect", SAY, queueCommand=True), "queue"),
        (command("redirect", SAY, queueCommand=False), "replace"),
        (command("tts:tokens", {"id": 1, "tokens": "Hi"}), "text"),
        (command("whisper", SAY), "command"),
        (command("call:status", {"call_status": "completed"}), "command"),
    ],
)
def test_what_answers(message: dict[str, Any], way: str) -> None:
    [turn] = answered(TurnLatencies(), message)
    assert (turn.number, turn.by, turn.hook, turn.way, turn.came) == (1, "speech", "/heard", way, 10.0)
    assert turn.latency == TurnLatency(app=0.5)
    assert (turn.latency.total, turn.latency.basis) == (None, None)


@pytest.mark.parametrize("message", [ack([]), ack(SAY, "other"), command("tts:clear"), command("mute")])
def test_what_answers_nothing(message: dict[str, Any]) -> None:
    turns = TurnLatencies()
    assert answered(turns, message) == []
    assert turns.came == 10.0
    assert turns.deadline is None
    [turn] = turns.sent(command("redirect", SAY), 11.5)
    assert turn.latency.app == 1.5


def test_only_the_first_answer_counts() -> None:
    turns = TurnLatencies()
    [turn] = answered(turns, ack(SAY))
    assert turns.sent(command("redirect", SAY), 12.0) == []
    assert turns.answered("text", 12.0) == []
    assert turns.latency == turn.latency


def test_the_network_is_the_round_trip_of_a_ping_behind_the_answer() -> None:
    turns = TurnLatencies()
    turns.expects_receipts = True
    assert answered(turns, ack(SAY)) == []
    assert turns.round_trip(0.3, 10.7) == [], "it left before the answer did"
    [turn] = turns.round_trip(0.1, 10.75)
    assert turn.latency == TurnLatency(app=0.5, network=0.1)
    assert turns.round_trip(0.1, 10.9) == []


def test_the_voice_is_known_where_statuses_are_reported() -> None:
    turns = TurnLatencies()
    turns.received(status("finished", verb="config"), 1.0)
    turns.expects_receipts = True
    turns.received(hook(speech(stt_latency_ms="120,250")), 10.0)
    assert turns.sent(ack(SAY), 10.5) == []
    assert turns.round_trip(0.0625, 10.5625) == []
    assert turns.received(status("starting", verb="say"), 10.6) == []
    [turn] = turns.received(status("start-playback", verb="say"), 10.75)
    assert turn.latency == TurnLatency(0.25, 0.5, 0.0625, 0.25)
    assert (turn.latency.total, turn.latency.basis) == (1.0625, "reported")


@pytest.mark.parametrize(
    ("verb", "queue", "id", "counts"),
    [
        ({"verb": "say"}, False, "", True),
        ({"verb": "say"}, True, "", False),
        ({"verb": "say", "id": "a"}, True, "a", True),
        ({"verb": "say", "id": "a"}, False, "b", False),
        ({"verb": "say", "id": 7}, False, "", True),
    ],
)
def test_a_sound_that_may_be_another_s_is_nobody_s(
    verb: dict[str, Any], queue: bool, id: str, counts: bool
) -> None:
    turns = TurnLatencies()
    turns.received(status("finished"), 1.0)
    verbs = [{"verb": "pause"}, verb, {"verb": "play", "id": "later"}]
    assert answered(turns, command("redirect", verbs, queueCommand=queue)) == []
    told = turns.received(status("start-playback", **({"id": id} if id else {})), 11.0)
    assert [turn.latency.voice for turn in told] == ([0.5] if counts else [])
    assert turns.tick(10.5 + TURN_SECONDS - 0.1) == []
    assert len(turns.tick(10.5 + TURN_SECONDS)) == (not counts)


def test_streamed_text_has_no_reported_voice() -> None:
    turns = TurnLatencies()
    turns.received(status("finished"), 1.0)
    turns.expects_receipts = True
    assert answered(turns, command("tts:tokens", {"tokens": "Hi"})) == []
    assert turns.received(status("start-playback"), 10.6) == [], "that is somebody else's"
    [turn] = turns.round_trip(0.0, 10.7)
    assert turn.latency.voice is None


def test_words_nobody_answers_are_told_when_more_come() -> None:
    turns = TurnLatencies()
    turns.received(hook(speech(), "one"), 1.0)
    [first] = turns.received(hook({"digits": "1"}, "two"), 2.0)
    assert (first.by, first.way, first.latency.app) == ("speech", "", None)
    [second] = turns.over()
    assert (second.number, second.by) == (2, "digits")
    assert turns.over() == []


def test_the_simulator_knows_the_whole() -> None:
    turns = TurnLatencies(hears=True)
    turns.fell_silent(9.5)
    turns.received(hook(speech(stt_latency_ms="7")), 10.0)
    turns.fell_silent(10.2)
    assert turns.sound(10.1) == [], "before the answer"
    assert turns.sent(ack(SAY), 10.5) == []
    assert turns.received(status("start-playback"), 10.6) == [], "who hears needs no reports"
    [turn] = turns.sound(10.75)
    assert turn.latency == TurnLatency(0.5, 0.5, None, 0.25, whole=1.25, exact=True)
    assert (turn.latency.total, turn.latency.basis) == (1.25, "exact")
    turns.words("speech", 10.7)
    assert turns.latency.recognition == 0.5


def test_a_caller_who_still_speaks_has_no_recognition_yet() -> None:
    turns = TurnLatencies(hears=True)
    turns.fell_silent(11.0)
    turns.words("speech", 10.0)
    assert turns.latency.recognition is None


@pytest.mark.parametrize(
    ("latency", "known"),
    [
        (
            {
                "transcriber_latency": 100,
                "turn_detection_latency": 25,
                "model_latency": 250,
                "voice_latency": 125,
            },
            TurnLatency(0.125, None, None, 0.125, 0.25, 0.5),
        ),
        (
            {"stt_ms": 125, "llm_ms": 125, "tool_ms": 125, "tts_ms": 125, "preflight": {"result": "hit"}},
            TurnLatency(0.125, None, None, 0.125, 0.25, 0.5),
        ),
        ({"stt_ms": "nan", "llm_ms": -1, "tts_ms": "x"}, TurnLatency()),
        ("soon", TurnLatency()),
    ],
)
def test_an_agent_s_turn_is_told_as_it_is_reported(latency: Any, known: TurnLatency) -> None:
    turns = TurnLatencies()
    turns.received(hook(speech()), 1.0)
    event = {"type": "agent:event", "hook": "/event", "data": {"type": "turn_end", "latency": latency}}
    unanswered, turn = turns.received(event, 2.0)
    assert unanswered.way == ""
    assert (turn.number, turn.by, turn.hook, turn.way, turn.came) == (2, "agent", "/event", "server", 2.0)
    assert turn.latency == known
    assert turn.latency.basis == ("reported" if known.whole else None)
    assert turns.state is TurnState.QUIET
    assert turns.received({"type": "agent:event", "data": {"type": "user_transcript"}}, 3.0) == []


def test_messages_that_are_nothing_of_the_kind() -> None:
    turns = TurnLatencies()
    assert turns.received({"type": "verb:hook", "msgid": 5, "hook": None, "data": speech()}, 1.0) == []
    assert turns.received({"type": "verb:hook", "data": None}, 1.0) == []
    assert turns.received({"type": "call:status", "data": {}}, 1.0) == []
    [turn] = turns.sent(command("redirect", "no verbs"), 2.0)
    assert turn.hook == ""


MESSAGES = st.sampled_from(
    [
        *(("received", hook(speech(), "a")), ("received", hook({"digits": "1"}, "b"))),
        *(("received", status("start-playback")), ("received", status("start-playback", id="x"))),
        *(("sent", ack(SAY, "a")), ("sent", ack([], "b")), ("sent", command("redirect", SAY))),
        *(("sent", command("tts:tokens")), ("round_trip", 0.1), ("sound", None), ("silent", None)),
        *(("tick", None), ("receipts", True), ("over", None)),
    ]
)


@given(st.booleans(), st.lists(st.tuples(MESSAGES, st.sampled_from([0.0, 0.25, 3.0, 20.0])), max_size=30))
def test_each_turn_is_told_once_and_nothing_is_negative(hears: bool, script: list[Any]) -> None:
    turns, now = TurnLatencies(hears=hears), 0.0
    told: list[TurnMeasured] = []
    began = 0
    for (what, about), pause in script:
        now += pause
        match what:
            case "received":
                began += about["type"] == "verb:hook"
                told += turns.received(about, now)
            case "sent":
                told += turns.sent(about, now)
            case "round_trip":
                told += turns.round_trip(about, now)
            case "sound":
                told += turns.sound(now)
            case "silent":
                turns.fell_silent(now)
            case "tick":
                told += turns.tick(now)
            case "receipts":
                turns.expects_receipts = about
            case _:
                told += turns.over()
        assert turns.state in TURN
        assert turns.deadline is None or turns.state is TurnState.ANSWERED
    told += turns.over()
    assert [turn.number for turn in told] == list(range(1, began + 1))
    for turn in told:
        took = turn.latency
        assert (took.app is None) == (turn.way == "")
        parts = (took.recognition, took.app, took.network, took.voice, took.total)
        assert all(part is None or part >= 0 for part in parts)
