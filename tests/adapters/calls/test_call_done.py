"""`done()` against a server that tells of the end of a verb only when asked to: it comes back, always."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import anyio
import pytest

from jambonz_anyio import App, Call, Chain, VerbDropped
from jambonz_anyio.testing import Phone, dial
from jambonz_core.simulator import SimulatorOptions

PATIENCE = 30.0
MISSING = SimulatorOptions(clips={"http://files.test/missing.wav": 0.0})

VERBS: dict[str, Callable[[Call], Chain[Any]]] = {
    "say": lambda call: call.say(text="Hello there."),
    "pause": lambda call: call.pause(length=2),
    "play": lambda call: call.play(url="http://files.test/music.wav"),
    "play, and there is no such file": lambda call: call.play(url="http://files.test/missing.wav"),
    "config": lambda call: call.config(reset="synthesizer"),
    "tag": lambda call: call.tag(data={"customer": "7"}),
    "dtmf": lambda call: call.dtmf("12"),
    "gather": lambda call: call.gather(input=["digits"], timeout=3),
    "several": lambda call: call.say(text="One.").pause(length=1).say(text="Two."),
}


async def is_done(
    build: Callable[[Call], Chain[Any]],
    during: Callable[[Phone], Any] = lambda phone: None,
    *,
    direction: Literal["inbound", "outbound"] = "inbound",
    profile: str = "v10",
) -> list[str]:
    """What came of `done()`, twice in the same call."""
    app = App(profile=profile)
    outcomes: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        for _ in range(2):
            try:
                with anyio.fail_after(PATIENCE):
                    await build(call).done()
                outcomes.append("done")
            except VerbDropped as dropped:
                outcomes.append(dropped.by)
            except TimeoutError:
                outcomes.append("never")

    async with dial(app, "/", direction=direction, options=MISSING) as phone:
        if direction == "outbound":
            await phone.answers()
        during(phone)
        await phone.call_ends(timeout=3 * PATIENCE)
    return outcomes


@pytest.mark.parametrize("name", VERBS)
@pytest.mark.parametrize("profile", ["v10", "0.9"])
@pytest.mark.parametrize("direction", ["inbound", "outbound"])
async def test_it_comes_back(
    virtual_time: Any, name: str, profile: str, direction: Literal["inbound", "outbound"]
) -> None:
    assert await is_done(VERBS[name], direction=direction, profile=profile) == ["done", "done"]


async def test_it_comes_back_when_the_verb_fails(virtual_time: Any) -> None:
    assert await is_done(VERBS["say"], lambda phone: phone.tts_fails()) == ["error", "done"]


async def test_it_comes_back_when_the_connection_is_lost_meanwhile(virtual_time: Any) -> None:
    app = App()
    done: list[int] = []

    @app.call("/")
    async def main(call: Call) -> None:
        for number in range(4):
            await call.say(text=f"This is sentence {number} of four.").done()
            done.append(number)

    async with dial(app, "/") as phone:
        for number in (0, 2):
            await phone.hears(f"sentence {number}")
            phone.drops()
        await phone.call_ends()
    assert done == [0, 1, 2, 3]


async def test_it_ends_with_the_call(virtual_time: Any) -> None:
    app = App()
    outcomes: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        try:
            await call.say(text="Goodbye.").hangup().done()
        except anyio.get_cancelled_exc_class():
            outcomes.append("cancelled")
            raise

    async with dial(app, "/") as phone:
        await phone.hears("Goodbye.")
        await phone.call_ends()
    assert outcomes == ["cancelled"]


async def test_it_is_told_of_what_replaces_the_verb(virtual_time: Any) -> None:
    app = App()
    outcomes: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        async def interrupt() -> None:
            await anyio.sleep(0.5)
            await call.say(text="Stop!").replace()

        call.start_soon(interrupt)
        try:
            await call.say(text="A long story. " * 20).done()
        except VerbDropped as dropped:
            outcomes.append(dropped.by)
        await call.say(text="And a short one.").done()

    async with dial(app, "/") as phone:
        await phone.hears("And a short one.")
        await phone.call_ends()
    assert outcomes == ["replaced"]


@pytest.mark.parametrize("name", ["pause", "config", "tag"])
async def test_a_call_that_still_rings_when_the_handler_returns_is_refused(
    virtual_time: Any, name: str
) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        await VERBS[name](call).send()

    async with dial(app, "/") as phone:
        await phone.call_ends()
        assert "gets SIP 603" in phone.transcript


async def test_a_call_whose_dial_reached_nobody_is_refused(virtual_time: Any) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        await call.dial(target=[{"type": "phone", "number": "+15550001"}], timeout=5).result()

    async with dial(app, "/") as phone:
        await phone.call_ends(timeout=60)
