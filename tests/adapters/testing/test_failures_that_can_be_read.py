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


@app.call("/greeting")
async def greeting(call: Call) -> None:
    await call.say(text="Good Morning. Press one.").gather(input=["digits"], numDigits=1, timeout=30).send()


async def test_words_with_other_capitals(virtual_time: Any) -> None:
    async with dial(app, "/greeting") as phone:
        with pytest.raises(ExpectationFailed) as failed:
            await phone.hears("good morning")
    first, *_ = str(failed.value).splitlines()
    assert first.startswith("expected to hear “good morning”, and heard “Good Morning. Press one.” within")
    assert first.endswith("(with other capitals)")


async def test_words_that_were_passed_by(virtual_time: Any) -> None:
    async with dial(app, "/greeting") as phone:
        await phone.hears("Press one.")
        with pytest.raises(ExpectationFailed, match=r"heard nothing more .*\(it was heard before that"):
            await phone.hears("Good Morning")


async def test_words_that_somebody_else_has_heard(virtual_time: Any) -> None:
    calls = App()

    async def whisper(call: Call, _: object) -> Any:
        return call.say(text="A call for you.")

    calls_path = calls.call("/briefed")
    calls_path.on("/whisper", whisper)

    @calls_path
    async def briefed(call: Call) -> None:
        await call.dial(target=[{"type": "phone", "number": "+15550002"}], confirmHook="/whisper").result()

    async with dial(calls, "/briefed") as phone:
        other = phone.party("b1")
        await other.answers()
        await other.hears("A call for you.")
        with pytest.raises(ExpectationFailed, match=r"\(b1 has heard it\)"):
            await phone.hears("A call for you.")


async def test_what_was_heard_before_the_end(virtual_time: Any) -> None:
    async with dial(app, "/greeting") as phone:
        await phone.hears("Good Morning")
        await phone.hangs_up()
        await phone.call_ends()
        with pytest.raises(ExpectationFailed, match="but the call of caller is over, and heard nothing more"):
            await phone.hears("Goodbye")


@pytest.mark.parametrize("who", ["caller", "model"])
async def test_a_step_that_is_not_awaited_fails_the_test(virtual_time: Any, who: str) -> None:
    async def forgets() -> None:
        async with dial(app, "/greeting") as phone:
            await phone.hears("Good Morning")
            if who == "model":
                phone.model.hears("never said")  # type: ignore[unused-coroutine]  # the mistake
            else:
                phone.hears("never said")  # type: ignore[unused-coroutine]  # the mistake
            await phone.presses("1")

    with pytest.raises(
        ExpectationFailed, match=r"^never awaited, so never done: hears\('never said'\) at test_fail"
    ):
        await forgets()
