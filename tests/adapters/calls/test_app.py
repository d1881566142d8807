"""The application: routes, admission, discovery, webhooks, lifespans, and serving on sockets."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, CallLimits, HttpRequest, HttpResponse, WebhookRequest, WebhookResponse
from jambonz_anyio._net.large_messages import turn_for_large_message
from jambonz_anyio._net.transport import Admission, Peer
from jambonz_anyio.transport import http_request
from jambonz_core.webhooks import sign
from jambonz_core.wire.errors import InvalidEnvironment, InvalidVerb, LocalProtocolError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

CONTROL = ("ws.jambonz.org",)
AUDIO = ("audio.drachtio.org",)


def upgrade(path: str, subprotocols: tuple[str, ...] = CONTROL, **peer: Any) -> HttpRequest:
    return HttpRequest("GET", Peer(path, **peer), subprotocols=subprotocols)


async def admitted(app: App, request: HttpRequest) -> str | int:
    """The subprotocol that a request was admitted with, or the status that it was refused with."""
    decision = await app.admit(request)
    return decision.subprotocol if isinstance(decision, Admission) else decision.status


def served() -> App:
    app = App()

    @app.call("/calls")
    async def call(call: Call) -> None: ...

    @app.audio("/audio")
    async def audio(stream: Any) -> None: ...

    @app.call("/both")
    async def both(call: Call) -> None: ...

    @app.audio("/both")
    async def both_audio(stream: Any) -> None: ...

    return app


@pytest.mark.parametrize(
    ("path", "subprotocols", "expected"),
    [
        ("/calls", CONTROL, "ws.jambonz.org"),
        ("/calls/adulting", CONTROL, "ws.jambonz.org"),
        ("/adulting", CONTROL, 404),
        ("/audio", AUDIO, "audio.drachtio.org"),
        ("/both", CONTROL + AUDIO, "ws.jambonz.org"),
        ("/both", AUDIO, "audio.drachtio.org"),
        ("/audio", CONTROL + AUDIO, "audio.drachtio.org"),
        ("/calls", AUDIO, 404),
        ("/audio", CONTROL, 404),
        ("/elsewhere", CONTROL, 404),
        ("/calls", (), 400),
        ("/calls", ("chat",), 400),
    ],
)
async def test_what_is_admitted(path: str, subprotocols: tuple[str, ...], expected: str | int) -> None:
    assert await admitted(served(), upgrade(path, subprotocols)) == expected


async def test_basic_auth_is_asked_before_anything_is_told() -> None:
    app = App(auth=("jambonz", "sécret"))

    @app.call("/")
    async def call(call: Call) -> None: ...

    refusal = await app.admit(upgrade("/"))
    assert isinstance(refusal, HttpResponse)
    assert refusal.status == 401
    assert ("WWW-Authenticate", 'Basic realm="jambonz"') in refusal.headers
    assert await admitted(app, upgrade("/elsewhere")) == 401
    for credentials in (("jambonz", "wrong"), ("wrong", "sécret"), ("", ""), ("jambonz", "\udcff")):
        assert await admitted(app, upgrade("/", credentials=credentials)) == 401
    assert await admitted(app, upgrade("/", credentials=("jambonz", "sécret"))) == "ws.jambonz.org"


async def test_credentials_may_be_checked_by_a_function() -> None:
    app = App(auth=lambda user, password: password == user[::-1])
    app.call("/")
    assert await admitted(app, upgrade("/", credentials=("abc", "cba"))) == "ws.jambonz.org"
    assert await admitted(app, upgrade("/", credentials=("abc", "abc"))) == 401


METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "BREW"]


@pytest.mark.parametrize("method", METHODS)
async def test_who_shows_no_credentials_learns_nothing_about_paths(method: str) -> None:
    app = App(auth=("jambonz", "secret"), webhook_secret="s3cret")
    app.call("/calls")
    app.audio("/audio")(lambda stream: None)
    app.webhook("/signed", allow_get=True)(lambda request: None)
    app.webhook("/unsigned", unsigned=True)(lambda request: None)
    unknown = await get(app, "/elsewhere", method)
    assert unknown.status == 401
    assert ("WWW-Authenticate", 'Basic realm="jambonz"') in unknown.headers
    for path in ("/calls", "/audio", "/signed", "/unsigned"):
        expected = 204 if method == "OPTIONS" else 401
        assert (await get(app, path, method)).status == expected
    probe = await get(app, "/health", method)
    assert probe.status == (200 if method in {"GET", "HEAD"} else 401)
    known = Peer("/calls", credentials=("jambonz", "secret"))
    assert (await app.respond(HttpRequest(method, known))).status == (204 if method == "OPTIONS" else 426)


async def test_a_webhook_may_show_its_signature_in_place_of_credentials() -> None:
    app = App(auth=("jambonz", "secret"), webhook_secret="s3cret")
    app.webhook("/signed")(lambda request: [])
    app.webhook("/unsigned", unsigned=True)(lambda request: [])
    body = b"{}"
    header = sign(body, "s3cret", timestamp=int(time.time()))
    assert (await get(app, "/signed", "POST", body, jambonz_signature=header)).status == 200
    # The secret of one webhook opens no other, and a wrong one is no different from no path at all.
    assert (await get(app, "/unsigned", "POST", body, jambonz_signature=header)).status == 401
    wrong = sign(body, "other", timestamp=int(time.time()))
    assert (await get(app, "/signed", "POST", body, jambonz_signature=wrong)).status == 401
    known = {"credentials": ("jambonz", "secret")}
    assert (await app.respond(HttpRequest("POST", Peer("/unsigned", **known), body))).status == 200  # type: ignore[arg-type]
    assert (await app.respond(HttpRequest("POST", Peer("/signed", **known), body))).status == 403  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        ((), None, True),
        ((), "https://evil.example", False),
        ((), "null", False),
        ((), "", False),
        ("https://phone.example:8443", "https://PHONE.example:8443", True),
        (["https://a.example", "https://b.example"], "https://b.example", True),
        (["https://a.example"], "http://a.example", False),
        (["https://a.example"], "https://a.example, https://evil.example", False),
        ("*", "https://anybody.example", True),
    ],
)
async def test_browsers_open_calls_only_from_pages_that_are_expected(
    origins: Any, origin: str | None, allowed: bool
) -> None:
    app = App(origins=origins)
    app.call("/")
    app.audio("/")(lambda stream: None)
    headers = {} if origin is None else {"origin": origin}
    assert await admitted(app, upgrade("/", headers=headers)) == ("ws.jambonz.org" if allowed else 403)
    assert await admitted(app, upgrade("/elsewhere", headers=headers)) == (404 if allowed else 403)
    assert await admitted(app, upgrade("/", CONTROL + AUDIO, headers=headers)) == (
        "ws.jambonz.org" if allowed else 403
    )
    # The media server says an origin.
    assert await admitted(app, upgrade("/", AUDIO, headers=headers)) == "audio.drachtio.org"


async def test_a_browser_without_credentials_is_told_nothing_about_pages() -> None:
    app = App(auth=("jambonz", "secret"))
    app.call("/")
    assert await admitted(app, upgrade("/", headers={"origin": "https://evil.example"})) == 401


@pytest.mark.parametrize(
    ("query", "expected"),
    [("token=right", "ws.jambonz.org"), ("token=wrong", 403), ("own", 418), ("raise", 500), ("slow", 503)],
)
async def test_the_token_hook_decides_before_accepting(
    query: str, expected: str | int, caplog: pytest.LogCaptureFixture
) -> None:
    async def authorize(request: HttpRequest) -> bool | HttpResponse:
        if request.peer.query == "own":
            return HttpResponse(418)
        if request.peer.query == "raise":
            raise OSError("no database")
        if request.peer.query == "slow":
            await anyio.sleep_forever()
        return request.peer.query == "token=right"

    app = App(authorize=authorize, limits=CallLimits(admission_seconds=0.05))
    app.call("/")
    assert await admitted(app, upgrade("/", query=query)) == expected


async def get(app: App, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await app.respond(HttpRequest(method, Peer(path, headers=named), body))


async def test_discovery_answers_the_bare_declarations() -> None:
    variables = {"GREETING": {"type": "string", "description": "First words", "default": "Hello!"}}
    app = App(env_vars=variables)
    app.call("/calls")
    app.webhook("/hook", unsigned=True)(lambda request: None)
    for path in ("/calls", "/hook"):
        response = await get(app, path, "OPTIONS")
        assert response.status == 200
        assert response.content_type == "application/json"
        assert json.loads(response.body) == variables
    assert (await get(app, "/elsewhere", "OPTIONS")).status == 404
    assert (await get(served(), "/calls", "OPTIONS")).status == 204
    with pytest.raises(InvalidEnvironment):
        App(env_vars={"BAD NAME": {"type": "string", "description": ""}})


async def test_plain_requests() -> None:
    app = served()
    assert (await get(app, "/health")).status == 200
    assert (await get(app, "/ready", "HEAD")).status == 200
    response = await get(app, "/calls")
    assert response.status == 426
    assert ("Upgrade", "websocket") in response.headers
    assert (await get(app, "/elsewhere")).status == 404
    assert (await get(App(health_path=None), "/health")).status == 404


async def test_webhooks_answer_verbs_to_whoever_proves_to_be_jambonz() -> None:
    app = App(webhook_secret=("old", "new"))
    seen: list[WebhookRequest] = []

    @app.webhook("/hooks/{name}")
    async def hook(request: WebhookRequest) -> WebhookResponse:
        seen.append(request)
        return WebhookResponse().say(text=f"Hello {request.params['name']}").hangup()

    body = b'{"call_sid": "c1", "reason": "dtmfDetected", "digits": "5"}'
    for secret in ("old", "new"):
        header = sign(body, secret, timestamp=int(time.time()))
        response = await get(app, "/hooks/x", "POST", body, jambonz_signature=header)
        assert response.status == 200
        assert response.content_type == "application/json"
        assert json.loads(response.body) == [{"verb": "say", "text": "Hello x"}, {"verb": "hangup"}]
    assert seen[0].data["digits"] == "5"
    assert seen[0].payload.digits == "5"  # type: ignore[attr-defined]  # a GatherResult, by its shape
    assert b"dtmf" not in repr(seen[0]).encode() or "body" not in repr(seen[0])
    header = sign(body, "other", timestamp=int(time.time()))
    for refused, status in (
        (await get(app, "/hooks/x", "POST", body), 403),
        (await get(app, "/hooks/x", "POST", body, jambonz_signature=header), 403),
        (
            await get(app, "/hooks/x", "POST", body + b" ", jambonz_signature=sign(body, "new", timestamp=1)),
            403,
        ),
        (await get(app, "/hooks/x", "GET"), 405),
        (await get(app, "/hooks/x", "PUT"), 405),
    ):
        assert refused.status == status
    assert len(seen) == 2


async def test_a_large_body_waits_for_its_turn_and_one_that_is_mostly_brackets_is_refused() -> None:
    app = App()
    seen: list[int] = []
    app.webhook("/hook", unsigned=True)(lambda request: seen.append(len(request.body)))
    body = json.dumps({"pad": "x" * 20_000}).encode()
    async with anyio.create_task_group() as tasks:
        async with turn_for_large_message():
            tasks.start_soon(get, app, "/hook", "POST", body)
            assert (await get(app, "/hook", "POST", b"{}")).status == 200
            await anyio.wait_all_tasks_blocked()
            assert seen == [2]
    assert seen == [2, len(body)]
    made_up = b'{"it": [' + b"[]," * 100_000 + b"0]}"
    assert (await get(app, "/hook", "POST", made_up)).status == 400


async def test_what_a_webhook_handler_may_return(caplog: pytest.LogCaptureFixture) -> None:
    app = App()

    def route(path: str, function: Any) -> None:
        app.webhook(path, unsigned=True, allow_get=True)(function)

    route("/none", lambda request: None)
    route("/dicts", lambda request: [{"verb": "say", "text": "a"}, {"pause": {"length": 1}}])
    route("/verb", lambda request: {"verb": "hangup"})
    route("/object", lambda request: {"outputParameters": {}})
    route("/response", lambda request: HttpResponse(202))
    route("/wrong", lambda request: [{"verb": "say", "txet": "a"}])

    def fail(request: WebhookRequest) -> None:
        raise ValueError

    route("/fail", fail)
    bodies = {path: (await get(app, path)).body for path in ("/none", "/dicts", "/verb", "/object")}
    assert bodies == {
        "/none": b"[]",
        "/dicts": b'[{"verb":"say","text":"a"},{"verb":"pause","length":1}]',
        "/verb": b'[{"verb":"hangup"}]',
        "/object": b'{"outputParameters":{}}',
    }
    assert (await get(app, "/response")).status == 202
    assert (await get(app, "/wrong")).status == 500
    assert (await get(app, "/fail", "POST", b'{"call_sid": "c9"}')).status == 500
    assert (await get(app, "/none", "POST", b"not json")).status == 400
    assert "The webhook /fail failed" in caplog.text


async def test_a_webhook_without_a_secret_must_be_meant() -> None:
    with pytest.raises(LocalProtocolError, match="unsigned"):
        App().webhook("/hook")


def used_up() -> Iterator[str]:
    secrets = iter(["secret"])
    next(secrets)
    return secrets


@pytest.mark.parametrize(
    "secrets",
    [
        pytest.param(lambda: "", id="empty"),
        pytest.param(lambda: " ", id="blank"),
        pytest.param(list, id="empty-list"),
        pytest.param(tuple, id="empty-tuple"),
        pytest.param(used_up, id="used-up"),
        pytest.param(lambda: ["secret", ""], id="an-empty-one-in-a-list"),
        pytest.param(lambda: [None], id="none-in-a-list"),
    ],
)
async def test_secrets_that_prove_nothing_are_refused_when_the_app_is_built(secrets: Any) -> None:
    with pytest.raises(LocalProtocolError, match="secret"):
        App(webhook_secret=secrets())
    for app in (App(), App(webhook_secret="the app's")):
        with pytest.raises(LocalProtocolError, match="secret"):
            app.webhook("/hook", secret=secrets())
        # Nothing was added to the app: the path is nobody's.
        assert (await get(app, "/hook", "POST", b"{}")).status == 404


async def test_secrets_from_a_generator_hold_for_every_webhook_and_every_request() -> None:
    app = App(webhook_secret=(secret for secret in ("old", "new")))
    for path in ("/one", "/two"):
        app.webhook(path)(lambda request: [])
    app.webhook("/three", secret=(secret for secret in ("own", "other")))(lambda request: [])
    for path, secret in (
        ("/one", "new"),
        ("/two", "old"),
        ("/two", "new"),
        ("/three", "own"),
        ("/three", "other"),
    ):
        for _ in range(2):
            header = sign(b"{}", secret, timestamp=int(time.time()))
            assert (await get(app, path, "POST", b"{}", jambonz_signature=header)).status == 200
        for forged in ("", "t=1,v1=" + "0" * 64, sign(b"{}", "else", timestamp=int(time.time()))):
            assert (await get(app, path, "POST", b"{}", jambonz_signature=forged)).status == 403
    header = sign(b"{}", "old", timestamp=int(time.time()))
    assert (await get(app, "/three", "POST", b"{}", jambonz_signature=header)).status == 403, "its own count"


async def test_only_saying_so_switches_checking_off() -> None:
    app = App(webhook_secret="secret")
    app.webhook("/open", unsigned=True)(lambda request: [])
    app.webhook("/checked")(lambda request: [])
    assert (await get(app, "/open", "POST", b"{}")).status == 200
    assert (await get(app, "/checked", "POST", b"{}")).status == 403
    with pytest.raises(LocalProtocolError, match="which of them is meant"):
        app.webhook("/both", secret="secret", unsigned=True)


async def test_what_comes_as_the_body_of_a_get_is_nobodys_word() -> None:
    app = App(webhook_secret="secret")
    seen: list[WebhookRequest] = []
    app.webhook("/hook", allow_get=True)(seen.append)
    assert (await get(app, "/hook", "GET", b'{"call_sid": "forged"}')).status == 200
    assert seen[0].data == {}


async def test_secrets_are_in_no_repr() -> None:
    app = App(webhook_secret="sesame")
    app.webhook("/hook")(lambda request: [])
    assert "sesame" not in repr(app._webhook_routes.match("/hook"))


async def test_lifespans_are_entered_around_the_calls(dial: Any) -> None:
    order: list[str] = []
    app = App()

    @app.lifespan
    async def first(app: App) -> AsyncIterator[None]:
        order.append("first in")
        yield
        order.append("first out")

    @app.lifespan
    async def second(app: App) -> AsyncIterator[None]:
        order.append("second in")
        yield
        order.append("second out")

    @app.call("/")
    async def main(call: Call) -> None:
        order.append("call")
        await call.hangup()

    async with app.running():
        async with dial(app) as phone:
            await phone.answered()
            await phone.transport.close(1000)
    assert order == ["first in", "second in", "call", "second out", "first out"]


async def test_schemas_of_a_directory_make_new_verbs(dial: Any, tmp_path: Path) -> None:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.org/schema/verbs/juggle",
        "type": "object",
        "properties": {"verb": {"const": "juggle"}, "balls": {"type": "integer"}},
        "required": ["balls"],
    }
    (tmp_path / "juggle.schema.json").write_text(json.dumps(schema))
    app = App(schemas=tmp_path)

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        with pytest.raises(InvalidVerb):
            await call.send({"verb": "juggle", "balls": "many"})
        await call.send({"verb": "juggle", "balls": 3})

    async with dial(app) as phone:
        assert await phone.answered() == [{"verb": "juggle", "balls": 3}]
    with pytest.raises(LocalProtocolError, match=r"no \*\.schema\.json"):
        App(schemas=tmp_path / "nothing")
    (tmp_path / "broken.schema.json").write_text("{")
    with pytest.raises(LocalProtocolError, match="not JSON"):
        App(schemas=tmp_path)
    (tmp_path / "broken.schema.json").write_text("[]")
    with pytest.raises(LocalProtocolError, match="no schema"):
        App(schemas=tmp_path)


async def test_last_words_are_checked_when_the_app_is_made() -> None:
    with pytest.raises(InvalidVerb):
        App(last_words={"verb": "say", "txet": "Sorry"})


@pytest.mark.parametrize("limit", ["handlers", "opening_seconds"])
async def test_limits_must_be_positive(limit: str) -> None:
    with pytest.raises(ValueError, match=f"CallLimits.{limit}"):
        CallLimits(**{limit: 0})


async def test_its_own_probe_paths_are_those_of_its_server() -> None:
    app = App(health_path="/live", readiness_path="/traffic")
    async with anyio.create_task_group() as tasks:
        server = await tasks.start(partial(app.serve, port=0))
        url = f"http://127.0.0.1:{server.port}"
        assert (await http_request("GET", f"{url}/live")).status == 200
        assert (await http_request("GET", f"{url}/traffic")).status == 200
        assert (await http_request("GET", f"{url}/health")).status == 404
        tasks.cancel_scope.cancel()


async def test_it_serves_beside_a_block_and_stops_with_it() -> None:
    entered: list[str] = []
    app = App()

    @app.lifespan
    async def database(app: App) -> AsyncIterator[None]:
        entered.append("in")
        yield
        entered.append("out")

    async def block() -> None:
        async with app.serving(port=0) as server:
            assert entered == ["in"]
            assert (await http_request("GET", f"http://127.0.0.1:{server.port}/health")).status == 200
            assert 1 / 0

    with pytest.raises(ZeroDivisionError):
        await block()
    assert entered == ["in", "out"]


async def test_a_server_that_cannot_start_says_so_plainly() -> None:
    with pytest.raises(LocalProtocolError, match="no streams are called"):
        async with App().serving(streams="narrow"):
            pytest.fail("it does not serve")
