"""Conversations over the phone with applications in memory, in virtual time."""

from __future__ import annotations

import re
from typing import Any

import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.testing import ExpectationFailed, Phone, dial
from jambonz_core.simulator import SimulatorOptions, VerbStarted

app = App(env_vars={"GREETING": {"type": "string", "description": "First words", "default": "Hello!"}})


@app.call("/")
async def echo(call: Call) -> None:
    chain = call.say(text=call.env["GREETING"])
    while True:
        heard = await chain.gather(input=["speech"], timeout=10).result()
        if not heard.transcript:
            break
        chain = call.say(text=f"You said: {heard.transcript}")
    await call.say(text="Goodbye.").hangup().send()


@app.call("/menu")
async def menu(call: Call) -> None:
    chosen = await call.gather(
        input=["digits"], numDigits=2, say={"text": "Please enter two digits."}, dtmfBargein=True
    ).result()
    await call.say(text=f"You chose {chosen.digits}.").play(url="https://sounds.test/bye.mp3").send()


@app.call("/story")
async def story(call: Call) -> None:
    await (
        call.config(bargeIn={"enable": True, "sticky": True, "input": ["speech"], "actionHook": "/heard"})
        .say(text="Once upon a time there was a telephone. " * 5)
        .send()
    )
    async for heard in call.hooks("/heard"):
        await call.say(text=f"Not {heard.transcript}, then.").send()


@app.call("/silent")
async def silent(call: Call) -> None:
    await call.pause(length=30).send()


@app.call("/deaf")
async def deaf(call: Call) -> None:
    await call.say(text="Listen.").pause(length=30).send()


async def test_an_echo_answers(virtual_time: Any) -> None:
    async with dial(app, "/") as phone:
        await phone.hears("Hello!")
        await phone.says("good morning")
        await phone.hears("You said: good morning")
        assert phone.at < 10
        assert [verb.verb for verb in phone.verbs[:4]] == ["say", "gather", "say", "gather"]
        assert [hook.type for hook in phone.hooks] == ["session:new", "verb:hook"]
        assert phone.hooks[1].data["reason"] == "speechDetected"
        assert phone.hooks[1].answer == []
        assert [command.command for command in phone.commands] == ["redirect"]
        assert not phone.warnings
    assert phone.over


async def test_variables_reach_the_application(virtual_time: Any) -> None:
    async with dial(app, "/", env_vars={"GREETING": "Ahoy!"}, from_="+47123", to="+47456") as phone:
        await phone.hears("Ahoy!")
        assert (phone.hooks[0].data["from"], phone.hooks[0].data["to"]) == ("+47123", "+47456")


async def test_a_long_wait_takes_no_time_and_the_call_ends_by_itself(virtual_time: Any) -> None:
    async with dial(app, "/") as phone:
        await phone.hears("Goodbye.", timeout=60)
        ended = await phone.call_ends("jambonz")
        assert ended.duration >= 10


async def test_keys_are_pressed_when_the_prompt_is_over(virtual_time: Any) -> None:
    async with dial(app, "/menu") as phone:
        await phone.presses("12")
        await phone.hears("You chose 12.")
        sound = await phone.hears_sound("https://sounds.test/bye.mp3")
        assert not sound.cut
        await phone.call_ends("jambonz")
    presses = phone.transcript.index("presses 12")
    assert phone.transcript.index("hears “Please enter two digits.”") < presses


@app.call("/words-or-keys")
async def words_or_keys(call: Call) -> None:
    heard = await call.gather(input=["speech", "digits"], numDigits=1, timeout=5).result()
    then = await call.gather(input=["speech", "digits"], numDigits=1, timeout=5).result()
    await call.say(text=f"{heard.transcript or heard.digits}, then {then.transcript or then.digits}").send()


async def test_keys_after_words_are_for_the_next_prompt_if_the_words_were_for_this_one(
    virtual_time: Any,
) -> None:
    async with dial(app, "/words-or-keys") as phone:
        await phone.says("one")
        await phone.presses("2")
        await phone.hears("one, then 2")


async def test_keys_after_words_that_nobody_takes_are_for_this_prompt(virtual_time: Any) -> None:
    async with dial(app, "/menu") as phone:
        await phone.hears("Please enter two digits.")
        await phone.speaks_anyway("one and two")
        await phone.presses("12")
        await phone.hears("You chose 12.")


