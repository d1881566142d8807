"""The modules of the official SDK with their prefix changed: names, typed input, webhooks."""

from __future__ import annotations

import importlib
import io
import json
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from jambonz_anyio import App, Session
from jambonz_anyio.sdk import (
    JambonzValidator,
    VerbBuilder,
    WebhookResponse,
    client,
    components,
    verbs,
    webhook,
)
from jambonz_anyio.sdk.types import ActionHook, CallDirection, SayVerb, WsMessageType
from jambonz_anyio.sdk.verb_registry import VERB_DEFS, VerbDef
from jambonz_anyio.sdk.websocket import AudioClient, WsClient, WsRouter
from jambonz_anyio.sdk.websocket.endpoint import MakeService
from jambonz_core.verbs.profiles import V10
from jambonz_core.webhooks.signature import sign
from jambonz_core.wire.errors import InvalidEnvironment, InvalidVerb
from jambonz_core.wire.registry import REGISTRY

OFFICIAL: dict[str, str] = {
    "websocket": ("AudioStream Session WsClient WsRouter create_endpoint "),
    "webhook": ("WebhookResponse env_vars_middleware verify_signature_middleware "),
    "client": ("CallsResource ConferencesResource JambonzClient QueuesResource "),
    "verbs": (
        "Agent Alert Answer AzureVoiceLiveS2S Conference Config DTMF DeepgramS2S Dequeue Dial "
        "Dialogflow Dub ElevenlabsS2S Enqueue Gather GoogleS2S GptLiveS2S Hangup LLM Leave Listen "
        "Message OpenaiS2S Pause Play QwenS2S Redirect RestDial Room S2S Say SipDecline SipRefer "
        "SipRequest Stream Tag Transcribe Transfer UltravoxS2S "
    ),
    "components": (
        "ActionHook ActionHookDelayAction AnsweringMachineDetection AssemblyaiRecognizerOptions "
        "Auth AwsRecognizerOptions AzureRecognizerOptions BargeIn BidirectionalAudio "
        "CustomRecognizerOptions DeepgramRecognizerOptions ElevenlabsRecognizerOptions FillerNoise "
        "GladiaRecognizerOptions GoogleRecognizerOptions GradiumRecognizerOptions Handoff Hangup "
        "HoundifyRecognizerOptions IbmRecognizerOptions LlmBaseProperties McpServer "
        "ModulateRecognizerOptions NvidiaRecognizerOptions OpenaiRecognizerOptions Recognizer "
        "SonioxRecognizerOptions SpeechmaticsRecognizerOptions Synthesizer Target TransferOptions "
        "VAD XaiRecognizerOptions ZoomRecognizerOptions "
    ),
    "": ("JambonzClient JambonzValidator VerbBuilder WebhookResponse "),
    "validator": "JambonzValidator",
}
"""What the modules of jambonz-python-sdk 0.4.0 export."""

VARIABLES = {"GREETING": {"type": "string", "description": "First words"}}


@pytest.mark.parametrize("name", OFFICIAL)
def test_every_name_is_found_where_the_official_sdk_has_it(name: str) -> None:
    module = importlib.import_module(f"jambonz_anyio.sdk.{name}" if name else "jambonz_anyio.sdk")
    missing = {each for each in OFFICIAL[name].split() if not hasattr(module, each)}
    assert missing == set()


# --- typed input ------------------------------------------------------------------------------------------


def test_typed_input_of_the_official_readme() -> None:
    response = WebhookResponse()
    response.gather(
        verbs.Gather(
            input=["speech", "digits"],
            action_hook="/menu",
            timeout=15,
            num_digits=1,
            say=verbs.Say(text="Press 1 for sales, 2 for support"),
            recognizer=components.Recognizer(vendor="deepgram", language="en-US"),
        )
    ).hangup()
    response.gather(input=["speech"], say=verbs.Say(text="Hello"), recognizer={"vendor": "google"})
    response.gather({"input": ["speech"], "num_digits": 1})
    assert response.to_json() == [
        {
            "verb": "gather",
            "input": ["speech", "digits"],
            "actionHook": "/menu",
            "timeout": 15,
            "numDigits": 1,
            "say": {"text": "Press 1 for sales, 2 for support"},
            "recognizer": {"vendor": "deepgram", "language": "en-US"},
        },
        {"verb": "hangup"},
        {
            "verb": "gather",
            "input": ["speech"],
            "say": {"text": "Hello"},
            "recognizer": {"vendor": "google"},
        },
        {"verb": "gather", "input": ["speech"], "numDigits": 1},
    ]


