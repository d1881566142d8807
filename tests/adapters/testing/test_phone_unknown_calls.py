"""A process dies with a call that it has answered, or not: the next one finds out which."""

from __future__ import annotations

from typing import Any, Literal

import anyio
import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.testing import Checks, dial


def greeter(text: str) -> App:
    app = App(last_words="Sorry.")

    @app.call("/")
    async def greet(call: Call) -> None:
        await call.say(text=text).send()

    return app


def silent() -> App:
    """A process that has the call, and has not answered it when it dies."""
    app = App()

    @app.call("/")
    async def wait(call: Call) -> None:
        await anyio.sleep_forever()

    return app


@pytest.mark.parametrize("direction", ["inbound", "outbound"])
@pytest.mark.parametrize("begun", [True, False])
async def test_another_process_judges_by_what_the_server_does(
    virtual_time: Any, direction: Literal["inbound", "outbound"], begun: bool
) -> None:
    first = greeter("The first one speaks for a long, long time.") if begun else silent()
    checks = Checks(app_errors="ignore")
    async with dial(first, "/", direction=direction, checks=checks) as phone:
        if direction == "outbound":
            await phone.answers()
        if begun:
            await phone.hears("The first one")
        phone.resume_elsewhere(greeter("Hello for the first time."))
        await phone.hears("Sorry." if begun else "Hello for the first time.")
        await phone.call_ends()
