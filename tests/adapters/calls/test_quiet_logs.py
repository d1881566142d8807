"""What peers send cannot forge a log line, and nothing that is shown of a peer holds a secret."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from jambonz_anyio import App, HttpRequest
from jambonz_anyio._call.call_log import CallLog
from jambonz_anyio.transport import Peer
from jambonz_core.wire.one_line import one_line

FORGED = "x\n[call-2] forged \x1b[2J\u2028\x85\r"


class Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def logger_of(lines: Collector) -> logging.Logger:
    logger = logging.Logger("quiet", logging.DEBUG)
    logger.addHandler(lines)
    return logger


def is_one_line(text: str) -> bool:
    return text.isprintable() and len(text.splitlines()) == 1


def test_whatever_is_put_into_a_line_stays_in_it() -> None:
    lines = Collector()
    CallLog(logger_of(lines), "call-1\n").warning("%s %s %d %.1f", FORGED, ValueError(FORGED), 3, 1.5)
    [line] = lines.lines
    assert is_one_line(line)
    assert line.startswith("[call-1?] x")
    assert line.endswith(" 3 1.5")


def test_printable_text_is_shown_as_it_is() -> None:
    assert one_line("Grüß Gott: 100 %") == "Grüß Gott: 100 %"


@pytest.mark.anyio
async def test_a_server_cannot_forge_lines(dial: Any) -> None:
    lines = Collector()
    app = App(logger=logger_of(lines))

    @app.call("/")
    async def main(call: Any) -> None:
        await call.say(text="Hello").send()
        async for _ in call.hooks("/never"):
            pass

    async with dial(app) as phone:
        await phone.answered()
        phone.say("jambonz:error", {"error": FORGED})
        phone.say("dial:confirm", {}, hook=FORGED)
        phone.transport.push("{" + FORGED)
        await phone.ack(phone.hook("/unheard of"))
    assert len(lines.lines) >= 4
    assert all(is_one_line(line) for line in lines.lines), lines.lines


def test_what_is_shown_of_a_peer_holds_no_secret() -> None:
    peer = Peer(
        "/audio",
        query="token=geheim",
        headers={"authorization": "Basic geheim", "cookie": "geheim"},
        credentials=("geheim", "geheim"),
    )
    request = HttpRequest("POST", peer, b"geheim")
    assert "geheim" not in repr(peer)
    assert "geheim" not in repr(request)
    assert "/audio" in repr(request)