async def test_keys_after_words_that_end_the_last_prompt_are_pressed_in_vain(virtual_time: Any) -> None:
    async with dial(app, "/story") as phone:
        await phone.hears("Once upon a time")
        await phone.interrupts("wait")
        with pytest.raises(ExpectationFailed, match="to press 1, but no key is waited for"):
            await phone.presses("1", timeout=3)


async def test_keys_may_interrupt_a_prompt(virtual_time: Any) -> None:
    async with dial(app, "/menu") as phone:
        await phone.hears("Please enter")
        await phone.interrupts(keys="34")
        await phone.hears("You chose 34.")
    assert "hears “Please enter” — cut off" in phone.transcript.replace("enter ”", "enter”")


async def test_words_are_heard_while_they_are_spoken_and_the_rest_can_be_cut_off(virtual_time: Any) -> None:
    async with dial(app, "/story") as phone:
        await phone.hears("Once upon a time")
        assert phone.at < 3
        await phone.interrupts("a fairy tale")
        await phone.hears("Not a fairy tale, then.")
        with pytest.raises(ExpectationFailed):
            await phone.hears("there was a telephone. Once upon a time", timeout=1)


async def test_an_interruption_can_wait_and_needs_something_to_interrupt(virtual_time: Any) -> None:
    async with dial(app, "/story") as phone:
        await phone.interrupts("stop", after=2.0)
        assert 2.0 < phone.at < 3.5
    async with dial(app, "/silent") as phone:
        with pytest.raises(ExpectationFailed, match="nothing was played"):
            await phone.interrupts("hello", timeout=5)
        with pytest.raises(ValueError, match="keys"):
            await phone.interrupts()


async def test_the_same_words_twice_are_two_expectations(virtual_time: Any) -> None:
    async with dial(app, "/") as phone:
        for _ in range(2):
            await phone.says("again")
            await phone.hears("You said: again")
        assert [verb.verb for verb in phone.verbs].count("gather") == 3


async def test_a_pattern_tells_what_it_found(virtual_time: Any) -> None:
    async with dial(app, "/") as phone:
        await phone.says("my number is 4711")
        found = await phone.hears(re.compile(r"You said: .* (\d+)"))
        assert found[1] == "4711"


async def test_what_is_not_heard_fails_with_the_conversation_so_far(virtual_time: Any) -> None:
    with pytest.raises(ExpectationFailed) as failed:
        async with dial(app, "/") as phone:
            await phone.hears("Good evening")
    message = str(failed.value)
    assert message.startswith("expected to hear “Good evening”, and heard “Hello!”")
    assert "caller   hears “Hello!”" in message
    assert "session:new → [say “Hello!”, gather]" in message


async def test_patience_counts_silence_only(virtual_time: Any) -> None:
    async with dial(app, "/story") as phone:
        # The story takes 13 s; ten seconds of silence have not passed before its last word.
        await phone.hears(re.compile(r"(telephone\. .*){5}"), timeout=3)


async def test_nothing_is_heard_while_nothing_is_played(virtual_time: Any) -> None:
    async with dial(app, "/silent") as phone:
        await phone.hears_nothing(for_=20)
        assert phone.at == pytest.approx(20, abs=1)
    async with dial(app, "/") as phone:
        with pytest.raises(ExpectationFailed, match="nothing for 3 s"):
            await phone.hears_nothing(for_=3)


async def test_nobody_listens_to_what_is_said(virtual_time: Any) -> None:
    async with dial(app, "/silent") as phone:
        with pytest.raises(ExpectationFailed, match="the call is not answered"):
            await phone.says("hello", timeout=3)
    async with dial(app, "/menu") as phone:
        with pytest.raises(ExpectationFailed, match="nothing listens"):
            await phone.says("hello", timeout=5)
    async with dial(app, "/deaf") as phone:
        with pytest.raises(ExpectationFailed, match="no key is waited for"):
            await phone.presses("1", timeout=5)
        with pytest.raises(ValueError, match="empty"):
            await phone.says(" ")


