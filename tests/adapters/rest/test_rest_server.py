"""The server that tests run against behaves as the real one: what it refuses, and in which shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from jambonz_anyio.testing.rest_server import RestServer

NOBODY = "ffffffff-0000-4000-8000-000000000000"


@pytest.fixture
def server() -> RestServer:
    return RestServer()


@pytest.fixture
def http(server: RestServer) -> Iterator[httpx2.Client]:
    headers = {"authorization": f"Bearer {server.api_key}"}
    with httpx2.Client(transport=server.transport(), base_url="http://api/v1", headers=headers) as client:
        yield client


@pytest.fixture
def ask(server: RestServer, http: httpx2.Client) -> Callable[..., tuple[int, Any]]:
    """``ask("POST A/Calls", {…})``: status, and the body as JSON if it is JSON, else as text."""

    def ask(what: str, body: Any = None) -> tuple[int, Any]:
        method, _, path = what.partition(" ")
        path = path.replace("A", f"Accounts/{server.account_sid}", 1) if path[:2] in ("A", "A/") else path
        response = (
            http.request(method, f"/{path}", json=body)
            if body is not None
            else http.request(method, f"/{path}")
        )
        try:
            return response.status_code, response.json()
        except ValueError:
            return response.status_code, response.text

    return ask


Ask = Callable[..., tuple[int, Any]]


def test_who_may_ask(server: RestServer, http: httpx2.Client) -> None:
    for header, status, text in (
        ("", 401, "Unauthorized"),
        ("Bearer wrong", 401, "Unauthorized"),
        ("Bearer", 400, "Bad Request"),
        ("Bearer a b", 400, "Bad Request"),
    ):
        answer = http.get("/Accounts", headers={"authorization": header})
        assert (answer.status_code, answer.text) == (status, text)
    answer = http.get("/Accounts", headers={"authorization": "Bearer wrong"})
    assert answer.headers["www-authenticate"] == 'Bearer realm="Users", error="invalid_token"'
    assert "content-type" not in answer.headers


def test_limits_are_counted_before_anybody_asks_who_it_is(server: RestServer, http: httpx2.Client) -> None:
    server.requests_left = 1
    assert http.get("/Accounts", headers={"authorization": ""}).status_code == 401
    answer = http.get("/Accounts")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    assert answer.headers["ratelimit-policy"] == "600;w=300"


def test_bodies(http: httpx2.Client, server: RestServer) -> None:
    path = f"/Accounts/{server.account_sid}/Calls"
    as_json = {"content-type": "application/json"}
    for content, headers, status in (
        (b"{oops", as_json, 400),
        (b'"text"', as_json, 400),
        (b"{" + b" " * 103_000 + b"}", as_json, 413),
        (b'{"from": "x"}', {"content-type": "text/plain"}, 400),
    ):
        assert http.post(path, content=content, headers=headers).status_code == status
    assert http.post(path, content=b'{"from": "x"}').json() == {"msg": "body must be an object"}


@pytest.mark.parametrize(
    "what",
    [
        "GET Nowhere",
        "PATCH A",
        "DELETE A/Calls",
        "PATCH A/Calls/{call}",
        "PUT Applications",
        "PATCH Applications/{app}",
        "GET A/Nowhere",
        "GET A/Calls/{call}/more",
        "POST Lcrs/{app}/Routes",
    ],
)
def test_paths_that_do_not_exist_are_html(server: RestServer, ask: Ask, what: str) -> None:
    call_sid = server.new_sid()
    server.calls.records[call_sid] = {"call_status": "ringing"}
    status, text = ask(what.format(call=call_sid, app=server.application()))
    assert status == 404
    assert "<pre>Cannot" in text


def test_a_path_outside_the_api(server: RestServer) -> None:
    with httpx2.Client(transport=server.transport()) as client:
        assert "Cannot GET /health" in client.get("http://api/health").text


@pytest.mark.parametrize(
    ("what", "status", "body"),
    [
        ("GET Accounts/x", 400, {"msg": "Bad request"}),
        ("GET Accounts/x/Alerts", 400, {"status": "fail", "message": "Bad request"}),
        (f"GET Accounts/{NOBODY}", 403, {"msg": "insufficient permissions"}),
        (f"GET Accounts/{NOBODY}/Limits", 403, {"status": "fail", "message": "insufficient permissions"}),
        ("GET A/Calls/x", 400, {"msg": "Bad request"}),
        (f"GET A/Calls/{NOBODY}?x=1", 400, {"msg": "Bad request"}),
        (f"GET A/Calls/{NOBODY}", 404, "Not Found"),
        (f"PUT A/Calls/{NOBODY}", 400, {"msg": "no valid option"}),
        ("GET Applications/x", 400, {"msg": "Bad request"}),
        (f"GET Applications/{NOBODY}", 404, ""),
        (
            f"PUT VoipCarriers/{NOBODY}",
            500,
            {"msg": "Cannot read properties of undefined (reading 'account_sid')"},
        ),
        (
            f"DELETE VoipCarriers/{NOBODY}",
            500,
            {"msg": "Cannot read properties of undefined (reading 'account_sid')"},
        ),
        (f"DELETE SipGateways/{NOBODY}", 400, {"msg": "no such gateway"}),
        (f"PUT Lcrs/{NOBODY}", 400, {"msg": "no such lcr"}),
        ("GET SipGateways", 400, {"msg": "missing voip_carrier_sid in query"}),
        ("GET A/RecentCalls", 400, {"msg": "missing or invalid page and count"}),
        ("GET A/Alerts?page=1&count=501", 400, {"msg": "missing or invalid page and count"}),
        ("GET A/RecentCalls/x/invite/pcap", 404, "Not Found"),
        (f"GET A/SpeechCredentials/{NOBODY}/test", 404, "Not Found"),
        ("GET AppEnv?url=nothing", 500, {}),
        ("GET AppEnv?url=https://a.b", 204, ""),
    ],
)
def test_what_is_not_there_or_not_asked_for_properly(ask: Ask, what: str, status: int, body: Any) -> None:
    assert ask(what) == (status, body)


NEW = {"from": "+1", "to": {"type": "phone", "number": "+12"}, "application_sid": NOBODY}
SPEECH = {
    f"speech_{part}": "x"
    for part in (
        "synthesis_vendor",
        "synthesis_language",
        "synthesis_voice",
        "recognizer_vendor",
        "recognizer_language",
    )
}


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 400, "from parameter is required"),
        (NEW | {"to": "+12"}, 400, "invalid to"),
        (NEW | {"to": {"type": "phone", "number": 12}}, 400, "invalid to: number"),
        (NEW | {"call_status_hook": None}, 500, "Cannot read properties of null"),
        (NEW | {"application_sid": ""}, 400, "either application_sid or call_hook"),
        (NEW | {"application_sid": "", "call_hook": "https://a.b"}, 400, "speech settings are required"),
        (NEW | {"answerOnBridge": True}, 500, "Internal Server Error"),
        (NEW | {"timeout": "30"}, 500, "Internal Server Error"),
        (NEW | {"tag": []}, 500, "Internal Server Error"),
        (NEW | {"amd": {}}, 500, "Internal Server Error"),
        (NEW | {"to": {"type": "sip", "sipUri": "sip:a@b", "x": 1}}, 500, "Internal Server Error"),
    ],
)
def test_calls_that_are_refused(ask: Ask, body: Any, status: int, said: str) -> None:
    answer = ask("POST A/Calls", body)
    assert answer[0] == status
    assert said in str(answer[1])


def test_calls_that_are_placed(server: RestServer, ask: Ask) -> None:
    placed = []
    server.calls.on_create = lambda sid, body: placed.append((sid, body["from"]))
    assert ask("GET A/Calls") == (200, [])
    status, body = ask("POST A/Calls", NEW)
    assert (status, body["callId"], placed) == (201, f"{body['sid']}@sbc", [(body["sid"], "+1")])
    hook = {**NEW, **SPEECH, "application_sid": "", "call_hook": "https://a.b", "amd": {"actionHook": "/a"}}
    assert ask("POST A/Calls", hook)[0] == 201
    server.calls.applications = set()
    assert ask("POST A/Calls", NEW) == (400, {"msg": "invalid application_sid"})
    server.calls.feature_servers = 0
    assert ask("POST A/Calls", {})[0] == 480, "before the body is looked at"
    assert ask("GET A/Calls")[1][0] == {}
    assert len(ask("GET A/Calls?from=%2B1")[1]) == 2
    assert ask("GET A/Calls?callStatus=busy&unknown=1") == (200, [])
    assert ask("GET A/CallCount") == (200, {"inbound": 0, "outbound": 2})
    assert ask(f"DELETE A/Calls/{body['sid']}")[0] == 204
    assert ask(f"GET A/Calls/{body['sid']}")[0] == 404


def test_updates_of_calls(server: RestServer, ask: Ask) -> None:
    call = ask("POST A/Calls", NEW)[1]["sid"]
    for body, status, said in (
        ({"boostAudioSignal": 0}, 400, "no valid option"),
        ({"mute_status": "mute", "tag": {"a": 1}}, 400, "only one option"),
        ({"mute_status": "quiet"}, 400, "invalid mute_status"),
        ({"record": {"action": "stopCallRecording"}}, 400, "missing siprecServerURL"),
        ({"sip_request": {"method": "INFO"}}, 400, "invalid sip_request"),
        ({"sip_request": {"method": "I", "content_type": "t", "content": "c"}}, 500, "no answered dialog"),
        ({"call_status": "completed"}, 422, "call is gone"),
        ({"whisper": {"verb": "say"}}, 202, "Accepted"),
        ({"call_hook": "/a", "child_call_hook": "/b"}, 202, "Accepted"),
        ({"llm_status": "stop"}, 202, "Accepted"),
    ):
        answer = ask(f"POST A/Calls/{call}", body)
        assert answer[0] == status, body
        assert said in str(answer[1])
    server.calls.v10 = False
    assert ask(f"PUT A/Calls/{call}", {"llm_status": "stop"}) == (400, {"msg": "no valid option"})
    server.calls.set_status(call, "completed", 200)
    assert ask(f"PUT A/Calls/{call}", {"mute_status": "mute"}) == (422, "call is gone")


def test_stored_rows(server: RestServer, ask: Ask) -> None:
    hook = {"url": "https://a.b"}
    assert ask("POST Applications", {}) == (400, {"msg": "missing name"})
    assert ask("POST Applications", {"name": "a", "call_hook": hook})[0] == 500
    both = {"name": "a", "call_hook": hook, "call_status_hook": hook}
    assert "Unknown column 'x'" in ask("POST Applications", both | {"x": 1})[1]["msg"]
    assert ask("POST Applications", both | {"app_json": []})[0] == 500
    status, body = ask("POST Applications", both | {"record_all_calls": True})
    assert status == 201
    app = f"Applications/{body['sid']}"
    assert ask("POST Applications", both)[0] == 422
    assert ask(f"GET {app}")[1]["record_all_calls"] == 1
    for change, code in (
        ({}, 500),
        ({"application_sid": body["sid"]}, 400),
        ({"call_status_hook": hook}, 400),
        ({"call_hook": None}, 500),
        ({"x": 1}, 500),
        ({"name": "b", "record_all_calls": False}, 204),
    ):
        assert ask(f"PUT {app}", change)[0] == code, change
    assert ask("GET Applications?name=b")[1][0]["record_all_calls"] == 0
    assert ask("GET A/Applications?page=1")[1] | {"data": 0} == {
        "total": 1,
        "page": 1,
        "page_size": None,
        "data": 0,
    }
    assert ask("GET A/Applications?page=1&page_size=5")[1]["page_size"] == 5
    assert ask(f"DELETE {app}")[0] == 204
    assert ask(f"DELETE {app}")[0] == 400

    number = ask("POST PhoneNumbers", {"number": "1"})[1]["sid"]
    assert ask(f"PUT PhoneNumbers/{number}", {"number": "2"})[0] == 400
    assert ask(f"PUT PhoneNumbers/{NOBODY}", {"application_sid": None}) == (404, "Not Found")
    assert ask(f"DELETE PhoneNumbers/{NOBODY}") == (404, "Not Found")
    entry = {"voip_carrier_sid": NOBODY, "ipv4": "1.2.3.4", "inbound": True, "outbound": False}
    gateway = ask("POST SipGateways", entry)[1]["sid"]
    assert ask(f"GET SipGateways?voip_carrier_sid={NOBODY}")[1][0]["outbound"] == 0
    assert ask(f"PUT SipGateways/{NOBODY}", entry)[0] == 400
    assert ask(f"DELETE SipGateways/{gateway}")[0] == 204
    for kind in ("LcrRoutes", "LcrCarrierSetEntries"):
        assert ask(f"PUT {kind}/{NOBODY}", {"priority": 1})[0] == 400
        assert ask(f"DELETE {kind}/{NOBODY}")[0] == 400
    assert ask(f"DELETE Lcrs/{NOBODY}")[0] == 400
    assert ask(f"PUT Lcrs/{NOBODY}/Routes", [{"regex": "^1"}])[0] == 204
    assert ask("GET PredefinedCarriers")[1][0]["name"] == "Telco"


def test_speech(server: RestServer, ask: Ask) -> None:
    assert ask("POST A/SpeechCredentials", {"label": "x"})[0] == 500, "an assertion, not a 400"
    sid = ask("POST A/SpeechCredentials", {"vendor": "aws", "use_for_tts": True})[1]["sid"]
    assert ask("GET A/SpeechCredentials/speech/supportedLanguagesAndVoices?vendor=aws")[1]["tts"]
    assert ask(f"GET A/SpeechCredentials/{sid}/test")[1]["tts"] == {"status": "ok"}
    assert ask(f"PUT A/SpeechCredentials/{sid}", {"region": "eu"})[1]["status"] == "fail"
    assert ask(f"PUT A/SpeechCredentials/{sid}", {"use_for_tts": False})[0] == 204
    assert ask(f"DELETE A/SpeechCredentials/{NOBODY}")[0] == 500


def test_what_is_going_on(server: RestServer, ask: Ask) -> None:
    server.conferences = ["room"]
    server.queues = {"sales": 2, "support": 1}
    assert ask("GET A/Conferences") == (200, ["room"])
    server.participants = {"room": [{"call_sid": "c1", "memberTag": "agent"}]}
    status, [room] = ask("GET A/Conferences?expand=participants")
    assert (status, room["name"], room["participants"][0]["memberTag"]) == (200, "room", "agent")
    fork = {"url": "wss://fork.example.com", "sampleRate": 8000}
    assert ask("POST A/Conferences/room/listen", fork)[0] == 201
    assert ask("POST A/Conferences/room/listen", fork)[0] == 200
    assert server.conference_forks == {"room": fork}
    assert ask("POST A/Conferences/room/listen", {"url": "https://x"})[0] == 400
    assert ask("POST A/Conferences/hall/listen", fork) == (404, "Not Found")
    assert ask("DELETE A/Conferences/room/listen")[0] == 204
    assert ask("DELETE A/Conferences/room/listen") == (404, "Not Found")
    assert ask("GET A/Queues?search=sa*") == (200, [{"name": "sales", "length": 2}])
    assert len(ask("GET A/Queues")[1]) == 2
    assert ask("POST A/Messages", {"from": "1", "to": "2"})[0] == 400
    assert ask("POST A/Messages", {"from": "1", "to": "2", "text": "x"})[0] == 201
    server.calls.v10 = False
    assert ask("POST A/Messages", {"from": "1", "to": "2", "text": "x"}) == (500, "Internal Server Error")
    assert ask("GET A/Conferences?expand=participants") == (200, ["room"])
    assert ask("POST A/Conferences/room/listen", fork)[0] == 404
    server.registered_users = {"alice": {"registered_status": "active"}}
    assert ask("GET A/RegisteredSipUsers") == (200, ["alice@test.sip.example.com"])
    assert ask("GET A/RegisteredSipUsers/bob")[1]["registered_status"] == "inactive"
    assert ask("POST A/RegisteredSipUsers", ["alice"])[1][0]["registered_status"] == "active"
    assert len(ask("POST A/RegisteredSipUsers", [])[1]) == 1
    server.account["sip_realm"] = None
    assert ask("GET A/RegisteredSipUsers")[0] == 400


def test_sip_clients(server: RestServer, ask: Ask) -> None:
    sid = ask("POST Clients", {"username": "alice", "password": "sesame", "is_active": True})[1]["sid"]
    assert ask("POST Clients", {"username": "alice", "password": "x"})[0] == 400
    assert ask("POST Clients", {"username": "bob"})[0] == 400
    [row] = ask("GET Clients")[1]
    assert (row["username"], row["password"], row["is_active"]) == ("alice", "sxxxxx", 1)
    assert ask(f"GET Clients/{sid}") == (200, row)
    assert ask(f"PUT Clients/{sid}", {"password": "other"})[0] == 204
    assert server.tables["Clients"].rows[sid]["password"] == "other"
    assert ask(f"DELETE Clients/{sid}")[0] == 204
    assert ask(f"GET Clients/{sid}") == (404, "Not Found")
    assert ask(f"PUT Clients/{sid}", {"is_active": False}) == (404, "Not Found")
    assert ask(f"DELETE Clients/{sid}") == (404, "Not Found")


def test_account_and_limits(server: RestServer, ask: Ask) -> None:
    assert ask("PUT A", {"sip_realm": "x"})[0] == 400
    assert ask("PUT A", {"name": "n"}) == (204, "")
    assert ask("GET A")[1]["name"] == "n"
    assert ask("GET A/WebhookSecret?regenerate=false")[1] == {"webhook_secret": "wh_secret_1"}
    assert ask("POST A/Limits", {"category": "devices", "quantity": 1})[0] == 500
    assert ask("POST A/Limits", {"category": "device", "quantity": 1})[0] == 201
    assert ask("GET A/Limits?category=api_rate") == (200, [])
    assert ask("DELETE A/Limits?category=api_rate")[0] == 204
    assert len(ask("GET A/Limits")[1]) == 1
    assert ask("POST A/TtsCache/Synthesize", {"text": "x"})[0] == 400
    sound = {"text": "x", "speech_credential_sid": NOBODY, "language": "en", "voice": "v"}
    assert ask("POST A/TtsCache/Synthesize", sound) == (200, "sound of x")
    assert ask("GET A/TtsCache") == (200, {"size": 1})
    assert ask("DELETE A/TtsCache")[0] == 204
    assert ask("GET A/TtsCache") == (200, {"size": 0})
    server.app_envs = {"https://list.example.com": ["x"], "https://null.example.com": None}
    assert ask("GET AppEnv?url=https://list.example.com")[0] == 400
    assert ask("GET AppEnv?url=https://null.example.com")[0] == 204


def test_requests_are_there_to_be_looked_at(server: RestServer, ask: Ask) -> None:
    ask("POST A/RegisteredSipUsers", ["alice"])
    request = server.requests[-1]
    assert (request.method, request.body, request.query) == ("POST", ["alice"], {})
    assert request.segments == ["Accounts", server.account_sid, "RegisteredSipUsers"]
    ask("GET A/RegisteredSipUsers/a%2Fb")
    assert server.requests[-1].segments[-1] == "a/b"
    assert server.requests[-1].body is None
    assert server.api_key not in repr(request)


def test_a_fault_that_is_carried_out_has_its_effect(server: RestServer, ask: Ask) -> None:
    server.fail(503, "later", "text/plain", carried_out=True, headers={"retry-after": "9"})
    assert ask("POST A/Calls", NEW) == (503, "later")
    assert len(server.calls.records) == 1
    server.fail(503)
    assert ask("POST A/Calls", NEW) == (503, "")
    assert len(server.calls.records) == 1


def test_it_listens_only_inside_its_block() -> None:
    server = RestServer()
    with pytest.raises(AssertionError, match="enter the server's block"):
        _ = server.url
    with httpx2.Client(headers={"authorization": f"Bearer {server.api_key}"}) as client:
        with server:
            url = f"{server.url}/v1/Accounts"
            assert json.loads(client.get(url).content)[0]["account_sid"] == server.account_sid
        # The connection that was kept alive is closed with the server, which therefore does not wait for it.
        with pytest.raises(httpx2.ConnectError):
            client.get(url)
