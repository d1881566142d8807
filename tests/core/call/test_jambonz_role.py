"""The jambonz role of the control connection, against scripted frames of an application."""

from __future__ import annotations

import doctest
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.call import jambonz_call
from jambonz_core.call.jambonz_call import JambonzCall, JambonzOptions
from jambonz_core.call.jambonz_events import (
    Acked,
    Close,
    ClosedByApp,
    CommandReceived,
    Connect,
    Dropped,
    Reconnected,
    ReconnectFailed,
    RoleEvent,
    Sent,
    Unanswered,
    Warned,
)
from jambonz_core.call.jambonz_states import JAMBONZ, JambonzInput, JambonzState
from jambonz_core.wire import casing
from jambonz_core.wire.casing import snake_case, snake_keys

URL = "ws://app.example/voice"
PROMPT = JambonzOptions(read_window=0.0)


def ack(msgid: str, data: Any = None) -> str:
    return json.dumps({"type": "ack", "msgid": msgid, "data": data})


def command(name: str, data: Any = None, **more: Any) -> str:
    return json.dumps({"type": "command", "command": name, "data": data, **more})


def types(call: JambonzCall) -> list[str]:
    return [json.loads(frame)["type"] for frame in call.outgoing()]


def quiet(events: list[RoleEvent]) -> list[RoleEvent]:
    """Without the record of what was written."""
    return [event for event in events if not isinstance(event, Sent)]


def codes(events: list[RoleEvent]) -> list[str]:
    return [event.code for event in events if isinstance(event, Warned)]


def started(options: JambonzOptions = PROMPT, *, answered: bool = True) -> JambonzCall:
    """A call whose session:new (request 1, id s1) is on the wire, and answered when asked for."""
    call = JambonzCall(URL, options=options)
    call.send("session:new", {"callSid": "c1", "callStatus": "trying"}, 0.0)
    call.connected(0.0)
    call.outgoing()
    if answered:
        call.receive(ack("s1", [{"verb": "answer"}]), 0.1)
        call.tick(0.2)
    return call


def dropped_and_back(call: JambonzCall, now: float) -> list[RoleEvent]:
    events = call.lost(1006, now)
    back = call.deadline
    assert back is not None
    return events + call.tick(back) + call.connected(back)


@pytest.mark.parametrize("module", [casing, jambonz_call])
def test_the_examples_in_the_docstrings(module: Any) -> None:
    failures, attempted = doctest.testmod(module)
    assert (failures, attempted > 0) == (0, True)


@pytest.mark.parametrize(
    ("key", "wire"),
    [
        ("serverContent", "server_content"),
        ("call_sid", "call_sid"),
        ("two words", "two_words"),
        ("_customerData", "customerdata"),
        ("", ""),
        ("***", ""),
        ("a.b:c", "a_b_c"),
        ("lower", "lower"),
        ("UPPER", "upper"),
        ("-", ""),
    ],
)
def test_keys_on_the_wire(key: str, wire: str) -> None:
    assert snake_case(key) == wire


def test_four_keys_keep_their_whole_value_at_any_depth() -> None:
    inner = {"keepMe": [{"asIs": 1}]}
    kept = {"customerData": inner, "sip": inner, "env_vars": inner, "args": inner}
    assert snake_keys({"a": [kept], "otherKey": (1, None)}) == {"a": [kept], "other_key": [1, None]}


@given(st.recursive(st.none() | st.text(), lambda inner: st.dictionaries(st.text(), inner) | st.lists(inner)))
def test_any_payload_can_be_rewritten(payload: Any) -> None:
    json.dumps(snake_keys(payload))


def test_the_first_message_connects_and_the_envelope_carries_the_call() -> None:
    options = JambonzOptions(credentials=("me", "secret"), headers={"x-test": "1"}, b3="t-s-1")
    call = JambonzCall(URL + "#rc=2", options=options)
    assert (call.state, call.deadline) == (JambonzState.IDLE, None)
    number = call.send("session:new", {"callSid": "c1", "customerData": {"aB": 1}}, 0.0)
    (connect,) = call.events()
    assert isinstance(connect, Connect)
    assert (connect.url, connect.subprotocol) == (URL, "ws.jambonz.org")
    assert connect.credentials == ("me", "secret")
    assert connect.headers == {"user-agent": "jambonz", "x-test": "1"}
    assert "secret" not in repr(connect)
    second = call.send("verb:hook", {}, 0.0, hook="/h")
    assert call.outgoing() == []
    events = call.connected(0.1)
    assert [event.request for event in events if isinstance(event, Sent)] == [number, second]
    first, hook = (json.loads(frame) for frame in call.outgoing())
    assert first == {
        "type": "session:new",
        "msgid": "s1",
        "call_sid": "c1",
        "data": {"call_sid": "c1", "customerData": {"aB": 1}},
        "b3": "t-s-1",
    }
    assert (hook["hook"], hook["msgid"]) == ("/h", "s2")


