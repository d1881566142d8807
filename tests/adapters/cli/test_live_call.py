"""The engine of a phone that a person holds: lines that grow while words are said, and what is done at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.cli.live_call import LiveCall
from jambonz_anyio.cli.live_lines import Kind, LiveLine
from jambonz_anyio.testing import dial

app = App()


@app.call("/")
async def echo(call: Call) -> None:
    await call.say(text="Please speak now").send()
    while True:
        heard = await call.gather(input=["speech"], timeout=15).result()
        await call.say(text=f"You said: {heard.transcript}").send()


@app.call("/barge-in", on_return="stay")
async def interruptible(call: Call) -> None:
    await (
        call.config(bargeIn={"enable": True, "sticky": True, "input": ["speech"], "actionHook": "/b"})
        .say(text="A long story about nothing")
        .send()
    )


@app.call("/asks-back", on_return="stay")
async def asks_back(call: Call) -> None:
    @call.on("/b")
    async def heard(hook: Any) -> Any:
        return call.say(text="What is it?")

    barge_in = {"enable": True, "input": ["speech"], "actionHook": "/b"}
    await call.config(bargeIn=barge_in).say(text="A long story about nothing at all").send()


@app.call("/dial")
async def transfer(call: Call) -> None:
    await call.dial(target=[{"type": "user", "name": "agent@example.com"}]).result()
    await call.say(text="They are gone.").send()


@app.call("/streamed", on_return="stay")
async def streamed(call: Call) -> None:
    await call.config(ttsStream={"enable": True}).answer().send()
    async with call.speak() as speech:
        await speech.write("It is a fine day. ")
        await speech.write("Is it not?")


@app.call("/thinks")
async def thinks(call: Call) -> None:
    await call.answer().send()
    await anyio.sleep(4)
    await call.say(text="There you are").pause(length=3).send()


@app.call("/slow-hook", on_return="stay")
async def slow_hook(call: Call) -> None:
    @call.on("/words")
    async def words(hook: Any) -> Any:
        await anyio.sleep(1.5)
        return call.say(text="I had to think about that")

    await call.gather(input=["speech", "digits"], actionHook="/words", timeout=20).send()


@app.call("/agent")
async def agent(call: Call) -> None:
    await call.agent(llm={"vendor": "openai", "model": "gpt-5"}).result()


@asynccontextmanager
async def live_call(path: str = "/") -> AsyncIterator[tuple[LiveCall, list[tuple[float, LiveLine, str]]]]:
    """A call with a person at it, and what watchers were shown: when, which line, and its text then."""
    shown: list[tuple[float, LiveLine, str]] = []
    async with dial(app, path) as phone:
        live = LiveCall(phone)
        live.watch(lambda line: shown.append((phone.at, line, line.text)))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(live.run)
            yield live, shown
            tasks.cancel_scope.cancel()


def texts(lines: Iterable[LiveLine], kind: Kind) -> list[str]:
    return [line.text for line in lines if line.kind is kind]


def grown(shown: list[tuple[float, LiveLine, str]], line: LiveLine) -> list[tuple[float, str]]:
    return [(at, text) for at, same, text in shown if same is line]


async def test_words_come_in_the_time_in_which_they_are_said(virtual_time: Any) -> None:
    async with live_call() as (live, shown):
        await live.phone.waits(2.0)
        [line] = [line for line in live.lines if line.kind is Kind.SAID]
        assert (line.who, line.to, line.over, line.cut) == ("app", "caller", True, False)
        # 15 characters a second, from 0.06 s on.
        times = [at for at, _ in grown(shown, line)]
        assert [round(at - times[0], 1) for at in times] == [0.0, 0.5, 0.9, 1.1]
        texts_shown = [text for _, text in grown(shown, line)]
        assert texts_shown == ["Please", "Please speak", "Please speak now", "Please speak now"]


async def test_what_is_typed_is_said_now_and_answered(virtual_time: Any) -> None:
    async with live_call() as (live, shown):
        await live.phone.waits(2.0)
        live.says("good morning")
        [_, mine] = [line for line in live.lines if line.kind is Kind.SAID]
        assert (mine.who, mine.text, mine.over) == ("caller", "good", False)
        live.says("to you")
        await live.phone.hears("You said: good morning")
        assert [text for _, text in grown(shown, mine)] == ["good", "good morning", "good morning"]
        assert mine.over
        assert texts(live.lines, Kind.TOLD) == []


async def test_nothing_listens(virtual_time: Any) -> None:
    async with live_call() as (live, _):
        live.says("hello?")
        await live.phone.waits(0.5)
        live.says("can you hear me")
        live.presses("1")
        await live.phone.waits(2.0)
        live.presses("1")
        assert texts(live.lines, Kind.TOLD) == [
            "Nobody hears that: the call is not answered yet.",
            "Nothing listens to your words now: it cannot be interrupted (no barge-in).",
            "Nothing waits for your keys now: it cannot be interrupted (no barge-in).",
            "Nothing waits for your keys now: the gather takes speech.",
        ]


async def test_why_nothing_listens_where_nothing_is_said(virtual_time: Any) -> None:
    async with live_call("/thinks") as (live, _):
        await live.phone.waits(1.0)
        live.says("hello")
        await live.phone.waits(5.0)
        live.says("hello")
        idle, paused = texts(live.lines, Kind.TOLD)
        assert idle.endswith(
            "now: the application was told session:new 1.0 s ago, and has said nothing since."
        )
        assert paused == "Nothing listens to your words now: pause is running."


async def test_words_interrupt_where_the_server_lets_them(virtual_time: Any) -> None:
    async with live_call("/barge-in") as (live, _):
        await live.phone.waits(0.8)
        live.says("stop")
        await live.phone.waits(1.0)
        story = next(line for line in live.lines if line.who == "app")
        assert (story.over, story.cut) == (True, True)
        assert story.text.startswith("A long")
        assert story.text != "A long story about nothing"
        assert texts(live.lines, Kind.TOLD) == []


async def test_falling_silent_and_hanging_up(virtual_time: Any) -> None:
    async with live_call() as (live, _):
        await live.phone.waits(2.0)
        live.says("one two three four five")
        await live.phone.waits(0.9)
        live.falls_silent()
        mine = live.lines[-1] if live.lines[-1].who == "caller" else live.lines[-2]
        assert (mine.text, mine.over, mine.cut) == ("one two three", True, True)
        await live.phone.hears("You said:")
        live.hangs_up()
        live.hangs_up()
        live.says("hello?")
        assert texts(live.lines, Kind.TOLD) == ["The call is over."] * 2
        assert live.why() == ["The call is over."]
        assert [line.cut for line in live.lines if line.who == "app"] == [False, True]


async def test_keys_that_no_telephone_has(virtual_time: Any) -> None:
    async with live_call() as (live, _):
        live.presses("1E")
        live.presses("1", "b7")
        assert texts(live.lines, Kind.TOLD) == [
            "'1E' cannot be pressed: a telephone has the keys 0-9, *, # and A-D.",
            "There is no b7 on this call.",
        ]


async def test_other_parties_are_played_and_named_as_they_were_dialled(virtual_time: Any) -> None:
    async with live_call("/dial") as (live, _):
        await live.phone.waits(0.2)
        assert live.why() == [
            "b1 (agent@example.com) is being called: /as b1 answer picks up.",
            "dial is running.",
        ]
        with pytest.raises(LookupError, match=r"no nobody on this call: .* caller, b1 \(agent@example.com\)"):
            live.leg_of("nobody")
        agent = live.leg_of("Agent")
        live.says("hello", agent)
        live.answers(agent)
        live.answers(agent)
        await live.phone.waits(0.5)
        assert live.why() == ["You are connected to b1: /as b1 WORDS lets them say something."]
        live.says("Support, how can I help?", agent)
        live.says("Hi", "caller")
        await live.phone.waits(3.0)
        live.holds(agent)
        live.holds(agent, on=False)
        live.hangs_up(live.leg_of("b1"))
        await live.phone.hears("They are gone")
        live.says("hello?", agent)
        # What the two hear of each other is not told twice.
        assert [(line.who, line.text) for line in live.lines if line.kind is Kind.SAID][:2] == [
            ("b1", "Support, how can I help?"),
            ("caller", "Hi"),
        ]
        assert texts(live.lines, Kind.TOLD) == [
            "Nobody hears that: b1 has not picked up.",
            "b1 has picked up already.",
            "The call of b1 is over.",
        ]


@pytest.mark.parametrize("refuse", ["busy", "declines"])
async def test_parties_who_do_not_want(refuse: str, virtual_time: Any) -> None:
    async with live_call("/dial") as (live, _):
        await live.phone.waits(1.0)
        assert live.why()[0] == "b1 (agent@example.com) rings: /as b1 answer picks up."
        getattr(live, refuse)("b1")
        await live.phone.hears("They are gone")


async def test_streamed_text_is_one_line_until_it_pauses(virtual_time: Any) -> None:
    async with live_call("/streamed") as (live, shown):
        await live.phone.hears("Is it not?")
        [line] = [line for line in live.lines if line.kind is Kind.SAID]
        assert line.text == "It is a fine day. Is it not?"
        await live.phone.waits(0.5)
        assert not line.over
        await live.phone.waits(1.5)
        assert line.over
        times = [at for at, _ in grown(shown, line)]
        assert times == sorted(times)


async def test_faults_happen_at_once(virtual_time: Any) -> None:
    async with live_call() as (live, _):
        await live.phone.waits(2.0)
        live.drops()
        await live.phone.waits(0.2)
        live.drops()
        assert live.why()[0] == (
            "The connection to the application was lost 0.2 s ago; the server comes back by itself."
        )
        await live.phone.comes_back()
        live.slow(1.5)
        live.slow(0)
        assert texts(live.lines, Kind.TOLD) == [
            "There is no connection to drop.",
            "Answers of the application arrive 1.5 s late from now on; 0 ends it.",
            "Answers of the application are in time again.",
        ]


async def test_whose_turn_it_is_on_a_call_without_verbs(virtual_time: Any) -> None:
    async with live_call("/barge-in") as (live, _):
        await live.phone.waits(3.0)
        assert live.why() == [
            "It is your turn: the application hears your words.",
            "No verbs are left: the call waits until the application sends some.",
            "Beside that runs bargeIn.",
        ]
        assert live.state() == "It is your turn: the application hears your words."
        live.says("hello")
        assert live.state() == "You speak, or have just ended."
        await live.phone.waits(2.0)
        assert live.state() == "The application was told verb:hook /b 1.1 s ago, and has said nothing since."
        live.hangs_up()
        assert live.state() == "The call is over."


@pytest.mark.parametrize(("path", "words"), [("/", "words do not"), ("/barge-in", "words")])
async def test_whether_words_interrupt(path: str, words: str, virtual_time: Any) -> None:
    async with live_call(path) as (live, _):
        await live.phone.waits(0.3)
        assert live.state() == f"You hear something; {words} interrupt it."


async def test_why_it_is_silent_now(virtual_time: Any) -> None:
    async with live_call("/slow-hook") as (live, _):
        assert "The call is not answered yet." in live.why()
        await live.phone.waits(1.0)
        assert live.why() == ["gather waits for words or keys, until 20.1 s (in 19.1 s)."]
        live.says("hello")
        await live.phone.waits(0.2)
        assert live.why()[0].startswith("You are speaking")
        await live.phone.waits(1.0)
        assert live.why()[0] == "The application has not answered verb:hook /words for 0.3 s."
        await live.phone.hears("I had")
        assert live.why() == [
            "The last silence was from 1.4 s to 3.4 s, 2.0 s:",
            "The recogniser took 0.5 s to see that you had ended.",
            "The application took 1.50 s to answer verb:hook /words.",
            "gather was running for 2.0 s of it.",
        ]


async def test_the_silence_after_an_interruption(virtual_time: Any) -> None:
    async with live_call("/asks-back") as (live, _):
        await live.phone.waits(0.8)
        live.says("stop")
        await live.phone.hears("What is")
        silence, recogniser, *_ = live.why()
        assert silence == "The last silence was from 1.2 s to 1.7 s, 0.5 s:"
        assert recogniser == "The recogniser took 0.5 s to see that you had ended."


async def test_why_there_was_no_silence_and_what_a_pause_says(virtual_time: Any) -> None:
    async with live_call("/thinks") as (live, _):
        await live.phone.waits(4.5)
        assert live.why()[0] == "The last silence was from 0.0 s to 4.0 s, 4.0 s:"
        await live.phone.waits(1.0)
        assert live.why() == ["pause lasts until 7.9 s (another 2.4 s)."]
    async with live_call() as (live, _):
        await live.phone.waits(0.1)
        assert live.why() == ["There was no silence yet."]


async def test_a_model_is_played_by_the_person(virtual_time: Any) -> None:
    async with live_call("/agent") as (live, _):
        await live.phone.waits(0.5)
        assert live.why() == ["agent waits for its model, which you play: /model WORDS, /model-says WORDS."]


async def test_payloads_are_shown_without_what_is_always_the_same(virtual_time: Any) -> None:
    async with live_call("/slow-hook") as (live, _):
        await live.phone.waits(1.0)
        live.presses("1")
        await live.phone.hears("I had", timeout=30)
        [sent] = [line.text for line in live.lines if "/words is sent" in line.text]
        assert "'reason': 'timeout'" in sent
        assert "trace_id" not in sent


async def test_kinds_of_lines(virtual_time: Any) -> None:
    async with live_call() as (live, _):
        await live.phone.waits(2.0)
        live.tell("Well.")
        kinds = {(line.kind, line.who) for line in live.lines}
        assert {
            (Kind.SAID, "app"),
            (Kind.HAPPENED, "caller"),
            (Kind.DETAIL, "hook"),
            (Kind.DETAIL, "call"),
            (Kind.DETAIL, "network"),
            (Kind.FINE, "status"),
            (Kind.FINE, "hook"),
            (Kind.TOLD, ""),
        } <= kinds
        assert [line.number for line in live.lines] == list(range(len(live.lines)))


def logs(in_thread: bool) -> Callable[[str], None]:
    def log(sid: str) -> None:
        logger = logging.getLogger("shop")

        def say() -> None:
            logger.warning("the shop is closed", extra={"call_sid": sid})

        if in_thread:
            thread = threading.Thread(target=say)
            thread.start()
            thread.join()
        else:
            say()

    return log


@pytest.mark.parametrize("in_thread", [False, True])
async def test_warnings_of_the_application_are_lines(in_thread: bool, virtual_time: Any) -> None:
    async with live_call() as (live, _):
        await live.phone.waits(0.5)
        logs(in_thread)(live.phone.call_sid)
        await live.phone.waits(1.5)
        assert "WARNING: the shop is closed" in texts(live.lines, Kind.LOG)
