"""What is no audio, and audio that is too much at once."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_anyio import App, AudioStream, Call, LocalProtocolError, PlayOutcome
from jambonz_anyio.testing import Checks, dial


async def stream_of(streaming: bool, use: Any) -> list[Any]:
    """Let `use` have a stream, which must be as good as new afterwards; what it returned."""
    app = App()
    results: list[Any] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        both = {"enabled": True, "streaming": streaming, "sampleRate": 8000}
        await call.answer().listen(url="/audio", bidirectionalAudio=both).send()

    @app.audio("/audio", streaming=streaming)
    async def audio(stream: AudioStream) -> None:
        results.append(await use(stream))
        results.append(await stream.play(bytes(16000)))

    async with dial(app, "/", checks=Checks(unanswered="ignore")) as phone:
        await phone.expects(lambda: len(results) == 2 or None, "the stream to be used", 400)
        await phone.hangs_up()
    assert results.pop() is PlayOutcome.PLAYED
    return results


@pytest.mark.parametrize("streaming", [True, False])
async def test_what_is_no_audio_is_refused_and_leaves_nothing_behind(
    virtual_time: Any, streaming: bool
) -> None:
    async def use(stream: AudioStream) -> None:
        for thing in (None, 5, "text", ["a", "list"]):
            with pytest.raises(
                LocalProtocolError, match=f"audio is bytes, and this is {type(thing).__name__}"
            ):
                await stream.play(thing)  # type: ignore[arg-type]  # the misuse
            if streaming:
                with pytest.raises(LocalProtocolError, match="audio is bytes"):
                    await stream.send(thing)  # type: ignore[arg-type]  # the misuse
        if streaming:
            with pytest.raises(LocalProtocolError, match="the name of a mark is a str, not int"):
                stream.mark(5)  # type: ignore[arg-type]  # the misuse

    await stream_of(streaming, use)


async def test_a_buffer_may_be_filled_again_at_once(virtual_time: Any) -> None:
    async def use(stream: AudioStream) -> Any:
        buffer = bytearray(b"\x01\x00" * 800)
        await stream.send(buffer)
        buffer[:] = bytes(len(buffer))
        buffer.clear()
        return await stream.mark()

    assert await stream_of(True, use) == [PlayOutcome.PLAYED]


@pytest.mark.untraced
async def test_audio_of_five_minutes_goes_through_at_once(virtual_time: Any) -> None:
    async def use(stream: AudioStream) -> Any:
        return await stream.play(bytes(300 * 16000))

    assert await stream_of(True, use) == [PlayOutcome.PLAYED]
