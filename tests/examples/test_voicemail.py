"""A message ends in a file, however it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from examples import voicemail
from jambonz_anyio.testing import audio, dial


@pytest.fixture
def messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the messages go: a folder that is not there yet."""
    monkeypatch.setattr(voicemail, "MESSAGES", tmp_path / "messages")
    return tmp_path / "messages"


def kept(folder: Path) -> list[Path]:
    """The messages in the folder, if there is one."""
    return list(folder.iterdir()) if folder.exists() else []


def recorded(folder: Path) -> bytes:
    """The sound of the only message."""
    [path] = kept(folder)
    return audio.read_wav(path)


async def test_a_message_that_ends_with_a_key(virtual_time: Any, messages: Path) -> None:
    async with dial(voicemail.app) as phone:
        await phone.hears("after the tone")
        assert audio.has_tone(await phone.hears_audio(0.3), 1000)
        await phone.sends_audio(audio.tone(440, 1.0))
        await phone.presses("#")
        await phone.hears("Thank you.")
        await phone.call_ends("jambonz")
    assert audio.has_tone(recorded(messages), 440)


async def test_a_message_that_ends_with_the_call(virtual_time: Any, messages: Path) -> None:
    async with dial(voicemail.app) as phone:
        await phone.hears_audio(0.3)
        await phone.sends_audio(audio.tone(440, 1.0))
        await phone.hangs_up()
    assert audio.has_tone(recorded(messages), 440)


async def test_who_does_not_wait_for_the_tone_leaves_nothing(virtual_time: Any, messages: Path) -> None:
    async with dial(voicemail.app) as phone:
        await phone.hears("Nobody is here")
        await phone.hangs_up()
    assert kept(messages) == []
