"""The telephone, the web, and what one does to the other."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from examples import fastapi_app
from jambonz_anyio.testing import dial
from jambonz_core import sign


def browser() -> httpx.AsyncClient:
    """Somebody on the web."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(fastapi_app.api), base_url="http://workshop.test")


async def test_a_call_that_the_web_acts_on(virtual_time: Any) -> None:
    async with dial(fastapi_app.app) as phone, browser() as web:
        await phone.says("Ada")
        await phone.hears("Please hold on.")
        [live] = (await web.get("/calls")).json()
        assert live == {"call_sid": phone.call_sid, "name": "Ada"}
        said = await web.post(f"/calls/{phone.call_sid}/say", params={"text": "Your bicycle is ready."})
        assert said.status_code == 200
        await phone.hears("Your bicycle is ready.")
        await phone.call_ends("jambonz")


async def test_nobody_on_the_web_says_anything(virtual_time: Any) -> None:
    async with dial(fastapi_app.app) as phone:
        await phone.says("Ada")
        await phone.hears("We call you back.", timeout=40)
        await phone.call_ends("jambonz")
    async with browser() as web:
        assert (await web.post(f"/calls/{phone.call_sid}/say", params={"text": "Hello?"})).status_code == 404


async def test_the_webhook(virtual_time: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.dumps({"call_sid": "c1"}).encode()
    async with browser() as web:
        assert (await web.post("/closed", content=body)).json()[0]["verb"] == "say"
        monkeypatch.setattr(fastapi_app, "SECRET", "s3cret")
        header = {"jambonz-signature": sign(body, "s3cret", timestamp=int(time.time()))}
        assert (await web.post("/closed", content=body, headers=header)).json()[1] == {"verb": "hangup"}
        assert (await web.post("/closed", content=body)).status_code == 401


def test_calls_come_through_fastapi() -> None:
    session = {
        "type": "session:new",
        "msgid": "m1",
        "call_sid": "c1",
        "data": {"call_sid": "c1", "direction": "inbound"},
    }
    with (
        TestClient(fastapi_app.api) as host,
        host.websocket_connect("/voice/", subprotocols=["ws.jambonz.org"]) as socket,
    ):
        socket.send_text(json.dumps(session))
        answer = json.loads(socket.receive_text())
    assert answer["type"] == "ack"
    assert [verb["verb"] for verb in answer["data"]] == ["say", "gather"]
