"""Every example, with callers and vendors that are no help: no exception, and something sensible at the end.

Each is called several times: by somebody who says nothing, by one who mumbles, one who presses whatever there is, one who
hangs up in the middle; and once the vendors fail that it has: voices, recognisers, models.
"""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest

from jambonz_anyio import App
from jambonz_anyio.testing import HURRIED, Checks, Phone, audio, dial, dial_url, run
from jambonz_core.simulator import PressKeys, Spoken

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LAST_WORDS = re.compile(r"(?i)goodbye|call again|call you back|see you|hello, world|nobody to ask")
"""What a caller may be left with."""


@dataclass(frozen=True)
class Way:
    """How an example is called, and what it does with callers who are no help."""

    path: str = "/"
    webhook: bool = False
    direction: Literal["inbound", "outbound"] = "inbound"
    model: bool = False
    """A vendor's model talks to the caller. It decides what becomes of a silent one."""
    stays: bool = False
    """Whoever says nothing is not hung up on: they are an agent at work, or listen to a stream."""
    streams: bool = False
    """Words are streamed to a voice."""
    one_sentence: bool = False
    """There is one thing to say, and nothing where the voice fails."""
    pace: float = 1.0
    """How much slower callers are: less than 1 for calls that take place in real time."""
    lifespan: bool = True
    hears_sound: bool = False
    """It has an audio stream."""


WAYS = {
    "agent_crm": [Way(model=True)],
    "agent_deepgram_cartesia": [Way(model=True)],
    "agent_dynamic_tools": [Way(model=True)],
    "agent_flux_elevenlabs": [Way(model=True)],
    "agent_mcp_server": [Way(model=True, lifespan=False)],
    "agent_persona_switch": [Way(model=True)],
    "agent_speechmatics_rime": [Way(model=True)],
    "agent_supervisor": [Way(model=True), Way("/supervisor")],
    "agent_tavily_mcp": [Way(model=True)],
    "agent_tools": [Way(model=True)],
    "agent_web_search": [Way(model=True)],
    "answering_machine": [Way(direction="outbound")],
    "anthropic_client": [Way(streams=True)],
    "audio_loopback": [Way(hears_sound=True)],
    "call_recording": [Way(), Way("/rest")],
    "call_recording_webhook": [Way(webhook=True)],
    "campaign": [Way(direction="outbound")],
    "card_number": [Way()],
    "core_on_trio_websocket": [Way(pace=0.05)],
    "deepgram_voice_agent": [Way(model=True)],
    "dial_with_fallback": [Way()],
    "dial_with_fallback_webhook": [Way(webhook=True)],
    "echo": [Way()],
    "echo_webhook": [Way(webhook=True)],
    "elevenlabs_voice_agent": [Way(model=True)],
    "fastapi_app": [Way()],
    "hello_world": [Way(one_sentence=True)],
    "hello_world_webhook": [Way(webhook=True, one_sentence=True)],
    "ivr_menu": [Way()],
    "ivr_menu_webhook": [Way(webhook=True)],
    "llm_streaming": [Way(streams=True, stays=True)],
    "openai_client": [Way(streams=True)],
    "openai_realtime": [Way(model=True)],
    "openai_realtime_webhook": [Way(webhook=True, model=True)],
    "queue_with_hold_music": [Way(stays=True), Way("/agent", stays=True)],
    "queue_with_hold_music_webhook": [Way(webhook=True, stays=True), Way("/agent", webhook=True, stays=True)],
    "raw_audio": [Way(hears_sound=True)],
    "translator": [Way()],
    "ultravox": [Way(model=True)],
    "voice_agent": [Way(streams=True)],
    "voice_agent_webhook": [Way(webhook=True)],
    "voicemail": [Way(hears_sound=True)],
    "voicemail_webhook": [Way(webhook=True, hears_sound=True)],
    "warm_transfer": [Way()],
}


def test_every_example_is_here() -> None:
    assert sorted(WAYS) == sorted(path.stem for path in EXAMPLES.glob("*.py"))


