"""What a failing test says: in plain words, no longer than can be read, and about the test's own mistakes, too."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_anyio import App, AudioStream, Call
from jambonz_anyio.testing import ExpectationFailed, dial
from jambonz_anyio.testing.records import AppLogged, Noted, Record
from jambonz_anyio.testing.transcript import excerpt, transcript
from jambonz_core.simulator import Idle

app = App()


@app.call("/")
async def listener(call: Call) -> None:
    while True:
        await call.gather(input=["speech"], timeout=60).result()


@app.call("/song")
async def song(call: Call) -> None:
    await call.say(text="La la la.", loop="forever").send()
    await call.gather(input=["speech"]).result()


@app.call("/audio-only")
async def audio_only(call: Call) -> None:
    await call.answer().listen(url="/sound").send()


@app.audio("/sound")
async def sound(stream: AudioStream) -> None:
    async for _ in stream:
        pass


async def test_a_song_without_end_is_quoted_in_part(virtual_time: Any) -> None:
    async with dial(app, "/song") as phone:
        with pytest.raises(ExpectationFailed) as failed:
            await phone.hears("Amen.")
        whole = phone.transcript
    first, *page = str(failed.value).splitlines()
    assert first.startswith("expected to hear “Amen.”, and heard “…")
    assert first.endswith("La la la.” after 600 s without 10 s of silence")
    assert len(first) < 600
    assert len(page) < 20
    assert any("times more" in line for line in page)
    assert len(whole.splitlines()) > 500


async def test_nobody_gets_a_word_in(virtual_time: Any) -> None:
    async with dial(app, "/song") as phone:
        with pytest.raises(
            ExpectationFailed, match="something is still being played after 600 s without 10 s"
        ):
            await phone.says("May I?")


def test_a_long_call_has_its_beginning_and_its_end() -> None:
    records = [Record(float(number), Noted(f"thing {number}")) for number in range(500)]
    page = excerpt(records).splitlines()
    assert len(page) == 161
    assert page[59].endswith("thing 59")
    assert page[60].endswith("340 lines are left out; `phone.transcript` has them all")
    assert page[61].endswith("thing 400")
    assert len(transcript(records).splitlines()) == 500


def test_what_comes_three_times_is_told_three_times() -> None:
    records = [Record(float(number), Noted("again")) for number in range(3)]
    assert excerpt(records) == transcript(records)
    records += [Record(3.0, Noted("again"))]
    page = excerpt(records).splitlines()
    assert [line.split(maxsplit=1)[0] for line in page] == ["0.00", "…", "3.00"]
    assert page[1].endswith("note     … and 2 times more")


def test_an_error_in_the_log_is_named_and_a_legs_idling_is_its_own() -> None:
    records = [Record(1.0, AppLogged("ERROR", "It failed", ValueError("why"))), Record(2.0, Idle("b1"))]
    assert transcript(records).splitlines() == [
        "    1.00  app log  ERROR: It failed (ValueError('why'))",
        "    2.00  b1       idles: there are no verbs left",
    ]


@pytest.mark.parametrize("path", ["/", "/audio-only"])
async def test_keys_that_nobody_waits_for_cannot_be_pressed_politely(virtual_time: Any, path: str) -> None:
    async with dial(app, path, checks=None) as phone:
        with pytest.raises(ExpectationFailed, match="expected to press 1, but no key is waited for"):
            await phone.presses("1")


@pytest.mark.parametrize("keys", ["", "12x", "five"])
async def test_keys_that_a_telephone_has_not(virtual_time: Any, keys: str) -> None:
    async with dial(app) as phone:
        with pytest.raises(ValueError, match="a telephone has the keys"):
            await phone.presses(keys)
        if keys:
            with pytest.raises(ValueError, match="a telephone has the keys"):
                await phone.interrupts(keys=keys)


async def test_what_is_waited_for_is_a_text_or_a_pattern(virtual_time: Any) -> None:
    async with dial(app) as phone:
        with pytest.raises(TypeError, match="a text or a compiled regular expression, not None"):
            await phone.hears(None)  # type: ignore[arg-type]


async def test_what_is_called_is_an_application_and_comes_in_or_goes_out(virtual_time: Any) -> None:
    with pytest.raises(TypeError, match="an application, such as an App, and not 'module:app'"):
        async with dial("module:app"):  # type: ignore[arg-type]
            pass
    with pytest.raises(ValueError, match="inbound or outbound, not 'sideways'"):
        async with dial(app, direction="sideways"):  # type: ignore[arg-type]
            pass