async def test_a_caller_who_hangs_up_ends_the_call(virtual_time: Any) -> None:
    async with dial(app, "/") as phone:
        await phone.hears("Hello!")
        await phone.hangs_up()
        ended = await phone.call_ends("caller")
        assert ended.reason == "caller"
        with pytest.raises(ExpectationFailed, match="is over"):
            await phone.hears("You said")
        with pytest.raises(ExpectationFailed, match="and it was caller"):
            await phone.call_ends("jambonz")
    assert "ended by caller" in phone.transcript


async def test_leaving_the_block_hangs_up(virtual_time: Any) -> None:
    async with dial(app, "/") as phone:
        await phone.hears("Hello!")
    assert "hangs up" in phone.transcript
    assert "closes the connection with 1000" in phone.transcript


async def test_an_outbound_call_is_picked_up(virtual_time: Any) -> None:
    async with dial(app, "/", direction="outbound") as phone:
        await phone.answers()
        await phone.hears("Hello!")
        assert phone.hooks[0].data["direction"] == "outbound"


async def test_an_outbound_call_may_be_busy_or_ring_in_vain(virtual_time: Any) -> None:
    async with dial(app, "/", direction="outbound") as phone:
        await phone.busy()
        await phone.call_ends("busy")
    async with dial(app, "/", direction="outbound") as phone:
        await phone.call_ends("no-answer", timeout=70)
    options = SimulatorOptions(ring_seconds=None)
    async with dial(app, "/", direction="outbound", options=options) as phone:
        await phone.rings()
        await phone.declines(404)
        await phone.call_ends("failed")


async def test_events_can_be_waited_for_one_after_the_other(virtual_time: Any) -> None:
    async with dial(app, "/") as phone:
        await phone.sees(VerbStarted, verb="say")
        await phone.sees(VerbStarted, verb="gather")
        await phone.says("on")
        await phone.sees(VerbStarted, verb="say")
        with pytest.raises(ExpectationFailed, match="VerbStarted\\(verb='dial'\\)"):
            await phone.sees(VerbStarted, verb="dial", timeout=1)
        await phone.expects(lambda: len(phone.hooks) >= 2 or None, "two hooks")


async def test_a_watcher_sees_everything_and_may_act(virtual_time: Any) -> None:
    seen: list[float] = []

    async with dial(app, "/") as phone:

        def watch(record: Any) -> None:
            seen.append(record.at)
            if isinstance(record.what, VerbStarted) and record.what.verb == "gather" and not phone.over:
                phone.note("the gather has begun")

        phone.watch(watch)
        await phone.hears("Hello!")
        await phone.waits(1)
        assert "note     the gather has begun" in phone.transcript
        assert seen == sorted(seen)


async def test_a_skipped_test_is_skipped_and_an_error_has_the_conversation(virtual_time: Any) -> None:
    with pytest.raises(pytest.skip.Exception):
        async with dial(app, "/") as phone:
            pytest.skip("not today")
    with pytest.raises(ZeroDivisionError) as caught:
        async with dial(app, "/") as phone:
            await phone.expects(lambda: 1 // len(phone.verbs), "what divides by zero")
    assert "connects to ws://app.test/" in caught.value.__notes__[0]


async def test_two_phones_at_once(virtual_time: Any) -> None:
    async with dial(app, "/") as one, dial(app, "/") as other:
        await one.says("I am the first")
        await other.says("I am the second")
        await other.hears("You said: I am the second")
        await one.hears("You said: I am the first")
        assert one.call_sid != other.call_sid
        assert "second" not in one.transcript


async def test_a_party_falls_silent_in_the_middle(virtual_time: Any) -> None:
    async with dial(app, "/") as phone:
        await phone.hears("Hello!")
        await phone.waits(0.5)
        from jambonz_core.simulator import Speak

        phone.act(Speak("one two three four", 4.0))
        await phone.waits(2.1)
        phone.falls_silent()
        await phone.hears("You said: one two")


async def test_the_profile_is_the_applications_unless_told(virtual_time: Any) -> None:
    old = App(profile="0.9")

    @old.call("/")
    async def main(call: Call) -> None:
        await call.say(text="Hi.").send()

    async with dial(old) as phone:
        await phone.hears("Hi.")
        assert phone_profile(phone) == "0.9"
    async with dial(old, profile="v10") as phone:
        assert phone_profile(phone) == "v10"


def phone_profile(phone: Phone) -> str:
    return phone._driver.engine.world.profile.name
