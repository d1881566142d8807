"""SIP verbs, requests within the dialog, calls made by the REST API, live call control, and what thinks for too long."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any

import pytest

from jambonz_core.simulator import (
    ACTIONS,
    Answer,
    Bridged,
    Busy,
    CallCompleted,
    CallSetup,
    Decline,
    Finished,
    HangUp,
    Hold,
    NotifyTransfer,
    Played,
    PressKeys,
    ReachMachine,
    Refer,
    RefuseTransfer,
    Ring,
    SendSip,
    SimulatorOptions,
    SipSent,
    SlowVendor,
    Speak,
    StaySilent,
    UpdateCall,
)
from jambonz_core.simulator import actions as every_action
from jambonz_core.simulator.legs.call_info import CallInfo
from jambonz_core.simulator.settings import AnswerDelay
from jambonz_core.verbs.profiles import V0_9

LONG = {"verb": "pause", "length": 60}
SAY = {"verb": "say", "text": "Fifteen chars.."}
BY_HAND = SimulatorOptions(ring_seconds=None)


def outbound(bench: Any, *, options: SimulatorOptions = BY_HAND, **setup: Any) -> Any:
    return bench(setup=CallSetup(direction="outbound", **setup), options=options)


def methods(call: Any) -> list[str]:
    return [event.method for event in call.all(SipSent)]


# --- sip:refer ----------------------------------------------------------------------------------------------


def referring(bench: Any, **properties: Any) -> Any:
    call = bench()
    verb = {
        "verb": "sip:refer",
        "referTo": "sip:x@y",
        "actionHook": "/end",
        "eventHook": "/event",
        **properties,
    }
    call.begin({"verb": "answer"}, verb, LONG)
    return call


def test_a_transfer_that_succeeds(bench: Any) -> None:
    call = referring(bench)
    call.run(0.2)
    call.act(NotifyTransfer(180))
    assert call.hook("/event")["data"] == {"event": "transfer-status", "call_status": 180}
    call.ack(call.hook("/event"))
    call.act(NotifyTransfer(200))
    call.ack(call.hook("/event"))
    data = call.hook("/end")["data"]
    assert (data["refer_status"], data["final_referred_call_status"]) == (202, 200)
    call.ack(call.hook("/end"), [SAY])
    assert call.engine.running == "say"


def test_notices_that_come_at_once(bench: Any) -> None:
    call = referring(bench)
    call.act(NotifyTransfer(180))
    call.act(NotifyTransfer(486))
    call.run(0.2)
    call.ack(call.hook("/event"))
    call.ack(call.hook("/event"))
    assert call.hook("/end")["data"]["final_referred_call_status"] == 486


def test_a_transfer_without_a_final_notice(bench: Any) -> None:
    call = referring(bench)
    call.run(15.2)
    data = call.hook("/end")["data"]
    assert data["refer_status"] == 202
    assert "final_referred_call_status" not in data


def test_an_unacked_final_notice_suppresses_the_result(bench: Any) -> None:
    call = referring(bench)
    call.run(0.2)
    call.act(NotifyTransfer(200))
    call.run(14.0)
    assert [message.get("hook") for message in call.messages if message["type"] == "verb:hook"] == ["/event"]
    call.run(1.0)
    assert call.hook("/end")["data"]["refer_status"] == 202
    assert "final_referred_call_status" not in call.hook("/end")["data"]


def test_a_refusal_that_comes_too_late_is_named(bench: Any) -> None:
    call = referring(bench)
    call.run(0.2)
    call.act(RefuseTransfer(603))
    assert call.warnings() == ["action-ignored"]
    call.act(NotifyTransfer(200))
    call.ack(call.hook("/event"))
    assert call.hook("/end")["data"]["final_referred_call_status"] == 200


def test_a_transfer_that_is_refused_or_killed(bench: Any) -> None:
    call = referring(bench)
    call.act(RefuseTransfer(603))
    assert call.hook("/end")["data"]["refer_status"] == 603
    killed = referring(bench)
    killed.run(1.0)
    killed.command("redirect", [SAY])
    assert killed.engine.running == "say"
    assert "verb:hook" not in killed.types()
    gone = referring(bench)
    gone.act(HangUp())
    assert gone.engine.over


def test_a_transfer_that_nobody_is_told_of(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, {"verb": "sip:refer", "referTo": "sip:x@y"}, LONG, seconds=0.3)
    call.act(NotifyTransfer(200))
    assert call.engine.running == "pause"
    call.act(NotifyTransfer(200))
    assert call.warnings() == ["action-ignored"]


# --- sip:request --------------------------------------------------------------------------------------------


def requesting(bench: Any) -> Any:
    call = bench()
    verb = {"verb": "sip:request", "method": "INFO", "body": "x", "actionHook": "/end"}
    call.begin({"verb": "answer"}, verb, LONG)
    return call


@pytest.mark.parametrize(("status", "result"), [(None, "success"), (202, "success"), (488, "success")])
def test_a_request_within_the_dialog(bench: Any, status: int | None, result: str) -> None:
    call = requesting(bench)
    assert "INFO" in methods(call)
    if status is not None:
        call.act(RefuseTransfer(status))
    call.run(0.2)
    data = call.hook("/end")["data"]
    assert data["result"] == result
    assert data["sip_status"] == (status or 200)
    call.ack(call.hook("/end"), [])
    assert call.engine.running == "pause"


def test_a_request_whose_hook_is_answered_at_the_second_time(bench: Any) -> None:
    call = requesting(bench)
    call.run(5.2)
    assert call.hook("/end")["data"]["result"] == "failed"
    call.ack(call.hook("/end"), [])
    assert call.engine.running == "pause"
    silent = requesting(bench)
    silent.run(10.3)
    assert silent.engine.over


# --- transfer (v10) -----------------------------------------------------------------------------------------


TARGET = [{"type": "phone", "number": "+1"}]


def transferring(bench: Any, *after: dict[str, Any], **properties: Any) -> Any:
    call = bench()
    verb = {"verb": "transfer", "mode": "blind", "target": TARGET, "actionHook": "/end", **properties}
    call.begin({"verb": "answer"}, verb, *after, seconds=0.05)
    return call


def transferred(call: Any) -> tuple[str, str]:
    data = call.hook("/end")["data"]
    return data["transfer_result"], data["transfer_reason"]


@pytest.mark.parametrize(
    ("action", "result"),
    [
        (NotifyTransfer(200), ("bridged", "completed")),
        (NotifyTransfer(486), ("returned", "busy")),
        (NotifyTransfer(503), ("returned", "error")),
        (RefuseTransfer(603), ("returned", "declined")),
        (None, ("bridged", "completed")),
    ],
)
def test_a_blind_transfer(bench: Any, action: Any, result: tuple[str, str]) -> None:
    call = transferring(bench, LONG)
    assert "REFER" in methods(call)
    if action is not None:
        call.act(action)
    call.run(16.0)
    assert transferred(call) == result


@pytest.mark.parametrize(
    ("action", "result"),
    [
        (Answer("b1"), ("bridged", "completed")),
        (Busy("b1"), ("returned", "busy")),
        (Decline("b1", 480), ("returned", "no-answer")),
        (None, ("returned", "no-answer")),
        (HangUp(), ("failed", "caller-abandoned")),
    ],
)
@pytest.mark.parametrize(
    "mode", [{"mode": "warm", "brief": {"text": "Hi."}}, {"mode": "blind", "blindMethod": "dial"}]
)
def test_a_transfer_by_calling_somebody(
    bench: Any, action: Any, result: tuple[str, str], mode: dict[str, Any]
) -> None:
    call = transferring(bench, **mode)
    if action is not None:
        call.act(action)
    if result[0] == "bridged":
        call.run(1.0)
        assert call.all(Bridged)
        assert call.spoken() == (["Hi."] if "brief" in mode else [])
        call.act(HangUp("b1"))
    call.run(31.0)
    assert transferred(call) == result
    assert call.hook("/end")["data"]["dial_call_sid"]


def test_what_becomes_of_the_caller_when_a_transfer_fails(bench: Any) -> None:
    disposition = {"onBusy": "voicemail", "voicemailUrl": "http://x/v.wav", "onDecline": "hangup"}
    busy = transferring(bench, LONG, mode="warm", disposition=disposition)
    busy.act(Busy("b1"))
    busy.run(3.0)
    assert transferred(busy) == ("voicemail", "busy")
    assert [event.url for event in busy.all(Played)] == ["http://x/v.wav"]
    declined = transferring(bench, LONG, mode="warm", disposition=disposition)
    declined.act(Decline("b1"))
    declined.ack(declined.hook("/end"))
    assert declined.engine.over


# --- requests of the party ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "status"), [("INFO", "200"), ("MESSAGE", "202"), ("OPTIONS", "501")])
def test_requests_of_the_caller(bench: Any, method: str, status: str) -> None:
    call = bench()
    call.begin({"verb": "config", "sipRequestWithinDialogHook": "/sip"}, {"verb": "answer"}, LONG)
    call.act(SendSip(method, "body", {"X-Id": "1"}))
    assert methods(call) == [status]
    if status == "501":
        assert "verb:hook" not in call.types()
        return
    data = call.hook("/sip")["data"]
    assert (data["sip_method"], data["sip_body"], data["sip_headers"]) == (method, "body", {"x_id": "1"})
    call.ack(call.hook("/sip"), [SAY])
    assert call.engine.running == "say"


@pytest.mark.parametrize(
    "verbs",
    [
        [{"verb": "answer"}, {"verb": "config", "sipRequestWithinDialogHook": "/sip"}, LONG],
        [{"verb": "config", "sipRequestWithinDialogHook": "/sip"}, {"verb": "answer"}],
    ],
    ids=["set too late", "no verb runs"],
)
def test_requests_of_the_caller_that_nobody_is_told_of(bench: Any, verbs: list[Any]) -> None:
    call = bench()
    call.begin(*verbs)
    call.act(SendSip("INFO", "body"))
    assert methods(call) == ["200"]
    assert "verb:hook" not in call.types()
    assert call.warnings() == ["sip-request-untold"]


def test_requests_of_the_called_party_of_an_outbound_call(bench: Any) -> None:
    call = outbound(bench, sip_request_hook="/sip")
    call.act(Answer("caller"))
    call.ack(call.message("session:new"), [LONG])
    call.act(SendSip("INFO", "body"))
    assert call.hook("/sip")["data"]["sip_body"] == "body"


def test_a_transfer_without_referred_by_is_refused(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "config", "referHook": "/refer"}, {"verb": "answer"}, LONG)
    call.act(Refer("sip:x@y", referred_by=""))
    assert methods(call) == ["501"]
    assert "verb:hook" not in call.types()
    call.act(Refer("sip:x@y"))
    assert call.hook("/refer")["data"]["refer_details"]["sip_referred_by"] == "+15551230001"


def test_a_transfer_by_the_caller_outside_a_dial(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "config", "referHook": "/refer"}, {"verb": "answer"}, LONG)
    call.act(Refer("sip:x@y"))
    assert call.hook("/refer")["data"]["refer_details"]["referred_call_sid"] is None
    call.ack(call.hook("/refer"), [{"verb": "sing"}])
    assert methods(call) == ["202"]
    assert call.warnings() == ["invalid-verbs"]
    call.act(SendSip("INFO"))
    call.act(Hold())
    assert call.engine.legs["caller"].on_hold


# --- outbound -----------------------------------------------------------------------------------------------


def test_an_outbound_call_with_everything(bench: Any) -> None:
    call = outbound(bench, tag={"aB": 1}, api_base_url="https://api.example", time_limit=30)
    call.act(Ring("caller", early_media=True))
    assert call.statuses() == ["trying", "early-media"]
    call.act(Answer("caller"))
    call.act(Answer("caller"))
    call.act(Ring("caller"))
    data = call.message("session:new")["data"]
    assert data["customerData"] == {"aB": 1}
    assert data["api_base_url"] == "https://api.example"
    assert data["defaults"]["synthesizer"] == {
        "vendor": "deepgram",
        "language": "en-US",
        "voice": "aura-asteria-en",
        "label": None,
    }
    call.ack(call.message("session:new"), [LONG])
    call.run(31.0)
    assert call.statuses()[-1] == "completed"
    (bye,) = [event for event in call.all(SipSent) if event.method == "BYE"]
    assert bye.detail == {"X-Reason": "Max Call Duration"}


@pytest.mark.parametrize(
    ("action", "status"),
    [
        (Busy("caller"), "busy"),
        (Decline("caller"), "busy"),
        (Decline("caller", 404), "failed"),
        (None, "no-answer"),
    ],
)
def test_an_outbound_call_that_fails(bench: Any, action: Any, status: str) -> None:
    call = outbound(bench)
    call.act(Ring("caller"))
    if action is None:
        call.run(60.1)
        assert methods(call) == ["CANCEL"]
    else:
        call.act(action)
        call.act(action)
    assert call.statuses() == ["trying", "ringing", status]
    assert "session:new" not in call.types()
    assert call.closed == []
    call.run(5.1)
    assert call.closed == [(call.socket, 1000)]
    assert isinstance(call.events[-1], Finished)


def test_an_outbound_call_without_a_status_hook_uses_the_call_hook(bench: Any) -> None:
    call = outbound(bench, status_hook=None)
    assert call.statuses() == ["trying"]


@pytest.mark.parametrize("answer", [[], "unacked", [{"verb": "sing"}]])
def test_an_outbound_call_whose_first_answer_is_no_good_idles(bench: Any, answer: Any) -> None:
    call = outbound(bench)
    call.act(Answer("caller"))
    if answer == "unacked":
        call.run(5.1)
        assert "first-answer-missing" in call.warnings()
    else:
        call.ack(call.message("session:new"), answer)
    assert call.engine.running == ""
    call.command("redirect", [SAY])
    assert call.engine.running == "say"


def test_an_outbound_call_whose_first_answer_is_nothing_stays_where_it_is(bench: Any) -> None:
    call = outbound(bench)
    call.act(Answer("caller"))
    call.ack(call.message("session:new"), None)
    assert call.engine.running == "rest:dial"
    call.command("redirect", [SAY])
    call.run(0.1)
    assert call.engine.running == "say"
    call.act(HangUp())
    assert call.all(CallCompleted)[-1].reason == "caller"


def test_an_outbound_call_is_cancelled_by_command(bench: Any) -> None:
    call = outbound(bench)
    call.command("call:status", {"call_status": "no-answer"})
    assert call.statuses() == ["trying"]  # nobody is told of what the application wanted itself
    assert methods(call) == ["CANCEL"]
    call.run(6.0)
    assert isinstance(call.events[-1], Finished)


def test_the_callee_gives_up_while_it_rings(bench: Any) -> None:
    call = outbound(bench)
    call.act(HangUp())
    assert call.statuses() == ["trying", "no-answer"]


def test_what_answered_an_outbound_call(bench: Any) -> None:
    call = outbound(bench, amd={"actionHook": "/amd", "timers": {"noSpeechTimeoutMs": 1000}})
    call.act(Answer("caller"))
    call.ack(call.message("session:new"), [LONG])
    call.run(1.0)
    told = [m["data"]["type"] for m in call.messages if m["type"] == "verb:hook"]
    assert told == ["amd_no_speech_detected", "amd_stopped"]
    call.ack(call.told("/amd", "amd_no_speech_detected"), [SAY])
    assert call.engine.running == "say"
    call.ack(call.told("/amd", "amd_stopped"), [{"verb": "sing"}])
    assert call.warnings()[-1] == "invalid-verbs"


def test_a_decision_that_takes_too_long(bench: Any) -> None:
    amd = {"actionHook": "/amd", "timers": {"noSpeechTimeoutMs": 1000, "decisionTimeoutMs": 2000}}
    call = bench()
    call.begin({"verb": "config", "amd": amd}, LONG)
    call.act(Speak("blah " * 30, duration=10.0))
    call.run(2.1)
    assert call.told("/amd", "amd_decision_timeout")
    early = bench()
    early.begin({"verb": "config", "amd": amd}, LONG)
    early.act(Speak("blah " * 30, duration=10.0))
    early.run(1.5)
    early.act(ReachMachine("amd_human_detected"))
    assert early.told("/amd", "amd_human_detected")
    gone = bench()
    gone.begin({"verb": "config", "amd": amd}, LONG)
    gone.act(HangUp())
    gone.run(3.0)
    assert "verb:hook" not in gone.types()


# --- live call control --------------------------------------------------------------------------------------


def test_live_call_control(bench: Any) -> None:
    call = bench(profile=V0_9)
    call.begin({"verb": "answer"}, LONG)
    call.act(UpdateCall({"tag": {"a": 1}}))
    call.act(UpdateCall({"record": {"action": "startCallRecording"}}))
    call.act(UpdateCall({"dtmf": {"digit": "1"}, "boostAudioSignal": 3}))
    call.act(UpdateCall({"whisper": [{"verb": "sing"}]}))
    assert call.warnings() == ["command-invalid"]
    call.act(UpdateCall({"dub": {"action": "fly"}}))
    assert call.warnings() == ["command-invalid", "invalid-verbs"]
    call.act(UpdateCall({"call_hook": "/other"}))
    redirect = call.message("session:redirect")
    assert redirect["data"]["customerData"] == {"a": 1}
    call.ack(redirect, [SAY])
    assert call.engine.running == "say"
    call.act(UpdateCall({"call_status": "completed"}))
    assert call.engine.over


def test_recording_is_a_state(bench: Any) -> None:
    call = bench()
    call.begin(
        {"verb": "config", "record": {"action": "startCallRecording"}}, {"verb": "tag", "data": {}}, LONG
    )
    for action in ("pauseCallRecording", "pauseCallRecording", "resumeCallRecording", "stopCallRecording"):
        call.command("record", {"action": action})
    call.command("record", "x")
    assert call.warnings() == ["record-ignored", "record-ignored"]
    assert methods(call) == ["INFO"] * 4


def test_other_commands(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, LONG)
    call.command("tag", {"x": 1})
    call.command("noiseIsolation:status", {"noise_isolation_status": "enable"})
    call.command("stt:reconfigure", {"languageHints": []})
    call.command("dtmf", {"digit": "7"})
    call.command("dial", {"to": {"type": "phone", "number": "1"}})
    assert call.warnings() == []
    call.command("dial", {"a": 1})
    assert call.message("jambonz:error")["data"] == {}
    strict = bench(profile=V0_9)
    strict.begin({"verb": "answer"}, LONG)
    strict.command("tag", {"x": 1})
    strict.command("dtmf", {"digit": "7"})
    assert strict.warnings() == ["unknown-command", "dtmf-not-wrapped"]


def test_small_verbs(bench: Any) -> None:
    call = bench()
    message = {"verb": "message", "from": "1", "to": "2", "text": "hi", "actionHook": "/m"}
    call.begin({"verb": "alert", "message": "ring"}, {"verb": "tag", "data": {"a": 1}}, message, LONG)
    assert methods(call) == ["180"]
    assert call.engine.running == "pause"
    assert call.hook("/m")["data"]["message_status"] == "success"
    assert call.hook("/m")["data"]["customerData"] == {"a": 1}
    call.ack(call.hook("/m"), [SAY])
    call.run(0.1)
    assert call.engine.running == "say"


def test_resetting_what_was_configured(bench: Any) -> None:
    call = bench()
    call.begin(
        {
            "verb": "config",
            "recognizer": {"vendor": "google", "language": "de-DE"},
            "synthesizer": {"vendor": "google"},
        },
        {"verb": "config", "reset": ["recognizer", "synthesizer"], "onHoldMusic": "http://x/m.wav"},
        {"verb": "gather", "input": ["speech"], "actionHook": "/g"},
    )
    call.act(Speak("hello"))
    call.run(2.0)
    assert call.hook("/g")["data"]["speech"]["vendor"]["name"] == "deepgram"


def test_a_person_who_stops_in_the_middle_and_one_who_goes_on(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, {"verb": "gather", "input": ["speech"], "actionHook": "/g"})
    call.act(Speak("one two three four", duration=4.0, interims=4))
    call.run(2.2)
    call.act(StaySilent())
    call.run(1.0)
    assert call.hook("/g")["data"]["speech"]["alternatives"][0]["transcript"] == "one two"
    call.act(StaySilent())
    call.act(Speak("one", duration=1.0))
    call.act(Speak("two", duration=1.0))
    call.ack(call.hook("/g"), [{"verb": "transcribe", "transcriptionHook": "/t"}])
    call.run(5.0)
    heard = [
        m["data"]["speech"]["alternatives"][0]["transcript"] for m in call.messages if m.get("hook") == "/t"
    ]
    assert heard == ["one", "two"]


def test_actions_that_make_no_sense(bench: Any) -> None:
    call = bench()
    call.begin(LONG)
    for action in (
        Answer("b1"),
        Speak("x", leg="b9"),
        Hold("b9"),
        Answer("caller"),
        Ring("caller"),
        Busy("caller"),
        ReachMachine("amd_human_detected"),
    ):
        call.act(action)
    assert call.warnings() == ["no-such-leg"] * 3 + ["action-ignored"] * 4
    webhook = bench(url="http://x/", connect=False)
    webhook.act(SlowVendor(1))
    assert webhook.warnings() == ["action-ignored"]
    with pytest.raises(TypeError, match="not an action"):
        call.act("dance")
    call.act(HangUp())
    call.act(PressKeys("1"))
    call.act(HangUp())


def test_every_action_is_known() -> None:
    classes = {
        value for value in vars(every_action).values() if isinstance(value, type) and is_dataclass(value)
    }
    assert classes == set(ACTIONS)


def test_starting_twice_changes_nothing(bench: Any) -> None:
    call = bench()
    assert call.engine.start(0.0) == []
    assert call.engine.legs["caller"].info.call_sid
    assert CallInfo("a", "outbound", "1", "2", "c", "x", "y", "z").raw()["callSid"] == "a"


# --- applications that think for too long -------------------------------------------------------------------


def delayed(bench: Any, *after: dict[str, Any], **delay: Any) -> Any:
    call = bench()
    call.begin({"verb": "answer"}, {"verb": "config", "actionHookDelayAction": delay}, *after)
    return call


def test_something_is_said_while_a_call_idles(bench: Any) -> None:
    actions = [SAY, {"verb": "play", "url": "http://x/a.wav"}]
    call = delayed(bench, noResponseTimeout=2, retries=2, actions=actions)
    call.run(1.5)
    assert call.spoken() == []
    call.run(11.0)
    assert call.spoken() == ["Fifteen chars.."]
    assert len(call.all(Played)) == 1


@pytest.mark.parametrize(
    ("retries", "times"), [({}, 1), ({"retries": 0}, 1), ({"retries": 1}, 1), ({"retries": 3}, 3)]
)
def test_retries_are_how_often_something_is_said_in_all(bench: Any, retries: Any, times: int) -> None:
    call = delayed(bench, noResponseTimeout=2, actions=[SAY], **retries)
    call.run(30.0)
    assert call.spoken() == ["Fifteen chars.."] * times


def test_without_a_time_it_is_said_at_once_and_once_only(bench: Any) -> None:
    call = delayed(bench, retries=3, actions=[SAY])
    call.run(30.0)
    assert call.spoken() == ["Fifteen chars.."]


def test_verbs_disarm_it(bench: Any) -> None:
    call = delayed(bench, noResponseTimeout=2, actions=[{"verb": "play", "url": "http://x/a.wav"}])
    call.run(3.0)
    call.command("redirect", [LONG])
    (played,) = call.all(Played)
    assert played.cut
    early = delayed(bench, noResponseTimeout=2, actions=[SAY])
    early.run(1.0)
    early.command("redirect", [LONG])
    early.run(10.0)
    assert early.spoken() == []


def test_giving_up(bench: Any) -> None:
    call = delayed(bench, noResponseGiveUpTimeout=5)
    call.run(5.2)
    assert "no-response" in call.warnings()
    assert call.engine.over
    kind = delayed(
        bench, noResponseTimeout=2, retries=0, actions=[SAY], noResponseGiveUpTimeout=4, giveUpActions=[SAY]
    )
    kind.run(8.0)
    assert len(kind.spoken()) == 2
    assert not kind.engine.over


def test_it_is_armed_by_a_gather_that_waits_for_its_answer(bench: Any) -> None:
    own = {"noResponseTimeout": 1, "actions": [SAY]}
    call = bench()
    call.begin(
        {"verb": "gather", "timeout": 1, "actionHook": "/g", "actionHookDelayAction": own}, LONG, seconds=1.2
    )
    call.run(2.5)
    assert call.spoken() == ["Fifteen chars.."]
    call.ack(call.hook("/g"), [])
    assert call.engine.running == "pause"


@pytest.mark.parametrize(("verbs", "times"), [([], 2), ([LONG], 1)])
def test_only_verbs_in_the_answer_of_a_gather_end_it(bench: Any, verbs: list[Any], times: int) -> None:
    own = {"noResponseTimeout": 1, "actions": [SAY], "retries": 2}
    call = bench()
    call.begin(
        {"verb": "gather", "timeout": 1, "actionHook": "/g", "actionHookDelayAction": own}, LONG, seconds=1.2
    )
    call.run(2.5)
    call.ack(call.hook("/g"), verbs)
    call.run(10.0)
    assert call.spoken() == ["Fifteen chars.."] * times


def test_switching_it_off_works_only_when_it_was_on() -> None:
    first = AnswerDelay()
    first.configure({"enabled": False, "noResponseTimeout": 1})
    assert first.properties is not None  # as the very first setting it arms
    first.configure({"enabled": False})
    assert first.properties is None


def test_filler_noise_while_a_call_idles(bench: Any) -> None:
    call = bench(options=SimulatorOptions(clips={"http://x/n.wav": 60.0}))
    call.begin(
        {"verb": "answer"}, {"verb": "config", "fillerNoise": {"enable": True, "url": "http://x/n.wav"}}
    )
    call.run(2.0)
    call.command("redirect", [LONG])
    (played,) = call.all(Played)
    assert played.cut
    call.command("config", {"fillerNoise": {"enable": False}})
