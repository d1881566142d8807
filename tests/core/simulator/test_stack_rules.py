"""The verb stack: what acks and commands do to it, when it idles, and how verbs are killed."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_core.simulator import (
    CallCompleted,
    CallSetup,
    Finished,
    HangUp,
    Idle,
    SimulatorOptions,
    SipSent,
    VerbEnded,
    VerbStarted,
)
from jambonz_core.verbs.profiles import V0_9, Profile

SAY = {"verb": "say", "text": "Fifteen chars.."}  # one second
PLAY = {"verb": "play", "url": "http://x/a.wav", "actionHook": "/played"}  # two seconds
LONG = {"verb": "pause", "length": 60}


def ended(call: Any) -> list[tuple[str, str]]:
    return [(event.verb, event.outcome) for event in call.all(VerbEnded)]


# --- the first answer ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [None, [], {}, "say", [{"verb": "sing"}], [{"verb": "say", "text": 5}], ["say"]]
)
def test_a_first_answer_without_good_verbs_refuses_the_call(bench: Any, answer: Any) -> None:
    call = bench()
    call.ack(call.message("session:new"), answer)
    assert "call-rejected" in call.warnings()
    assert [event.method for event in call.all(SipSent)] == ["480"]
    assert call.closed == [(call.socket, 1001)]
    assert call.types() == ["session:new"]
    assert isinstance(call.events[-1], Finished)


def test_no_first_answer_refuses_the_call(bench: Any) -> None:
    call = bench()
    call.run(4.9)
    assert call.closed == []
    call.run(0.2)
    assert call.closed == [(call.socket, 1001)]


def test_an_application_that_cannot_be_reached(bench: Any) -> None:
    call = bench(connect=False)
    call.take(call.engine.connect_failed(call.socket, "rt", 0.5))
    assert isinstance(call.events[-1], Finished)
    assert "call-rejected" in call.warnings()


def test_a_wrong_subprotocol_is_like_a_refused_connection(bench: Any) -> None:
    call = bench(connect=False)
    call.take(call.engine.connected(call.socket, 0.1, subprotocol=""))
    assert "wrong-subprotocol" in call.warnings()


def test_the_caller_gives_up_before_the_first_answer(bench: Any) -> None:
    call = bench()
    call.act(HangUp())
    assert call.types() == ["session:new"]
    call.ack(call.message("session:new"), [SAY])
    assert call.statuses() == ["no-answer"]
    assert call.message("call:status")["data"]["sip_status"] == 487
    assert call.closed == [(call.socket, 1000)]
    assert [event.reason for event in call.all(CallCompleted)] == ["caller"]


def test_the_caller_gives_up_and_nobody_answers(bench: Any) -> None:
    call = bench()
    call.act(HangUp())
    call.act(HangUp())
    call.run(6.0)
    assert call.closed == [(call.socket, 1001)]


def test_the_caller_gives_up_while_it_rings(bench: Any) -> None:
    call = bench()
    call.begin(LONG)
    call.act(HangUp())
    assert call.statuses() == ["trying", "no-answer"]
    assert call.closed == [(call.socket, 1000)]


def test_commands_before_the_first_answer_took_effect_are_lost(bench: Any) -> None:
    call = bench()
    first = call.message("session:new")
    call.send_together(call.ack_of(first, [LONG]), call.command_of("redirect", [SAY], queue=True))
    call.run(0.1)
    assert "command-lost" in call.warnings()
    assert call.engine.queued == []


def test_an_outbound_call_exists_before_its_first_answer(bench: Any) -> None:
    call = bench(setup=CallSetup(direction="outbound"), options=SimulatorOptions(pick_up_seconds=0.1))
    call.run(1.0)
    first = call.message("session:new")
    call.send_together(call.ack_of(first, [LONG]), call.command_of("redirect", [SAY], queue=True))
    call.run(0.1)
    # It is taken, and then undone by the verbs of the ack.
    assert call.warnings().count("command-behind-ack") == 1
    assert (call.engine.running, call.engine.queued) == ("pause", [])


# --- answering ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "answers"),
    [
        (SAY, True),
        (PLAY, True),
        ({"verb": "gather", "timeout": 1}, True),
        ({"verb": "answer"}, True),
        ({"verb": "dtmf", "dtmf": "1"}, True),
        ({"verb": "transcribe", "transcriptionHook": "/t"}, True),
        ({"verb": "listen", "url": "/audio"}, True),
        ({"verb": "conference", "name": "c"}, True),
        ({"verb": "enqueue", "name": "q"}, True),
        ({"verb": "dequeue", "name": "q"}, True),
        ({"verb": "config", "bargeIn": {"enable": True}}, True),
        ({"verb": "config", "boostAudioSignal": 6}, True),
        ({"verb": "config", "notifyEvents": True}, False),
        ({"verb": "config", "bargeIn": {"enable": False}}, False),
        ({"verb": "pause", "length": 1}, False),
        ({"verb": "tag", "data": {}}, False),
        ({"verb": "redirect", "actionHook": "/r"}, False),
        ({"verb": "alert", "message": "x"}, False),
    ],
)
def test_which_verbs_answer_the_call(
    bench: Any, profile: Profile, verb: dict[str, Any], answers: bool
) -> None:
    call = bench(profile=profile)
    call.begin(verb, LONG, seconds=0.2)
    assert ("in-progress" in call.statuses()) is answers


def test_early_media_answers_nothing(bench: Any) -> None:
    call = bench()
    call.begin({**SAY, "earlyMedia": True}, {**PLAY, "earlyMedia": True}, SAY, seconds=1.5)
    assert call.spoken() == ["Fifteen chars.."]
    assert [event.method for event in call.all(SipSent)] == ["183"]
    assert call.statuses() == ["trying"]
    call.run(2.0)
    call.ack(call.hook("/played"), [])
    call.run(2.0)
    assert call.statuses() == ["trying", "in-progress"]


def test_hangup_before_answer_does_nothing(bench: Any, profile: Profile) -> None:
    call = bench(profile=profile)
    call.begin({"verb": "hangup"}, SAY, seconds=0.2)
    assert call.warnings() == ["hangup-before-answer"]
    assert call.engine.running == "say"
    assert ("hangup", "skipped") in ended(call)


def test_an_unanswered_stack_that_runs_dry_after_a_graceful_close(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "pause", "length": 1})
    call.take(call.engine.lost(call.socket, 1000, call.now))
    call.run(2.0)
    assert [event.method for event in call.all(SipSent)] == ["603"]
    assert isinstance(call.events[-1], Finished)
    assert "closed-gracefully" in call.warnings()


def test_decline(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "sip:decline", "status": 486, "reason": "Gone fishing", "headers": {"x-a": "1"}})
    data = call.message("call:status")["data"]
    assert (data["call_status"], data["sip_status"], data["sip_reason"]) == ("failed", 486, "Gone fishing")
    assert "call_termination_by" not in data
    assert call.closed == [(call.socket, 1000)]
    late = bench()
    late.begin({"verb": "answer"}, {"verb": "sip:decline", "status": 486})
    assert late.warnings() == ["verb-skipped"]


# --- acks ---------------------------------------------------------------------------------------------------


def test_an_ack_with_verbs_replaces_what_is_queued(bench: Any) -> None:
    call = bench()
    call.begin(PLAY, SAY, SAY, seconds=3.0)
    assert call.engine.queued == ["say", "say"]
    call.ack(call.hook("/played"), [LONG])
    assert (call.engine.running, call.engine.queued) == ("pause", [])
    assert call.warnings() == ["verbs-replaced"]


@pytest.mark.parametrize("answer", [[], None, {"a": 1}, "text"])
def test_any_other_ack_changes_nothing(bench: Any, answer: Any) -> None:
    call = bench()
    call.begin(PLAY, SAY, seconds=3.0)
    call.ack(call.hook("/played"), answer)
    assert call.engine.running == "say"
    assert call.warnings() == ([] if not answer else ["answer-not-array"])


def test_verbs_after_the_end_are_dropped(bench: Any) -> None:
    call = bench()
    call.begin(PLAY, seconds=1.0)
    call.act(HangUp())
    call.ack(call.hook("/played"), [SAY])
    assert "verbs-after-end" in call.warnings()
    assert call.closed == [(call.socket, 1000)]


@pytest.mark.parametrize("answer", [None, [{"verb": "sing"}]])
def test_a_hook_without_a_usable_answer_lets_the_next_verb_run(bench: Any, answer: Any) -> None:
    call = bench()
    call.begin(PLAY, SAY, seconds=3.0)
    if answer is None:
        call.run(5.0)
    else:
        call.ack(call.hook("/played"), answer)
    assert ("play", "finished") in ended(call)
    assert call.engine.running == "say"


# --- idling -------------------------------------------------------------------------------------------------


def test_a_stack_that_runs_dry_idles_until_a_command_wakes_it(bench: Any) -> None:
    call = bench()
    call.begin(SAY, seconds=30.0)
    assert len(call.all(Idle)) == 1
    assert call.engine.deadline is None
    call.command("redirect", [SAY], queue=True)
    assert call.engine.running == "say"
    call.run(2.0)
    call.command("redirect", [SAY])
    assert call.engine.running == "say"


@pytest.mark.parametrize("queue", [False, True])
def test_an_empty_redirect_ends_an_idle_call(bench: Any, queue: bool) -> None:
    call = bench()
    call.begin(SAY, seconds=3.0)
    call.command("redirect", [], queue=queue)
    assert "empty-redirect-ends-call" in call.warnings()
    assert call.statuses()[-1] == "completed"
    assert call.message("call:status")["data"]["call_termination_by"] == "jambonz"


def test_an_empty_redirect_kills_what_runs_and_the_call_idles(bench: Any) -> None:
    call = bench()
    call.begin(SAY, SAY, seconds=0.5)
    call.command("redirect", [])
    assert call.engine.running == ""
    assert ("say", "killed") in ended(call)
    assert call.statuses()[-1] == "in-progress"


def test_a_call_that_idles_when_the_application_leaves_stays_up(bench: Any) -> None:
    call = bench()
    call.begin(SAY, seconds=3.0)
    call.take(call.engine.lost(call.socket, 1000, call.now))
    call.run(60.0)
    assert not call.engine.over
    call.act(HangUp())
    assert isinstance(call.events[-1], Finished)


def test_a_stack_goes_on_alone_after_a_graceful_close_and_then_ends_the_call(bench: Any) -> None:
    call = bench()
    call.begin(PLAY, SAY, seconds=0.5)
    call.take(call.engine.lost(call.socket, 1000, call.now))
    call.run(10.0)
    assert call.spoken() == ["Fifteen chars.."]  # the hook of play resolved with nothing
    assert call.engine.over
    assert "verb:hook" not in call.types()


# --- redirect by command ------------------------------------------------------------------------------------


def test_a_replaced_verb_with_a_hook_sends_it_and_its_answer_may_replace_again(bench: Any) -> None:
    call = bench()
    call.begin(PLAY, SAY, seconds=1.0)
    call.command("redirect", [LONG])
    hook = call.hook("/played")
    assert call.engine.running == ""  # the new stack waits for the killed verb to be through
    assert call.engine.queued == ["pause"]
    call.ack(hook, [SAY])
    assert (call.engine.running, call.engine.queued) == ("say", [])


def test_queued_verbs_run_behind_the_others(bench: Any) -> None:
    call = bench()
    call.begin(SAY, seconds=0.5)
    call.command("redirect", [LONG], queue=True)
    assert (call.engine.running, call.engine.queued) == ("say", ["pause"])


def test_a_server_that_injects_content_puts_it_before_a_queued_gather(bench: Any) -> None:
    options = SimulatorOptions(inject_content=True)
    gather = {"verb": "gather", "actionHook": "/g"}
    call = bench(options=options)
    call.begin(SAY, gather, LONG, seconds=0.5)
    call.command("redirect", [PLAY], queue=True)
    assert call.engine.queued == ["play", "gather", "pause"]
    call.command("redirect", [gather], queue=True)
    assert call.engine.queued == ["play", "gather", "pause"]
    running = bench(options=options)
    running.begin(gather, seconds=0.5)
    running.command("redirect", [LONG], queue=True)
    assert running.engine.running == "pause"


def test_bad_verbs_in_a_command_are_not_reported_to_the_application(bench: Any) -> None:
    call = bench()
    call.begin(LONG)
    call.new()
    call.command("redirect", [{"verb": "sing"}])
    call.command("redirect", [{"a": 1, "b": 2}])
    call.command("redirect", "x")
    call.command("config", {"bargeIn": 5})
    assert call.warnings() == ["invalid-verbs", "invalid-verbs", "command-invalid", "invalid-verbs"]
    assert call.new() == []
    assert call.engine.running == "pause"


def test_both_spellings_and_synonyms(bench: Any) -> None:
    call = bench()
    call.begin({"say": {"text": "hello"}}, {"stream": {"url": "/audio"}}, seconds=1.0)
    assert call.spoken() == ["hello"]
    assert call.engine.running == "listen"


def test_redirect_by_command_to_a_hook(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, LONG, SAY)
    call.command("redirect", {"call_hook": "/other"})
    redirect = call.message("session:redirect")
    assert redirect["hook"] == "/other"
    assert call.engine.running == "pause"
    call.ack(redirect, [SAY])
    assert (call.engine.running, call.engine.queued) == ("say", [])


@pytest.mark.parametrize(("answer", "queued"), [([], []), (None, ["say"])])
def test_redirect_by_command_without_verbs_kills_what_runs(
    bench: Any, answer: Any, queued: list[str]
) -> None:
    call = bench()
    call.begin({"verb": "answer"}, LONG, SAY)
    call.command("redirect", {"call_hook": "/other"})
    call.ack(call.message("session:redirect"), answer)
    assert ("pause", "killed") in ended(call)
    assert call.engine.running == ("say" if queued else "")


def test_redirect_by_command_with_an_empty_answer_ends_an_idle_call(bench: Any) -> None:
    call = bench()
    call.begin(SAY, seconds=3.0)
    call.command("redirect", {"call_hook": "/other"})
    call.ack(call.message("session:redirect"), [])
    assert call.engine.over


# --- ends ---------------------------------------------------------------------------------------------------


def test_the_caller_hangs_up(bench: Any) -> None:
    call = bench()
    call.begin(SAY, LONG, seconds=0.5)
    call.act(HangUp(headers={"X-Why": "bored"}))
    data = call.message("call:status")["data"]
    assert (data["call_status"], data["call_termination_by"], data["duration"]) == ("completed", "caller", 0)
    assert data["headers"] == {"x_why": "bored"}
    assert call.closed == [(call.socket, 1000)]
    assert [event.reason for event in call.all(CallCompleted)] == ["caller"]
    assert call.spoken() == ["Fiftee"]


def test_hangup_sends_its_headers(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, {"verb": "hangup", "headers": {"X-Bye": "1"}})
    (bye,) = [event for event in call.all(SipSent) if event.method == "BYE"]
    assert bye.detail == {"X-Bye": "1"}
    assert call.statuses() == ["trying", "in-progress", "completed"]


def test_hang_up_by_command(bench: Any) -> None:
    call = bench()
    call.begin(SAY, seconds=0.5)
    call.command("call:status", {"call_status": "no-answer"})
    call.command("call:status", {"call_status": "completed"})
    assert call.warnings() == ["command-invalid"]
    assert call.statuses()[-1] == "completed"
    unanswered = bench()
    unanswered.begin(LONG)
    unanswered.command("call:status", {"call_status": "completed"})
    unanswered.command("call:status", {"call_status": "no-answer"})
    assert unanswered.warnings() == ["command-invalid"]
    assert [event.method for event in unanswered.all(SipSent)] == ["503"]
    assert unanswered.statuses() == ["trying"]


def test_an_error_in_a_verb_ends_the_call(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, {"verb": "leave"}, SAY)
    assert ("leave", "failed") in ended(call)
    assert call.statuses()[-1] == "completed"


def test_no_status_hook_no_statuses(bench: Any) -> None:
    call = bench(setup=CallSetup(status_hook=None))
    call.begin(SAY, {"verb": "hangup"}, seconds=3.0)
    assert call.statuses() == []
    assert call.engine.over


def test_verbs_are_announced_to_the_outside(bench: Any) -> None:
    call = bench()
    call.begin({**SAY, "id": "v1"}, seconds=2.0)
    assert [(event.verb, event.id) for event in call.all(VerbStarted)] == [("say", "v1")]
    assert [(event.verb, event.id, event.outcome) for event in call.all(VerbEnded)] == [
        ("say", "v1", "finished")
    ]


# --- verb:status --------------------------------------------------------------------------------------------


def test_statuses_of_verbs_come_only_after_they_were_asked_for(bench: Any) -> None:
    call = bench(profile=V0_9)
    call.begin(
        SAY,
        {"verb": "config", "id": "c", "notifyEvents": True},
        {**SAY, "id": "s"},
        {"verb": "config", "notifyEvents": False},
        {"verb": "sip:decline", "status": 480},
        seconds=5.0,
    )
    told = [message["data"] for message in call.messages if message["type"] == "verb:status"]
    assert [(one["event"], one.get("id", ""), one.get("name", one.get("verb"))) for one in told] == [
        ("finished", "c", "config"),
        ("starting", "s", "say"),
        ("synthesized-audio", "s", "say"),
        ("start-playback", "s", "say"),
        ("stop-playback", "s", "say"),
        ("finished", "s", "say"),
        ("starting", "", "config"),
        ("finished", "", "config"),
        ("starting", "", "sip:decline"),
    ]


def test_a_killed_say_and_a_killed_play(bench: Any) -> None:
    call = bench()
    config = {"verb": "config", "notifyEvents": True}
    call.begin(config, SAY, seconds=0.5)
    call.command("redirect", [PLAY])
    call.run(0.5)
    call.command("redirect", [LONG])
    told = [m["data"]["event"] for m in call.messages if m["type"] == "verb:status"]
    assert told[3:7] == ["start-playback", "stop-playback", "kill-playback", "finished"]
    assert told[7:10] == ["starting", "start-playback", "kill-playback"]


def test_a_verb_that_the_program_has_described_is_let_through(bench: Any, profile: Profile) -> None:
    schema = {
        "$id": "https://example.org/verbs/sing",
        "type": "object",
        "properties": {"verb": {"const": "sing"}, "song": {"type": "string"}},
        "required": ["song"],
    }
    call = bench(profile=profile.with_schemas([schema]))
    call.begin({"verb": "sing", "song": "la"}, LONG)
    assert call.warnings() == ["verb-not-simulated"]
    assert call.engine.running == "pause"
    bad = bench(profile=profile.with_schemas([schema]))
    bad.begin({"verb": "sing"})
    assert bad.warnings() == ["call-rejected"]
