"""Which results can still come, and which verbs are over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jambonz_core.call import (
    CallOver,
    Configure,
    Event,
    HookKind,
    Inject,
    Replace,
    Reply,
    ResultDropped,
    Send,
    VerbDone,
    VerbHook,
)
from jambonz_core.call.pending_results import REMEMBERED, PendingResults
from jambonz_core.call.session_facts import SessionFacts
from jambonz_core.verbs.profiles import V0_9, V10

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hello"}]
BARGE_IN = {"verb": "config", "bargeIn": {"enable": True, "sticky": True, "actionHook": "/heard"}}
HEARD = {"reason": "speechDetected", "speech": {"is_final": True}}


def gather(hook: str, **more: Any) -> dict[str, Any]:
    return {"verb": "gather", "input": ["speech"], "actionHook": hook, **more}


def play(hook: str, **more: Any) -> dict[str, Any]:
    return {"verb": "play", "url": "x", "actionHook": hook, **more}


def news(events: list[Event]) -> list[tuple[str, str]]:
    """What events say about verbs: dropped by whom, or done."""
    return [
        (event.hook or event.verb_id, event.by)
        if isinstance(event, ResultDropped)
        else (event.verb_id, "done")
        for event in events
        if isinstance(event, (ResultDropped, VerbDone))
    ]


# --- results that come ------------------------------------------------------------------------------------------------


def test_a_result_that_comes_is_not_dropped(wire: Any) -> None:
    wire.running([gather("/~1"), gather("/~2")])
    assert news(wire.hears("verb:hook", HEARD, hook="/~1")) == []
    assert news(wire.hears("verb:hook", HEARD, hook="/~2")) == []
    assert news(wire.do(Replace(SAY))) == []


def test_a_verb_that_is_passed_over_was_skipped(wire: Any) -> None:
    wire.running([gather("/~1"), play("/~2"), gather("/~3"), gather("/~4")])
    assert news(wire.hears("verb:hook", HEARD, hook="/~3")) == [("/~1", "skipped"), ("/~2", "skipped")]


@pytest.mark.parametrize("name", ["dequeue", "message"])
def test_a_verb_that_reports_by_the_way_may_be_passed_over(wire: Any, name: str) -> None:
    wire.running([{"verb": name, "actionHook": "/~1"}, gather("/~2")])
    assert news(wire.hears("verb:hook", HEARD, hook="/~2")) == []
    assert news(wire.advance(14)) == []
    assert news(wire.advance(2)) == [("/~1", "skipped")]


def test_a_verb_that_reported_by_the_way_is_settled(wire: Any) -> None:
    wire.running([{"verb": "message", "actionHook": "/~1", "id": "m"}, gather("/~2")])
    wire.hears("verb:hook", HEARD, hook="/~2")
    assert news(wire.hears("verb:hook", {"message_status": "success"}, hook="/~1")) == [("m", "done")]
    assert news(wire.advance(20)) == []


def test_verbs_that_share_a_path_report_in_order_or_by_id(wire: Any) -> None:
    wire.running([gather("/g", id="a"), gather("/g", id="b"), gather("/g", id="c")])
    assert news(wire.hears("verb:hook", HEARD, hook="/g")) == [("a", "done")]
    assert news(wire.hears("verb:hook", {**HEARD, "verb_id": "c"}, hook="/g")) == [
        ("/g", "skipped"),
        ("c", "done"),
    ]


def test_another_hook_of_the_same_path_is_no_result(wire: Any) -> None:
    wire.running([gather("/g", partialResultHook="/g"), gather("/~2")])
    wire.hears("verb:hook", {"speech": {"is_final": False}}, hook="/g")
    wire.hears("verb:hook", {"dtmf": "1"}, hook="/g")
    assert news(wire.do(Replace(SAY))) == [("/g", "replaced"), ("/~2", "replaced")]


def test_a_verb_without_a_hook_is_done_when_a_later_one_reports(wire: Any) -> None:
    wire.running([{**SAY[0], "id": "s"}, gather("/~1")])
    assert news(wire.hears("verb:hook", HEARD, hook="/~1")) == [("s", "done")]


def test_verb_statuses_tell_what_is_over(wire: Any) -> None:
    wire.running([{**SAY[0], "id": "a"}, gather("/~1", id="b"), {**SAY[0], "id": "c"}])
    assert news(wire.hears("verb:status", {"event": "starting", "id": "a", "name": "say"})) == []
    assert news(wire.hears("verb:status", {"event": "start-playback", "id": "a"})) == []
    assert news(wire.hears("verb:status", {"event": "finished", "id": "a", "name": "say"})) == [("a", "done")]
    assert news(wire.hears("verb:status", {"event": "finished", "id": "?", "name": "say"})) == []
    assert news(wire.hears("verb:status", {"event": "starting", "id": "c"})) == [("/~1", "skipped")]
    assert news(wire.do(Replace(SAY))) == [("c", "replaced")]


# --- results that cannot come -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gather", "sip:refer"])
def test_a_silent_verb_is_dropped_at_once_when_it_is_replaced(wire: Any, name: str) -> None:
    wire.running([{"verb": name, "actionHook": "/~1"}, play("/~2")])
    assert news(wire.do(Replace(SAY))) == [("/~1", "replaced"), ("/~2", "replaced")]


@pytest.mark.parametrize(
    "name", ["play", "listen", "conference", "llm", "dialogflow", "dequeue", "dial", "enqueue"]
)
def test_a_verb_that_may_run_is_doubted_first(wire: Any, name: str) -> None:
    verb = {"verb": name, "actionHook": "/~1"}
    wire.running([verb, gather("/~2")])
    assert news(wire.do(Replace(SAY))) == [("/~2", "replaced")]
    assert news(wire.advance(2.9)) == []
    assert news(wire.advance(0.2)) == [("/~1", "replaced")]


def test_a_doubted_result_may_come(wire: Any) -> None:
    wire.running([play("/~1")])
    wire.do(Replace(SAY))
    wire.hears("verb:hook", {"reason": "playCompleted"}, hook="/~1")
    assert news(wire.advance(10)) == []


@pytest.mark.parametrize("by", ["replaced", "barge-in"])
def test_the_hook_of_a_verb_that_was_stopped_is_acked_on_arrival(wire: Any, by: str) -> None:
    """Its answer would replace the verbs that took its place."""
    wire.running([BARGE_IN, play("/done")])
    if by == "replaced":
        wire.do(Replace([play("/next")]))
    else:
        wire.do(Reply(wire.hook("/heard", HEARD), [play("/next")]))
    wire.sent()
    [event] = wire.hears("verb:hook", {"reason": "playCompleted"}, hook="/done")
    assert (event.kind, event.acked) == (HookKind.IGNORED, True)
    assert wire.acks() == [(event.msgid, [])]
    wire.do(Reply(event.msgid, SAY))
    assert wire.sent() == []
    [event] = wire.hears("verb:hook", {"reason": "playCompleted"}, hook="/next")
    assert (event.kind, event.acked) == (HookKind.ACTION, False)


def test_a_hook_that_may_be_of_another_verb_is_held(wire: Any) -> None:
    wire.running([play("/done")])
    wire.do(Replace([play("/done")]))
    for _ in range(2):
        event = wire.hears("verb:hook", {"reason": "playCompleted"}, hook="/done")[0]
        assert not event.acked


def test_one_that_is_queued_behind_another_is_not_doubted(wire: Any) -> None:
    wire.running([{**SAY[0], "id": "s"}, play("/~1"), play("/~2")])
    assert news(wire.do(Replace(SAY))) == [("s", "replaced"), ("/~2", "replaced")]
    assert news(wire.advance(4)) == [("/~1", "replaced")]


def test_a_reply_with_verbs_replaces(wire: Any) -> None:
    wire.running([gather("/~1"), gather("/~2")])
    hook = wire.hook("/~1", HEARD)
    assert news(wire.do(Reply(hook, SAY))) == [("/~2", "replaced")]


def test_a_reply_without_verbs_does_not(wire: Any) -> None:
    wire.running([gather("/~1"), gather("/~2")])
    assert news(wire.do(Reply(wire.hook("/~1", HEARD), []))) == []


def test_verbs_that_are_sent_behind_drop_nothing(wire: Any) -> None:
    wire.running([gather("/~1")])
    assert news(wire.do(Send([gather("/~2")]))) == []


def test_a_raw_redirect_counts_like_any_other(wire: Any) -> None:
    wire.running([gather("/~1")])
    assert news(wire.do(Inject("redirect", [gather("/~2")], queue=True))) == []
    assert news(wire.do(Inject("redirect", SAY))) == [("/~1", "replaced"), ("/~2", "replaced")]
    assert news(wire.do(Inject("redirect", [gather("/~3")], leg="c2"))) == []
    assert news(wire.do(Replace(SAY))) == []


def test_time_without_a_connection_does_not_count(wire: Any) -> None:
    wire.running([play("/~1")])
    wire.do(Replace(SAY))
    wire.advance(2)
    wire.lose()
    assert news(wire.advance(20)) == []
    wire.reconnect()
    assert news(wire.advance(2.9)) == []
    assert news(wire.advance(0.2)) == [("/~1", "replaced")]


# --- barge-in ---------------------------------------------------------------------------------------------------------


def test_a_barge_in_drops_what_was_queued(wire: Any) -> None:
    wire.running([BARGE_IN, {**SAY[0], "id": "s"}, play("/~1"), play("/~2")])
    events = wire.hears("verb:hook", HEARD, hook="/heard")
    assert isinstance(events[0], VerbHook)
    assert news(events) == [("s", "barge-in"), ("/~2", "barge-in")]
    assert news(wire.advance(4)) == [("/~1", "barge-in")]


def test_what_was_sent_after_the_interruption_stays(wire: Any) -> None:
    wire.running([BARGE_IN, {**SAY[0], "id": "s"}])
    wire.hears("tts:streaming-event", {"event_type": "user_interruption"})
    wire.advance(1)
    wire.do(Send([{**SAY[0], "id": "t"}]))
    assert news(wire.hears("verb:hook", HEARD, hook="/heard")) == [("s", "barge-in")]
    assert news(wire.hears("verb:hook", HEARD, hook="/heard")) == [("t", "barge-in")]


def test_a_queued_end_of_barge_in_protects_what_is_behind_it(wire: Any) -> None:
    off = {"verb": "config", "bargeIn": {"enable": False}}
    wire.running([BARGE_IN, {**SAY[0], "id": "s"}, off, gather("/~1"), BARGE_IN])
    assert news(wire.hears("verb:hook", HEARD, hook="/heard")) == [("s", "barge-in")]
    assert news(wire.do(Replace(SAY))) == [("/~1", "replaced")]


def test_a_gather_under_barge_in_is_skipped(wire: Any) -> None:
    wire.new()
    assert news(
        wire.do(Send([BARGE_IN, gather("/~1"), {"verb": "gather", "id": "x"}, {"verb": "gather"}]))
    ) == [
        ("/~1", "skipped"),
        ("x", "skipped"),
    ]
    assert news(wire.do(Replace(SAY))) == []


@pytest.mark.parametrize("inputs", [["digits"], ["digits", "speech"], None])
def test_a_gather_that_needs_speech_ends_a_barge_in_that_has_none(wire: Any, inputs: Any) -> None:
    config = {"verb": "config", "bargeIn": {"enable": True, "input": ["digits"], "actionHook": "/heard"}}
    verb = {"verb": "gather", "actionHook": "/~1"}
    if inputs is not None:
        verb["input"] = inputs
    wire.new()
    skipped = [] if inputs and "speech" in inputs else [("/~1", "skipped")]
    assert news(wire.do(Send([config, verb]))) == skipped
    both = news(wire.do(Send([gather("/~2", input=["speech", "digits"])])))
    assert both == [], "the background barge-in was switched off, or is switched off by this"


def test_a_barge_in_that_was_switched_on_or_off_at_once(wire: Any) -> None:
    wire.running()
    wire.do(Configure({"bargeIn": {"enable": True, "sticky": True, "actionHook": "/heard"}}))
    assert news(wire.do(Send([gather("/~1")]))) == [("/~1", "skipped")]
    wire.do(Configure({"bargeIn": {"enable": False}}))
    assert news(wire.do(Send([gather("/~2")]))) == []
    assert news(wire.hears("verb:hook", HEARD, hook="/heard")) == []


@pytest.mark.parametrize(("profile", "clears"), [(V0_9, False), (V10, True)])
def test_one_that_is_not_sticky_runs_once(make_wire: Callable[..., Any], profile: Any, clears: bool) -> None:
    once = {"verb": "config", "bargeIn": {"enable": True, "actionHook": "/heard"}}
    wire = make_wire(profile=profile).running([once, {**SAY[0], "id": "a"}])
    assert news(wire.hears("verb:hook", HEARD, hook="/heard")) == [("a", "barge-in")]
    wire.do(Send([{**SAY[0], "id": "b"}]))
    assert news(wire.hears("verb:hook", HEARD, hook="/heard")) == []
    wire.do(Send([once]))
    assert news(wire.hears("verb:hook", HEARD, hook="/heard")) == ([("b", "barge-in")] if clears else [])


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_id", [True, False])
def test_an_error_of_a_verb_may_be_all_that_comes(wire: Any, by_id: bool) -> None:
    wire.running([play("/~0"), gather("/~1", id="g"), gather("/~2", id="h")])
    data = {"msg": "ASR error", "verb": "gather", "failover": "not available"}
    wire.hears("jambonz:error", {**data, "id": "h"} if by_id else data)
    assert news(wire.advance(2.9)) == []
    assert news(wire.advance(0.2)) == [("/~2" if by_id else "/~1", "error")]


def test_the_result_that_follows_an_error_counts(wire: Any) -> None:
    wire.running([gather("/~1")])
    wire.hears("jambonz:error", {"msg": "ASR error", "verb": "gather"})
    wire.hears("verb:hook", {"reason": "error"}, hook="/~1")
    assert news(wire.advance(5)) == []


@pytest.mark.parametrize(
    "data",
    [
        {"msg": "ASR error", "verb": "gather", "failover": "in progress"},
        {"msg": "invalid actionHook response", "verb": "gather"},
        {"msg": "TTS error", "verb": "say"},
        {"msg": "InvalidMessage"},
        {},
    ],
)
def test_other_errors_drop_nothing(wire: Any, data: Any) -> None:
    wire.running([gather("/~1")])
    wire.hears("jambonz:error", data)
    assert news(wire.advance(10)) == []


# --- bounds and ends --------------------------------------------------------------------------------------------------


def test_what_nobody_can_remember_counts_as_dropped() -> None:
    pending_results = PendingResults(3.0)
    facts = SessionFacts()
    events = [
        event
        for n in range(REMEMBERED + 2)
        for event in pending_results.sent(gather(f"/{n}"), "gather", facts, 0.0)
    ]
    assert news(events) == [("/0", "skipped"), ("/1", "skipped")]


def test_nothing_is_said_after_the_end(wire: Any) -> None:
    wire.running([play("/~1")])
    wire.do(Replace(SAY))
    wire.hears("call:status", {"call_sid": "c1", "call_status": "completed"})
    assert wire.lose(1000)[-1] == CallOver("completed")
    assert wire.advance(10) == []


def test_an_odd_id_is_no_id(wire: Any) -> None:
    wire.running([{"verb": "say", "text": "x", "id": 5}])
    assert news(wire.do(Replace(SAY))) == []


# --- results that a connection took with it ---------------------------------------------------------------------------


def marker(wire: Any) -> str:
    """The id of the verb that tells when everything before it is over; it must be all that is sent."""
    [command] = [message for message in wire.sent() if message["type"] == "command"]
    assert command["queueCommand"] is True
    [config] = command["data"]
    assert config == {"verb": "config", "id": config["id"], "notifyEvents": True}
    return str(config["id"])


@pytest.mark.parametrize("receipts", [False, True])
def test_a_result_that_went_with_its_connection_is_lost(make_wire: Any, receipts: bool) -> None:
    wire = make_wire(receipts=receipts)
    wire.running()
    wire.do(Send([gather("/~1")], awaited=True))
    wire.advance(2)
    if receipts:
        wire.receipt()
    wire.sent()
    wire.lose()
    wire.reconnect()
    name = marker(wire)
    assert news(wire.hears("verb:status", {"event": "starting", "id": name})) == [("/~1", "lost")]
    assert news(wire.hears("verb:status", {"event": "finished", "id": name})) == [(name, "done")]


def test_a_result_that_comes_after_all_is_not_lost(wire: Any) -> None:
    wire.running()
    wire.do(Send([gather("/~1")], awaited=True))
    wire.advance(2)
    wire.sent()
    wire.lose()
    wire.reconnect()
    name = marker(wire)
    assert news(wire.hears("verb:hook", HEARD, hook="/~1")) == []
    assert news(wire.hears("verb:status", {"event": "finished", "id": name})) == [(name, "done")]


def test_the_end_of_a_verb_that_went_with_its_connection_is_known(wire: Any) -> None:
    """The report of the end of `say` was lost; who waits for it is let go, for it is over."""
    wire.running()
    wire.do(
        Send([{**SAY[0], "id": "~8"}, {"verb": "config", "id": "~9", "notifyEvents": True}], awaited=True)
    )
    wire.advance(2)
    wire.sent()
    wire.lose()
    wire.reconnect()
    name = marker(wire)
    assert news(wire.hears("verb:status", {"event": "starting", "id": name})) == [
        ("~8", "done"),
        ("~9", "done"),
    ]


def test_the_result_of_a_first_answer_that_is_given_again_is_not_waited_for_for_ever(make_wire: Any) -> None:
    """The server may have it, have run it, and have lost its hook on the way."""
    wire = make_wire(receipts=True)
    wire.new()
    wire.do(Send([gather("/~1")], awaited=True))
    wire.sent()
    wire.lose()
    again = wire.reconnect()
    assert wire.sent()[0] == {"type": "ack", "msgid": again, "data": [gather("/~1")]}
    # The server has it already, and speaks: then what waits behind this answer leaves.
    wire.hears("jambonz:error", {"msg": "invalid actionHook response"})
    wire.receipt()
    name = marker(wire)
    assert news(wire.hears("verb:status", {"event": "starting", "id": name})) == [("/~1", "lost")]


@pytest.mark.parametrize("why", ["nobody waits", "it is sent again", "it has not left"])
def test_nothing_is_asked_where_no_result_can_be_lost(make_wire: Any, why: str) -> None:
    wire = make_wire(receipts=True)
    wire.running()
    wire.receipt()
    if why == "it has not left":
        wire.lose()
    wire.do(Send([gather("/~1")], awaited=why != "nobody waits"))
    if why == "nobody waits":
        wire.advance(0.2)
        wire.receipt()
    if why != "it has not left":
        wire.sent()
        wire.lose()
    wire.reconnect()
    wire.receipt()
    wire.advance(0.2)
    wire.receipt()
    commands = [message for message in wire.sent() if message["type"] == "command"]
    assert [verb["verb"] for command in commands for verb in command["data"]] == (
        [] if why == "nobody waits" else ["gather"]
    )


def test_a_replacement_says_all_there_is_to_say_of_what_was_lost(wire: Any) -> None:
    wire.running()
    wire.do(Send([gather("/~1")], awaited=True))
    wire.advance(2)
    wire.lose()
    wire.reconnect()
    assert ("/~1", "replaced") in news(wire.do(Replace(SAY)))
