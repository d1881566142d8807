"""Called parties that became calls of their own: they live on, whatever becomes of the call they came from."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_core.simulator import (
    Answer,
    CallCompleted,
    CallSetup,
    DropConnection,
    Finished,
    HangUp,
    Hold,
    ModelCallsTool,
    ModelEnds,
    PressKeys,
    Refer,
    SendSip,
    SipSent,
    Spoken,
    UpdateCall,
)

TARGET = [{"type": "phone", "number": "4712"}]
LONG = {"verb": "pause", "length": 60}
SAY = {"verb": "say", "text": "You are alone now."}


def talking(bench: Any, **options: Any) -> Any:
    """A caller and a called party that talk."""
    call = bench(**options)
    call.begin({"verb": "dial", "target": TARGET, "actionHook": "/d", "referHook": "/refer"}, LONG)
    call.run(1.0)
    call.act(Answer("b1"))
    call.run(1.0)
    return call


def transferred(bench: Any, *verbs: Any, **options: Any) -> tuple[Any, int]:
    """The caller has transferred the other party to an application. Also returns the first connection."""
    call = talking(bench, **options)
    first = call.socket
    call.act(Refer("sip:other@x"))
    call.ack(call.hook("/refer"), list(verbs or [SAY]))
    call.ack(call.message("session:adulting"), [])
    return call, first


def sid(call: Any) -> str:
    sid = call.engine.legs["b1"].info.call_sid
    assert isinstance(sid, str)
    return sid


def test_it_lives_on_when_the_caller_hangs_up(bench: Any) -> None:
    call, first = transferred(bench)
    second = call.socket
    call.ack(call.hook("/d"), [])
    call.act(HangUp())
    call.run(0.1)
    assert [event.reason for event in call.all(CallCompleted)] == ["caller"]
    assert call.closed == [(first, 1000)]
    assert call.engine.over
    assert call.engine.independent == ["b1"]
    assert call.all(Finished) == []
    call.run(60.0)
    assert [(event.leg, event.heard) for event in call.all(Spoken)] == [("b1", SAY["text"])]
    gather = {"verb": "gather", "input": ["digits"], "numDigits": 1, "actionHook": "/key"}
    call.command("redirect", [gather])
    call.run(0.1)
    call.act(PressKeys("7", leg="b1"))
    hook = call.hook("/key")
    assert (hook["data"]["digits"], hook["data"]["call_sid"]) == ("7", sid(call))
    call.ack(hook, [SAY, {"verb": "hangup"}])
    call.run(3.0)
    assert call.closed == [(first, 1000), (second, 1000)]
    assert [type(event) for event in call.events].count(Finished) == 1
    assert isinstance(call.events[-1], Finished)
    assert call.engine.independent == []
    assert call.warnings() == []


def test_the_caller_lives_on_when_it_hangs_up(bench: Any) -> None:
    call, first = transferred(bench)
    call.ack(call.hook("/d"), [])
    call.act(HangUp("b1"))
    assert call.engine.running == "pause"
    assert call.all(Finished) == []
    call.act(HangUp())
    assert call.closed == [(call.socket, 1000), (first, 1000)]
    assert isinstance(call.events[-1], Finished)


@pytest.mark.parametrize(("hook", "told"), [("/status", 1), ("http://other.example/status", 0), (None, 0)])
def test_its_statuses_go_by_its_own_connection(bench: Any, hook: str | None, told: int) -> None:
    call, first = transferred(bench, setup=CallSetup(status_hook=hook))
    second = call.socket
    call.act(HangUp("b1"))
    of_child = [
        call.came_by[message["msgid"]]
        for message in call.messages
        if message["type"] == "call:status" and message["data"]["call_status"] == "completed"
    ]
    assert of_child == [second] * told
    assert first != second


def test_a_life_that_is_over_at_once_is_told_of_all_the_same(bench: Any) -> None:
    call = talking(bench)
    call.connect = False
    call.command("redirect", {"child_call_hook": "/child"})
    call.ack(call.message("session:redirect"), [{"verb": "hangup"}])
    assert call.engine.independent == ["b1"]
    call.take(call.engine.connected(call.socket, call.now))
    assert [m["type"] for m in call.messages if call.came_by[m["msgid"]] == call.socket] == [
        "session:adulting",
        "call:status",
    ]
    call.ack(call.message("session:adulting"), [])
    assert (call.socket, 1000) in call.closed


@pytest.mark.parametrize("gone", ["b1", "caller"])
def test_whoever_hangs_up_while_the_hook_thinks_ends_it_as_ever(bench: Any, gone: str) -> None:
    call = talking(bench)
    call.act(Refer("sip:other@x"))
    call.act(HangUp(gone))
    call.ack(call.hook("/refer"), [SAY])
    assert "verbs-after-end" in call.warnings()
    assert "session:adulting" not in call.types()
    again = talking(bench)
    again.command("redirect", {"child_call_hook": "/child"})
    again.act(HangUp(gone))
    again.ack(again.message("session:redirect"), [SAY])
    assert "verbs-after-end" in again.warnings()
    assert "session:adulting" not in again.types()


def test_refused_verbs_leave_it_where_it_is(bench: Any) -> None:
    call = talking(bench)
    call.act(Refer("sip:other@x"))
    call.ack(call.hook("/refer"), [{"verb": "sing"}])
    assert call.engine.running == "dial"
    assert call.engine.independent == []
    call.act(HangUp("b1"))
    first = call.socket
    completed = [m for m in call.messages if m["data"].get("call_status") == "completed"]
    assert [call.came_by[m["msgid"]] for m in completed] == [first]


def test_its_party_acts_on_its_own_application(bench: Any) -> None:
    hooks = {"referHook": "/mine", "sipRequestWithinDialogHook": "/sip"}
    call, _ = transferred(bench, {"verb": "config", **hooks}, LONG)
    call.act(SendSip("INFO", "x", leg="b1"))
    assert call.hook("/sip")["data"]["call_sid"] == sid(call)
    call.act(Refer("sip:third@x", leg="b1"))
    assert call.hook("/mine")["data"]["refer_details"]["referred_call_sid"] is None
    call.ack(call.hook("/mine"), [{"verb": "dial", "target": TARGET, "onHoldHook": "/hold"}])
    call.run(1.0)
    call.act(Answer("b2"))
    call.run(1.0)
    call.act(Hold("b1"))
    assert call.hook("/hold")["data"]["call_sid"] == sid(call)
    assert [event.method for event in call.all(SipSent) if event.leg == "b1"] == ["200", "202"]


def test_models_networks_and_rest_find_it(bench: Any) -> None:
    llm = {"verb": "llm", "vendor": "openai", "model": "m", "auth": {"apiKey": "k"}, "toolHook": "/tool"}
    llm["llmOptions"] = {"response_create": {}}
    call, first = transferred(bench, llm)
    second = call.socket
    call.act(ModelCallsTool("weather", {}, "t1"))
    assert call.came_by[call.message("llm:tool-call")["msgid"]] == second
    call.command("llm:tool-output", {"result": 1}, tool_call_id="t1")
    call.act(ModelEnds())
    call.ack(call.hook("/d"), [])
    call.act(DropConnection(socket=second))
    assert (second, 1006) in call.closed
    call.run(1.0)
    call.ack(call.message("session:reconnect"))
    call.act(UpdateCall({"call_status": "completed"}, sid(call)))
    assert call.engine.legs["b1"].over
    assert not call.engine.over
    assert (first, 1000) not in call.closed
    assert call.warnings() == []


def test_nothing_happens_after_the_end(bench: Any) -> None:
    call = bench()
    call.begin(
        {"verb": "config", "referHook": "/refer", "sipRequestWithinDialogHook": "/sip"}, {"verb": "answer"}
    )
    say = {"action": "sayOnTrack", "track": "t", "say": {"text": "A second voice that goes on."}}
    call.command("dub", say)
    call.run(0.5)
    call.act(HangUp())
    assert [event.cut for event in call.all(Spoken)] == [True]
    assert isinstance(call.events[-1], Finished)
    late = [SendSip("INFO", "x"), Refer("sip:other@x"), Hold(), PressKeys("1"), HangUp()]
    for action in late:
        call.act(action)
    assert isinstance(call.events[-1], Finished)
    call.act(UpdateCall({"call_hook": "/hook"}))
    assert call.warnings() == ["action-ignored"]
    call.run(60.0)
    assert isinstance(call.events[-2], Finished)
    assert call.engine.deadline is None


def test_what_confirms_a_party_listens_no_longer_afterwards(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "dial", "target": TARGET, "confirmHook": "/confirm"})
    call.run(1.0)
    call.act(Answer("b1"))
    barge_in = {"enable": True, "sticky": True, "input": ["speech"], "actionHook": "/heard"}
    call.ack(call.message("dial:confirm"), [{"verb": "config", "bargeIn": barge_in}])
    call.run(1.0)
    assert not call.engine.legs["b1"].listened_to
