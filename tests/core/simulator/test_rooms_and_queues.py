"""`conference`, `enqueue` and `dequeue`, with everybody else as actions of the outside."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_core.simulator import (
    Bridged,
    Finished,
    HangUp,
    JoinConference,
    LeaveConference,
    LeaveQueue,
    Speak,
    Spoken,
    TakeFromQueue,
    WaitInQueue,
)

LONG = {"verb": "pause", "length": 60}
SAY = {"verb": "say", "text": "Please hold."}
ALL = ["start", "end", "join", "leave", "start-talking", "stop-talking"]


def in_room(bench: Any, *after: dict[str, Any], **properties: Any) -> Any:
    call = bench()
    call.begin(
        {"verb": "conference", "name": "team", "actionHook": "/over", **properties}, *after, seconds=0.2
    )
    return call


def told(call: Any, path: str) -> list[str]:
    return [m["data"]["event"] for m in call.messages if m["type"] == "verb:hook" and m["hook"] == path]


def hooks(call: Any, path: str) -> int:
    return sum(m.get("hook") == path for m in call.messages)


# --- conference ---------------------------------------------------------------------------------------------


def test_what_a_room_tells(bench: Any) -> None:
    call = in_room(bench, LONG, statusHook="/room", statusEvents=ALL)
    assert told(call, "/room") == ["start", "join"]
    data = call.hook("/room")["data"]
    assert data["conference_sid"].startswith("conf:")
    assert data["conference_sid"].endswith(":team")
    assert (data["friendly_name"], data["members"], data["duration"]) == ("team", 1, 0)
    assert data["time"].startswith("2026-01-01T00:00:0")
    assert data["direction"] == "inbound"
    call.act(Speak("hello all", duration=1.0))
    call.run(2.0)
    assert told(call, "/room")[2:] == ["start-talking", "stop-talking"]
    call.act(JoinConference("team"))
    call.act(LeaveConference("team", end=True))
    assert told(call, "/room")[4:] == ["leave", "end"]
    call.ack(call.hook("/over"), [])
    assert call.engine.running == "pause"


def test_only_what_was_asked_for_is_told(bench: Any) -> None:
    call = in_room(bench, statusHook="/room", statusEvents=["leave"])
    call.command("conf:participant-action", {"action": "kick"})
    assert told(call, "/room") == ["leave"]
    assert call.hook("/over")["data"]["call_status"] == "in-progress"


def test_whoever_made_the_room_decides_what_is_told(bench: Any) -> None:
    call = bench()
    call.act(JoinConference("team"))
    call.begin(
        {"verb": "conference", "name": "team", "statusHook": "/room", "statusEvents": ALL}, seconds=0.2
    )
    assert told(call, "/room") == []
    assert call.all(Bridged) == [Bridged("caller", "other")]


def test_waiting_outside_until_somebody_starts_it(bench: Any) -> None:
    call = in_room(bench, startConferenceOnEnter=False, waitHook="/wait", enterHook="/enter")
    call.run(1.0)
    wait = call.hook("/wait")
    assert wait["data"]["local_sip_address"]  # these hooks serialise everything, and nothing of the room
    assert not {"conference_sid", "friendly_name", "verb_id"} & set(wait["data"])
    call.ack(wait, [SAY])
    call.run(2.0)
    assert call.spoken() == ["Please hold."]
    assert hooks(call, "/wait") == 2
    call.ack(call.hook("/wait"), [SAY])
    call.act(JoinConference("team"))
    assert call.all(Spoken)[-1].cut
    enter = call.hook("/enter")
    call.ack(enter, [{"verb": "say", "text": "Welcome."}])
    assert call.all(Bridged) == []  # not in the room before it was heard
    call.run(5.0)
    assert call.spoken()[-1] == "Welcome."
    assert call.all(Bridged) == [Bridged("caller", "other")]
    assert (hooks(call, "/enter"), hooks(call, "/wait")) == (1, 2)
    assert call.warnings() == []


@pytest.mark.parametrize("path", ["/wait", "/enter"])
def test_a_verb_that_may_not_be_played_drops_the_answer_and_ends_the_asking(bench: Any, path: str) -> None:
    waits = {"startConferenceOnEnter": False} if path == "/wait" else {}
    call = in_room(bench, waitHook="/wait", enterHook="/enter", **waits)
    call.run(1.0)
    call.ack(call.hook(path), [SAY, {"verb": "hangup"}])
    call.run(10.0)
    assert call.spoken() == []
    assert call.warnings() == ["verb-not-allowed"]
    assert hooks(call, path) == 1


def test_a_party_that_leaves_before_it_is_in_the_room(bench: Any) -> None:
    call = in_room(bench, LONG, enterHook="/enter", statusHook="/status", statusEvents=ALL)
    call.command("redirect", [SAY])
    call.ack(call.hook("/enter"), [SAY])
    call.run(0.1)
    call.ack(call.hook("/over"), [])
    call.run(5.0)
    assert call.spoken() == ["Please hold."]
    assert told(call, "/status") == ["start"]


@pytest.mark.parametrize("answer", [[], None, "unacked", [{"verb": "sing"}]])
def test_waiting_goes_silent(bench: Any, answer: Any) -> None:
    call = in_room(bench, startConferenceOnEnter=False, waitHook="/wait")
    call.run(1.0)
    if answer == "unacked":
        call.run(5.0)
    else:
        call.ack(call.hook("/wait"), answer)
    call.run(0.1)
    assert hooks(call, "/wait") == 1
    call.act(HangUp())
    assert hooks(call, "/over") == 1


def test_a_wait_that_is_over_before_it_began(bench: Any) -> None:
    call = in_room(bench, startConferenceOnEnter=False, waitHook="/wait")
    call.act(JoinConference("team"))
    call.run(5.0)
    assert hooks(call, "/wait") == 0


def test_a_full_room_and_muted_members(bench: Any) -> None:
    call = bench()
    call.act(JoinConference("team"))
    call.begin({"verb": "conference", "name": "team", "maxParticipants": 1}, LONG, seconds=0.2)
    assert call.warnings() == ["conference-full"]
    muted = in_room(bench, joinMuted=True)
    assert muted.engine.legs["caller"].muted


def test_commands_in_a_room(bench: Any) -> None:
    call = in_room(bench)
    leg = call.engine.legs["caller"]
    call.command("conf:mute-status", {"conf_mute_status": "mute"})
    assert leg.muted
    call.command("conf:participant-action", {"action": "unmute"})
    assert not leg.muted
    call.command("mute:status", "mute")
    assert leg.muted
    call.command("conf:hold-status", {"conf_hold_status": "hold", "wait_hook": "/hold"})
    call.run(1.0)
    assert leg.on_hold
    call.ack(call.hook("/hold"), [SAY])
    call.run(0.1)
    call.command("conf:participant-action", {"action": "unhold"})
    assert not leg.on_hold
    assert call.all(Spoken)[-1].cut
    for action in ("tag", "untag", "coach", "uncoach"):
        call.command("conf:participant-action", {"action": action, "tag": "vip"})
    assert call.warnings() == []
    call.command("conf:participant-action", {"action": "dance"})
    assert call.warnings() == ["command-invalid"]


def test_muting_the_room_spares_a_moderator(bench: Any) -> None:
    call = in_room(bench, startConferenceOnEnter=True)
    call.command("conf:mute-status", {"conf_mute_status": "mute"})
    assert not call.engine.legs["caller"].muted
    call.command("conf:participant-action", {"action": "mute"})
    assert call.engine.legs["caller"].muted


def test_announcements_in_a_room(bench: Any) -> None:
    call = in_room(
        bench, statusHook="/room", statusEvents=["say-start", "say-done", "play-start", "play-done"]
    )
    call.command("room:say", {"text": "Hello room."})
    call.run(1.0)
    call.command("room:play", {"url": "http://x/a.wav"})
    call.run(3.0)
    assert told(call, "/room") == ["say-start", "say-done", "play-start", "play-done"]
    assert call.spoken() == ["Hello room."]


def test_replacing_takes_the_caller_out_and_the_hook_may_replace_again(bench: Any) -> None:
    call = in_room(bench, endConferenceOnExit=True, statusHook="/room", statusEvents=["end"])
    call.command("redirect", [LONG])
    assert told(call, "/room") == ["end"]
    call.ack(call.hook("/over"), [{"verb": "say", "text": "Bye."}])
    assert call.engine.running == "say"


# --- queues -------------------------------------------------------------------------------------------------


def waiting(bench: Any, *after: dict[str, Any], **properties: Any) -> Any:
    call = bench()
    verb = {"verb": "enqueue", "name": "sales", "actionHook": "/over", **properties}
    call.begin({"verb": "tag", "data": {"aB": 1}}, verb, *after, seconds=0.2)
    return call


def test_waiting_in_line_until_somebody_answers(bench: Any) -> None:
    call = waiting(bench, LONG, waitHook="/wait")
    assert hooks(call, "/wait") == 0
    call.run(0.5)
    call.act(WaitInQueue("sales"))
    first = call.hook("/wait")
    data = first["data"]
    assert data["queue_sid"].endswith(":sales")
    assert (data["queue_time"], data["queue_size"], data["queue_position"]) == (0, 1, 0)  # half a second late
    assert data["customerData"] == {"aB": 1}
    assert "call_status" not in data
    call.ack(first, [SAY])
    call.run(2.0)
    again = call.hook("/wait")["data"]
    assert (again["queue_time"], again["queue_size"]) == (1, 2)
    call.ack(call.hook("/wait"), [SAY])
    call.act(TakeFromQueue("sales"))
    assert call.all(Spoken)[-1].cut
    assert call.all(Bridged) == [Bridged("caller", "other")]
    call.run(10.0)
    call.act(LeaveQueue("sales"))
    result = call.hook("/over")["data"]
    assert (result["queue_result"], result["queue_time"]) == ("bridged", 2)
    call.ack(call.hook("/over"), [])
    assert call.engine.running == "pause"


def test_leaving_the_line_by_a_verb(bench: Any) -> None:
    call = waiting(bench, waitHook="/wait")
    call.run(0.5)
    call.ack(call.hook("/wait"), [SAY, {"verb": "leave"}, SAY])
    call.run(2.0)
    assert call.spoken() == ["Please hold."]
    assert call.hook("/over")["data"]["queue_result"] == "leave"


def test_hanging_up_and_being_replaced(bench: Any) -> None:
    gone = waiting(bench)
    gone.act(HangUp())
    assert gone.hook("/over")["data"]["queue_result"] == "hangup"
    replaced = waiting(bench, priority=1)
    replaced.command("redirect", [LONG])
    replaced.ack(replaced.hook("/over"), [SAY])  # ignored
    assert replaced.engine.running == "pause"


def test_who_is_taken_first(bench: Any) -> None:
    call = waiting(bench, waitHook="/wait", priority=5)
    queues = call.engine.world.queues
    for member, priority in (("late", None), ("urgent", 1), ("same", 5), ("last", 1000), ("odd", True)):
        queues.join("sales", member, priority)
    order = [place.member for place in queues.line("sales")]
    assert order == ["urgent", "caller", "same", "late", "odd", "last"]


def test_taking_somebody_out_of_a_queue(bench: Any) -> None:
    call = bench()
    call.act(WaitInQueue("sales", "anna"))
    call.begin({"verb": "dequeue", "name": "sales", "actionHook": "/done"}, SAY, seconds=1.2)
    assert call.all(Bridged) == [Bridged("caller", "anna")]
    call.act(LeaveQueue("sales"))
    assert call.engine.running == "say"  # its hook is not waited for
    call.ack(call.hook("/done"), [LONG])
    assert call.hook("/done")["data"]["dequeue_result"] == "complete"
    assert call.engine.running == "pause"


def test_polling_an_empty_queue(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "dequeue", "name": "sales", "actionHook": "/done", "timeout": 8}, LONG, seconds=2.0)
    call.act(WaitInQueue("sales"))
    call.act(LeaveQueue("sales"))
    call.act(LeaveQueue("sales"))
    call.run(7.0)
    assert call.hook("/done")["data"]["dequeue_result"] == "timeout"


def test_a_dequeue_that_is_replaced_while_it_waits_holds_up_everything(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "dequeue", "name": "sales", "actionHook": "/done"}, LONG, seconds=2.0)
    call.command("redirect", [SAY])
    call.run(600.0)
    assert call.spoken() == []
    assert "dequeue-stuck" in call.warnings()
    call.act(HangUp())
    assert isinstance(call.events[-1], Finished)
    assert [m.get("hook") for m in call.messages if m["type"] == "verb:hook"] == []


def test_a_dequeue_with_a_time_limit_lets_go_when_that_runs_out(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "dequeue", "name": "sales", "actionHook": "/done", "timeout": 8}, LONG, seconds=2.0)
    call.command("redirect", [SAY])
    call.run(5.5)
    assert call.spoken() == []
    call.run(2.0)
    assert call.hook("/done")["data"]["dequeue_result"] == "timeout"
    assert call.spoken() == [SAY["text"]]


def test_a_caller_who_leaves_while_a_dequeue_waits_is_told_of_by_no_hook(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "dequeue", "name": "sales", "actionHook": "/done", "timeout": 8}, seconds=2.0)
    call.act(HangUp())
    call.run(10.0)
    assert "verb:hook" not in call.types()
    assert "dequeue-stuck" not in call.warnings()


def test_a_dequeued_call_that_is_replaced(bench: Any) -> None:
    call = bench()
    call.act(WaitInQueue("sales"))
    call.begin({"verb": "dequeue", "name": "sales", "actionHook": "/done"}, seconds=1.2)
    call.command("redirect", [LONG])
    assert call.hook("/done")["data"]["dequeue_result"] == "complete"
    call.act(TakeFromQueue("sales"))
    assert call.warnings() == ["action-ignored"]
