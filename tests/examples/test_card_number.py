"""The number reaches the payment service, and nothing else."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import anyio
import pytest
from examples.card_number import app, is_card_number

from jambonz_anyio.testing import Phone, dial
from jambonz_core.simulator import SipSent

GOOD, BAD, DECLINED = "4242424242424242", "4242424242424241", "4000000000000002"


def recorded(phone: Phone) -> list[str]:
    """What the recorder was told."""
    sent = [record.what for record in phone.records if isinstance(record.what, SipSent)]
    reasons = [str(sip.detail.get("X-Reason", "")) for sip in sent]
    return [reason for reason in reasons if reason.endswith("Recording")]


async def test_a_card_leaves_no_trace(
    virtual_time: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    journal = tmp_path / "call.jsonl"
    async with dial(app, journal=journal) as phone:
        await phone.presses(f"{GOOD}#")
        await phone.hears("ends in 4 2 4 2.")
        [call] = app.calls.values()
        assert set(call.state["card"]) == {"token", "last_four"}
        state = str(call.state)
        assert recorded(phone) == ["startCallRecording", "pauseCallRecording", "resumeCallRecording"]
        await phone.call_ends("jambonz")
    written = await anyio.Path(journal).read_text()
    assert "gather" in written
    for trace in (written, caplog.text, state):
        assert GOOD not in trace


async def test_slips_and_cards_that_are_not_taken(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.presses(f"{BAD}#")
        await phone.hears("That was no card number.")
        await phone.presses(f"{DECLINED}#")
        await phone.hears("not accepted")
        await phone.presses("12#")
        await phone.hears("Nothing was charged.")
        await phone.call_ends("jambonz")


async def test_the_recording_goes_on_behind_silence(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.hears("Nothing was charged.", timeout=90)
        await phone.call_ends("jambonz")
        assert recorded(phone)[-1] == "resumeCallRecording"


@pytest.mark.parametrize(("digits", "right"), [(GOOD, True), (BAD, False), ("", False), ("٤٢", False)])
def test_the_check_digit(digits: str, right: bool) -> None:
    assert is_card_number(digits) is right
