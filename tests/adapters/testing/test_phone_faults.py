"""What goes wrong on a call, on demand: networks, vendors, processes, and applications that do not do their part."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.stores import MemoryStore
from jambonz_anyio.testing import Checks, ExpectationFailed, HookSeen, dial
from jambonz_anyio.transport import Admission, HttpRequest, HttpResponse, Transport
from jambonz_core.simulator import CommandTaken, ConnectionDropped

app = App(last_words="Sorry.")


@app.call("/")
async def echo(call: Call) -> None:
    chain = call.say(text="Hello!")
    while True:
        heard = await chain.gather(input=["speech"], timeout=10).result()
        chain = call.say(text=f"You said: {heard.transcript}")


@app.call("/stream", on_return="stay")
async def stream(call: Call) -> None:
    await call.answer().config(ttsStream={"enable": True}).say(text="Yes?").send()
    async with call.speak() as speech:
        await speech.write("One sentence. And another one.")


@app.call("/broken")
async def broken(call: Call) -> None:
    await call.say(text="So far, so good.").send()
    await anyio.sleep(3)
    raise LookupError("the list is empty")


@app.call("/slow")
async def slow(call: Call) -> None:
    @call.on("/think")
    async def think(heard: Any) -> Any:
        await anyio.sleep(2)
        return call.say(text="I have thought.")

    await call.gather(input=["speech"], actionHook="/think", timeout=10).send()


async def test_a_dropped_call_goes_on(virtual_time: Any) -> None:
    async with dial(app, "/") as phone:
        await phone.hears("Hello!")
        phone.drops()
        assert (await phone.sees(ConnectionDropped)).code == 1006
        await phone.comes_back()
        await phone.says("still there?")
        await phone.hears("You said: still there?")
    assert "the connection is lost (1006)" in phone.transcript


async def test_a_call_survives_every_drop_the_server_allows(virtual_time: Any) -> None:
    async with dial(app, "/") as phone:
        with pytest.raises(ExpectationFailed, match="no connection to drop"):
            phone.drops()
        await phone.hears("Hello!")
        for turn in range(4):
            phone.drops(1011)
            await phone.comes_back(timeout=30)
            await phone.says(f"turn {turn}")
            await phone.hears(f"You said: turn {turn}")


async def test_slow_acks_arrive_late_but_in_order(virtual_time: Any) -> None:
    async with dial(app, "/slow") as phone:
        phone.slow_acks(1.5)
        await phone.says("think")
        await phone.hears("I have thought.")
        hook = phone.hooks[-1]
        assert hook.latency == pytest.approx(3.5, abs=0.1)
        phone.slow_acks(0)


async def test_acks_that_are_too_slow_are_told_by_name(virtual_time: Any) -> None:
    async def conversation(checks: Checks) -> None:
        async with dial(app, "/slow", checks=checks) as phone:
            await phone.hears_nothing(1)
            phone.slow_acks(10)
            await phone.says("think")
            await phone.expects(lambda: phone.hooks[-1].unanswered or None, "the hook to go unanswered")

    with pytest.raises(ExpectationFailed, match="nobody answered verb:hook /think"):
        await conversation(Checks())
    await conversation(Checks(unanswered="ignore"))


async def test_refused_text_is_offered_again(virtual_time: Any) -> None:
    async with dial(app, "/stream") as phone:
        phone.refuse_tokens(2)
        await phone.hears("One sentence. And another one.")
        tokens = [command for command in phone.commands if command.command == "tts:tokens"]
        assert len(tokens) >= 3


async def test_a_speech_vendor_goes_and_comes_back(virtual_time: Any) -> None:
    async with dial(app, "/stream") as phone:
        await phone.hears("Yes?")
        await phone.hears("another one.")
        phone.vendor_down()
        phone.vendor_up()
        phone.slow_vendor(0.5)
        assert [phone.transcript.count(word) for word in ("vendor down", "vendor up", "slow vendor")] == [
            1
        ] * 3


async def test_speech_that_cannot_be_made_or_understood(virtual_time: Any) -> None:
    async with dial(app, "/", checks=Checks(app_errors="ignore")) as phone:
        phone.tts_fails()
        phone.stt_fails()
        await phone.says("anything", timeout=20)
        await phone.hears("You said: anything")
    assert "TTS error" in phone.transcript


async def test_an_application_that_fails_fails_the_test(virtual_time: Any) -> None:
    with pytest.raises(ExpectationFailed, match="the list is empty") as failed:
        async with dial(app, "/broken") as phone:
            await phone.hears("Sorry.")
    assert isinstance(failed.value.__cause__, LookupError)
    async with dial(app, "/broken", checks=Checks(app_errors="ignore")) as phone:
        await phone.hears("Sorry.")
        await phone.call_ends("jambonz")
    assert "app log  ERROR" in phone.transcript


async def test_an_expectation_that_fails_names_the_applications_error_as_its_cause(virtual_time: Any) -> None:
    with pytest.raises(ExpectationFailed, match="expected to hear “So far, so bad”") as failed:
        async with dial(app, "/broken") as phone:
            await phone.hears("So far, so bad")
    assert isinstance(failed.value.__cause__, LookupError)


async def test_a_path_that_nobody_serves(virtual_time: Any) -> None:
    with pytest.raises(ExpectationFailed, match="the call of caller is over") as failed:
        async with dial(app, "/nowhere") as phone:
            await phone.hears("Hello!", timeout=60)
    assert "call-rejected" in str(failed.value)


def resumable(store: MemoryStore, name: str) -> App:
    made = App(store=store)

    @made.call("/")
    async def begin(call: Call) -> None:
        call.state["turn"] = 1
        await call.say(text=f"{name} speaking.").gather(input=["speech"], actionHook="/heard").send()
        await call.checkpoint()
        await anyio.sleep_forever()

    @made.on_resume
    async def go_on(call: Call) -> None:
        await call.say(text=f"{name} goes on with turn {call.state['turn']}.").replace()

    return made


@pytest.mark.parametrize("drained", [False, True])
async def test_another_process_goes_on_with_a_call(virtual_time: Any, drained: bool) -> None:
    store = MemoryStore()
    async with dial(resumable(store, "Ann"), "/") as phone:
        await phone.hears("Ann speaking.")
        phone.resume_elsewhere(resumable(store, "Bob"), drained=drained)
        await phone.hears("Bob goes on with turn 1.")
        assert phone.transcript.count("another process takes over") == 1


def resumable_without() -> App:
    made = App(last_words="Sorry, we were cut off.")

    @made.call("/")
    async def begin(call: Call) -> None:
        await call.say(text="This greets nobody twice.").send()

    return made


async def test_a_process_without_on_resume_says_goodbye(virtual_time: Any) -> None:
    async with dial(app, "/", checks=Checks(app_errors="ignore")) as phone:
        await phone.hears("Hello!")
        phone.resume_elsewhere(resumable_without())
        await phone.hears("Sorry, we were cut off.")
        await phone.call_ends()


# --- applications written by hand -------------------------------------------------------------------------


class Handmade:
    """An application out of two functions."""

    def __init__(self, serve: Any) -> None:
        self.serve = serve

    async def admit(self, request: HttpRequest) -> Admission | HttpResponse:
        return Admission(request.subprotocols[0], self.serve)

    async def respond(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(404)


class Deaf:
    """A sink that answers nothing."""

    def frame(self, data: str | bytes) -> None:
        """Ignore the message."""

    def receipt(self, count: int) -> None:
        """Do nothing, because nobody asked for receipts."""

    def closed(self, closed: Any) -> None:
        """Ignore the end."""


async def never_answers(transport: Transport) -> None:
    await transport.run(Deaf())


async def crashes(transport: Transport) -> None:
    raise OSError("no space left on device")


async def never_lets_go(transport: Transport) -> None:
    await transport.run(Deaf())
    await anyio.sleep_forever()


async def test_an_application_that_never_answers(virtual_time: Any) -> None:
    async def conversation() -> None:
        async with dial(Handmade(never_answers)) as phone:
            await phone.call_ends("failed")
            assert phone.at == pytest.approx(5.0)
            [hook] = phone.hooks
            assert isinstance(hook, HookSeen)
            assert hook.unanswered == "timeout"

    with pytest.raises(ExpectationFailed, match="nobody answered session:new"):
        await conversation()


async def test_an_application_that_crashes(virtual_time: Any) -> None:
    with pytest.raises(ExpectationFailed) as failed:
        async with dial(Handmade(crashes)) as phone:
            await phone.hears("Hello!", timeout=60)
    assert isinstance(failed.value.__cause__, OSError)
    assert "the application failed: OSError('no space left on device')" in str(failed.value)


async def test_an_application_that_does_not_let_go_of_a_call(virtual_time: Any) -> None:
    with pytest.raises(ExpectationFailed, match="still serves the call"):
        async with dial(Handmade(never_lets_go), checks=Checks(unanswered="ignore")):
            pass
    async with dial(Handmade(never_lets_go), checks=Checks(unanswered="ignore", leftovers="ignore")):
        pass


async def test_a_handshake_that_takes_too_long(virtual_time: Any) -> None:
    class Slow(Handmade):
        async def admit(self, request: HttpRequest) -> Admission | HttpResponse:
            await anyio.sleep(2)
            return await super().admit(request)

    async with dial(Slow(never_answers), checks=Checks(unanswered="ignore")) as phone:
        await phone.call_ends()
        assert phone.at < 5


async def test_the_lifespan_is_entered_once_for_phones_that_overlap(virtual_time: Any) -> None:
    entered: list[str] = []
    served = App()

    @served.call("/")
    async def main(call: Call) -> None:
        await call.say(text="Hi.").send()

    @served.lifespan
    async def lifespan(app: App) -> AsyncIterator[None]:
        entered.append("in")
        yield
        entered.append("out")

    async with dial(served) as one, dial(served) as other:
        await one.hears("Hi.")
        await other.hears("Hi.")
        assert entered == ["in"]
    assert entered == ["in", "out"]
    async with dial(served, lifespan=False) as phone:
        await phone.hears("Hi.")
    assert entered == ["in", "out"]


async def test_log_lines_of_other_calls_stay_out(virtual_time: Any) -> None:
    async with dial(app, "/", checks=Checks(app_errors="ignore")) as phone:
        logging.getLogger("jambonz_anyio").error("before any call", exc_info=OSError("a broken pipe"))
        assert "app log  ERROR: before any call" in phone.transcript
        logging.getLogger("elsewhere").warning("of no call", extra={"call_sid": "another"})
        logging.getLogger("elsewhere").warning("of this call", extra={"call_sid": phone.call_sid})
        assert "of no call" not in phone.transcript
        assert "app log  WARNING: of this call" in phone.transcript


async def test_an_error_of_the_simulator_is_told_as_one(virtual_time: Any, monkeypatch: Any) -> None:
    def fail(now: float) -> Any:
        raise RuntimeError("a bug")

    async def conversation() -> None:
        async with dial(app, "/") as phone:
            await phone.hears("Hello!")
            monkeypatch.setattr(phone._driver.engine, "tick", fail)
            await phone.hears("anything")

    with pytest.raises(ExpectationFailed, match="the simulator itself failed") as failed:
        await conversation()
    assert isinstance(failed.value.__cause__, RuntimeError)


async def test_cancelling_a_test_ends_its_call(virtual_time: Any) -> None:
    with anyio.move_on_after(5) as scope:
        async with dial(app, "/") as phone:
            with contextlib.suppress(ExpectationFailed):
                await phone.sees(CommandTaken, command="never", timeout=100)
    assert scope.cancelled_caught
