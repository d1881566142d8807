"""`jambonz rest …` against an API server on loopback: what is asked, what is shown, what is never shown."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jambonz_anyio.testing.rest_server import RestServer

NOBODY = "00000000-0000-4000-8000-00000000dead"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RestServer]:
    """A server that the environment points to."""
    with RestServer() as running:
        monkeypatch.setenv("JAMBONZ_REST_API_BASE_URL", f"{running.url}/v1")
        monkeypatch.setenv("JAMBONZ_ACCOUNT_SID", running.account_sid)
        monkeypatch.setenv("JAMBONZ_API_KEY", running.api_key)
        yield running


@pytest.fixture
def call_sid(jambonz: Any, server: RestServer) -> str:
    """A call that was placed from the command line and answered."""
    application = server.application()
    words = ["rest", "calls", "create", "--from", "+1", "--to", "+2", "--application", application]
    done = jambonz(*words, "--timeout", 20, "--tag", '{"order": 7}')
    assert (done.code, done.err) == (0, "")
    call_sid: str = done.out.strip()
    server.calls.set_status(call_sid, "in-progress", 200)
    return call_sid


# --- calls --------------------------------------------------------------------------------------------------


def test_placing_a_call(server: RestServer, call_sid: str) -> None:
    body = server.requests[-1].body
    assert body["to"] == {"type": "phone", "number": "+2"}
    assert (body["from"], body["timeout"], body["tag"]) == ("+1", 20, {"order": 7})


def test_placing_a_call_with_a_hook(jambonz: Any, server: RestServer) -> None:
    words = ["rest", "calls", "create", "--from", "+1", "--to", "sip:ann@example.com", "--json"]
    words += ["--call-hook", "wss://app.example.com/", "--status-hook", "https://app.example.com/status"]
    words += ["--tts", "google:en-US:en-US-Standard-C:2", "--stt", "google:en-US"]
    done = jambonz(*words)
    assert (done.code, done.err) == (0, "")
    assert set(json.loads(done.out)) == {"call_sid", "call_id"}
    body = server.requests[-1].body
    assert body["speech_synthesis_voice"] == "en-US-Standard-C:2"
    assert body["speech_recognizer_language"] == "en-US"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--tts", "google"], "--tts needs VENDOR:LANGUAGE:VOICE, not 'google'."),
        (["--stt", "google:"], "--stt needs VENDOR:LANGUAGE, not 'google:'."),
        (["--tag", "order"], "--tag needs a JSON object, not 'order'."),
        ([], "call_hook"),
    ],
)
def test_calls_that_cannot_be_placed(jambonz: Any, server: RestServer, words: list[str], said: str) -> None:
    done = jambonz("rest", "calls", "create", "--from", "+1", "--to", "+2", *words)
    assert done.code == 2
    assert said in done.err
    assert server.requests == []


def test_looking_at_calls(jambonz: Any, call_sid: str) -> None:
    done = jambonz("rest", "calls", "list", "--status", "in-progress", "--direction", "outbound")
    lines = done.out.splitlines()
    assert lines[0].split() == ["call_sid", "direction", "from", "to", "call_status", "duration"]
    assert lines[1].split() == [call_sid, "outbound", "+1", "+2", "in-progress", "-"]
    assert json.loads(jambonz("rest", "calls", "list", "--json").out)[0]["call_sid"] == call_sid
    assert jambonz("rest", "calls", "list", "--from", "+9", "--to", "+8").out == "There are no such calls.\n"
    assert "call_status      in-progress" in jambonz("rest", "calls", "get", call_sid).out
    assert json.loads(jambonz("rest", "calls", "get", call_sid, "--json").out)["call_sid"] == call_sid
    assert json.loads(jambonz("rest", "calls", "count", "--json").out) == {"inbound": 0, "outbound": 1}


def test_steering_a_call(jambonz: Any, server: RestServer, call_sid: str) -> None:
    commands = {
        ("redirect", call_sid, "https://app.example.com/other"): {
            "call_hook": "https://app.example.com/other"
        },
        ("whisper", call_sid, "be quick"): {"whisper": {"verb": "say", "text": "be quick"}},
        ("whisper", call_sid, '[{"verb": "play", "url": "https://example.com/a.wav"}]'): {
            "whisper": [{"verb": "play", "url": "https://example.com/a.wav"}]
        },
        ("mute", call_sid): {"mute_status": "mute"},
        ("mute", call_sid, "--off"): {"mute_status": "unmute"},
        ("update", call_sid, '{"listen_status": "pause"}'): {"listen_status": "pause"},
    }
    for words, body in commands.items():
        done = jambonz("rest", "calls", *words)
        assert (done.code, done.out, done.err) == (0, "The server took it.\n", ""), words
        assert server.requests[-1].body == body
    assert jambonz("rest", "calls", "mute", call_sid, "--json").out == "{}\n"


def test_what_the_far_end_answered(jambonz: Any, server: RestServer, call_sid: str) -> None:
    server.fail(200, '{"status": 200, "reason": "OK"}', "application/json")
    request = '{"sip_request": {"method": "INFO", "content_type": "text/plain", "content": "hi"}}'
    done = jambonz("rest", "calls", "update", call_sid, request)
    assert (done.code, done.out) == (0, "The server took it. 200 OK\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["update", NOBODY, "[]"], "JSON needs a JSON object, not '[]'."),
        (["whisper", NOBODY, "{"], "These are not verbs in JSON: "),
        (["get", "call number one"], "call_sid"),
    ],
)
def test_mistakes(jambonz: Any, server: RestServer, words: list[str], said: str) -> None:
    done = jambonz("rest", "calls", *words)
    assert (done.code, said in done.err) == (2, True)


def test_hanging_up(jambonz: Any, server: RestServer, call_sid: str) -> None:
    done = jambonz("rest", "calls", "hangup", call_sid)
    assert (done.code, done.out) == (0, "The call is being hung up.\n")
    assert server.requests[-1].body == {"call_status": "completed"}
    gone = jambonz("rest", "calls", "hangup", NOBODY)
    assert (gone.code, gone.err) == (1, f"jambonz: There is no call {NOBODY} any more.\n")


def test_a_call_that_is_not_there(jambonz: Any, server: RestServer) -> None:
    done = jambonz("rest", "calls", "get", NOBODY)
    assert done.code == 1
    assert done.err.startswith("jambonz: calls.get: 404 ")


# --- what else a server knows -------------------------------------------------------------------------------


def test_conferences_and_queues(jambonz: Any, server: RestServer) -> None:
    assert jambonz("rest", "conferences").out == "Nobody is in a conference.\n"
    assert jambonz("rest", "queues").out == "Nobody waits in a queue.\n"
    server.conferences.append("standup")
    server.queues["sales"] = 3
    assert jambonz("rest", "conferences").out == "name\nstandup\n"
    assert jambonz("rest", "queues", "--search", "sal*").out == "name   length\nsales  3\n"
    assert json.loads(jambonz("rest", "queues", "--json").out) == [{"name": "sales", "length": 3}]


def recent(number: int) -> dict[str, Any]:
    return {
        "call_sid": f"{number:08d}-0000-4000-8000-000000000000",
        "from": f"+{number}",
        "to": "+2\x1b[31m",
        "direction": "inbound",
        "answered": number % 2 == 0,
        "attempted_at": "2026-01-01T00:00:00.000Z",
        "duration": number,
        "sip_status": 200,
    }


def test_pages_of_recent_calls(jambonz: Any, server: RestServer) -> None:
    assert jambonz("rest", "recent-calls").out == "There are no such calls.\n"
    server.recent_calls += [recent(number) for number in range(60)]
    first = jambonz("rest", "recent-calls", "--days", 3, "--direction", "inbound")
    assert len(first.out.splitlines()) == 26
    assert first.err == "page 1 of 3, 60 in all; --page 2 has more\n"
    assert "\x1b" not in first.out
    assert {"days": "3", "direction": "inbound"}.items() <= server.requests[-1].query.items()
    last = jambonz("rest", "recent-calls", "--page", 3, "--answered", "no", "--filter", "+1")
    assert last.err == "page 3 of 3, 60 in all\n"
    assert server.requests[-1].query["answered"] == "false"
    everything = jambonz("rest", "recent-calls", "--all", "--json")
    assert (len(json.loads(everything.out)), everything.err) == (60, "")


def test_alerts(jambonz: Any, server: RestServer) -> None:
    server.alerts.append(
        {"time": "2026-01-01T00:00:00Z", "alert_type": "webhook-failure", "message": "answered 500"}
    )
    done = jambonz("rest", "alerts", "--kind", "webhook-failure", "--days", 1)
    assert done.out.splitlines()[1].split() == ["2026-01-01T00:00:00Z", "webhook-failure", "answered", "500"]
    assert server.requests[-1].query["alert_type"] == "webhook-failure"


def test_applications_and_phone_numbers(jambonz: Any, server: RestServer) -> None:
    hook = {"url": "wss://app.example.com/", "method": "POST", "username": "jam", "password": "sesame-seeds"}
    sid = server.application(name="shop", call_hook=hook)
    listed = jambonz("rest", "applications", "list", "--name", "sho")
    assert listed.out.splitlines()[1].split()[:3] == [sid, "shop", "wss://app.example.com/"]
    for words in (["get", sid], ["get", sid, "--json"], ["list", "--json"]):
        done = jambonz("rest", "applications", *words)
        assert done.code == 0
        assert "wss://app.example.com/" in done.out
        assert "sesame-seeds" not in done.out
    server.tables["PhoneNumbers"].add(number="15085551212", voip_carrier_sid=None, application_sid=sid)
    numbers = jambonz("rest", "phone-numbers", "--filter", "1508")
    assert numbers.out.splitlines()[1].split()[:2] == ["15085551212", sid]


def test_variables_of_an_application(jambonz: Any, server: RestServer) -> None:
    url = "wss://app.example.com/"
    server.app_envs[url] = {"API_KEY": {"type": "string", "description": "The key", "required": True}}
    done = jambonz("rest", "app-env", url)
    assert done.out.splitlines()[1].split() == ["API_KEY", "string", "yes", "The", "key"]
    assert json.loads(jambonz("rest", "app-env", url, "--json").out) == server.app_envs[url]
    assert "does not tell which" in jambonz("rest", "app-env", "wss://elsewhere.example.com/").out


def test_the_account(jambonz: Any, server: RestServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in ([], ["--json"]):
        done = jambonz("rest", "account", *words)
        assert done.code == 0
        assert "test account" in done.out
        assert "wh_secret_0" not in done.out
    monkeypatch.delenv("JAMBONZ_ACCOUNT_SID")
    assert server.account_sid in jambonz("rest", "account").out


# --- where and as whom --------------------------------------------------------------------------------------


def test_options_instead_of_the_environment(
    jambonz: Any, server: RestServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("JAMBONZ_API_KEY")
    monkeypatch.setenv("JAMBONZ_REST_API_BASE_URL", "http://nowhere.invalid")
    monkeypatch.setenv("JAMBONZ_ACCOUNT_SID", NOBODY)
    (tmp_path / "key").write_text(f"{server.api_key}\n", encoding="utf-8")
    place = ["--base-url", server.url, "--account-sid", server.account_sid]
    assert jambonz("rest", *place, "--api-key-file", "key", "queues").code == 0
    assert jambonz("rest", *place, "--api-key-file", "-", "queues", stdin=server.api_key).code == 0
    done = jambonz("rest", *place, "--api-key-file", "nowhere", "queues")
    assert (done.code, done.err) == (3, "jambonz: Cannot read the key in nowhere.\n")


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("JAMBONZ_REST_API_BASE_URL", "Where is the API?"),
        ("JAMBONZ_API_KEY", "An API key is needed:"),
        ("JAMBONZ_ACCOUNT_SID", "Which account?"),
    ],
)
def test_settings_that_are_missing(
    jambonz: Any, server: RestServer, monkeypatch: pytest.MonkeyPatch, variable: str, said: str
) -> None:
    monkeypatch.delenv(variable)
    done = jambonz("rest", "calls", "list")
    assert (done.code, done.err.startswith(f"jambonz: {said}")) == (2, True)


def test_a_key_that_is_wrong(jambonz: Any, server: RestServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAMBONZ_API_KEY", "sesame-seeds")
    done = jambonz("rest", "calls", "list")
    assert done.code == 4
    assert "401" in done.err
    assert "check the API key" in done.err
    assert "sesame" not in done.err


def test_a_server_that_is_not_there(
    jambonz: Any, server: RestServer, monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    done = jambonz("rest", "--base-url", f"http://127.0.0.1:{unused_port}", "calls", "list")
    assert done.code == 4
    assert done.err.startswith("jambonz: The server cannot be reached: ")


def test_a_server_that_fails(jambonz: Any, server: RestServer) -> None:
    server.fail(502, "<html><h1>Bad Gateway</h1></html>", "text/html")
    done = jambonz("rest", "queues")
    assert (done.code, "502" in done.err) == (4, True)


def test_without_an_http_library(jambonz: Any, server: RestServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("httpx2", "httpx"):
        monkeypatch.setitem(sys.modules, name, None)
    done = jambonz("rest", "queues")
    assert done.code == 2
    assert "pip install 'jambonz-anyio[rest]'" in done.err
