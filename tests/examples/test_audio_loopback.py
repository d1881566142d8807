"""What callers say comes back to them."""

from __future__ import annotations

from typing import Any

from examples.audio_loopback import app

from jambonz_anyio.testing import audio, dial


async def test_the_caller_hears_himself(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.hears("You can hear yourself now.")
        await phone.sends_audio(audio.tone(440, 0.5) + audio.silence(0.2))
        assert audio.has_tone(await phone.hears_audio(0.5), 440)