# --- callers ----------------------------------------------------------------------------------------------------


async def silence(phone: Phone, way: Way) -> None:
    pass


async def noise(phone: Phone, way: Way) -> None:
    if way.hears_sound:
        await phone.sends_audio(audio.babble(0.5))
    for _ in range(3):
        if not phone.over:
            await phone.speaks_anyway("mumble grumble", confidence=0.2, duration=0.5 * way.pace)
        if not phone.over:
            await phone.waits(4 * way.pace)


async def wrong_keys(phone: Phone, way: Way) -> None:
    for keys in ("9", "*#", "000"):
        if not phone.over:
            phone.act(PressKeys(keys))
            await phone.waits(5 * way.pace)


async def a_hang_up(phone: Phone, way: Way) -> None:
    await phone.waits(1.5 * way.pace)
    if not phone.over:
        await phone.hangs_up()


async def a_failure(phone: Phone, way: Way) -> None:
    """The vendors fail, each as it can, and then the caller says nothing more."""
    if way.model:
        await phone.model.fails("out of order")
        return
    if way.streams:
        phone.vendor_down()
    else:
        phone.tts_fails()
    for _ in range(3):
        if not phone.over:
            await phone.speaks_anyway("Hello?", duration=0.5 * way.pace)
        if not phone.over and not way.streams:
            phone.stt_fails()
        if not phone.over:
            await phone.waits(6 * way.pace)


# --- calls ------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def called(example: Any, way: Way) -> AsyncIterator[Phone]:
    """A call to an example."""
    if isinstance(getattr(example, "app", None), App):
        settings: dict[str, Any] = {"webhook": way.webhook, "direction": way.direction, "lifespan": False}
        if way.streams:
            settings["checks"] = Checks(app_errors="ignore")  # the agent logs what its model has raised
        async with dial(example.app, way.path, **settings) as phone:
            if way.direction == "outbound":
                await phone.answers()
            yield phone
        return
    import trio

    async with trio.open_nursery() as nursery:
        port = await nursery.start(example.serve, example.echo, 0)
        async with dial_url(f"ws://127.0.0.1:{port}/", options=HURRIED) as phone:
            yield phone
        nursery.cancel_scope.cancel()


async def every_call(example: Any, way: Way) -> None:
    """The calls of all of them, one after the other, each up to its end."""
    for behaves in (silence, noise, wrong_keys, a_hang_up, a_failure):
        async with called(example, way) as phone:
            await behaves(phone, way)
            ends = behaves is a_failure and (way.model or way.streams)
            if behaves is a_hang_up or ((way.model or way.stays) and not ends):
                continue
            await phone.call_ends(timeout=400)
            if way.one_sentence and behaves is a_failure:
                continue
            heard = [record.what.text for record in phone.records if isinstance(record.what, Spoken)]
            assert any(LAST_WORDS.search(text) for text in heard[-2:]), phone.transcript


async def calls(example: Any) -> None:
    """All calls, with the application running around them."""
    for way in WAYS[example.__name__.rpartition(".")[2]]:
        if way.lifespan and isinstance(getattr(example, "app", None), App):
            async with example.app.running():
                await every_call(example, way)
        else:
            await every_call(example, way)


@pytest.mark.parametrize("name", WAYS)
def test_bad_input(
    name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    example = importlib.import_module(f"examples.{name}")
    monkeypatch.chdir(tmp_path)
    # A key that no vendor takes, at an address where none is.
    for vendor in ("OPENAI", "ANTHROPIC"):
        monkeypatch.setenv(f"{vendor}_API_KEY", "a key")
        monkeypatch.setenv(f"{vendor}_BASE_URL", "http://127.0.0.1:9")
    if hasattr(example, "LONGEST") and name != "queue_with_hold_music":
        monkeypatch.setattr(example, "LONGEST", 3.0)
    if name == "core_on_trio_websocket":
        import trio

        monkeypatch.setitem(example.ASK[0], "timeout", 1)
        trio.run(calls, example)
    else:
        run(partial(calls, example))
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
