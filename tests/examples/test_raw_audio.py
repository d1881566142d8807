"""A tone goes in, and the tones of a robot come out."""

from __future__ import annotations

from typing import Any

import pytest
from examples.raw_audio import Robot, app

from examples import raw_audio
from jambonz_anyio.testing import audio, dial


async def test_the_robot(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.hears("change its pitch")
        await phone.sends_audio(audio.tone(440, 1.0))
        heard = await phone.hears_audio(0.8)
        assert audio.has_tone(heard, 390, share=0.4)
        assert audio.has_tone(heard, 490, share=0.4)
        assert not audio.has_tone(heard, 440, share=0.1)


async def test_a_key_changes_the_pitch(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.hears("change its pitch")
        await phone.presses("8#")
        await phone.sends_audio(audio.tone(440, 1.0))
        assert audio.has_tone(await phone.hears_audio(0.8), 640, share=0.4)


async def test_it_does_not_last_for_ever(virtual_time: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_audio, "LONGEST", 2.0)
    async with dial(app) as phone:
        await phone.hears("That was fun.")
        await phone.call_ends("jambonz")


def test_frames_of_any_length_make_one_voice() -> None:
    pcm = audio.tone(440, 0.1)
    whole, pieces = Robot(), Robot()
    assert b"".join(pieces.speaks(pcm[n : n + 200]) for n in range(0, len(pcm), 200)) == whole.speaks(pcm)
