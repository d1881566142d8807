"""What voice agents are made of, used by hand: an answer of a model, and a caller who says nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, LocalProtocolError
from jambonz_anyio.agents import CallerSilence, Conversation, ModelFailed, SpokenAnswer
from jambonz_anyio.payloads import GatherResult
from jambonz_anyio.testing import Phone, dial
from jambonz_anyio.tools import Steer, tool

pytestmark = pytest.mark.usefixtures("virtual_time")

CONFIG = {
    "ttsStream": {"enable": True},
    "trackTtsPlayout": True,
    "bargeIn": {"enable": True, "sticky": True, "input": ["speech"], "actionHook": "/heard"},
}


def calls(name: str) -> dict[str, Any]:
    """A chunk in which the model calls a tool."""
    piece = {"index": 0, "id": "c1", "function": {"name": name, "arguments": "{}"}}
    return {"choices": [{"index": 0, "delta": {"tool_calls": [piece]}, "finish_reason": "tool_calls"}]}


def model_of(*answers: Any) -> Callable[..., Any]:
    left = list(answers)

    async def stream(answer: Any) -> AsyncIterator[Any]:
        yield answer

    return lambda conversation, tools: stream(left.pop(0))


async def talk(phone_does: Callable[[Phone], Any], answer: Callable[[Call], Any]) -> None:
    """A call in which each hook is answered so, and what the caller does in it."""
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        await call.config(CONFIG).answer().send()
        await call.turns("/heard", lambda heard: answer(call))

    async with dial(app) as phone:
        await phone_does(phone)


async def test_an_answer_with_a_tool_is_one_block() -> None:
    @tool
    def opening_hours() -> str:
        """Tell when we are open."""
        return "two to six"

    conversation = Conversation()
    told: list[Any] = []

    async def answer(call: Call) -> None:
        conversation.caller("When?")
        async with SpokenAnswer(call, conversation) as spoken:
            done = await spoken.rounds(model_of(calls("opening_hours"), "From two to six."), [opening_hours])
        await spoken.heard_out()
        told.append((done, spoken.tool_rounds, [run.name for run in spoken.tools], spoken.steers))
        assert spoken.began_to_speak is not None
        assert "".join(part.known for part in spoken.said) == "From two to six."

    async def does(phone: Phone) -> None:
        await phone.says("When?")
        await phone.hears("From two to six.")
        await phone.waits(1)

    await talk(does, answer)
    assert told == [(True, 1, ["opening_hours"], [])]
    assert [message["role"] for message in conversation.openai_chat()] == [
        "user", "assistant", "tool", "assistant",
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["steer", "until"])
async def test_rounds_are_left_when_a_tool_has_another_way(how: str) -> None:
    @tool
    def connect(call: Call) -> Any:
        """Connect the caller."""
        return Steer("connecting", call.say(text="A human takes over.")) if how == "steer" else "connecting"

    told: list[Any] = []

    async def answer(call: Call) -> None:
        async with SpokenAnswer(call, Conversation()) as spoken:
            done = await spoken.rounds(model_of(calls("connect")), [connect], until=lambda: how == "until")
            told.append((done, len(spoken.steers)))
            await spoken.say("One moment.")
        for each in spoken.steers:
            await call.chain(each.verbs).send()

    async def does(phone: Phone) -> None:
        await phone.says("A human, please.")
        await phone.hears("One moment.")

    await talk(does, answer)
    assert told == [(False, 1 if how == "steer" else 0)]


async def test_what_is_wrong_with_a_model_and_with_tools_is_told_apart() -> None:
    @tool
    def help_out() -> None:
        """Help."""

    told: list[Any] = []

    async def answer(call: Call) -> None:
        async with SpokenAnswer(call, Conversation()) as spoken:
            with pytest.raises(ModelFailed, match="more than 0 rounds"):
                await spoken.rounds(model_of(calls("connect")), limit=0)
            with pytest.raises(ModelFailed, match="ZeroDivisionError"):
                await spoken.rounds(lambda conversation, tools: 1 / 0)
            with pytest.raises(LocalProtocolError, match="two tools of the name"):
                await spoken.rounds(model_of("Yes."), [help_out, help_out])
            told.append(spoken.tool_rounds)
            await spoken.say("Sorry.")

    async def does(phone: Phone) -> None:
        await phone.says("Hello?")
        await phone.hears("Sorry.")

    await talk(does, answer)
    assert told == [0]


async def test_any_block_may_have_a_filler() -> None:
    async def answer(call: Call) -> None:
        async with SpokenAnswer(call, Conversation()) as spoken:
            with spoken.filling("One moment.", 1.0):
                await anyio.sleep(3)
            with spoken.filling("Never said.", 1.0) as filled:
                filled.cancel()
                await anyio.sleep(3)
            await spoken.say("Here it is.")

    async def does(phone: Phone) -> None:
        await phone.says("Look it up.")
        begun = phone.at
        await phone.hears("One moment.")
        assert phone.at < begun + 3
        await phone.hears("Here it is.")
        assert "Never" not in phone.transcript

    await talk(does, answer)


async def test_the_silence_of_a_caller_begins_anew_when_he_speaks() -> None:
    app = App()
    lasted: list[float] = []

    @app.call("/")
    async def main(call: Call) -> None:
        silence = CallerSilence(call)
        async with call.hooks("/heard", GatherResult) as heard, anyio.create_task_group() as tasks:
            tasks.start_soon(silence.watch)
            await call.config(CONFIG).answer().send()

            async def wait() -> None:
                begun = anyio.current_time()
                await silence.lasts(5.0)
                lasted.append(anyio.current_time() - begun)
                await call.say(text="Are you still there?").send()

            tasks.start_soon(wait)
            async for _ in heard:
                silence.spoke()
            tasks.cancel_scope.cancel()

    async with dial(app) as phone:
        await phone.waits(3)
        await phone.speaks_anyway("I am thinking about it.", duration=4)
        await phone.hears("Are you still there?", timeout=30)
    assert lasted[0] > 3 + 4 + 5 - 0.5


async def test_without_a_time_the_silence_lasts_for_ever() -> None:
    with anyio.move_on_after(1000) as scope:
        await CallerSilence(None).lasts(None)  # type: ignore[arg-type]  # nothing is asked of the call
    assert scope.cancelled_caught
