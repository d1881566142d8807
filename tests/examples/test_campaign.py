"""The REST API places the calls, simulated phones ring, and the campaign knows what became of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from itertools import pairwise
from typing import Any

import anyio
from examples.campaign import AT_ONCE, SECONDS_BETWEEN, app, campaign

from jambonz_anyio.rest import JambonzClient
from jambonz_anyio.testing import Phone, RestServer, dial
from jambonz_core.simulator import CallSetup

Answering = Callable[[Phone], Awaitable[None]]


async def coming(phone: Phone) -> None:
    await phone.answers()
    await phone.hears("You have an appointment tomorrow.")
    await phone.presses("1")
    await phone.hears("Thank you.")
    await phone.call_ends("jambonz")


async def silent(phone: Phone) -> None:
    await phone.answers()
    await phone.hears("We will call again.", timeout=15)
    await phone.call_ends("jambonz")


async def busy(phone: Phone) -> None:
    await phone.busy()


async def gone(phone: Phone) -> None:
    await phone.answers()
    await phone.hears("This is your dentist.")
    await phone.hangs_up()


async def called(answering: Mapping[str, Answering]) -> tuple[dict[str, str], list[float], int]:
    """Run a campaign: what became of the calls, when each was placed, and how many there were at once."""
    server = RestServer()
    placed: list[float] = []
    now = most = 0

    async def ring(number: str, setup: CallSetup) -> None:
        nonlocal now, most
        now, most = now + 1, max(most, now + 1)
        async with dial(app, setup=setup, direction="outbound", lifespan=False) as phone:
            await answering[number](phone)
            now -= 1

    async with anyio.create_task_group() as tasks:

        def created(sid: str, body: dict[str, Any]) -> None:
            placed.append(anyio.current_time())
            number = body["to"]["number"]
            tasks.start_soon(ring, number, CallSetup(call_sid=sid, tag=body["tag"]))

        server.calls.on_create = created
        address = ("https://api.example.com", server.account_sid, server.api_key)
        async with JambonzClient(*address, transport=server.transport()) as client:
            outcomes = await campaign(
                client, list(answering), from_="+15085550100", application_sid=server.application()
            )
    return outcomes, placed, most


async def test_what_becomes_of_the_calls(virtual_time: Any) -> None:
    people = {"+15085550001": coming, "+15085550002": silent, "+15085550003": busy, "+15085550004": gone}
    outcomes, _, _ = await called(people)
    assert sorted(outcomes.items()) == [
        ("+15085550001", "comes"),
        ("+15085550002", "said nothing"),
        ("+15085550003", "busy"),
        ("+15085550004", "hung up"),
    ]


async def test_the_pace(virtual_time: Any) -> None:
    outcomes, placed, most = await called({f"+1508555{number:04d}": silent for number in range(12)})
    assert set(outcomes.values()) == {"said nothing"}
    assert most == AT_ONCE
    assert min(later - earlier for earlier, later in pairwise(placed)) >= SECONDS_BETWEEN - 0.01


async def test_one_call_alone(virtual_time: Any) -> None:
    async with dial(app, direction="outbound") as phone:
        await coming(phone)