def test_no_call_sid_before_a_session_began_and_only_some_types_name_a_hook() -> None:
    ids = iter(["x", "y"])
    call = JambonzCall(URL, new_id=lambda: next(ids))
    call.send("call:status", {}, 0.0, hook="/status")
    call.connected(0.0)
    assert [json.loads(frame) for frame in call.outgoing()] == [
        {"type": "call:status", "msgid": "x", "data": {}}
    ]


@pytest.mark.parametrize(
    ("fragment", "reason", "retried"),
    [
        ("", "ct", True),
        ("", "rt", False),
        ("", 503, False),
        ("#rp=rt,5xx", 503, True),
        ("#rp=4xx", 503, False),
        ("#rp=all", "rt", True),
        ("#rc=x", "ct", True),
    ],
)
def test_the_retry_policy_of_the_first_connection(fragment: str, reason: str | int, retried: bool) -> None:
    call = JambonzCall(URL + fragment)
    number = call.send("session:new", {"callSid": "c1"}, 0.0)
    call.events()
    events = call.connect_failed(reason, 1.0)
    if retried:
        assert (events, call.deadline) == ([], 1.5)
        assert isinstance(call.tick(1.5)[0], Connect)
    else:
        assert events == [Unanswered(number, "not connected")]


def test_a_refused_port_fails_after_thirteen_and_a_half_seconds() -> None:
    call = JambonzCall(URL)
    call.send("session:new", {"callSid": "c1"}, 0.0)
    call.send("call:status", {}, 0.0)
    now = 0.0
    attempts = 1
    events = call.connect_failed("ct", now)
    while call.deadline is not None:
        now = call.deadline
        call.tick(now)
        attempts += 1
        events = call.connect_failed("ct", now)
    assert (now, attempts) == (13.5, 6)
    assert codes(events) == ["message-lost"]
    assert Unanswered(1, "not connected") in events
    call.send("call:status", {}, 20.0)  # the next message simply tries again
    assert isinstance(call.events()[0], Connect)


def test_an_ack_is_matched_by_its_id_and_measured() -> None:
    call = started(answered=False)
    assert call.deadline == 5.0
    assert call.receive(ack("s1", [{"verb": "say"}]), 1.5) == [Acked(1, [{"verb": "say"}], 1.5)]
    assert call.deadline is None


def test_an_ack_that_does_not_come_in_five_seconds() -> None:
    call = started(answered=False)
    assert call.tick(4.999) == []
    assert call.tick(5.0) == [Unanswered(1, "timeout")]
    assert codes(call.receive(ack("s1", [{"verb": "say"}]), 5.5)) == ["ack-late"]


def test_useless_acks_are_told_apart() -> None:
    call = started()
    call.send("call:status", {}, 1.0)
    assert codes(call.receive(ack("s2"), 1.0)) == ["ack-unwanted"]
    assert codes(call.receive(ack("s1"), 1.0)) == ["ack-twice"]
    assert codes(call.receive(ack("nonsense"), 1.0)) == ["ack-unknown"]
    assert codes(call.receive('{"type":"ack","msgid":7}', 1.0)) == ["ack-unknown"]


def test_only_so_many_ids_are_remembered() -> None:
    call = started()
    for _ in range(1001):
        call.send("verb:status", {}, 1.0)
    assert codes(call.receive(ack("s1"), 1.0)) == ["ack-unknown"]


def test_a_command() -> None:
    call = started()
    raw = {"type": "command", "command": "llm:tool-output", "tool_call_id": "t", "queueCommand": True}
    assert call.receive(json.dumps(raw), 1.0) == [
        CommandReceived("llm:tool-output", None, True, "c1", "t", False, raw)
    ]
    (event,) = call.receive(command("mute:status", "mute", callSid="c2", call_sid="c3"), 1.0)
    assert isinstance(event, CommandReceived)
    assert (event.call_sid, event.data) == ("c2", "mute")


