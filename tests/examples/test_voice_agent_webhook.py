"""The agent answers, remembers, is interrupted, gives up on silent callers, and loses its model."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from examples.voice_agent_webhook import INSTRUCTIONS, ITEMS, PATIENCE, app

from examples import voice_agent_webhook
from jambonz_anyio.agents import Conversation
from jambonz_anyio.testing import dial


async def test_what_was_said_is_known_in_the_next_turn(
    virtual_time: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    async def model(conversation: Conversation) -> str:
        asked.append([message["content"] for message in conversation.openai_chat()])
        return f"That was number {len(asked)}."

    monkeypatch.setattr(voice_agent_webhook, "model", model)
    async with dial(app, webhook=True) as phone:
        for number in range(1, ITEMS):
            await phone.says(f"Cake {number}.")
            await phone.hears(f"That was number {number}.")
        assert not phone.faults
    greeting, first, second = "Hello! This is the bakery.", "Cake 1.", "That was number 1."
    assert asked[1] == [INSTRUCTIONS, greeting, first, second, "Cake 2."]
    assert len(asked[-1]) <= ITEMS + 1
    assert asked[-1][-3:] == [f"Cake {ITEMS - 2}.", f"That was number {ITEMS - 2}.", f"Cake {ITEMS - 1}."]


async def test_an_interruption(virtual_time: Any) -> None:
    async with dial(app, webhook=True) as phone:
        await phone.interrupts("Are you open on Sunday?")
        await phone.hears("On Sunday we are closed.")
        await phone.says("What else can you tell me?")
        await phone.hears("You can ask me when we are open.")


async def test_silence(virtual_time: Any) -> None:
    async with dial(app, webhook=True) as phone:
        await phone.hears("Are you still there?")
        await phone.says("Yes, I am.")
        await phone.hears("You can ask me")
        await phone.hears("Are you still there?")
        await phone.hears("Then goodbye.")
        await phone.call_ends("jambonz")


@pytest.mark.parametrize("seconds", [0, PATIENCE + 1])
async def test_a_model_that_fails_or_never_answers(
    virtual_time: Any, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    async def model(conversation: Conversation) -> str:
        await anyio.sleep(seconds)
        raise ConnectionError("nobody is there")

    monkeypatch.setattr(voice_agent_webhook, "model", model)
    async with dial(app, webhook=True) as phone:
        await phone.says("Are you open on Sunday?")
        await phone.hears("Please call again later.")
        await phone.call_ends("jambonz")


async def test_a_model_that_answers_nothing(virtual_time: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def model(conversation: Conversation) -> str:
        return ""

    monkeypatch.setattr(voice_agent_webhook, "model", model)
    async with dial(app, webhook=True) as phone:
        await phone.says("Are you open on Sunday?")
        await phone.hears("I have no answer to that.")
