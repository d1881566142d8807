"""Calls that a program places itself, and the test phones that ring for them.

```python
async def customer(phone: Phone) -> None:
    await phone.answers()
    await phone.hears("Shall we keep your appointment?")
    await phone.says("yes please")


async def test_a_reminder(virtual_time) -> None:
    async with placed_calls(app, customer) as jambonz:
        await remind(jambonz.client, "+15551234567", jambonz.application_sid)
```
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import anyio

from jambonz_core.simulator import CallSetup

from ..rest import JambonzClient
from ..transport import Application
from .dialing import Checks, _plainly, dial
from .phone import Phone
from .rest_server import RestServer

Called: TypeAlias = Callable[[Phone], Awaitable[object]]
"""Plays the one who is called: an async function that is given the phone that rings."""


@dataclass(frozen=True, slots=True)
class PlacedCalls:
    """What a program needs to place calls in a test."""

    client: JambonzClient
    """A client of `server`, without sockets. Each call that it creates rings at a test phone."""
    application_sid: str
    """An application that the server knows, for calls that name one."""
    server: RestServer
    """The REST API: `server.requests` has what it was asked."""


@asynccontextmanager
async def placed_calls(
    application: Application, called: Called, path: str = "/", *, checks: Checks | None = None
) -> AsyncIterator[PlacedCalls]:
    """Let a test phone ring for each call that the application places, with `app.place` or `calls.create`.

    When the block is left, the end of each of its calls is waited for. It fails with what `called` raises,
    and with whatever makes the block of `dial` fail.

    Args:
        application: The `App` that serves the calls.
        called: Plays the one who is called. When it returns, the phone hangs up.
        path: The path of the application at which jambonz asks what to do.
        checks: What else makes the block fail.
    """
    server = RestServer()
    transport: Any = server.transport()
    client = JambonzClient(
        "https://jambonz.example.com", server.account_sid, server.api_key, transport=transport
    )

    async def ring(setup: CallSetup) -> None:
        async with dial(application, path, setup=setup, direction="outbound", checks=checks) as phone:
            await called(phone)

    async with client, _plainly(anyio.create_task_group()) as tasks:

        def created(call_sid: str, body: dict[str, Any]) -> None:
            to = server.calls.records[call_sid]["to"]
            setup = CallSetup(call_sid=call_sid, tag=body.get("tag"), from_=body["from"], to=to)
            tasks.start_soon(ring, setup, name=f"test phone of the call {call_sid}")

        server.calls.on_create = created
        yield PlacedCalls(client, server.application(), server)
