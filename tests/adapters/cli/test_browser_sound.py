"""The sound of the telephone in the browser, without a browser: whose it is, what is heard, and what is understood."""

from __future__ import annotations

import shutil
import sys
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, AudioStream, Call
from jambonz_anyio.cli.browser.call_sound import CallSound, resampler
from jambonz_anyio.cli.browser.page_messages import TakeSound
from jambonz_anyio.cli.browser.utterances import Utterances
from jambonz_anyio.cli.browser.voices import (
    EspeakVoice,
    Sound,
    WhisperRecognizer,
    choose_recognizer,
    choose_voice,
    sound_of_wav,
)
from jambonz_anyio.cli.errors import CommandFailed
from jambonz_anyio.cli.live_call import LiveCall
from jambonz_anyio.testing import Phone, dial
from jambonz_anyio.testing.audio import babble, has_tone, silence, tone, write_wav

LOOPS = [
    pytest.param(("asyncio", {"use_uvloop": False}), id="asyncio"),
    pytest.param(("trio", {}), id="trio"),
]

in_both_loops = pytest.mark.parametrize("anyio_backend", LOOPS, indirect=True)


@dataclass
class HeardPage:
    """A page that has the sound."""

    told: list[str] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)

    def tell(self, message: str) -> None:
        self.told.append(message)

    def play(self, frame: bytes) -> None:
        self.frames.append(frame)

    def sound(self, kind: int) -> bytes:
        return b"".join(frame[8:] for frame in self.frames if frame[0] == kind)


@dataclass
class Parrot:
    """A voice whose texts are tones, and ears that understand how long somebody spoke."""

    name: str = "parrot"
    rate: int = 16000
    spoken: list[str] = field(default_factory=list)
    fails: bool = False
    slow: float = 0.0

    async def speak(self, text: str, seconds: float) -> Sound:
        await anyio.sleep(self.slow)
        if self.fails:
            raise OSError("no breath")
        self.spoken.append(text)
        return Sound(tone(440, seconds, sample_rate=8000), 8000)

    async def understand(self, pcm: bytes) -> str:
        await anyio.sleep(self.slow)
        if self.fails:
            raise OSError("no ears")
        return "good morning" if len(pcm) > 32000 else ""


app = App()


@app.call("/")
async def echo(call: Call) -> None:
    heard = await call.say(text="Hello, and welcome!").gather(input=["speech"], timeout=20).result()
    await call.say(text=f"You said: {heard.transcript}").hangup().send()


@app.call("/audio/{rate}/{mix}")
async def audio(call: Call) -> None:
    rate, stereo = call.params["rate"], call.params["mix"] == "stereo"
    both = {"enabled": True, "streaming": True, "sampleRate": int(rate)}
    await call.listen(
        url="/loop", sampleRate=int(rate), mixType="stereo" if stereo else "mono", bidirectionalAudio=both
    ).done()


@app.audio("/loop", streaming=True)
async def loop(stream: AudioStream) -> None:
    async for pcm in stream:
        await stream.send(pcm)


async def microphone(sound: CallSound, page: HeardPage, pcm: bytes, rate: int) -> None:
    """Send sound as a page does, in pieces of 20 ms and in time."""
    size = 2 * rate // 50
    for place in range(0, len(pcm), size):
        sound.hear(page, rate, pcm[place : place + size])
        await anyio.sleep(0.02)


@in_both_loops
@pytest.mark.anyio
async def test_texts_are_spoken_by_the_program_or_left_to_the_page() -> None:
    parrot, page = Parrot(), HeardPage()
    async with anyio.create_task_group() as tasks:
        sound = CallSound(tasks, parrot, None)
        assert sound.offers == {"voice": "parrot", "recognizer": ""}
        sound.take(page, TakeSound(on=True, voice=True))
        async with dial(app) as phone:
            sound.follow(LiveCall(phone))
            await phone.hears("Hello, and welcome!")
            assert parrot.spoken == ["Hello, and welcome!"]
            assert has_tone(page.sound(2), 440)
            sound.take(page, TakeSound(on=True))
            await phone.says("good morning")
            await phone.hears("You said: good morning")
            assert [message for message in page.told if "speak" in message] == [
                '{"is":"speak","text":"You said: good morning","seconds":1.4666666666666666}'
            ]
    assert parrot.spoken == ["Hello, and welcome!"]


@in_both_loops
@pytest.mark.anyio
async def test_what_is_cut_off_is_hushed_and_a_voice_that_fails_is_told() -> None:
    parrot, page = Parrot(slow=0.2), HeardPage()
    async with anyio.create_task_group() as tasks:
        sound = CallSound(tasks, parrot, None)
        sound.take(page, TakeSound(on=True, voice=True))
        async with dial(app) as phone:
            sound.follow(LiveCall(phone))
            await phone.waits(0.2)
            await phone.hangs_up()
        assert page.told == ['{"is":"hush"}']
        assert parrot.spoken == []
        parrot.fails = True
        async with dial(app) as phone:
            sound.follow(LiveCall(phone))
            await phone.hears("Hello, and welcome!")
        assert any("parrot cannot speak: OSError: no breath" in message for message in page.told)


