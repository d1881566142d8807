"""`dial`: called parties, confirmation, what is heard and pressed meanwhile, transfers, and children of their own."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_core.simulator import (
    Answer,
    Bridged,
    Busy,
    CallSetup,
    Connect,
    Decline,
    DigitsSent,
    HangUp,
    Hold,
    LegChanged,
    PressKeys,
    ReachMachine,
    Refer,
    Ring,
    SimulatorOptions,
    SipSent,
    Speak,
    Spoken,
    StaySilent,
    VerbEnded,
)
from jambonz_core.verbs.profiles import V0_9, V10

LONG = {"verb": "pause", "length": 60}
BY_HAND = SimulatorOptions(ring_seconds=None)
ONE = [{"type": "phone", "number": "+1"}]


def dialling(
    bench: Any,
    *after: dict[str, Any],
    profile: Any = V10,
    url: str = "ws://app.example/voice",
    setup: CallSetup | None = None,
    **properties: Any,
) -> Any:
    call = bench(options=BY_HAND, profile=profile, url=url, setup=setup)
    verb = {"verb": "dial", "target": ONE, "actionHook": "/d", **properties}
    call.begin({"verb": "answer"}, verb, *after)
    return call


def connected(bench: Any, *after: dict[str, Any], **properties: Any) -> Any:
    call = dialling(bench, *after, **properties)
    call.act(Answer())
    call.run(0.1)
    return call


def child_statuses(call: Any, leg: int = 1) -> list[str]:
    sid = f"b1e9c0de-0000-4000-8000-{leg:012d}"
    found = [m["data"] for m in call.messages if m["type"] == "call:status"]
    return [data["call_status"] for data in found if data["call_sid"] == sid]


def outcome(call: Any) -> tuple[str, int]:
    data = call.hook("/d")["data"]
    return data["dial_call_status"], data["dial_sip_status"]


def test_a_call_from_end_to_end(bench: Any) -> None:
    call = dialling(bench, LONG, callerId="+99", tag={"a": 1})
    call.act(Ring())
    call.act(Answer())
    call.run(10.0)
    call.act(HangUp("b1"))
    assert child_statuses(call) == ["trying", "ringing", "in-progress", "completed"]
    child = call.message("call:status")["data"]
    assert (child["duration"], child["caller_id"], child["from"], child["to"]) == (10, "+99", "+99", "+1")
    assert child["customerData"] == {"a": 1}
    assert call.all(Bridged) == [Bridged("caller", "b1")]
    data = call.hook("/d")["data"]
    assert data["dial_call_sid"] == child["call_sid"]
    assert data["dial_sbc_callid"]
    call.ack(call.hook("/d"), [])
    assert call.engine.running == "pause"
    assert {event.number for event in call.all(LegChanged) if event.leg == "b1"} == {"+1"}


@pytest.mark.parametrize(
    ("action", "status", "result"),
    [
        (Busy(), "busy", ("busy", 486)),
        (Decline(), "failed", ("failed", 603)),
        (Decline(status=600), "busy", ("busy", 600)),
        (Decline(status=487), "no-answer", ("no-answer", 487)),
        (HangUp("b1"), "no-answer", ("no-answer", 487)),
    ],
)
def test_a_party_that_does_not_pick_up(bench: Any, action: Any, status: str, result: tuple[str, int]) -> None:
    call = dialling(bench, LONG)
    call.act(action)
    assert child_statuses(call) == ["trying", status]
    assert outcome(call) == result


@pytest.mark.parametrize(("early_media", "last"), [(False, ("ringing", 180)), (True, ("early-media", 183))])
def test_a_ring_time_out_shows_the_last_provisional_status(bench: Any, early_media: bool, last: Any) -> None:
    call = dialling(bench, LONG, timeout=5)
    call.act(Ring(early_media=early_media))
    call.run(5.1)
    assert outcome(call) == last
    assert child_statuses(call) == ["trying", last[0]]  # and no final one
    call.act(Answer())
    assert child_statuses(call) == ["trying", last[0]]


def test_phones_ring_and_are_picked_up_by_themselves_when_told_to(bench: Any) -> None:
    call = bench(options=SimulatorOptions(ring_seconds=1, pick_up_seconds=2))
    call.begin({"verb": "dial", "target": ONE}, seconds=4.0)
    assert child_statuses(call) == ["trying", "ringing", "in-progress"]


def test_several_parties_ring_and_the_first_to_accept_wins(bench: Any) -> None:
    targets = [
        {"type": "user", "name": "a@x"},
        {"type": "sip", "sipUri": "sip:b@x"},
        {"type": "user", "name": "a@x"},
    ]
    call = dialling(bench, target=targets)
    assert sorted(call.engine.legs) == ["b1", "b2", "caller"]  # the same target once only
    call.act(Busy("b1"))
    assert "verb:hook" not in call.types()
    call.act(Answer("b2"))
    assert call.all(Bridged) == [Bridged("caller", "b2")]


def test_the_losers_hear_nothing_more(bench: Any) -> None:
    targets = [{"type": "phone", "number": str(number)} for number in range(12)]
    call = dialling(bench, target=targets)
    assert call.warnings() == ["too-many-targets"]
    call.act(Ring("b1"))
    call.act(Answer("b3"))
    assert child_statuses(call) == ["trying", "ringing"]
    assert call.engine.legs["b1"].over


def test_the_caller_is_answered_with_the_other_party_when_wanted(bench: Any) -> None:
    call = bench(options=BY_HAND)
    call.begin({"verb": "dial", "target": ONE, "answerOnBridge": True}, seconds=1.0)
    assert "in-progress" not in call.statuses()
    call.act(Answer())
    call.run(0.1)
    assert call.statuses().count("in-progress") == 2


def test_nobody_to_call(bench: Any) -> None:
    call = dialling(bench, LONG, target=[], profile=V0_9)
    assert outcome(call) == ("failed", 404)


def test_a_time_limit(bench: Any) -> None:
    call = connected(bench, timeLimit=30)
    call.run(31.0)
    assert outcome(call) == ("completed", 200)


def test_replacing_a_dial_drops_the_other_party_and_its_reply_means_nothing(bench: Any) -> None:
    call = connected(bench)
    call.command("redirect", [LONG])
    assert child_statuses(call)[-1] == "completed"
    call.ack(call.hook("/d"), [{"verb": "hangup"}])
    assert call.engine.running == "pause"


def test_the_caller_gives_up_while_it_rings(bench: Any) -> None:
    call = dialling(bench)
    call.act(HangUp())
    assert call.statuses()[-1] == "completed"
    assert outcome(call) == ("trying", 100)
    call.ack(call.hook("/d"), [])
    assert call.closed == [(call.socket, 1000)]


# --- confirmation -------------------------------------------------------------------------------------------


def test_verbs_for_the_called_party_before_it_is_connected(bench: Any) -> None:
    call = connected(bench, confirmHook="/c")
    gather = {"verb": "gather", "numDigits": 1, "actionHook": "/press", "say": {"text": "Press one."}}
    call.ack(call.message("dial:confirm"), [gather])
    call.act(PressKeys("1", leg="b1"))
    assert [event.leg for event in call.all(Spoken)] == ["b1"]
    hook = call.hook("/press")
    assert hook["data"]["parent_call_sid"] == call.message("session:new")["data"]["call_sid"]
    call.ack(hook, [{"verb": "play", "url": "http://x/a.wav"}, {"verb": "say", "text": "Thanks."}])
    call.run(2.0)
    assert call.warnings().count("verb-not-allowed") == 1
    assert call.all(Bridged) == [Bridged("caller", "b1")]
    assert [event.text for event in call.all(Spoken)][-1] == "Thanks."


def test_a_reply_of_nothing_that_is_allowed_changes_nothing(bench: Any) -> None:
    call = connected(bench, confirmHook="/c")
    gather = {"verb": "gather", "numDigits": 1, "actionHook": "/press"}
    call.ack(call.message("dial:confirm"), [gather, {"verb": "say", "text": "Thanks."}])
    call.act(PressKeys("1", leg="b1"))
    call.ack(call.hook("/press"), [{"verb": "play", "url": "http://x/a.wav"}])
    call.run(2.0)
    assert call.spoken() == ["Thanks."]


@pytest.mark.parametrize("how", ["hangs up", "unacked", "bad verbs", "own hangup"])
def test_a_party_that_is_not_confirmed(bench: Any, how: str) -> None:
    call = connected(bench, profile=V0_9, confirmHook="/none", target=[{**ONE[0], "confirmHook": "/c"}])
    confirm = call.message("dial:confirm")
    assert confirm["hook"] == "/c"
    if how == "hangs up":
        call.ack(confirm, [{"verb": "say", "text": "x" * 900}])
        call.act(HangUp("b1"))
    elif how == "unacked":
        call.run(5.0)
    elif how == "bad verbs":
        call.ack(confirm, [{"verb": "sing"}])
    else:
        call.ack(confirm, [{"verb": "hangup"}])
    call.run(0.1)
    # Already answered, so that is what the hook shows, and there is no final status for a rejected one.
    expected = ("completed", 200) if how == "hangs up" else ("in-progress", 200)
    assert outcome(call) == expected
    told = [m["data"]["call_status"] for m in call.messages if m["type"] == "call:status"]
    assert ("completed" in told) is (how == "hangs up")
    assert call.all(Bridged) == []


@pytest.mark.parametrize(
    "barred",
    [
        LONG,
        {"verb": "tag", "data": {}},
        {"verb": "redirect", "actionHook": "/r"},
        {"verb": "dial", "target": ONE},
        {"verb": "config", "notifyEvents": True},
        {"verb": "sip:decline", "status": 486},
    ],
    ids=lambda verb: str(verb["verb"]),
)
def test_a_verb_that_needs_nobody_who_hears_it_confirms_nobody(bench: Any, barred: dict[str, Any]) -> None:
    call = connected(bench, confirmHook="/c")
    call.ack(call.message("dial:confirm"), [{"verb": "say", "text": "Psst."}, barred])
    assert call.spoken() == []
    assert call.warnings() == ["invalid-verbs"]
    assert call.engine.legs["b1"].over
    assert outcome(call) == ("in-progress", 200)


# --- beside the conversation --------------------------------------------------------------------------------


@pytest.mark.parametrize(("profile", "leg"), [(V0_9, "b1"), (V10, "caller")])
def test_keys_of_the_parties(bench: Any, profile: Any, leg: str) -> None:
    capture = {"parentCall": ["*1", "*2"], "childCall": ["#1"]}
    call = connected(bench, profile=profile, dtmfCapture=capture, dtmfHook="/keys")
    call.act(PressKeys("9#1", leg="b1"))
    call.run(1.0)
    pressed = call.hook("/keys")["data"]
    assert (pressed["dtmf"], pressed["direction"]) == ("#1", "outbound")
    call.act(PressKeys("*", leg=leg))
    call.run(4.0)
    call.act(PressKeys("2", leg=leg))  # too late
    assert call.hook("/keys")["data"]["dtmf"] == "#1"
    call.act(PressKeys("*2", leg=leg))
    call.run(1.0)
    assert call.hook("/keys")["data"]["dtmf"] == "*2"


def test_keys_for_both_parties_alike(bench: Any) -> None:
    call = connected(bench, profile=V10, dtmfCapture={"childCall": ["1"]}, dtmfHook="/keys")
    call.act(PressKeys("1"))
    assert "verb:hook" not in call.types()


def test_hold_and_what_is_played_meanwhile(bench: Any) -> None:
    call = connected(bench, onHoldHook="/hold")
    call.act(Hold("b1"))
    hook = call.hook("/hold")
    assert hook["data"]["hold_detail"] == {"from": "+15551230001", "to": "+1"}
    call.ack(hook, [{"verb": "say", "text": "Please wait. " * 20}])
    call.run(2.0)
    call.act(Hold("b1", on=False))
    (spoken,) = call.all(Spoken)
    assert (spoken.leg, spoken.cut) == ("caller", True)
    call.act(Hold())
    call.ack(call.hook("/hold"), [{"verb": "sing"}])
    call.act(Hold(on=False))
    call.act(Hold())
    call.ack(call.hook("/hold"), {})
    assert call.warnings()[-1] == "answer-not-array" or call.warnings()[-1] == "invalid-verbs"


def test_a_verb_that_may_not_be_played_to_a_party_on_hold_drops_the_answer(bench: Any) -> None:
    call = connected(bench, onHoldHook="/hold")
    call.act(Hold("b1"))
    call.ack(call.hook("/hold"), [{"verb": "say", "text": "Please wait."}, {"verb": "tag", "data": {}}])
    call.run(2.0)
    assert call.spoken() == []
    assert call.warnings() == ["verb-not-allowed"]


def test_a_whisper_reaches_one_party(bench: Any) -> None:
    call = connected(bench)
    sid = call.message("call:status", direction="outbound")["data"]["call_sid"]
    say = {"verb": "say", "text": "psst", "loop": 3}
    call.command("whisper", {"whisper": say}, callSid=sid)
    call.command("whisper", {"whisper": [say]})
    call.run(2.0)
    assert [(event.leg, event.text) for event in call.all(Spoken)] == [("b1", "psst"), ("caller", "psst")]
    call.command("whisper", {"whisper": [LONG]})
    assert call.warnings() == ["command-invalid"]


def test_commands_for_a_leg(bench: Any) -> None:
    call = connected(bench)
    sid = call.message("call:status", direction="outbound")["data"]["call_sid"]
    call.command("mute:status", {"mute_status": "mute"}, callSid=sid)
    assert call.engine.legs["b1"].muted
    call.command("mute:status", "unmute", callSid=sid)
    assert not call.engine.legs["b1"].muted
    call.command("dtmf", {"dtmf": {"digit": "5"}}, callSid=sid)
    call.command("sip:request", {"sip_request": {"method": "INFO"}}, callSid=sid)
    call.command("boostAudioSignal", "6 dB", callSid=sid)
    call.command("media:path", "no-media")
    call.command("dub", {"action": "sayOnTrack", "track": "t", "say": "hello"}, callSid=sid)
    call.run(2.0)
    assert call.all(DigitsSent) == [DigitsSent("b1", "5")]
    assert [(event.leg, event.method) for event in call.all(SipSent)] == [
        ("b1", "INFO"),
        ("b1", "gain"),
        ("caller", "re-INVITE"),
    ]
    assert [(event.leg, event.text) for event in call.all(Spoken)] == [("b1", "hello")]
    assert call.warnings() == []


def test_commands_that_need_a_dial(bench: Any) -> None:
    call = bench()
    call.begin(LONG)
    for name, data in {
        "mute:status": "mute",
        "media:path": "no-media",
        "whisper": {"whisper": []},
        "dtmf": {"dtmf": {"digit": "1"}},
        "sip:request": {"sip_request": {"method": "INFO"}},
        "boostAudioSignal": 3,
        "listen:status": {"listen_status": "pause"},
        "transcribe:status": {"transcribe_status": "pause"},
        "conf:mute-status": {"conf_mute_status": "mute"},
        "room:say": {"text": "x"},
        "llm:tool-output": {},
        "llm:update": {"type": "x"},
    }.items():
        call.command(name, data)
    assert call.warnings() == ["command-invalid"] * 12


def test_both_parties_are_transcribed_and_listened_to(bench: Any) -> None:
    call = connected(
        bench,
        LONG,
        transcribe={"transcriptionHook": "/t", "recognizer": {"vendor": "default"}},
        listen={"url": "/audio"},
    )
    assert call.audio_socket
    call.act(Speak("from the caller"))
    call.run(2.0)
    first = call.hook("/t")
    call.act(Speak("from the other", leg="b1"))
    call.run(2.0)
    second = call.hook("/t")
    assert [hook["data"]["speech"]["channel_tag"] for hook in (first, second)] == [1, 2]
    assert first["data"]["call_sid"] == second["data"]["call_sid"]
    call.ack(second, [{"verb": "hangup"}])  # nested: the reply means nothing
    assert call.engine.running == "dial"
    call.command("transcribe:status", {"transcribe_status": "pause"})
    call.command("listen:status", {"listen_status": "pause"})
    call.act(Speak("unheard"))
    call.run(2.0)
    assert call.hook("/t") is second
    call.act(HangUp("b1"))
    assert (call.audio_socket, 1000) in call.closed
    assert call.warnings() == ["verbs-dropped"]


@pytest.mark.parametrize(
    ("which", "channels"),
    [
        ({"channel": 1}, [1]),
        ({"channel": 2}, [2]),
        ({"recognizer": {"vendor": "default", "separateRecognitionPerChannel": False}}, [1]),
        ({"recognizer": {"vendor": "default", "separateRecognitionPerChannel": True}}, [1, 2]),
    ],
)
def test_which_party_is_transcribed(bench: Any, which: dict[str, Any], channels: list[int]) -> None:
    transcribe = {"transcriptionHook": "/t", "recognizer": {"vendor": "default"}, **which}
    call = connected(bench, LONG, profile=V0_9, transcribe=transcribe)
    for leg in ("caller", "b1"):
        call.act(Speak("hello", leg=leg))
        call.run(2.0)
    heard = [m["data"]["speech"]["channel_tag"] for m in call.messages if m.get("hook") == "/t"]
    assert heard == channels


def test_a_transfer_without_referred_by_is_refused(bench: Any) -> None:
    call = connected(bench, LONG, referHook="/refer")
    call.act(Refer("sip:other@x", leg="b1", referred_by=""))
    assert "501" in [event.method for event in call.all(SipSent)]
    assert "verb:hook" not in call.types()


@pytest.mark.parametrize(
    ("url", "adulting"),
    [
        ("ws://app.example/voice", "ws://app.example/voice/adulting"),
        ("ws://app.example/", "ws://app.example//adulting"),
        ("ws://app.example/a?token=x", "ws://app.example/a?token=x/adulting"),
        ("ws://app.example/a#rc=3", "ws://app.example/a"),
    ],
)
def test_where_a_party_becomes_a_call_of_its_own(bench: Any, url: str, adulting: str) -> None:
    call = connected(bench, LONG, url=url, setup=CallSetup(credentials=("app", "secret")), referHook="/refer")
    call.act(Refer("sip:other@x"))
    call.ack(call.hook("/refer"), [{"verb": "say", "text": "You are alone now."}])
    connect = call.all(Connect)[-1]
    assert (connect.url, connect.credentials) == (adulting, ("app", "secret"))


def test_statuses_of_a_called_party_do_not_say_who_hung_up(bench: Any) -> None:
    call = connected(bench, LONG)
    call.act(HangUp("b1"))
    over = call.message("call:status", direction="outbound")["data"]
    assert over["call_status"] == "completed"
    assert "call_termination_by" not in over


@pytest.mark.parametrize(("what", "refused"), [({"text": "psst"}, True), ({"url": "http://x/a.wav"}, False)])
def test_whispering_into_a_listen(bench: Any, what: dict[str, str], refused: bool) -> None:
    for profile in (V0_9, V10):
        call = bench(profile=profile)
        call.begin({"verb": "listen", "url": "/audio"}, seconds=0.2)
        call.command("whisper", {"whisper": {"verb": "say" if "text" in what else "play", **what}})
        assert ("command-invalid" in call.warnings()) is (refused and profile is V0_9)


def test_the_parties_hear_each_other(bench: Any) -> None:
    call = connected(bench, LONG)
    call.act(Speak("good morning to you", duration=2.0))
    call.run(3.0)
    call.act(Speak("and to you", duration=1.0, leg="b1"))
    call.run(0.5)
    call.act(StaySilent(leg="b1"))
    call.run(1.0)
    heard = [(event.leg, event.heard, event.cut) for event in call.all(Spoken)]
    assert heard == [("b1", "good morning to you", False), ("caller", "and t", True)]


@pytest.mark.parametrize("how", ["muted", "on hold", "over"])
def test_a_party_that_cannot_be_heard(bench: Any, how: str) -> None:
    call = connected(bench, LONG)
    if how == "muted":
        call.command("mute:status", "mute")
    elif how == "on hold":
        call.act(Hold())
    else:
        call.act(HangUp("b1"))
        call.ack(call.hook("/d"))
    call.act(Speak("good morning"))
    call.run(3.0)
    assert call.all(Spoken) == []


def test_what_answered(bench: Any) -> None:
    call = connected(bench, amd={"actionHook": "/amd"})
    call.act(ReachMachine("amd_machine_detected", {"reason": "long greeting", "greeting": "leave a message"}))
    call.act(ReachMachine("amd_tone_detected", {"frequency": 1000}))
    told = [m["data"]["type"] for m in call.messages if m["type"] == "verb:hook"]
    assert told == ["amd_machine_detected", "amd_stopped", "amd_tone_detected"]
    assert call.hook("/amd")["data"]["call_sid"] == call.message("session:new")["data"]["call_sid"]


# --- transfers, and children of their own -------------------------------------------------------------------


def test_a_transfer_by_the_called_party_replaces_the_callers_verbs(bench: Any) -> None:
    call = connected(bench, referHook="/refer")
    call.act(Refer("sip:other@x", leg="b1", referred_by="bob@x", headers={"X-Id": "7", "via": "no"}))
    hook = call.hook("/refer")
    assert hook["data"]["refer_details"] == {
        "sip_refer_to": "sip:other@x",
        "refer_to_user": "other",
        "sip_referred_by": "bob@x",
        "referred_by_user": "bob",
        "referring_call_sid": hook["data"]["call_sid"],
        "referred_call_sid": call.message("session:new")["data"]["call_sid"],
        "x_id": "7",
    }
    call.ack(hook, [LONG])
    assert "202" in [event.method for event in call.all(SipSent)]
    assert child_statuses(call)[-1] == "completed"
    call.ack(call.hook("/d"), [])
    assert call.engine.running == "pause"


def test_a_transfer_by_the_caller_makes_the_called_party_a_call_of_its_own(bench: Any) -> None:
    call = connected(bench, LONG, referHook="/refer")
    first = call.socket
    call.act(Refer("sip:other@x"))
    call.ack(call.hook("/refer"), [{"verb": "say", "text": "You are alone now."}])
    adulting = call.message("session:adulting")
    assert "call_sid" not in adulting
    assert adulting["data"]["direction"] == "outbound"
    assert adulting["data"]["parent_call_info"]["direction"] == "inbound"
    assert call.socket != first
    call.send(call.ack_of(adulting))
    call.run(2.0)
    assert [(event.leg, event.text) for event in call.all(Spoken)] == [("b1", "You are alone now.")]
    # It idles on its own connection, and has no text buffer.
    call.command("tts:tokens", {"id": 1, "tokens": "x"})
    assert call.message("tts:tokens-result")["data"] == {"id": 1}
    call.command("call:status", {"call_status": "completed"})
    assert child_statuses(call)[-1] == "completed"
    assert (call.socket, 1000) in call.closed


@pytest.mark.parametrize("answer", [[], [{"verb": "sing"}], None])
def test_a_transfer_that_gets_no_verbs(bench: Any, answer: Any) -> None:
    call = connected(bench, referHook="/refer")
    call.act(Refer("sip:other@x"))
    call.ack(call.hook("/refer"), answer)
    assert call.engine.running == "dial"


def test_transfers_that_nobody_wants_to_know_of(bench: Any) -> None:
    call = connected(bench)
    call.act(Refer("sip:other@x", leg="b1"))
    call.act(Refer("sip:other@x"))
    assert [event.method for event in call.all(SipSent)] == ["501", "501"]


def test_a_hook_for_the_child_by_command(bench: Any) -> None:
    call = connected(bench, LONG)
    call.command("redirect", {"child_call_hook": "/child"})
    call.ack(call.message("session:redirect"), [{"verb": "say", "text": "hello child"}])
    call.run(2.0)
    assert [event.leg for event in call.all(Spoken)] == ["b1"]
    assert [e.verb for e in call.all(VerbEnded) if e.leg == "b1"] == ["say"]


def test_hooks_for_both_by_command(bench: Any) -> None:
    call = connected(bench)
    call.command("redirect", {"call_hook": "/parent", "child_call_hook": "/child"})
    call.ack(call.message("session:redirect", hook="/parent"), [LONG])
    call.ack(call.message("session:redirect", hook="/child"), [{"verb": "hangup"}])
    call.run(0.1)
    assert child_statuses(call)[-1] == "completed"
    call.ack(call.hook("/d"), [])
    assert call.engine.running == "pause"


def test_children_that_do_not_exist(bench: Any) -> None:
    call = bench()
    call.begin(LONG)
    call.command("redirect", {"child_call_hook": "/child"})
    call.command("redirect", {"child_call": []})
    call.command("redirect", {"parent_call": [{"verb": "pause", "length": 9}]})
    assert call.warnings() == ["command-invalid", "command-invalid"]
    assert call.engine.running == "pause"
    bad = connected(bench)
    bad.command("redirect", {"child_call_hook": "/child"})
    bad.ack(bad.message("session:redirect"), [{"verb": "sing"}])
    assert bad.warnings() == ["invalid-verbs"]
