"""What is recorded, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from examples import call_recording
from jambonz_anyio.rest import JambonzClient
from jambonz_anyio.testing import Phone, RestServer, dial


def recorded(phone: Phone) -> list[str]:
    """The commands about the recording."""
    return [command.data["action"] for command in phone.commands if command.command == "record"]


async def test_by_command(virtual_time: Any) -> None:
    async with dial(call_recording.app) as phone:
        await phone.presses("1")
        await phone.says("An order.")
        await phone.hears("not recorded")
        assert recorded(phone) == ["startCallRecording", "pauseCallRecording"]
        await phone.says("The first of May.")
        await phone.hears("Goodbye.")
        assert recorded(phone)[2:] == ["resumeCallRecording"]
        await phone.call_ends("jambonz")
        assert not phone.faults


async def test_without_consent_nothing_is_recorded(virtual_time: Any) -> None:
    async with dial(call_recording.app) as phone:
        await phone.presses("2")
        await phone.says("An order.")
        await phone.hears("date of birth")
        await phone.says("The first of May.")
        await phone.hears("Goodbye.")
        assert recorded(phone) == []


async def test_over_rest(virtual_time: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = RestServer()
    address = ("https://api.example.com", server.account_sid, server.api_key)
    monkeypatch.setattr(
        call_recording, "JambonzClient", lambda: JambonzClient(*address, transport=server.transport())
    )
    async with dial(call_recording.app, "/rest") as phone:
        server.calls.records[phone.call_sid] = {"call_sid": phone.call_sid, "call_status": "in-progress"}
        await phone.presses("1")
        await phone.says("An order.")
        await phone.hears("Goodbye.")
    [(sid, update)] = server.calls.updates
    assert (sid, update["record"]["action"]) == (phone.call_sid, "startCallRecording")


async def test_without_a_rest_api(virtual_time: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JAMBONZ_REST_API_BASE_URL", "JAMBONZ_BASE_URL", "JAMBONZ_ACCOUNT_SID", "JAMBONZ_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    async with dial(call_recording.app, "/rest") as phone:
        await phone.presses("1")
        await phone.hears("We cannot record now")
        await phone.hears("What is it about?")