@in_both_loops
@pytest.mark.anyio
async def test_the_sound_is_of_one_page() -> None:
    first, second = HeardPage(), HeardPage()
    async with anyio.create_task_group() as tasks:
        sound = CallSound(tasks, None, None)
        sound.take(first, TakeSound(on=True))
        sound.take(second, TakeSound(on=True))
        assert first.told == ['{"is":"silenced"}']
        sound.take(first, TakeSound(on=False))  # it has none any more
        async with dial(app) as phone:
            sound.follow(LiveCall(phone))
            await phone.hears("Hello, and welcome!")
        assert any('"speak"' in message for message in second.told)
        sound.leave(second)
        async with dial(app) as phone:
            sound.follow(LiveCall(phone))
            sound.hear(second, 8000, bytes(320))
            await phone.hears("Hello, and welcome!")
        assert sum('"speak"' in message for message in second.told) == 1


async def heard_back(rate: int, mix: str, from_rate: int) -> tuple[HeardPage, Phone]:
    page = HeardPage()
    async with anyio.create_task_group() as tasks:
        sound = CallSound(tasks, None, None)
        sound.take(page, TakeSound(on=True))
        async with dial(app, f"/audio/{rate}/{mix}") as phone:
            sound.follow(LiveCall(phone))
            await phone.expects(
                lambda: any(v.verb == "listen" for v in phone.situation.running) or None, "a stream"
            )
            await phone.waits(0.2)
            await microphone(sound, page, tone(700, 1, sample_rate=from_rate), from_rate)
            await phone.waits(0.5)
    return page, phone


@in_both_loops
@pytest.mark.anyio
@pytest.mark.parametrize(("rate", "from_rate"), [(8000, 8000), (16000, 48000), (8000, 44100)])
async def test_the_microphone_is_heard_back_in_the_rate_of_the_stream(rate: int, from_rate: int) -> None:
    page, phone = await heard_back(rate, "mono", from_rate)
    back = page.sound(1)
    assert {int.from_bytes(frame[4:8], "little") for frame in page.frames} == {rate}
    assert len(back) / 2 / rate > 0.9
    assert has_tone(back.strip(b"\0"), 700, sample_rate=rate)
    assert not phone.faults


@in_both_loops
@pytest.mark.anyio
async def test_a_stereo_stream_has_the_microphone_on_its_left() -> None:
    page, _ = await heard_back(8000, "stereo", 8000)
    left = b"".join(page.sound(1)[place : place + 2] for place in range(0, len(page.sound(1)), 4))
    right = b"".join(page.sound(1)[place : place + 2] for place in range(2, len(page.sound(1)), 4))
    assert (bool(left.strip(b"\0")), bool(right.strip(b"\0"))) in {(True, False), (False, True)}


@in_both_loops
@pytest.mark.anyio
async def test_without_soxr_another_rate_is_told_and_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "soxr", None)
    assert resampler(48000, 8000) is None
    page, _ = await heard_back(8000, "mono", 48000)
    assert sum("jambonz-anyio[audio]" in message for message in page.told) == 1
    assert not page.sound(1).strip(b"\0")


@in_both_loops
@pytest.mark.anyio
async def test_what_the_program_understands_is_said() -> None:
    parrot, page = Parrot(), HeardPage()
    async with anyio.create_task_group() as tasks:
        sound = CallSound(tasks, None, parrot)
        sound.take(page, TakeSound(on=True, ears=True))
        async with dial(app) as phone:
            sound.follow(LiveCall(phone))
            await phone.hears("Hello, and welcome!")
            await phone.waits(0.2)
            speech = silence(0.5, sample_rate=16000) + babble(1.5, sample_rate=16000)
            await microphone(sound, page, speech + silence(1, sample_rate=16000), 16000)
            await phone.hears("You said: good morning")
        tasks.cancel_scope.cancel()


@in_both_loops
@pytest.mark.anyio
async def test_ears_that_fail_or_are_too_slow_are_told() -> None:
    parrot, page = Parrot(fails=True), HeardPage()
    async with anyio.create_task_group() as tasks:
        sound = CallSound(tasks, None, parrot)
        sound.take(page, TakeSound(on=True, ears=True))
        async with dial(app) as phone:
            sound.follow(LiveCall(phone))
            await phone.hears("Hello, and welcome!")
            once = babble(1.5, sample_rate=16000) + silence(1, sample_rate=16000)
            await microphone(sound, page, silence(0.5, sample_rate=16000) + once, 16000)
            assert any("parrot cannot understand: OSError: no ears" in message for message in page.told)
            parrot.slow = 600.0
            for _ in range(12):
                sound.hear(page, 16000, once)
            assert any("too slow" in message for message in page.told)
        tasks.cancel_scope.cancel()


