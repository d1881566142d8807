"""What is recorded, and what is not, over webhooks."""

from __future__ import annotations

from typing import Any

from examples.call_recording_webhook import app

from jambonz_anyio.testing import Phone, dial
from jambonz_core.simulator import SipSent


def recorded(phone: Phone) -> list[str]:
    """What jambonz has told the recorder."""
    sent = [record.what for record in phone.records if isinstance(record.what, SipSent)]
    return [request.detail["X-Reason"] for request in sent if request.method == "INFO"]


async def test_with_consent(virtual_time: Any) -> None:
    async with dial(app, webhook=True) as phone:
        await phone.presses("1")
        await phone.says("An order.")
        await phone.hears("not recorded")
        assert recorded(phone) == ["startCallRecording", "pauseCallRecording"]
        await phone.says("The first of May.")
        await phone.hears("Goodbye.")
        assert recorded(phone)[2:] == ["resumeCallRecording"]
        await phone.call_ends("jambonz")
        assert not phone.faults


async def test_without_consent_nothing_is_recorded(virtual_time: Any) -> None:
    async with dial(app, webhook=True) as phone:
        await phone.presses("2")
        await phone.says("An order.")
        await phone.hears("date of birth")
        await phone.says("The first of May.")
        await phone.hears("Goodbye.")
        assert recorded(phone) == []
