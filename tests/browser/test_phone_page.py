"""The page of `jambonz phone` in a real browser: somebody calls, talks, listens and looks.

Debian's chromium has no voices and no recognition, so these two are played by a script of the test. The microphone is a
file.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from tests.browser.conftest import Program, Visitor, until
from tests.npm_packages import installed

from jambonz_anyio.testing.audio import silence, tone, write_wav

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

AXE = "4.10.3"
WIDTHS = (390, 900, 1440)

Start = Callable[..., Program]
Open: TypeAlias = "Callable[..., Browser]"
Visit = Callable[..., Visitor]


def test_a_call_is_placed_spoken_in_and_its_ladder_grows(
    program: Start, browser: Open, visitor: Visit
) -> None:
    somebody = visitor(browser()).opens(program().link)
    somebody.calls()
    somebody.sees_line("Hello!")
    somebody.sees_verb("gather")
    before = len(somebody.steps())
    assert any("session:new" in step for step in somebody.steps())
    somebody.says("good morning")
    somebody.sees_line("You said: good morning")
    assert len(somebody.steps()) > before
    hook = somebody.page.get_by_role("button", name="verb:hook").first
    hook.click()
    message = somebody.page.locator(".message pre").inner_text()
    assert "good morning" in message
    hook.click()
    assert somebody.page.locator(".message").count() == 0
    somebody.page.get_by_role("button", name="Hang up", exact=True).click()
    until(lambda: "the caller hung up" in somebody.page.locator("calls-so-far").inner_text(), "the end")
    assert somebody.page.locator(".verbs").inner_text() == "none"


def test_keys_are_pressed_by_mouse_and_by_keyboard(program: Start, browser: Open, visitor: Visit) -> None:
    somebody = visitor(browser()).opens(program().link)
    somebody.calls()
    somebody.sees_verb("gather")
    somebody.page.get_by_role("button", name="4", exact=True).click()
    somebody.sees_line("You said: 4")
    somebody.sees_verb("gather")
    somebody.page.get_by_role("button", name="star").focus()
    somebody.page.keyboard.press("7")
    somebody.sees_line("You said: 7")


def test_words_interrupt_what_is_said(program: Start, browser: Open, visitor: Visit) -> None:
    somebody = visitor(browser()).opens(program("--env", f"GREETING={'This takes very long. ' * 30}").link)
    somebody.calls()
    until(lambda: somebody.page.locator(".line.growing[data-who='app']").count(), "the prompt")
    somebody.says("stop please")
    somebody.sees_line("You said: stop please")
    assert somebody.page.locator(".line.said.cut").count() == 1


def test_variables_are_set_and_a_fault_is_injected(program: Start, browser: Open, visitor: Visit) -> None:
    somebody = visitor(browser()).opens(program().link)
    somebody.page.get_by_text("Numbers and variables").click()
    somebody.page.get_by_label("GREETING").fill("Welcome!")
    somebody.calls()
    somebody.sees_line("Welcome!")
    somebody.sees_verb("gather")
    somebody.page.get_by_role("button", name="Drop the connection").click()
    until(lambda: any("session:reconnect" in step for step in somebody.steps()), "the return")
    somebody.says("/why")
    somebody.sees_line("gather waits", kind="told")


def test_a_page_loaded_again_in_a_call_and_a_second_one_show_the_same(
    program: Start, browser: Open, visitor: Visit
) -> None:
    link = program().link
    context = browser().new_context()
    first = visitor(context).opens(link)
    first.calls()
    first.sees_line("Hello!")
    first.page.reload()
    first.sees_state("connected")
    first.sees_line("Hello!")
    second = visitor(context).opens(link.partition("#")[0])
    second.sees_line("Hello!")
    second.sees_verb("gather")
    second.says("from the second")
    first.sees_line("You said: from the second")
    second.sees_line("You said: from the second")
    assert first.lines() == second.lines()


def test_who_has_no_link_or_a_used_one_is_told_so(program: Start, browser: Open, visitor: Visit) -> None:
    one = program()
    visitor(browser()).opens(one.link)
    stranger = visitor(browser())
    stranger.page.goto(one.link)
    stranger.sees_state("not let in")
    assert "#" not in stranger.page.url


def test_a_program_that_goes_is_told_and_looked_for(program: Start, browser: Open, visitor: Visit) -> None:
    one = program()
    somebody = visitor(browser()).opens(one.link)
    somebody.calls()
    one.stop()
    somebody.sees_state("gone")
    # It is there again, at the same address, and knows nothing of this browser.
    program(port=one.port)
    somebody.sees_state("not let in")


def test_an_application_that_changes_is_loaded_between_calls(
    program: Start, browser: Open, visitor: Visit, folder: Path
) -> None:
    somebody = visitor(browser()).opens(program().link)
    app = folder / "app.py"
    app.write_text(app.read_text().replace('"Hello!"', '"Good day!"'), encoding="utf-8")
    until(lambda: "has changed" in somebody.page.locator(".news").inner_text(), "the news")
    somebody.calls()
    somebody.sees_line("Good day!")


def test_a_saved_test_makes_the_call_again(
    program: Start, browser: Open, visitor: Visit, folder: Path
) -> None:
    somebody = visitor(browser()).opens(program().link)
    somebody.calls()
    somebody.sees_verb("gather")
    somebody.says("good morning")
    somebody.sees_line("You said: good morning")
    somebody.page.get_by_role("button", name="Hang up", exact=True).click()
    until(lambda: "the caller hung up" in somebody.page.locator("calls-so-far").inner_text(), "the end")
    somebody.page.get_by_role("button", name="Save as test").click()
    until(lambda: "The test is in" in somebody.page.locator(".news").inner_text(), "the file")
    with somebody.page.expect_download() as download:
        somebody.page.get_by_role("button", name="Journal").click()
    assert download.value.suggested_filename == "call-1.jsonl"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "test_call_1.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


# --- sound --------------------------------------------------------------------------------------------------

LOUDEST = """() => {
    const speaker = document.querySelector("call-sound").speaker;
    const bins = new Float32Array(speaker.analyser.frequencyBinCount);
    speaker.analyser.getFloatFrequencyData(bins);
    const loudest = bins.indexOf(Math.max(...bins));
    return [loudest * speaker.analyser.context.sampleRate / speaker.analyser.fftSize, bins[loudest], speaker.played];
}"""


def test_the_microphone_is_heard_back_through_an_audio_stream(
    program: Start, browser: Open, visitor: Visit, tmp_path: Path
) -> None:
    sound = tmp_path / "microphone.wav"
    write_wav(
        sound, tone(700, 4, sample_rate=48000, level=-6) + silence(1, sample_rate=48000), sample_rate=48000
    )
    somebody = visitor(browser(sound)).opens(program().link)
    somebody.page.get_by_role("button", name="Sound", exact=True).click()
    somebody.calls("/audio")
    somebody.sees_verb("listen")
    somebody.page.get_by_role("button", name="Microphone", exact=True).click()

    def heard() -> Any:
        hertz, decibels, played = somebody.evaluate(LOUDEST)
        return abs(hertz - 700) < 50 and decibels > -50 and played > 0.5

    until(heard, "the tone, through the application and back")
    assert any("audio" in step for step in somebody.steps())


def test_a_microphone_that_is_refused_is_told_and_typing_goes_on(
    program: Start, browser: Open, visitor: Visit
) -> None:
    somebody = visitor(browser(microphone=False)).opens(program().link)
    somebody.page.get_by_role("button", name="Sound", exact=True).click()
    somebody.page.get_by_role("button", name="Microphone", exact=True).click()
    note = somebody.page.locator("call-sound .hint")
    until(lambda: "refused" in note.inner_text(), "the refusal")
    assert somebody.page.get_by_role("button", name="Microphone").get_attribute("aria-pressed") == "false"
    somebody.calls()
    somebody.sees_verb("gather")
    somebody.says("typed")
    somebody.sees_line("You said: typed")


STUBS = """() => {
    globalThis.spoken = [];
    globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    Object.defineProperty(globalThis, "speechSynthesis", { value: {
        speak: (utterance) => spoken.push(utterance.text),
        cancel: () => spoken.push("(cut)"),
    } });
    globalThis.webkitSpeechRecognition = globalThis.SpeechRecognition = class {
        start() { globalThis.ears = this; }
        stop() { globalThis.ears = null; }
    };
}"""


def test_the_browser_speaks_and_understands_where_it_can(
    program: Start, browser: Open, visitor: Visit
) -> None:
    somebody = visitor(browser())
    somebody.page.add_init_script(f"({STUBS})()")
    somebody.opens(program("--voice", "none").link)
    somebody.page.get_by_role("button", name="Sound", exact=True).click()
    somebody.page.get_by_label("Spoken by").select_option("browser")
    somebody.page.get_by_label("Heard by").select_option("browser")
    assert "may send what you say" in somebody.page.locator("call-sound .hint").inner_text()
    somebody.page.get_by_role("button", name="Microphone", exact=True).click()
    until(lambda: somebody.evaluate("() => Boolean(globalThis.ears)"), "the browser's ears")
    somebody.calls()
    somebody.sees_verb("gather")
    assert "Hello!" in somebody.evaluate("() => spoken")
    somebody.evaluate(
        """() => ears.onresult({ resultIndex: 0, results: [Object.assign([{ transcript: "spoken words" }],
            { isFinal: true })] })"""
    )
    somebody.sees_line("You said: spoken words")
    somebody.says("/hangup")
    until(lambda: "(cut)" in somebody.evaluate("() => spoken"), "the silence")


def test_the_program_speaks_with_espeak(program: Start, browser: Open, visitor: Visit) -> None:
    somebody = visitor(browser()).opens(program("--voice", "espeak-ng").link)
    somebody.page.get_by_role("button", name="Sound", exact=True).click()
    assert somebody.page.get_by_label("Spoken by").input_value() == "program"
    somebody.calls()

    def heard() -> Any:
        _, decibels, played = somebody.evaluate(LOUDEST)
        return decibels > -60 and played > 0.3

    until(heard, "a voice")


EARS = """\
class Ears:
    name = "trained ears"
    rate = 16000

    async def understand(self, pcm):
        return f"{len(pcm) / 32000:.0f} seconds"