@pytest.mark.parametrize(
    ("frame", "details"),
    [
        ("{}", "type property not supplied"),
        ('{"type":"tts:tokens"}', "invalid type property: tts:tokens"),
        ('{"type":"ack"}', "msgid not supplied"),
        ('{"type":"command"}', "command property not supplied"),
        ('{"type":"command","command":5}', "command property not supplied"),
        ('{"type":"command","command":"redirect"}', "data property not supplied"),
        ('{"type":"command","command":"boostAudioSignal","data":0}', "data property not supplied"),
        ('{"type":"command","command":"x","data":""}', "data property not supplied"),
        ('{"type":"command","command":"x","data":false}', "data property not supplied"),
        ("[]", "a message must be a JSON object"),
        ("{", ""),
    ],
)
def test_what_is_not_understood_is_reported(frame: str, details: str) -> None:
    call = started()
    assert codes(call.receive(frame, 1.0)) == ["invalid-message"]
    (report,) = (json.loads(text) for text in call.outgoing())
    assert report["type"] == "jambonz:error"
    assert report["data"]["msg"] == "InvalidMessage"
    assert details in report["data"]["details"]
    assert report["data"]["content"] == frame


@pytest.mark.parametrize("data", [[], {}])
def test_an_empty_array_or_object_is_not_missing(data: Any) -> None:
    call = started()
    assert isinstance(call.receive(command("redirect", data), 1.0)[0], CommandReceived)


def test_a_binary_frame_is_read_as_text() -> None:
    call = started()
    warned, received = call.receive(command("tts:flush").encode(), 1.0)
    assert isinstance(warned, Warned)
    assert warned.code == "binary-frame"
    assert isinstance(received, CommandReceived)


def test_a_command_read_together_with_an_ack_is_acted_on_first() -> None:
    call = started(answered=False)
    events = call.receive_together([ack("s1", [{"verb": "say"}]), command("redirect", [])], 1.0)
    assert [type(event) for event in events] == [CommandReceived, Acked]
    assert isinstance(events[0], CommandReceived)
    assert events[0].behind_ack


def test_the_moment_between_an_ack_and_its_effect() -> None:
    call = started(JambonzOptions(read_window=0.005), answered=False)
    assert call.receive(ack("s1", [{"verb": "say"}]), 1.0) == []
    assert call.deadline == 1.005
    (racing,) = call.receive(command("redirect", []), 1.004)
    assert isinstance(racing, CommandReceived)
    assert racing.behind_ack
    acked, later = call.receive(command("redirect", []), 1.005)
    assert isinstance(acked, Acked)
    assert isinstance(later, CommandReceived)
    assert not later.behind_ack


def test_an_empty_ack_takes_effect_at_once() -> None:
    call = started(JambonzOptions(read_window=0.005), answered=False)
    assert call.receive(ack("s1", []), 1.0) == [Acked(1, [], 1.0)]


def test_an_ack_that_was_read_before_a_drop_counts() -> None:
    call = started(JambonzOptions(read_window=0.005), answered=False)
    call.receive(ack("s1", [{"verb": "say"}]), 1.0)
    assert call.lost(1006, 1.001) == [Acked(1, [{"verb": "say"}], 1.0), Dropped(1006)]


def test_a_large_frame_closes_with_1009_and_comes_back() -> None:
    call = started()
    frame = command("redirect", ["é" * 13000])
    assert len(frame) > 24 * 1024
    exact = json.dumps({"type": "ack", "msgid": "s1", "data": ""})
    exact = exact.replace('""', '"' + "x" * (24 * 1024 - len(exact)) + '"')
    assert codes(call.receive(exact, 0.9)) == ["ack-twice"]
    events = call.receive_together([frame, command("tts:flush")], 1.0)
    assert codes(events) == ["frame-too-large"]
    assert [type(event) for event in events] == [Warned, Close, Dropped]
    assert call.deadline == 1.5
    assert isinstance(call.tick(1.5)[0], Connect)


