"""A real browser, and the real command that serves the page: Debian's chromium, headless, driven by playwright."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:  # each worker of a run collects these tests, and few run them
    from playwright.sync_api import Browser, BrowserContext, Page

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds for anything to happen: a machine may have more to do."""

ECHO = """\
from jambonz_anyio import App, Call, AudioStream

app = App(env_vars={"GREETING": {"type": "string", "description": "First words", "default": "Hello!"}})


@app.call("/")
async def echo(call: Call) -> None:
    words = call.env["GREETING"]
    while True:
        takes = {"input": ["speech", "digits"], "numDigits": 1, "timeout": 30, "bargein": True}
        heard = await call.gather(say={"text": words}, **takes).result()
        if not heard.transcript and not heard.digits:
            break
        words = f"You said: {heard.transcript or heard.digits}"
    await call.say(text="Goodbye.").hangup().send()


@app.call("/audio")
async def audio(call: Call) -> None:
    both = {"enabled": True, "streaming": True, "sampleRate": 8000}
    await call.listen(url="/loop", actionHook="/done", sampleRate=8000, bidirectionalAudio=both).done()


@app.audio("/loop", streaming=True)
async def loop(stream: AudioStream) -> None:
    async for pcm in stream:
        await stream.send(pcm)
"""


def until(check: Callable[[], T], what: str) -> T:
    """Ask again and again. The page's own policy does not let playwright wait inside of it."""
    end = time.monotonic() + PATIENCE
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come within {PATIENCE:g} s")
        time.sleep(0.05)


class Program:
    """A `jambonz phone` that runs."""

    def __init__(self, folder: Path, *options: str, port: int = 0) -> None:
        words = ["phone", "app.py", "--no-open", "--port", str(port), *options]
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jambonz_anyio.cli", *words],
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        said = ""
        while (link := re.search(r"http://\S+", said)) is None:
            line = self.process.stdout.readline()
            assert line, f"no link: {said}"
            said += line
        self.link = link[0]
        self.port = int(self.link.split(":")[2].partition("/")[0])

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(ECHO, encoding="utf-8")
    return tmp_path


@pytest.fixture
def program(folder: Path) -> Iterator[Callable[..., Program]]:
    """Starts the command, which is stopped when the test is over."""
    started: list[Program] = []

    def start(*options: str, port: int = 0) -> Program:
        started.append(Program(folder, *options, port=port))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no page is opened: chromium is not installed")
    return found


@pytest.fixture
def browser(chromium: str) -> Iterator[Callable[..., Browser]]:
    """Starts browsers. `sound` is a file that their microphone hears, once; without it, it beeps."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened: list[Browser] = []

        def start(sound: Path | None = None, *, microphone: bool = True) -> Browser:
            arguments = [
                "--no-sandbox",
                "--use-fake-device-for-media-stream",
                "--autoplay-policy=no-user-gesture-required",
            ]
            arguments.append("--use-fake-ui-for-media-stream" if microphone else "--deny-permission-prompts")
            if sound is not None:
                arguments.append(f"--use-file-for-fake-audio-capture={sound}")
            opened.append(playwright.chromium.launch(executable_path=chromium, args=arguments))
            return opened[-1]

        yield start
        for one in opened:
            one.close()


class Visitor:
    """Somebody at a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self._note(said.type, said.text))

    def _note(self, kind: str, text: str) -> None:
        # What cannot be reached is told by the browser, and shown by the page.
        if kind == "error" and "Failed to load resource" not in text and "WebSocket" not in text:
            self.wrong.append(text)

    def opens(self, link: str) -> Visitor:
        self.page.goto(link)
        self.sees_state("connected")
        return self

    def state(self) -> str:
        return self.page.locator("phone-status .state").inner_text()

    def sees_state(self, text: str) -> None:
        until(lambda: text in self.state(), text)

    def calls(self, path: str = "/") -> None:
        known = "paths => [...paths.options].map(option => option.value)"
        until(lambda: path in self.page.locator("#paths").evaluate(known), path)
        self.page.get_by_label("Path").fill(path)
        self.page.get_by_role("button", name="Call", exact=True).click()
        until(lambda: "answered" in self.page.locator(".call-state").inner_text(), "the answer")

    def says(self, text: str) -> None:
        self.page.get_by_label("What you say").fill(text)
        self.page.keyboard.press("Enter")

    def lines(self, kind: str = "said") -> list[str]:
        return self.page.locator(f".line.{kind}:not(.growing) .text").all_inner_texts()

    def sees_line(self, text: str, kind: str = "said") -> None:
        until(lambda: any(text in line for line in self.lines(kind)), f"the line “{text}”")

    def sees_verb(self, verb: str) -> None:
        until(lambda: verb in self.page.locator(".verbs").inner_text(), verb)

    def steps(self) -> list[str]:
        labels = self.page.locator(".step").evaluate_all("steps => steps.map(step => step.ariaLabel)")
        return [str(label) for label in labels]

    def evaluate(self, script: str) -> Any:
        return self.page.evaluate(script)


@pytest.fixture
def visitor() -> Iterator[Callable[[Browser | BrowserContext], Visitor]]:
    """Opens pages; what a page's program throws is a failure, and so is what its policy forbids."""
    from playwright.sync_api import BrowserContext

    opened: list[Visitor] = []

    def visit(browser: Browser | BrowserContext) -> Visitor:
        page = browser.new_page() if isinstance(browser, BrowserContext) else browser.new_context().new_page()
        page.set_viewport_size({"width": 1440, "height": 900})
        opened.append(Visitor(page))
        return opened[-1]

    yield visit
    assert [wrong for one in opened for wrong in one.wrong] == []
