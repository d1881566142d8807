"""FastAPI, Flask, Django and aiohttp send a `WebhookResponse`, and hand over the raw body that signatures cover.

Each framework runs in memory: its own test client, or its request and response objects.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from jambonz_core import SignatureFault, WebhookResponse, check_signature, sign

SECRET = "webhook-secret"
NOW = 1_700_000_000
# Spaces and escapes as no serialiser of ours would write them.
BODY = b'{"call_sid" : "c1",  "from":"\\u002b15085551212"}'
HEADER = sign(BODY, SECRET, timestamp=NOW)
VERBS = [{"verb": "say", "text": "Grüße"}, {"verb": "hangup"}]


def answer() -> WebhookResponse:
    return WebhookResponse().say(text="Grüße").hangup()


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_fastapi() -> None:
    import fastapi
    import httpx

    app = fastapi.FastAPI()
    faults = []

    async def plain(request: fastapi.Request) -> Any:
        body = await request.body()
        faults.append(check_signature(request.headers["jambonz-signature"], body, SECRET, now=NOW))
        return answer()

    async def annotated() -> WebhookResponse:
        return answer()

    async def as_bytes() -> Any:
        response = answer()
        return fastapi.Response(response.body, media_type=response.media_type)

    # Written without decorators: their parameters would be strings under postponed annotations.
    plain.__annotations__["request"] = fastapi.Request
    annotated.__annotations__["return"] = WebhookResponse
    app.post("/plain", response_model=None)(plain)
    app.post("/annotated")(annotated)
    app.post("/bytes", response_model=None)(as_bytes)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
        for path in ("/plain", "/annotated", "/bytes"):
            response = await client.post(path, content=BODY, headers={"jambonz-signature": HEADER})
            assert (response.status_code, response.json()) == (200, VERBS), path
            assert response.headers["content-type"].startswith("application/json")
    assert faults == [None]


def test_flask() -> None:
    import flask

    app = flask.Flask("app")
    faults = []

    @app.post("/hook")
    def hook() -> Any:
        header = flask.request.headers.get("Jambonz-Signature")
        faults.append(check_signature(header, flask.request.get_data(), SECRET, now=NOW))
        return answer()

    with app.test_client() as client:
        response = client.post("/hook", data=BODY, headers={"Jambonz-Signature": HEADER})
    assert response.json == VERBS
    assert response.content_type == "application/json"
    assert faults == [None]


def test_django() -> None:
    from django.conf import settings

    if not settings.configured:
        settings.configure(DEFAULT_CHARSET="utf-8", ALLOWED_HOSTS=["*"])
    from django.http import JsonResponse
    from django.test import RequestFactory

    request: Any = RequestFactory().post(
        "/hook", data=BODY, content_type="application/json", headers={"Jambonz-Signature": HEADER}
    )
    assert check_signature(request.headers["Jambonz-Signature"], request.body, SECRET, now=NOW) is None
    response = JsonResponse(answer(), safe=False)
    assert json.loads(response.content) == VERBS
    assert response["Content-Type"] == "application/json"


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_aiohttp() -> None:
    from aiohttp import web
    from aiohttp.test_utils import make_mocked_request

    request = make_mocked_request("POST", "/hook", headers={"Jambonz-Signature": HEADER})
    assert check_signature(request.headers["Jambonz-Signature"], BODY, SECRET, now=NOW) is None
    response = web.json_response(answer())
    assert response.text is not None
    assert json.loads(response.text) == VERBS
    assert response.content_type == "application/json"


def test_parsed_and_written_again_the_body_no_longer_matches() -> None:
    rewritten = json.dumps(json.loads(BODY)).encode()
    assert check_signature(HEADER, rewritten, SECRET, now=NOW) is SignatureFault.MISMATCH
