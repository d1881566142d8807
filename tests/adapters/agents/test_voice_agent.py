"""Voice agents on the phone, in virtual time, with models that say what the test says."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from tests.vendor_rules import check_anthropic, check_chat, check_responses

from jambonz_anyio import V0_9, App, AudioStream, Call, MemoryStore
from jambonz_anyio.agents import Conversation, ModelFailed, Turn, Usage, VoiceAgent, voice_agent
from jambonz_anyio.testing import Checks, Phone, dial
from jambonz_anyio.tools import Steer, tool

pytestmark = pytest.mark.usefixtures("virtual_time")

GREETING = "Hello! This is the bakery."


class Script:
    """A model that gives these answers, one for each request: texts, chunks, seconds to wait, or an exception."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[list[dict[str, Any]]] = []
        """The messages of each request."""
        self.asked_in_other_forms: list[tuple[Any, Any]] = []
        self.tools: list[list[str]] = []
        """The names of the tools of each request."""
        self.open = 0

    async def _answer(self, answer: Any) -> AsyncIterator[Any]:
        self.open += 1
        try:
            for item in answer if isinstance(answer, list) else [answer]:
                if isinstance(item, float):
                    await anyio.sleep(item)
                elif isinstance(item, Exception):
                    raise item
                else:
                    yield item
        finally:
            self.open -= 1

    def ask(self, conversation: Conversation, tools: Any) -> Any:
        self.asked.append(conversation.openai_chat())
        self.tools.append([each.name for each in tools])
        self.asked_in_other_forms.append((conversation.openai_responses(), conversation.anthropic()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return self._answer(answer() if callable(answer) else answer)

    def check(self) -> None:
        """All of it is what vendors accept."""
        for messages in self.asked:
            check_chat(messages)
        for responses, anthropic in self.asked_in_other_forms:
            check_responses(responses)
            check_anthropic(anthropic)


def calls(name: str, arguments: str = "{}", id: str = "c1", index: int = 0) -> dict[str, Any]:
    """A chunk in which the model calls a tool."""
    piece = {"index": index, "id": id, "function": {"name": name, "arguments": arguments}}
    return {"choices": [{"index": 0, "delta": {"tool_calls": [piece]}, "finish_reason": "tool_calls"}]}


class Line:
    """An application with an agent, and what it reports."""

    def __init__(
        self, script: Script, tools: Any = (), app: dict[str, Any] | None = None, **settings: Any
    ) -> None:
        self.script = script
        self.turns: list[Turn] = []
        self.conversations: list[Conversation] = []
        self.app = App(**(app or {}))
        settings.setdefault("greeting", GREETING)
        settings.setdefault("on_turn", self.turns.append)
        self.agent = VoiceAgent("Be kind.", script.ask, tools, **settings)

        @self.app.call("/")
        async def main(call: Call) -> None:
            self.conversations.append(Conversation())
            await self.agent.run(call, self.conversations[-1])

    @asynccontextmanager
    async def dial(self, errors: bool = False) -> AsyncIterator[Phone]:
        """Call it; with `errors`, what goes wrong within it is what the test is about."""
        checks = Checks(app_errors="ignore" if errors else "fail")
        async with dial(self.app, checks=checks, from_="+4930123") as phone:
            yield phone
        self.script.check()

    @property
    def messages(self) -> list[tuple[str, Any]]:
        """What the model would get now, without instructions."""
        return [(each["role"], each["content"]) for each in self.conversations[-1].openai_chat()[1:]]


async def test_an_answer_and_its_report() -> None:
    costs = {"choices": [], "usage": {"prompt_tokens": 20, "completion_tokens": 7}}
    line = Line(Script([0.5, "From two ", "to six. ", costs]))
    async with line.dial() as phone:
        await phone.hears(GREETING)
        await phone.says("When are you open?")
        await phone.hears("From two to six.")
        await phone.waits(1)
    assert line.script.asked == [
        [
            {"role": "system", "content": "Be kind."},
            {"role": "assistant", "content": GREETING},
            {"role": "user", "content": "When are you open?"},
        ]
    ]
    [turn] = line.turns
    assert (turn.number, turn.agent, turn.caller) == (1, "agent", "When are you open?")
    assert turn.answer == turn.heard == "From two to six. "
    assert turn.usage == (Usage(input_tokens=20, output_tokens=7),)
    assert (turn.outcome, turn.interrupted, turn.error, turn.tools) == ("accepted", False, None, ())
    assert turn.latency.app == pytest.approx(0.5, abs=0.05)
    assert turn.latency.recognition is not None
    assert turn.latency.network == pytest.approx(0, abs=0.05)
    assert (turn.latency.voice, turn.latency.total, turn.latency.basis) == (None,) * 3


async def test_an_interruption_is_known_to_the_model_and_closes_its_request() -> None:
    line = Line(Script([f"Sentence {number}. " if number % 2 else 0.2 for number in range(80)], "Very well."))
    async with line.dial() as phone:
        await phone.says("Tell me a story.")
        await phone.hears("Sentence 1.")
        await phone.interrupts("Stop it.")
        await phone.hears("Very well.")
        assert line.script.open == 0
        roles = [message["role"] for message in line.script.asked[1]]
        assert roles == ["system", "assistant", "user", "assistant", "system", "user"]
        heard = line.script.asked[1][3]["content"]
        assert heard.startswith("Sentence 1.")
        assert "Sentence 79" not in heard
        await phone.waits(1)
    first, second = line.turns
    assert (first.interrupted, first.outcome) == (True, "cut")
    assert first.heard.strip() == heard
    assert len(first.answer) >= len(first.heard)
    assert (second.interrupted, second.outcome) == (False, "accepted")


async def test_tools_run_and_the_model_gets_what_they_give() -> None:
    asked: list[tuple[str, int]] = []

    @tool
    async def order(what: str, count: int, call: Call) -> str:
        """Order bread."""
        asked.append((what, count))
        await anyio.sleep(0.2)
        return f"ordered by {call.from_}"

    script = Script(["One moment. ", calls("order", '{"what": "rye", "count": 2}')], "It is ordered.")
    line = Line(script, [order])
    async with line.dial() as phone:
        await phone.says("Two rye loaves.")
        await phone.hears("One moment. It is ordered.")
        await phone.waits(1)
    assert asked == [("rye", 2)]
    assert script.tools == [["order"], ["order"]]
    assert [message["role"] for message in script.asked[1]][-2:] == ["assistant", "tool"]
    assert script.asked[1][-1]["content"] == "ordered by +4930123"
    [run] = line.turns[0].tools
    assert (run.name, run.is_error) == ("order", False)
    assert run.seconds == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize(
    ("chunk", "said"),
    [
        (calls("no_such_tool"), "no_such_tool"),
        (calls("add", '{"a": '), "arguments are no JSON"),
        (calls("add", '{"a": "x"}'), "arguments"),
        (calls("fails"), "has failed"),
        (calls("hangs"), "not answered in time"),
        (calls("huge"), "bytes"),
    ],
)
async def test_what_goes_wrong_with_a_tool_is_told_to_the_model(chunk: Any, said: str) -> None:
    @tool
    def add(a: int) -> int:
        """Add one."""
        return a + 1

    @tool
    async def fails() -> str:
        """Fail."""
        raise OSError("secret")

    @tool(seconds=1)
    async def hangs() -> None:
        """Never end."""
        await anyio.sleep_forever()

    @tool
    async def huge() -> str:
        """Give too much."""
        return "x" * 1_000_000

    line = Line(Script(chunk, "That did not work."), [add, fails, hangs, huge])
    async with line.dial(errors=True) as phone:
        await phone.says("Go on.")
        await phone.hears("That did not work.")
        output = line.script.asked[1][-1]
        assert output["role"] == "tool"
        assert output["content"].startswith("Error: ")
        assert said in output["content"]
        assert "secret" not in output["content"]
        await phone.says("Thank you.")
        await phone.hears("That did not work.")


async def test_a_slow_tool_has_a_filler() -> None:
    @tool(filler="I am looking it up.")
    async def slow() -> str:
        """Take three seconds."""
        await anyio.sleep(3)
        return "done"

    line = Line(Script(calls("slow"), "Here it is."), [slow])
    async with line.dial() as phone:
        await phone.says("Go on.")
        begun = phone.at
        await phone.hears("I am looking it up.")
        assert phone.at < begun + 3
        await phone.hears("Here it is.")
        await phone.waits(1)
    assert line.turns[0].answer == "I am looking it up. Here it is."


@pytest.mark.parametrize("filler", [lambda call: f"One moment, {call.from_}.", "One moment, +4930123."])
async def test_a_slow_model_has_a_filler(filler: Any) -> None:
    line = Line(Script([4.0, "Here it is."]), filler=filler)
    async with line.dial() as phone:
        await phone.says("Go on.")
        await phone.hears("One moment, +4930123.")
        await phone.hears("Here it is.")


@pytest.mark.parametrize("filler", [lambda call: 1 / 0, lambda call: 7, "Too late."])
async def test_a_filler_that_is_none_harms_nothing(filler: Any) -> None:
    line = Line(Script([2.5 if callable(filler) else 0.1, "Here it is."]), filler=filler)
    async with line.dial(errors=True) as phone:
        await phone.says("Go on.")
        await phone.hears("Here it is.")
        assert "Too late" not in phone.transcript


@pytest.mark.parametrize("on_interrupt", ["finish", "cancel"])
async def test_a_tool_that_is_interrupted_is_paired_all_the_same(on_interrupt: Any) -> None:
    ended: list[str] = []

    @tool(on_interrupt=on_interrupt, filler="I am looking it up, which takes a while.")
    async def slow() -> str:
        """Take its time."""
        try:
            await anyio.sleep(6)
            ended.append("finished")
        except BaseException:
            ended.append("cancelled")
            raise
        return "done"

    line = Line(Script(calls("slow"), "Never mind.", "Anything else?"), [slow])
    async with line.dial() as phone:
        await phone.says("Look it up.")
        await phone.hears("I am looking")
        await phone.interrupts("Leave it.")
        await phone.hears("Never mind.")
        assert [message["role"] for message in line.script.asked[1]].count("tool") == 1
        await phone.waits(5)
        await phone.says("Well?")
        await phone.hears("Anything else?")
    [output] = [message["content"] for message in line.script.asked[2] if message["role"] == "tool"]
    if on_interrupt == "finish":
        assert (output, ended) == ("done", ["finished"])
    else:
        assert output == "Error: the caller interrupted, and the tool was cancelled"
        assert ended == ["cancelled"]


async def test_a_tool_may_steer_the_call() -> None:
    @tool
    def connect(call: Call) -> Any:
        """Connect the caller."""
        return Steer("connecting", call.say(text="A human takes over.").pause(length=30))

    line = Line(Script(["Of course. ", calls("connect")], "Never asked."), [connect])
    async with line.dial() as phone:
        await phone.says("A human, please.")
        await phone.hears("Of course. A human takes over.")
        await phone.waits(1)
        await phone.hears_nothing(25)  # nobody asks whether he is still there
    assert len(line.script.asked) == 1


async def test_a_tool_that_steers_after_an_interruption_steers_all_the_same() -> None:
    @tool(filler="I am connecting you, which takes a while.")
    async def connect(call: Call) -> Any:
        """Connect the caller."""
        await anyio.sleep(6)
        return Steer("connecting", call.say(text="A human takes over.").pause(length=30), replace=False)

    line = Line(Script(calls("connect"), "Very well."), [connect])
    async with line.dial() as phone:
        await phone.says("A human, please.")
        await phone.hears("I am connecting you")
        await phone.interrupts("Quickly!")
        await phone.hears("Very well.")
        await phone.hears("A human takes over.")


async def test_a_call_that_was_handed_over_stays_so_in_another_process() -> None:
    store = MemoryStore()

    def line() -> Line:
        billing = VoiceAgent(
            "You know bills.", Script("Your bill is paid.").ask, name="billing", greeting="Billing."
        )
        desk = VoiceAgent("You are a desk.", Script("x").ask, name="desk", hand_over_to=[billing])
        made = Line(Script(calls("hand_over_to_billing")), hand_over_to=[desk, billing], app={"store": store})

        async def resume(call: Call) -> None:
            await made.agent.run(call)

        made.app.on_resume(resume)
        return made

    async with line().dial() as phone:
        await phone.says("About my bill.")
        await phone.hears("Billing.")
        await phone.waits(1)
        phone.resume_elsewhere(line().app)
        await phone.comes_back()
        await phone.says("Is it paid?")
        await phone.hears("Your bill is paid.")


async def test_a_model_that_calls_tools_for_ever_is_stopped() -> None:
    @tool
    def again() -> str:
        """Again."""
        return "again"

    line = Line(Script(calls("again")), [again], tool_rounds=3)
    async with line.dial(errors=True) as phone:
        await phone.says("Go on.")
        await phone.hears("Sorry, I did not get that.")
    assert line.script.tools == [["again"]] * 3 + [[]]
    assert isinstance(line.turns[0].error, ModelFailed)
    assert "more than 3 rounds" in str(line.turns[0].error)


FAILURES: list[tuple[Any, str]] = [
    (ConnectionError("the model is down"), "ConnectionError: the model is down"),
    (["I think", OSError("gone")], "OSError: gone"),
    ([], "neither an answer nor a tool"),
    ([" ", None], "neither an answer nor a tool"),
    ([1000.0], "silent for 15 seconds"),
    (["I think", 1000.0], "silent for 15 seconds"),
    ([7], "is none of them"),
    ([{"error": {"message": "overloaded"}}], "overloaded"),
    (["x" * 150_000, "x" * 150_000], "longer than any"),
]


@pytest.mark.parametrize(("failure", "said"), FAILURES, ids=range(len(FAILURES)))
async def test_a_model_that_fails_costs_an_apology_and_the_call_goes_on(failure: Any, said: str) -> None:
    line = Line(Script(failure, "From two to six."))
    async with line.dial(errors=True) as phone:
        await phone.says("When are you open?")
        if isinstance(failure, list) and failure and failure[0] == "x" * 150_000:
            await phone.interrupts("When are you open?", after=30)
        else:
            await phone.hears("Sorry, I did not get that. Could you say it again?", timeout=20)
            await phone.says("When are you open?")
        await phone.hears("From two to six.")
        assert line.script.open == 0
    assert said in str(line.turns[0].error) or line.turns[0].interrupted
    assert line.turns[1].error is None


@pytest.mark.parametrize(
    "model", [lambda conversation, tools: 7, lambda: None, lambda conversation, tools: None]
)
async def test_a_model_that_is_none_ends_with_last_words(model: Callable[..., Any]) -> None:
    line = Line(Script("x"))
    line.agent.model = model
    async with line.dial(errors=True) as phone:
        await phone.says("When are you open?")
        await phone.hears("Sorry, I did not get that.")
        await phone.says("When are you open?")
        await phone.hears("Sorry, something is broken here.")
        await phone.call_ends("jambonz")
    assert [type(turn.error) for turn in line.turns] == [ModelFailed] * 2
    assert line.messages[-1] == ("assistant", "Sorry, something is broken here. Please call again later.")


async def test_a_voice_that_fails_ends_with_last_words_by_another_way() -> None:
    line = Line(Script("We are open until six."))
    async with line.dial() as phone:
        await phone.hears(GREETING)
        phone.vendor_down()
        await phone.says("When are you open?")
        await phone.hears("Sorry, something is broken here.")
        await phone.call_ends("jambonz")
    assert line.messages[-1] == ("assistant", "Sorry, something is broken here. Please call again later.")


async def test_failures_in_between_are_forgiven() -> None:
    broken = OSError("gone")
    line = Line(Script(broken, "Yes.", broken, "Yes."))
    async with line.dial(errors=True) as phone:
        for heard in ("Could you say it again?", "Yes.", "Could you say it again?", "Yes."):
            await phone.says("Are you open?")
            await phone.hears(heard)


async def test_a_caller_who_says_nothing_is_asked_and_then_hung_up() -> None:
    line = Line(Script("Yes."), prompts=("Are you still there?", "Hello?"), silence_seconds=8)
    async with line.dial() as phone:
        await phone.hears(GREETING)
        begun = phone.at
        await phone.hears("Are you still there?")
        assert phone.at - begun == pytest.approx(8 + 1.5, abs=1.5)
        await phone.hears("Hello?")
        await phone.hears("Goodbye.")
        await phone.call_ends("jambonz")
    assert [content for _, content in line.messages] == [
        GREETING,
        "Are you still there?",
        "Hello?",
        "Goodbye.",
    ]


async def test_a_caller_who_says_something_is_asked_anew() -> None:
    line = Line(Script("Yes."), silence_seconds=8)
    async with line.dial() as phone:
        await phone.hears("Are you still there?")
        await phone.says("Are you open?")
        await phone.hears("Yes.")
        await phone.hears("Are you still there?")
        await phone.speaks_anyway("I am thinking.", duration=12)
        await phone.hears("Yes.")
    assert "Goodbye" not in phone.transcript


async def test_a_caller_who_speaks_over_the_goodbye_is_listened_to() -> None:
    line = Line(
        Script("Yes."), prompts=(), silence_seconds=8, goodbye="Goodbye, and thank you for calling us."
    )
    async with line.dial() as phone:
        await phone.hears("Goodbye")
        await phone.interrupts("Wait!")
        await phone.hears("Yes.")


async def test_an_agent_may_wait_for_ever() -> None:
    line = Line(Script("Yes."), silence_seconds=None, greeting="")
    async with line.dial() as phone:
        await phone.hears_nothing(300)
        await phone.says("Are you open?")
        await phone.hears("Yes.")


async def test_the_caller_is_handed_over_to_another_agent() -> None:
    billing_script = Script("Your bill is paid.")
    billing = VoiceAgent("You know bills.", billing_script.ask, name="billing", greeting="Here is billing.")
    line = Line(Script(calls("hand_over_to_billing")), hand_over_to=[billing])
    async with line.dial() as phone:
        await phone.says("About my bill.")
        await phone.hears("Here is billing.")
        await phone.says("Is it paid?")
        await phone.hears("Your bill is paid.")
        await phone.waits(1)
    assert line.script.tools == [["hand_over_to_billing"]]
    [messages] = billing_script.asked
    assert messages[0]["content"] == "You know bills."
    assert [message["role"] for message in messages[1:]] == [
        "assistant",
        "user",
        "assistant",
        "tool",
        "assistant",
        "user",
    ]
    assert [turn.agent for turn in line.turns] == ["billing", "billing"]


async def test_an_agent_without_a_greeting_answers_at_once() -> None:
    billing_script = Script("Your bill is paid.")
    billing = VoiceAgent("You know bills.", billing_script.ask, name="billing")
    line = Line(Script(calls("hand_over_to_billing")), hand_over_to=[billing])
    async with line.dial() as phone:
        await phone.says("Is my bill paid?")
        await phone.hears("Your bill is paid.")


async def test_a_hook_that_cannot_shorten_the_conversation_harms_nothing() -> None:
    line = Line(Script("Yes."), shorten=lambda items: 1 / 0)
    async with line.dial(errors=True) as phone:
        for _ in range(2):
            await phone.says("Are you open?")
            await phone.hears("Yes.")
    assert line.script.asked[1][-1] == {"role": "user", "content": "Are you open?"}


async def test_noise_does_not_keep_the_agent_from_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice_agent, "_words_of", lambda heard: heard.transcript.replace("Hm.", ""))
    line = Line(Script("Yes."), silence_seconds=8)
    async with line.dial() as phone:
        await phone.hears(GREETING)
        await phone.speaks_anyway("Hm.")
        begun = phone.at
        await phone.hears("Are you still there?", timeout=40)
        assert phone.at < begun + 12


async def test_keys_are_told_in_words() -> None:
    line = Line(Script("You pressed one."), barge_in={"input": ["speech", "digits"], "numDigits": 1})
    async with line.dial() as phone:
        await phone.hears(GREETING)
        await phone.presses("1")
        await phone.hears("You pressed one.")
    assert line.script.asked[0][-1] == {"role": "user", "content": "(The caller pressed 1.)"}


async def test_a_conversation_goes_on_in_another_process() -> None:
    store = MemoryStore()

    def line() -> Line:
        made = Line(Script("From two to six."), app={"store": store})

        async def resume(call: Call) -> None:
            await made.agent.run(call)

        made.app.on_resume(resume)
        return made

    first, second = line(), line()
    async with first.dial() as phone:
        await phone.says("When are you open?")
        await phone.hears("From two to six.")
        await phone.waits(1)
        phone.resume_elsewhere(second.app)
        await phone.comes_back()
        await phone.says("And on Sundays?")
        await phone.hears("From two to six.")
    assert [message["content"] for message in second.script.asked[0]] == [
        "Be kind.", GREETING, "When are you open?", "From two to six.", "And on Sundays?",
    ]  # fmt: skip


@pytest.mark.parametrize("state", [7, {"conversation": {"version": 99}}, {"agent": 7}])
async def test_what_is_kept_and_cannot_be_read_is_no_reason_to_end_a_call(state: Any) -> None:
    line = Line(Script("Yes."))

    @line.app.call("/kept")
    async def main(call: Call) -> None:
        call.state["voice_agent"] = state
        await line.agent.run(call)

    async with dial(line.app, "/kept") as phone:
        await phone.hears(GREETING)
        await phone.says("Are you open?")
        await phone.hears("Yes.")


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_report_that_fails_harms_nothing(asynchronous: bool) -> None:
    def plain(turn: Turn) -> None:
        raise OSError("the disk is full")

    async def awaited(turn: Turn) -> None:
        raise OSError("the disk is full")

    line = Line(Script("Yes."), on_turn=awaited if asynchronous else plain)
    async with line.dial(errors=True) as phone:
        for _ in range(2):
            await phone.says("Are you open?")
            await phone.hears("Yes.")


@pytest.mark.parametrize("seed", range(10))
async def test_whatever_happens_vendors_accept_what_the_model_is_asked(seed: int) -> None:
    chance = random.Random(seed)

    @tool
    def quick() -> str:
        """Be quick."""
        return "done"

    @tool(filler="One moment.")
    async def slow() -> str:
        """Take three seconds, whatever happens."""
        await anyio.sleep(3)
        return "done"

    @tool(on_interrupt="cancel", seconds=2)
    async def cancelled() -> str:
        """Never end."""
        await anyio.sleep_forever()
        return ""

    names = ["quick", "slow", "cancelled", "no_such.tool"]

    def answer() -> Any:
        called = [calls(chance.choice(names), id=chance.choice("ab"), index=index) for index in range(3)]
        said = ["One sentence. ", chance.random(), "Another one, which is longer than the first. "]
        return chance.choice([said, said, [*said, *called], called[:1], [], OSError("gone"), [40.0]])

    line = Line(Script(answer), [quick, slow, cancelled], model_failures=99, silence_seconds=None)
    async with line.dial(errors=True) as phone:
        await phone.hears(GREETING)
        for _ in range(10):
            await phone.speaks_anyway("And then?")
            await phone.waits(chance.uniform(0.1, 6))
    assert len(line.script.asked) >= 8
    assert line.script.open == 0
    assert [turn.number for turn in line.turns] == list(range(1, len(line.turns) + 1))


async def test_an_agent_talks_on_the_open_server_too() -> None:
    line = Line(Script("From two to six. On Sundays we are closed.", "Yes."), app={"profile": V0_9})
    async with line.dial() as phone:
        await phone.says("When are you open?")
        await phone.hears("From two")
        await phone.interrupts("Thank you.")
        await phone.hears("Yes.")
    assert line.turns[0].interrupted


async def test_what_an_agent_does_wrong_itself_ends_the_call_as_any_error_does() -> None:
    class Broken(Conversation):
        def openai_chat(self) -> Any:
            return []

        def agent(self, *_: Any, **__: Any) -> Any:
            raise KeyError("a bug")

    line = Line(Script("Yes."))
    errors: list[Exception] = []

    @line.app.on_error
    def note(call: Call | AudioStream, error: Exception) -> None:
        errors.append(error)

    @line.app.call("/broken")
    async def main(call: Call) -> None:
        await line.agent.run(call, Broken())

    async with dial(line.app, "/broken", checks=Checks(app_errors="ignore")) as phone:
        await phone.call_ends("jambonz")
    assert [type(error) for error in errors] == [KeyError]
