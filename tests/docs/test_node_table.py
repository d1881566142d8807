"""What the table for those who come from Node shows in its right column is done here, and does what the left one says."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from jambonz_anyio import App, Session
from jambonz_anyio.sdk import webhook
from jambonz_anyio.sdk.websocket import MakeService
from jambonz_anyio.testing import dial

PAGE = Path(__file__).resolve().parents[2] / "docs" / "from-node.md"

CODE = re.compile(r"`([^`]+)`")

EXPECTED = {
    "injectRecord": ("record", {"action": "startCallRecording", "siprecServerURL": "sip:r@example.com"}),
    "injectNoiseIsolation": (
        "noiseIsolation:status",
        {"noise_isolation_status": "enable", "vendor": "krisp"},
    ),
    "injectSay": ("room:say", {"text": "Hello"}),
    "injectSttReconfigure": ("stt:reconfigure", {"languageHints": ["de"]}),
}
"""By the method of Node: the command that it sends, and its data."""

ELSEWHERE = {"playAudio", "close", "stringify", "use"}
"""Rows that send no command: each has a test of its own here, or runs on the page."""


def rows() -> dict[str, list[str]]:
    """By the method of Node in the left column: the snippets of the right one."""
    table = PAGE.read_text(encoding="utf-8").partition("| Node | here |")[2].splitlines()[2:]
    found: dict[str, list[str]] = {}
    for line in table:
        if not line.startswith("|"):
            break
        left, right = line.strip("| ").split(" | ")
        method = re.search(r"\.(\w+)\(", left)
        assert method is not None, line
        found[method[1]] = CODE.findall(right)
    return found


def test_every_row_is_looked_at() -> None:
    assert set(rows()) == set(EXPECTED) | ELSEWHERE


@pytest.mark.parametrize("method", EXPECTED)
async def test_a_session_sends_what_it_sends_in_node(virtual_time: Any, method: str) -> None:
    command, data = EXPECTED[method]
    snippet, *others = rows()[method]
    ways = [snippet]
    for other in others:
        if other.endswith("="):
            continue
        keyword = re.fullmatch(r"(\w+)=(\w+)", other)
        if keyword is not None:
            ways.append(re.sub(r"\{.*?\}", other, snippet).replace(", call_sid", ", call_sid=call_sid"))
    app = App()

    def handle(session: Session) -> None:
        session.answer().send()
        for way in ways:
            eval(way, {"session": session, "url": "sip:r@example.com", "call_sid": "b-leg"})

    MakeService(app)(path="/").on("session:new", handle)
    async with dial(app) as phone:
        await phone.waits(1)
        sent = [(taken.command, taken.data) for taken in phone.commands]
    assert sent == [(command, data)] * len(ways)


def test_clips_take_their_options_in_a_dict_or_by_keywords() -> None:
    snippet, *keywords = rows()["playAudio"]
    played: list[tuple[Any, ...]] = []

    class Stream:
        def play_audio(self, content: str, options: dict[str, Any]) -> None:
            played.append((base64.b64decode(content), options))

    eval(snippet, {"stream": Stream(), "content": "AAAA"})
    assert played == [(b"\0\0\0", {"sampleRate": 16000, "queuePlay": True})]
    assert keywords == ["sample_rate=", "queue_play="]


async def test_closing_and_telling(virtual_time: Any) -> None:
    app = App()
    told: list[Any] = []

    def handle(session: Session) -> None:
        session.say(text="Goodbye.").send()
        [as_json] = rows()["stringify"]
        told.append(json.loads(eval(as_json, {"session": session, "json": json})))
        [close] = rows()["close"]
        eval(close, {"session": session})

    MakeService(app)(path="/").on("session:new", handle)
    async with dial(app) as phone:
        await phone.hears("Goodbye.")
        await phone.call_ends("jambonz")
        assert told[0]["call_sid"] == phone.call_sid


def test_the_middlewares_are_there() -> None:
    assert [hasattr(webhook, name) for name in rows()["use"]] == [True, True]
