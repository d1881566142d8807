"""A message ends in a file, however it ends, and nobody else can leave one."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from examples import voicemail_webhook
from jambonz_anyio.testing import audio, dial
from jambonz_anyio.transport import HttpRequest, HttpResponse, Peer


@pytest.fixture
def messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the messages go: a folder that is not there yet."""
    monkeypatch.setattr(voicemail_webhook, "MESSAGES", tmp_path / "messages")
    return tmp_path / "messages"


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The account's secret, known to the application."""
    with monkeypatch.context() as patch:
        patch.setenv("JAMBONZ_WEBHOOK_SECRET", "s3cret")
        importlib.reload(voicemail_webhook)
        yield "s3cret"
    importlib.reload(voicemail_webhook)


def kept(folder: Path) -> list[Path]:
    """The messages in the folder, if there is one."""
    return list(folder.iterdir()) if folder.exists() else []


def recorded(folder: Path) -> bytes:
    """The sound of the only message."""
    [path] = kept(folder)
    return audio.read_wav(path)


async def test_a_message_that_ends_with_a_key(virtual_time: Any, messages: Path) -> None:
    async with dial(voicemail_webhook.app, webhook=True) as phone:
        await phone.hears("after the tone")
        await phone.hears_sound("beep")
        await phone.sends_audio(audio.tone(440, 1.0))
        await phone.presses("#")
        await phone.hears("Thank you.")
        await phone.call_ends("jambonz")
        assert not phone.faults
    assert audio.has_tone(recorded(messages), 440)


async def test_a_message_that_ends_with_the_call(virtual_time: Any, messages: Path) -> None:
    async with dial(voicemail_webhook.app, webhook=True) as phone:
        await phone.hears_sound("beep")
        await phone.sends_audio(audio.tone(440, 1.0))
        await phone.hangs_up()
    assert audio.has_tone(recorded(messages), 440)


async def test_who_does_not_wait_for_the_tone_leaves_nothing(virtual_time: Any, messages: Path) -> None:
    async with dial(voicemail_webhook.app, webhook=True) as phone:
        await phone.hears("Nobody is here")
        await phone.hangs_up()
    assert kept(messages) == []


async def test_only_jambonz_can_leave_messages(virtual_time: Any, secret: str, messages: Path) -> None:
    async with dial(voicemail_webhook.app, webhook=True, webhook_secret=secret) as phone:
        await phone.hears_sound("beep")
        await phone.sends_audio(audio.tone(440, 1.0))
        await phone.hangs_up()
    assert audio.has_tone(recorded(messages), 440)
    stranger = HttpRequest("GET", Peer("/message"), subprotocols=("audio.drachtio.org",))
    answer = await voicemail_webhook.app.admit(stranger)
    assert isinstance(answer, HttpResponse)
    assert answer.status == 401