def test_mistakes_are_found_when_something_is_made() -> None:
    makes: list[Callable[[], object]] = [
        lambda: verbs.Say(txt="x"),
        lambda: verbs.Gather(input=["speech"], numDigits="1", minDigits=2),
        lambda: components.Recognizer(language="de"),
        lambda: components.Recognizer(vendor="google", langage="de"),
        lambda: components.Synthesizer({"vendor": "google", "voize": "x"}),
    ]
    for make in makes:
        with pytest.raises(InvalidVerb):
            make()
    assert components.Synthesizer(vendor="google", language=None) == {"vendor": "google"}


@pytest.mark.anyio
async def test_sessions_take_python_names(dial: Any) -> None:
    app = App()

    def handle(session: Session) -> None:
        session.gather(verbs.Gather(input=["digits"], num_digits=1, action_hook="/x"))
        session.gather({"input": ["digits"], "num_digits": 2})
        session.gather(input=["digits"], max_digits=3)  # type: ignore[call-arg]  # for type checkers, as before
        session.send()

    MakeService(app)(path="/").on("session:new", handle)
    async with dial(app) as phone:
        first, second, third = await phone.answered()
    assert (first["numDigits"], first["actionHook"]) == (1, "/x")
    assert (second["numDigits"], third["maxDigits"]) == (2, 3)


def test_validators_and_builders() -> None:
    validator = JambonzValidator()
    assert validator.validate_verb({"verb": "say", "text": "x"}) == []
    assert validator.validate_app([{"verb": "say", "text": "x"}]) == []
    [fault] = validator.validate_verb({"verb": "say", "txt": "x"})
    assert "txt" in fault
    assert len(validator.validate_app([{"verb": "say"}, {"verb": "juggle"}])) == 1
    assert VerbBuilder().say(text="x").build() == [{"verb": "say", "text": "x"}]
    builder = VerbBuilder().gather(verbs.Gather(input=["digits"], num_digits=1)).gather({"num_digits": 2})
    handed_over = builder.to_list()
    assert [verb["numDigits"] for verb in handed_over] == [1, 2]
    assert builder.to_list() == []


def test_the_registry_of_verbs_has_a_method_for_each() -> None:
    known = {each.method_name: each for each in VERB_DEFS}
    assert known["say"] == VerbDef("say", "say", "say", known["say"].doc)
    assert known["say"].doc.startswith("Renders text")
    assert (known["sip_decline"].json_verb, known["sip_decline"].spec_name) == ("sip:decline", "sip:decline")
    assert (known["openai_s2s"].spec_name, known["openai_s2s"].inject) == ("llm", {"vendor": "openai"})
    assert (known["s2s"].spec_name, known["s2s"].inject) == ("llm", {})
    assert known["stream"].spec_name == "listen"
    assert {each.json_verb for each in VERB_DEFS} == set(V10.schemas.verbs)
    assert all(hasattr(VerbBuilder, each.method_name) for each in VERB_DEFS)
    assert VerbDef("x", "juggle").json_verb == "juggle"


def test_messages_are_those_of_the_wire() -> None:
    results = set(REGISTRY.messages) - {str(kind) for kind in WsMessageType}
    assert results == set()
    assert {str(kind) for kind in WsMessageType} <= set(REGISTRY.messages)
    assert WsMessageType("session:new") == "session:new"
    assert [*CallDirection] == ["inbound", "outbound"]


def test_types_are_plain_dicts() -> None:
    verb: SayVerb = SayVerb(verb="say", text="Hello")
    assert VerbBuilder().say(verb).build() == [{"verb": "say", "text": "Hello"}]
    hook: ActionHook = {"url": "/x", "method": "POST"}
    assert VerbBuilder().gather(input=["speech"], actionHook=hook).build()[0]["actionHook"] == hook