def test_a_drop_gives_up_what_was_awaited_and_comes_back_with_a_growing_delay() -> None:
    call = started()
    call.send("verb:hook", {}, 1.0, hook="/h")
    assert quiet(call.lost(1006, 1.0)) == [Dropped(1006), Unanswered(2, "connection lost")]
    now = 1.0
    for position, delay in enumerate([0.5, 1.0, 2.0, 4.0]):
        assert call.deadline == now + delay
        now += delay
        assert isinstance(call.tick(now)[0], Connect)
        call.connected(now)
        (reconnect,) = (json.loads(frame) for frame in call.outgoing()[-1:])
        assert reconnect["type"] == "session:reconnect"
        assert "hook" not in reconnect
        assert reconnect["data"] == {"call_sid": "c1", "call_status": "trying"}
        assert call.receive(ack(reconnect["msgid"]), now) == [Reconnected()]
        assert call.connections == position + 2
        call.lost(1012, now)
    # Five connections are used up: no try, and nothing that is said can be delivered.
    assert call.deadline is None
    number = call.send("verb:hook", {}, now, hook="/h")
    assert call.events() == [Unanswered(number, "not connected")]
    call.send("verb:status", {}, now)
    assert codes(call.events()) == ["message-lost"]


def test_on_the_last_connection_a_drop_leaves_answers_to_their_time_out() -> None:
    call = started(JambonzOptions(connections=1))
    call.send("verb:hook", {}, 1.0, hook="/h")
    assert quiet(call.lost(1006, 1.0)) == [Dropped(1006)]
    assert call.tick(6.0) == [Unanswered(2, "timeout")]


def test_a_message_meanwhile_connects_at_once() -> None:
    call = started()
    call.lost(1006, 1.0)
    call.send("call:status", {}, 1.1)
    assert isinstance(call.events()[0], Connect)
    assert call.deadline is None
    call.connected(1.2)
    assert types(call) == ["session:reconnect"]
    call.send("verb:status", {}, 1.3)
    assert types(call) == []
    call.receive(ack("s2"), 1.4)
    assert types(call) == ["call:status", "verb:status"]


@pytest.mark.parametrize("reason", ["ct", "rt"])
def test_a_try_that_meets_nobody_is_followed_by_another(reason: str) -> None:
    call = started()
    call.lost(1006, 0.0)
    tries = []
    while (deadline := call.deadline) is not None and deadline < 50:
        assert isinstance(call.tick(deadline)[0], Connect)
        tries.append(deadline)
        assert call.connect_failed(reason, deadline) == []
    assert tries == [0.5, 1.5, 3.5, 7.5, 13.5, 21.5, 31.5, 43.5]
    assert isinstance(call.tick(60.0)[0], Connect)
    call.connected(60.0)
    assert types(call) == ["session:reconnect"]


def test_a_try_that_meets_an_http_answer_waits_for_something_to_say() -> None:
    call = started()
    call.lost(1006, 1.0)
    call.tick(1.5)
    assert call.connect_failed(503, 1.6) == []
    assert call.deadline is None
    number = call.send("verb:hook", {}, 9.0, hook="/h")
    assert isinstance(call.events()[0], Connect)
    call.send("call:status", {}, 9.0)
    assert call.connect_failed("rt", 9.1) == [Unanswered(number, "not connected")]
    call.send("verb:status", {}, 9.2)
    call.connected(9.3)
    call.outgoing()
    call.receive(ack("s2"), 9.4)
    assert types(call) == ["call:status", "verb:status"]  # what waited behind the lost one was kept


def test_without_an_ack_to_the_reconnect_everything_that_waits_fails() -> None:
    call = started()
    dropped_and_back(call, 1.0)
    number = call.send("verb:hook", {}, 2.0, hook="/h")
    assert call.tick(6.5) == [Unanswered(number, "reconnect failed"), ReconnectFailed()]
    call.send("call:status", {}, 7.0)
    assert types(call) == ["session:reconnect", "call:status"]


@pytest.mark.parametrize("code", [1006, 1008, 1012])
def test_an_end_before_the_ack_of_a_reconnect_fails_it_too(code: int) -> None:
    call = started()
    dropped_and_back(call, 1.0)
    assert call.lost(code, 2.0) == [Dropped(code), ReconnectFailed()]


