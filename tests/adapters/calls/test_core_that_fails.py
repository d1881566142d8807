"""A fault of the core itself, which must not happen: it costs the call that met it, and nothing else."""

from __future__ import annotations

import logging
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.testing import Checks, dial
from jambonz_core.call import AppCall
from jambonz_core.simulator import HookAnswered

WHATEVER = Checks(unanswered="ignore", app_errors="ignore", leftovers="fail")


@pytest.mark.parametrize("step", ["receive", "lost", "tick", "deadline"])
async def test_the_call_is_given_up_and_others_go_on(
    virtual_time: Any, step: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()
    ended = anyio.Event()
    is_property = step == "deadline"
    whole: Any = getattr(AppCall, step)
    healthy = whole.fget if is_property else whole

    def broken(self: AppCall, *args: Any) -> Any:
        if self.call_sid and self.session.get("from") == "+1666":
            raise RuntimeError("a fault of the core")
        return healthy(self, *args)

    @app.call("/")
    async def main(call: Call) -> None:
        @call.on_end
        async def over(call: Call) -> None:
            if call.from_ == "+1666":
                ended.set()

        await call.say(text="Hello.").send()
        # Sent behind the first answer, it waits for the settle time: somebody has to call `tick`.
        await call.gather(input=["speech"], actionHook="/heard", timeout=3).result()
        await call.say(text="Still here.").hangup().send()

    monkeypatch.setattr(AppCall, step, property(broken) if is_property else broken)
    async with dial(app, "/", from_="+1777") as other:
        async with dial(app, "/", from_="+1666", checks=WHATEVER) as phone:
            await phone.sees(HookAnswered, type="session:new")
            if step == "lost":
                phone.drops()
            with anyio.fail_after(10):
                await ended.wait()
            assert "+1666" not in [call.from_ for call in app.calls.values()]
        await other.hears("Still here.", timeout=20)
    failed = [record for record in caplog.records if "core of a call failed" in record.getMessage()]
    assert {record.levelno for record in failed} == {logging.ERROR}
    assert getattr(failed[0], "call_sid", "") == phone.call_sid