@pytest.mark.anyio
async def test_the_parts_of_the_client_have_names() -> None:
    async with client.JambonzClient(base_url="https://jambonz.example", account_sid="a", api_key="k") as api:
        assert isinstance(api.calls, client.CallsResource)
        assert isinstance(api.conferences, client.ConferencesResource)
        assert isinstance(api.queues, client.QueuesResource)


@pytest.mark.anyio
async def test_a_router_has_services_by_their_paths(dial: Any) -> None:
    router = WsRouter()
    service = WsClient("/a").on("session:new", lambda session: session.say(text=session.data["to"]).send())
    router.use("/a", service)
    router.use("/b", service)
    assert isinstance(router.use_audio("/audio"), AudioClient)
    for path in ("/a", "/b"):
        async with dial(router.app, path) as phone:
            [said] = await phone.answered()
            assert said["verb"] == "say"
    own = App()
    assert (WsRouter(own).app, MakeService(WsRouter(own)).app, MakeService(own).app) == (own, own, own)


# --- webhooks ---------------------------------------------------------------------------------------------


def test_signatures_raise_what_people_catch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1000.0)
    header = sign(b"{}", "secret", timestamp=1000)
    assert webhook.verify_signature_middleware(b"{}", header, "secret")
    for payload, given in ((b"{ }", header), (b"{}", None), (b"{}", "nonsense")):
        with pytest.raises(ValueError, match=r"\w"):
            webhook.verify_signature_middleware(payload, given, "secret")


def test_the_body_for_the_portal_is_the_bare_object() -> None:
    assert webhook.env_vars_middleware(VARIABLES) == VARIABLES
    with pytest.raises(InvalidEnvironment):
        webhook.env_vars_middleware({"NO": {"type": "string"}})


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "headers", "answered"),
    [
        ("OPTIONS", [], True),
        ("OPTIONS", [(b"access-control-request-method", b"POST")], False),
        ("POST", [], False),
    ],
)
async def test_an_asgi_application_answers_the_portal(
    method: str, headers: list[tuple[bytes, bytes]], answered: bool
) -> None:
    passed: list[str] = []
    sent: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        passed.append(scope["type"])

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    async def send(message: Any) -> None:
        sent.append(message)

    app = webhook.EnvVarsMiddleware(application, env_vars=VARIABLES)
    await app({"type": "http", "method": method, "headers": headers}, receive, send)
    await app({"type": "lifespan"}, receive, send)
    without = webhook.EnvVarsMiddleware(application, env_vars={})
    await without({"type": "http", "method": method, "headers": headers}, receive, send)
    assert passed == ([] if answered else ["http"]) + ["lifespan", "http"]
    if answered:
        assert sent[0]["status"] == 200
        assert json.loads(sent[1]["body"]) == VARIABLES
        assert dict(sent[0]["headers"])[b"content-length"] == str(len(sent[1]["body"])).encode()
    else:
        assert sent == []


@pytest.mark.parametrize(
    ("method", "headers", "answered"),
    [
        ("OPTIONS", {}, True),
        ("OPTIONS", {"HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST"}, False),
        ("POST", {}, False),
    ],
)
def test_a_wsgi_application_answers_the_portal(method: str, headers: dict[str, str], answered: bool) -> None:
    started: list[Any] = []

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"passed"]

    def start_response(status: str, given: list[tuple[str, str]], *more: Any) -> Any:
        started.append((status, dict(given)))
        return lambda data: None

    def ask(variables: dict[str, Any]) -> bytes:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "QUERY_STRING": "",
            "wsgi.input": io.BytesIO(),
            **headers,
        }
        setup_testing_defaults(environ)
        body = validator(webhook.WsgiEnvVarsMiddleware(validator(application), env_vars=variables))(
            environ, start_response
        )
        try:
            return b"".join(body)
        finally:
            body.close()  # type: ignore[attr-defined]

    assert (json.loads(ask(VARIABLES)) == VARIABLES) if answered else (ask(VARIABLES) == b"passed")
    assert ask({}) == b"passed"
    assert started[0][0] == ("200 OK" if answered else "404 Not Found")