# --- what is said between two silences ----------------------------------------------------------------------


def test_speech_is_cut_at_silences() -> None:
    cut = Utterances(8000)
    one, two = babble(1, seed=1), babble(2, seed=2)
    sound = silence(1) + one + silence(1) + two + silence(1)
    said = [piece for place in range(0, len(sound), 333) for piece in cut.feed(sound[place : place + 333])]
    assert [round(len(piece) / 16000) for piece in said] == [2, 3]
    assert one[:4000] in said[0]
    assert two[:4000] in said[1]


def test_a_click_and_a_loud_room_are_no_speech_and_an_endless_talker_is_cut() -> None:
    cut = Utterances(8000)
    assert cut.feed(silence(1) + tone(900, 0.04) + silence(2)) == []
    room = Utterances(8000)
    assert room.feed(silence(0.4) + tone(120, 30, level=-45)) == []
    (said,) = Utterances(8000).feed(silence(1) + tone(300, 21))
    assert len(said) / 16000 == pytest.approx(20, abs=0.1)


# --- voices and ears ----------------------------------------------------------------------------------------


def test_a_wav_from_a_pipe_is_read_and_nothing_else(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", tone(440, 0.1), sample_rate=8000)
    data = (tmp_path / "a.wav").read_bytes()
    assert sound_of_wav(data) == Sound(tone(440, 0.1), 8000)
    for wrong in (b"", b"RIFF", data.replace(b"RIFF", b"RIFX"), data[:22] + b"\2\0" + data[24:]):
        with pytest.raises(ValueError, match="no WAV"):
            sound_of_wav(wrong)


@pytest.mark.anyio
@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="no text is spoken: espeak-ng is not installed")
async def test_espeak_speaks_about_as_fast_as_the_call() -> None:
    text = "Please say something, and I will repeat it."
    sound = await EspeakVoice().speak(text, 3.0)
    assert len(sound.pcm) / 2 / sound.rate == pytest.approx(3.0, abs=1.0)
    german = choose_voice("espeak-ng:de")
    assert german is not None
    assert (await german.speak(text, 3.0)).pcm != sound.pcm


@pytest.mark.anyio
async def test_whisper_is_loaded_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    class Model:
        def __init__(self, size: str, compute_type: str) -> None:
            made.append((size, compute_type))

        def transcribe(self, samples: Any, beam_size: int) -> tuple[list[Any], None]:
            assert (samples.dtype.name, round(float(abs(samples).max()), 2)) == ("float32", 0.25)
            return [types.SimpleNamespace(text=" Good"), types.SimpleNamespace(text=" morning. ")], None

    monkeypatch.setitem(sys.modules, "faster_whisper", types.SimpleNamespace(WhisperModel=Model))
    ears = WhisperRecognizer()
    assert made == []
    assert await ears.understand(tone(440, 0.5, sample_rate=16000)) == "Good morning."
    assert await ears.understand(tone(440, 0.5, sample_rate=16000)) == "Good morning."
    assert made == [("base.en", "int8")]
    monkeypatch.setattr("jambonz_anyio.cli.browser.voices.find_spec", lambda name: object())
    other = choose_recognizer("faster-whisper:/models/small")
    assert other is not None
    await other.understand(tone(440, 0.5, sample_rate=16000))
    assert made[1:] == [("/models/small", "int8")]


def test_voices_and_ears_are_chosen_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr("jambonz_anyio.cli.browser.voices.find_spec", lambda name: None)
    assert (choose_voice("auto"), choose_voice("none"), choose_recognizer("auto")) == (None, None, None)
    for wanted, why in (
        ("espeak-ng", "apt-get install"),
        ("loud", "module:name"),
        ("no_such:voice", "no_such"),
    ):
        with pytest.raises(CommandFailed, match=why):
            choose_voice(wanted)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("jambonz_anyio.cli.browser.voices.find_spec", lambda name: object())
    assert isinstance(choose_voice("auto"), EspeakVoice)
    assert isinstance(choose_recognizer("auto"), WhisperRecognizer)
    (tmp_path / "parrots.py").write_text(
        "class Parrot:\n    name = 'parrot'\n\nmade = Parrot()\n", encoding="utf-8"
    )
    try:
        assert [getattr(choose_voice(f"parrots:{name}"), "name", "") for name in ("Parrot", "made")] == [
            "parrot",
            "parrot",
        ]
    finally:
        del sys.modules["parrots"]
