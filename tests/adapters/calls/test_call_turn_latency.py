"""What an application is told of the time that its answers take, on a call in virtual time."""

from __future__ import annotations

import anyio
import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.testing import ExpectationFailed, dial
from jambonz_core.call import TurnMeasured

pytestmark = pytest.mark.usefixtures("virtual_time")


async def echo(call: Call, *, think: float = 0.5) -> None:
    await call.config(notifyEvents=True, notifySttLatency=True).say(text="Yes?").send()
    while True:
        heard = await call.gather(input=["speech", "digits"], numDigits=1, timeout=20).result()
        await anyio.sleep(think)
        await call.say(text=f"You said: {heard.transcript or heard.digits}").send()


async def test_turns_of_a_call_are_told_with_their_parts() -> None:
    app = App()
    told: list[TurnMeasured] = []

    @app.call("/")
    async def answer(call: Call) -> None:
        @call.on("turn")
        def turn(measured: TurnMeasured) -> None:
            told.append(measured)

        await echo(call)

    async with dial(app) as phone:
        await phone.hears("Yes?")
        await phone.says("good morning")
        latency = await phone.answered_within(1.5)
        await phone.hears("You said: good morning")
        await phone.presses("5")
        await phone.hears("You said: 5")
        await phone.waits(15)
        [spoken, pressed] = phone.turns
    assert [turn.by for turn in told] == ["speech", "digits"]
    assert [turn.latency.app for turn in told] == pytest.approx([0.5, 0.5], abs=0.01)
    assert [turn.latency.network for turn in told] == pytest.approx([0, 0], abs=0.01)
    assert told[0].latency.recognition == 0.5, "as the server has reported it"
    assert told[1].latency.recognition is None
    assert told[0].way == "queue"
    assert spoken.latency == latency
    assert latency.basis == "exact"
    assert latency.recognition == pytest.approx(0.5, abs=0.01)
    assert latency.app == pytest.approx(0.5, abs=0.01)
    parts = (latency.recognition or 0) + (latency.app or 0) + (latency.voice or 0)
    assert latency.total == pytest.approx(parts)
    assert (pressed.by, pressed.latency.basis) == ("digits", "exact")


async def test_an_answer_that_comes_too_late_fails_with_its_parts() -> None:
    app = App()

    @app.call("/")
    async def answer(call: Call) -> None:
        await echo(call, think=2.0)

    async with dial(app) as phone:
        await phone.hears("Yes?")
        with pytest.raises(ExpectationFailed, match="but the caller has said nothing"):
            await phone.answered_within(1)
        await phone.says("good morning")
        too_late = r"within 0\.8 s, and it took 2\.\d\d s \(recognition 0\.50 s, the application 2\.\d\d s, the voice"
        with pytest.raises(ExpectationFailed, match=too_late):
            await phone.answered_within(0.8)


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ("nothing", "the application has the words, and has answered nothing"),
        ("pause", r"nothing was heard of the answer \(recognition 0\.50 s, the application"),
        ("deaf", "no hook has brought the words to the application"),
    ],
)
async def test_an_answer_that_does_not_come_says_why(answers: str, why: str) -> None:
    app = App()

    @app.call("/")
    async def answer(call: Call) -> None:
        if answers == "deaf":
            await call.answer().pause(length=60).send()
        else:
            await call.gather(input=["speech"], timeout=20).result()
        if answers == "pause":
            await call.pause(length=60).send()
        await anyio.sleep(60)

    async with dial(app) as phone:
        await phone.waits(1)
        await phone.speaks_anyway("good morning")
        with pytest.raises(ExpectationFailed, match=why):
            await phone.answered_within(1)


async def test_a_call_that_ends_without_an_answer_says_so() -> None:
    app = App()

    @app.call("/")
    async def answer(call: Call) -> None:
        await call.gather(input=["speech"], timeout=20).result()
        await call.hangup().send()

    async with dial(app) as phone:
        await phone.says("good morning")
        with pytest.raises(
            ExpectationFailed, match=r"but nothing was heard \(recognition 0\.50 s, the application 0"
        ):
            await phone.answered_within(1)


async def test_who_only_looks_on_keeps_no_call_alive() -> None:
    app = App()
    told: list[TurnMeasured] = []
    route = app.call("/")

    @route
    async def answer(call: Call) -> None:
        await call.gather(input=["speech"], timeout=20).result()
        await call.say(text="Thank you.").send()

    @route.on("turn")
    async def turn(call: Call, measured: TurnMeasured) -> None:
        told.append(measured)

    async with dial(app) as phone:
        await phone.says("good morning")
        await phone.hears("Thank you.")
        await phone.call_ends("jambonz")
    assert [turn.way for turn in told] == ["queue"]


async def test_every_observer_is_told() -> None:
    app = App()
    told: list[str] = []

    @app.call("/")
    async def answer(call: Call) -> None:
        async def look(name: str, events: object) -> None:
            async for event in events:  # type: ignore[attr-defined]  # both are inboxes
                if isinstance(event, TurnMeasured):
                    told.append(name)

        call.start_soon(look, "events", call.events())
        call.start_soon(look, "inbox", call.hooks("turn"))
        await call.gather(input=["speech"], timeout=20, actionHook="/heard").send()
        async for _ in call.hooks("/heard"):
            await call.say(text="Thank you.").send()

    async with dial(app) as phone:
        await phone.says("good morning")
        await phone.hears("Thank you.")
    assert sorted(told) == ["events", "inbox"]