"""


def test_the_program_understands_the_microphone(
    program: Start, browser: Open, visitor: Visit, folder: Path, tmp_path: Path
) -> None:
    (folder / "ears.py").write_text(EARS, encoding="utf-8")
    sound = tmp_path / "microphone.wav"
    spoken = subprocess.run(
        ["espeak-ng", "--stdout", "I would like a table for two this evening please"],
        capture_output=True,
        check=True,
    )
    (tmp_path / "espeak.wav").write_bytes(spoken.stdout)
    quiet = silence(2, sample_rate=22050)
    speech = spoken.stdout[44:]
    write_wav(sound, quiet + speech + quiet, sample_rate=22050)
    somebody = visitor(browser(sound)).opens(program("--recognizer", "ears:Ears").link)
    somebody.page.get_by_role("button", name="Sound", exact=True).click()
    assert "trained ears" in somebody.page.get_by_label("Heard by").inner_text()
    somebody.calls()
    somebody.sees_verb("gather")
    somebody.page.get_by_role("button", name="Microphone", exact=True).click()
    until(
        lambda: any("seconds" in line and "You said" in line for line in somebody.lines()),
        "what was understood",
    )
    until(lambda: somebody.evaluate(LOUDEST)[2] > 1, "the answer, spoken")


# --- how it looks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_page(program: Start, browser: Open, visitor: Visit, scheme: Any) -> None:
    axe = installed("axe-core", AXE, "axe") / "node_modules" / "axe-core" / "axe.min.js"
    somebody = visitor(browser())
    somebody.page.emulate_media(color_scheme=scheme)
    somebody.opens(program().link)
    somebody.page.get_by_text("Numbers and variables").click()
    somebody.calls()
    somebody.sees_line("Hello!")
    somebody.says("good morning")
    somebody.sees_line("You said: good morning")
    somebody.says("/drop")
    until(lambda: any("session:reconnect" in step for step in somebody.steps()), "the return")
    somebody.page.get_by_role("button", name="session:new").first.click()
    somebody.evaluate(axe.read_text(encoding="utf-8") + "\n;true")
    found = somebody.evaluate("() => axe.run(document)")
    told = [
        f"{violation['id']}: {violation['help']}: {[node['html'] for node in violation['nodes']][:3]}"
        for violation in found["violations"]
    ]
    assert told == []
    assert len(found["passes"]) > 20


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(program: Start, browser: Open, visitor: Visit, width: int) -> None:
    somebody = visitor(browser())
    somebody.page.set_viewport_size({"width": width, "height": 900})
    somebody.opens(program("--env", "GREETING=" + "A-very-long-word-without-any-space-" * 6).link)
    somebody.calls()
    somebody.sees_line("A-very-long-word")
    wide = somebody.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= width
    for name in ("Call", "Conversation", "Ladder", "Now", "Faults", "Calls so far"):
        box = somebody.page.get_by_role("region", name=name, exact=True).bounding_box()
        assert box is not None
        assert box["width"] > 200
        assert box["x"] + box["width"] <= width


def test_the_wheel_has_the_page(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", str(tmp_path), str(root)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    page = root / "src" / "jambonz_anyio" / "cli" / "browser" / "page"
    missing = [
        file.name for file in page.iterdir() if f"jambonz_anyio/cli/browser/page/{file.name}" not in names
    ]
    assert missing == []