def test_the_first_ack_moves_to_the_reconnect_and_the_connection_stays_deaf() -> None:
    call = started(answered=False)
    dropped_and_back(call, 1.0)
    assert types(call) == ["session:reconnect"]
    assert call.tick(60.0) == []  # the moved request has no time limit
    assert codes(call.receive(ack("s1", [{"verb": "say"}]), 60.0)) == ["ack-unknown"]
    # An ack to any id ends the chance to move the request again.
    call = started(answered=False)
    dropped_and_back(call, 1.0)
    dropped_and_back(call, 2.0)
    call.outgoing()
    assert call.receive(ack("s3", [{"verb": "say"}]), 4.0) == [Acked(1, [{"verb": "say"}], 4.0)]
    assert call.state is JambonzState.DEAF
    call.send("call:status", {}, 4.0)
    assert types(call) == []
    (received,) = call.receive(command("redirect", []), 4.1)
    assert isinstance(received, CommandReceived)
    dropped_and_back(call, 5.0)
    assert types(call) == ["session:reconnect"]
    call.receive(ack("s4"), 8.0)
    assert types(call) == ["call:status"]


def test_a_first_ack_that_times_out_while_away() -> None:
    call = started(answered=False)
    call.lost(1006, 4.9)
    assert call.tick(5.0) == [Unanswered(1, "timeout")]
    call.tick(5.4)
    call.connected(5.4)
    assert call.state.value == "held"
    call.receive(ack("s2"), 5.5)
    assert call.state.value == "open"


def test_after_1000_nothing_is_sent_and_nothing_is_missed() -> None:
    call = started()
    call.send("verb:hook", {}, 1.0, hook="/h")
    call.outgoing()
    assert quiet(call.lost(1000, 1.0)) == [ClosedByApp()]
    number = call.send("verb:hook", {}, 2.0, hook="/h")
    call.send("call:status", {}, 2.0)
    assert call.events() == [Unanswered(number, "discarded")]
    assert call.tick(6.0) == [Unanswered(2, "timeout")]
    assert call.outgoing() == []
    assert call.lost(1006, 7.0) == []


def test_1000_while_held_throws_away_what_waits() -> None:
    call = started()
    dropped_and_back(call, 1.0)
    number = call.send("verb:hook", {}, 2.0, hook="/h")
    assert call.lost(1000, 2.0) == [ClosedByApp(), Unanswered(number, "discarded")]


def test_closing_from_this_side() -> None:
    call = started()
    call.send("verb:hook", {}, 1.0, hook="/h")
    call.close(1001)
    assert quiet(call.events()) == [Close(1001), Unanswered(2, "closed")]
    call.close()
    assert call.receive(ack("s2"), 1.0) == []
    assert (call.events(), call.deadline) == ([], None)
    waiting = started()
    waiting.lost(1006, 1.0)
    waiting.close()
    assert (quiet(waiting.events()), waiting.deadline) == ([], None)
    connecting = JambonzCall(URL)
    connecting.send("session:new", {"callSid": "c1"}, 0.0)
    connecting.close()
    assert Unanswered(1, "closed") in connecting.events()


def test_the_table_leads_only_to_states_it_has_and_every_state_can_be_reached() -> None:
    reached = {JambonzState.IDLE}
    for _ in JambonzState:
        reached |= {after for state in reached for after in JAMBONZ[state].values()}
    assert reached == set(JambonzState) == set(JAMBONZ)
    assert {input for inputs in JAMBONZ.values() for input in inputs} == set(JambonzInput)


@given(
    st.lists(st.binary(max_size=40) | st.text(max_size=40) | st.sampled_from([ack("s1"), command("x", 1)]))
)
def test_nothing_that_an_application_sends_breaks_it(frames: list[str | bytes]) -> None:
    call = started(answered=False)
    for position, frame in enumerate(frames):
        for event in call.receive(frame, float(position)):
            assert isinstance(event, (Acked, CommandReceived, Warned, Sent, Unanswered))


def test_what_was_read_before_a_ping_takes_effect_before_its_pong() -> None:
    call = started(JambonzOptions(read_window=0.005), answered=False)
    assert call.receive('{"type":"ack","msgid":"s1","data":[{"verb":"answer"}]}', 1.0) == []
    [acked] = call.asked(1.001)
    assert isinstance(acked, Acked)
    assert call.asked(1.002) == []
