"""Drops and reconnects under a running call, hooks over HTTP, webhook applications, and redirects between them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jambonz_core.simulator import (
    Answer,
    CallSetup,
    Connect,
    ConnectionDropped,
    DropConnection,
    Finished,
    HangUp,
    HookUnanswered,
    HttpRequest,
    Refer,
    SimulatorOptions,
    Speak,
    Warned,
)

LONG = {"verb": "pause", "length": 60}
SAY = {"verb": "say", "text": "Fifteen chars.."}
PLAY = {"verb": "play", "url": "http://x/a.wav", "actionHook": "/played"}


# --- drops --------------------------------------------------------------------------------------------------


def test_a_drop_loses_what_was_awaited_and_the_call_goes_on(bench: Any) -> None:
    call = bench()
    call.begin(PLAY, SAY, seconds=2.2)
    old = call.hook("/played")
    first = call.socket
    call.act(DropConnection())
    assert call.all(ConnectionDropped) == [ConnectionDropped(first, 1006)]
    assert call.closed == [(first, 1006)]
    assert [event.reason for event in call.all(HookUnanswered)] == ["connection lost"]
    assert call.engine.running == "say"
    call.run(0.6)
    assert call.socket != first
    reconnect = call.message("session:reconnect")
    assert reconnect["data"] == call.message("session:new")["data"]
    call.send(call.ack_of(old, [LONG]))
    assert "ack-late" in call.warnings()
    call.ack(reconnect)
    call.command("redirect", [LONG])
    assert call.engine.running == "pause"


def test_reports_about_an_old_socket_change_nothing(bench: Any) -> None:
    call = bench()
    call.begin(LONG)
    old = call.socket
    call.act(DropConnection())
    for report in (
        call.engine.lost(old, 1006, call.now),
        call.engine.receive(old, "{}", call.now),
        call.engine.connected(old, call.now),
        call.engine.connect_failed(old, "ct", call.now),
        call.engine.http_answered(99, 200, "", call.now),
    ):
        assert report == []
    call.act(DropConnection(socket=old))
    assert call.warnings() == ["action-ignored"]


def test_everything_waits_for_the_ack_of_a_reconnect(bench: Any) -> None:
    call = bench()
    call.begin(PLAY, LONG, seconds=0.5)
    call.act(DropConnection(1012))
    call.run(0.5)
    call.new()
    call.run(2.0)
    assert call.new() == []
    call.ack(call.message("session:reconnect"))
    assert call.new() == ["verb:hook"]


def test_an_unacked_reconnect_ends_the_call(bench: Any) -> None:
    call = bench()
    call.begin(LONG)
    call.act(DropConnection())
    call.run(6.0)
    assert "reconnect-unacked" in call.warnings()
    assert call.engine.over
    assert isinstance(call.events[-1], Finished)


@pytest.mark.parametrize("code", [1006, 1008, 1012])
def test_an_application_that_ends_a_connection_before_it_has_acked_the_reconnect_ends_the_call(
    bench: Any, code: int
) -> None:
    call = bench()
    call.begin(LONG)
    call.act(DropConnection())
    call.run(0.6)
    assert call.message("session:reconnect")
    call.take(call.engine.lost(call.socket, code, call.now))
    assert call.engine.over
    assert "reconnect-unacked" in call.warnings()


def test_a_process_that_is_away_is_tried_again_and_a_503_is_believed(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "pause", "length": 100})
    call.connect = False
    began = call.now
    call.act(DropConnection())
    tries = []
    for _ in range(4):
        call.run((call.engine.deadline or 0.0) - call.now)
        tries.append(round(call.now - began, 3))
        call.take(call.engine.connect_failed(call.socket, "ct", call.now))
    assert tries == [0.5, 1.5, 3.5, 7.5]
    call.run(6.0)
    call.take(call.engine.connect_failed(call.socket, 503, call.now))
    seen = len(call.all(Connect))
    call.run(60.0)
    assert len(call.all(Connect)) == seen


def test_the_first_answer_by_way_of_a_reconnect(bench: Any) -> None:
    call = bench()
    call.act(DropConnection())
    call.run(0.6)
    call.new()
    call.ack(call.message("session:reconnect"), [SAY, PLAY])
    call.run(5.0)
    assert call.spoken() == ["Fifteen chars.."]
    assert call.new() == []  # deaf: it says nothing more on this connection
    call.act(DropConnection())
    call.run(1.1)
    call.ack(call.message("session:reconnect"))
    assert call.new()[1:4] == ["call:status", "call:status", "verb:hook"]


def test_a_frame_that_is_too_large(bench: Any) -> None:
    call = bench()
    call.begin(LONG)
    first = call.socket
    call.command("redirect", [{"verb": "say", "text": "x" * 25000}])
    assert "frame-too-large" in call.warnings()
    assert call.closed == [(first, 1009)]
    call.run(0.6)
    assert call.message("session:reconnect")


def test_tracing(bench: Any) -> None:
    call = bench(options=SimulatorOptions(b3=True))
    assert call.messages[0]["b3"].endswith("-1")


def test_credentials(bench: Any) -> None:
    call = bench(setup=CallSetup(credentials=("u", "p")))
    assert call.all(Connect)[0].credentials == ("u", "p")


# --- http ---------------------------------------------------------------------------------------------------


def test_hooks_and_statuses_over_http(bench: Any) -> None:
    call = bench(setup=CallSetup(status_hook="https://status.example/x"))
    call.begin({**PLAY, "actionHook": {"url": "https://hooks.example/p", "method": "POST"}}, SAY, seconds=2.2)
    assert call.statuses() == []
    urls = [event.url for event in call.all(HttpRequest)]
    assert urls == ["https://status.example/x"] * 2 + ["https://hooks.example/p"]
    request = call.all(HttpRequest)[-1]
    assert json.loads(request.body)["reason"] == "playCompleted"
    call.take(call.engine.http_answered(request.number, 200, json.dumps([LONG]), call.now))
    assert call.engine.running == "pause"


@pytest.mark.parametrize(
    ("status", "body", "content_type", "code"),
    [
        (500, "", "application/json", None),
        (0, "", "", None),
        (204, "", "", None),
        (200, "[]", "text/plain", "answer-not-json"),
        (200, "{", "application/json", "invalid-answer"),
        (200, b"[]", "application/json; charset=utf-8", None),
    ],
)
def test_answers_over_http_that_change_nothing(
    bench: Any, status: int, body: Any, content_type: str, code: str | None
) -> None:
    call = bench()
    call.begin({**PLAY, "actionHook": "https://hooks.example/p"}, SAY, seconds=2.2)
    request = call.all(HttpRequest)[-1]
    call.take(call.engine.http_answered(request.number, status, body, call.now, content_type=content_type))
    assert call.engine.running == "say"
    assert call.warnings() == ([code] if code else [])


def test_no_answer_over_http(bench: Any) -> None:
    call = bench()
    call.begin({**PLAY, "actionHook": "https://hooks.example/p"}, LONG, seconds=2.2)
    call.run(10.0)
    assert call.engine.running == "pause"


# --- webhook applications -----------------------------------------------------------------------------------


def by_webhook(bench: Any, *verbs: dict[str, Any]) -> Any:
    call = bench(url="http://app.example/voice", connect=False)
    (request,) = call.all(HttpRequest)
    assert json.loads(request.body)["call_status"] == "trying"
    call.take(call.engine.http_answered(request.number, 200, json.dumps(verbs), 0.1))
    return call


def test_a_webhook_call_ends_with_its_verbs(bench: Any) -> None:
    call = by_webhook(bench, {"verb": "config", "notifyEvents": True}, SAY)
    call.run(3.0)
    assert call.spoken() == ["Fifteen chars.."]
    assert call.engine.over
    urls = {event.url for event in call.all(HttpRequest)}
    assert urls == {"http://app.example/voice", "http://app.example/call-status"}
    assert call.messages == []
    assert isinstance(call.events[-1], Finished)


def test_a_webhook_with_get_carries_nothing(bench: Any) -> None:
    call = by_webhook(bench, {**PLAY, "actionHook": {"url": "/p", "method": "GET"}})
    call.run(3.0)
    request = next(event for event in call.all(HttpRequest) if event.method == "GET")
    assert (request.url, request.body) == ("http://app.example/p", "")


def test_from_webhooks_to_a_websocket(bench: Any) -> None:
    call = by_webhook(bench, {"verb": "redirect", "actionHook": "ws://other.example/x"})
    call.take(call.engine.connected(call.socket, call.now))
    first = call.message("session:new")
    assert "defaults" not in first["data"]
    call.ack(first, [SAY])
    call.run(2.0)
    assert call.spoken() == ["Fifteen chars.."]
    assert not call.engine.over  # now it idles


def test_from_webhooks_to_a_websocket_that_does_not_answer(bench: Any) -> None:
    call = by_webhook(bench, {"verb": "redirect", "actionHook": "ws://other.example/x"})
    call.take(call.engine.connect_failed(call.socket, 404, call.now))
    assert call.engine.over


def test_from_one_webhook_to_another(bench: Any) -> None:
    call = by_webhook(bench, {"verb": "redirect", "actionHook": "http://other.example/x"}, SAY)
    request = call.all(HttpRequest)[-1]
    assert request.url == "http://other.example/x"
    call.take(call.engine.http_answered(request.number, 200, json.dumps([PLAY]), call.now))
    call.run(3.0)
    assert call.all(HttpRequest)[-1].url == "http://other.example/played"


# --- redirect, the verb -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "running"), [([LONG], "pause"), ([], "say"), (None, "say")])
def test_redirect_asks_for_verbs(bench: Any, answer: Any, running: str) -> None:
    call = bench()
    call.begin({"verb": "answer"}, {"verb": "redirect", "actionHook": "/r", "statusHook": "/s"}, SAY)
    redirect = call.message("session:redirect")
    assert redirect["hook"] == "/r"
    call.ack(redirect, answer)
    assert call.engine.running == running
    call.command("call:status", {"call_status": "completed"})


@pytest.mark.parametrize("answer", [None, [{"verb": "sing"}]])
def test_a_redirect_that_nobody_answers_ends_the_call(bench: Any, answer: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, {"verb": "redirect", "actionHook": "/r"}, SAY)
    if answer is None:
        call.run(5.1)
    else:
        call.ack(call.message("session:redirect"), answer)
    assert call.engine.over


def test_redirect_to_another_socket(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, {"verb": "redirect", "actionHook": "ws://other.example/x"})
    first = 1
    assert call.socket != first
    redirect = call.message("session:redirect")
    assert "call_sid" not in redirect
    call.ack(redirect, [SAY])
    call.run(2.0)
    assert call.closed == []  # the old one stays open
    call.command("redirect", [{"verb": "hangup"}])
    call.run(0.1)
    assert sorted(call.closed) == [(first, 1000), (call.socket, 1000)]
    assert call.statuses()[-1] == "completed"  # told to the old one


def test_a_redirect_takes_no_credentials_along_but_for_a_child(bench: Any) -> None:
    call = bench(setup=CallSetup(credentials=("app", "secret")))
    call.begin({"verb": "answer"}, {"verb": "redirect", "actionHook": "ws://other.example/x"})
    assert [event.credentials for event in call.all(Connect)] == [("app", "secret"), None]
    dial = {"verb": "dial", "target": [{"type": "phone", "number": "+1"}], "referHook": "/refer"}
    call.ack(call.message("session:redirect"), [{"verb": "listen", "url": "/audio", "maxLength": 1}, dial])
    stream = call.all(Connect)[-1]
    assert (stream.url, stream.credentials) == ("ws://other.example/audio", None)
    call.run(1.5)
    call.act(Answer("b1"))
    call.act(Refer("sip:other@x"))
    call.ack(call.hook("/refer"), [SAY])
    child = call.all(Connect)[-1]
    assert (child.url, child.credentials) == ("ws://other.example/x/adulting", ("app", "secret"))


def test_a_redirect_command_to_another_socket_asks_on_the_one_that_is_open(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, LONG)
    call.command("redirect", {"call_hook": "ws://other.example/x"})
    redirect = call.message("session:redirect")
    assert (redirect["hook"], call.came_by[redirect["msgid"]]) == ("ws://other.example/x", call.socket)
    assert len(call.all(Connect)) == 1
    call.ack(redirect, [SAY])
    assert call.engine.running == "say"


def test_a_redirect_command_to_http_leaves_the_socket(bench: Any) -> None:
    call = bench()
    call.begin(SAY, seconds=0.5)
    call.command("redirect", {"call_hook": "http://hooks.example/x"})
    assert call.closed == [(call.socket, 1000)]
    request = call.all(HttpRequest)[-1]
    call.take(call.engine.http_answered(request.number, 200, json.dumps([SAY]), call.now))
    call.run(3.0)
    assert call.engine.over  # webhooks: no idling


def test_commands_that_no_server_knows(bench: Any) -> None:
    call = bench()
    call.begin(LONG)
    call.command("fly", {"to": "the moon"})
    call.send({"type": "tts:tokens", "data": {}})
    assert call.warnings() == ["unknown-command", "invalid-message"]
    assert call.message("jambonz:error")["data"]["msg"] == "InvalidMessage"


def test_a_warning_says_what_to_do(bench: Any) -> None:
    call = bench()
    call.send_together(call.ack_of(call.message("session:new"), [LONG]), call.command_of("redirect", [SAY]))
    (warning,) = call.all(Warned)
    assert warning.hint
    call.act(Speak("is anybody there"))


def test_a_caller_who_gives_up_while_the_application_never_comes_back(bench: Any) -> None:
    call = bench(options=SimulatorOptions(connections=1))
    call.act(DropConnection())
    call.act(HangUp())
    call.run(5.1)
    assert isinstance(call.events[-1], Finished)
    late = bench()
    late.act(DropConnection())
    late.run(0.6)
    late.act(HangUp())
    late.run(60.0)
    assert isinstance(late.events[-1], Finished)
