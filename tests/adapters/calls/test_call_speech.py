"""Speech: streaming, flow, interruptions, outcomes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from jambonz_anyio import App, Call, Outcome, Speech, SpeechFailed, SpeechInterrupted
from jambonz_core.wire.errors import CallEnded, LocalProtocolError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

BARGE_IN = {"enable": True, "sticky": True, "input": ["speech"], "actionHook": "/heard"}


class SpeechListener:
    """The server's side of the text stream, on top of a scripted phone."""

    def __init__(self, phone: Any) -> None:
        self.phone = phone

    async def ready(self) -> None:
        """The call is answered, with a text stream."""
        await self.phone.answered()
        self.phone.status("in-progress")
        self.phone.say("tts:streaming-event", {"event_type": "stream_open"})

    async def text(self) -> dict[str, Any]:
        """The next message, which must be text."""
        message: dict[str, Any] = await self.phone.command("tts:tokens")
        return message

    def accept(self, message: dict[str, Any]) -> None:
        self.result(message, "ok")

    def result(self, message: dict[str, Any], status: str, **more: Any) -> None:
        self.phone.say("tts:tokens-result", {"id": message["data"]["id"], "status": status, **more})

    async def hears(self) -> str:
        """Accept the next piece of text; what it was."""
        message = await self.text()
        self.accept(message)
        text: str = message["data"]["tokens"]
        return text

    def interrupt(self) -> None:
        self.phone.say("tts:streaming-event", {"event_type": "user_interruption"})


async def start(call: Call) -> None:
    await call.config(ttsStream={"enable": True}, bargeIn=BARGE_IN).send()


async def test_leaving_the_block_means_accepted_and_flushed(dial: Any) -> None:
    app = App()
    order: list[str] = []
    speeches: list[Speech] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        async with call.speak() as speech:
            speeches.append(speech)
            await speech.write("Hello ")
            await speech.write("there.")
        order.append("left")
        assert speech.outcome is None
        assert not speech.interrupted

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        first = await ear.text()
        await phone.silence()
        assert order == []
        ear.accept(first)
        said = first["data"]["tokens"]
        while said != "Hello there.":
            said += await ear.hears()
        await phone.command("tts:flush")
        await phone.silence()
        assert order == ["left"]
        # It stays live until the call ends.
        await phone.hang_up()
        with anyio.fail_after(5):
            assert await speeches[0].settled() is Outcome.ACCEPTED
    assert speeches[0].accepted == "Hello there."
    assert speeches[0].spoken is None


async def test_an_interruption_cancels_the_block_and_only_that_is_swallowed(dial: Any) -> None:
    app = App()
    order: list[str] = []
    seconds: list[Speech] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        async with call.speak() as speech:
            try:
                await speech.write("A long story begins here. ")
                await anyio.sleep_forever()
            except anyio.get_cancelled_exc_class():
                order.append("cancelled")
                raise
        order.append("behind the block")
        assert speech.interrupted
        assert await speech.settled() is Outcome.CUT
        # Nothing can be said in it any more.
        with pytest.raises(SpeechInterrupted):
            await speech.write("more")
        with anyio.move_on_after(0.01) as scope:
            async with call.speak() as second:
                seconds.append(second)
                await second.write("Another.")
                await anyio.sleep_forever()
        assert scope.cancelled_caught
        assert not seconds[0].interrupted
        assert seconds[0].outcome is Outcome.DISCARDED
        order.append("cancelled from outside")

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        assert await ear.hears() == "A long story begins here. "
        ear.interrupt()
        assert (await ear.text())["data"]["tokens"] == "Another."
        # What is cancelled from outside is stale, too.
        await phone.command("tts:clear")
        await phone.silence()
    assert order == ["cancelled", "behind the block", "cancelled from outside"]


async def test_after_an_interruption_nothing_stale_leaves(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        async with call.speak() as speech:
            for number in range(10_000):
                await speech.write(f"Old {number}. ")
        async with call.speak() as speech:
            await speech.write("New.")

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        await ear.hears()
        in_flight = await ear.text()
        ear.interrupt()
        ear.accept(in_flight)
        # Text was in flight, and the server has taken it behind its own clearing: so it is cleared once more.
        await phone.command("tts:clear")
        assert await ear.hears() == "New."
        await phone.command("tts:flush")
        await phone.silence()
    texts = [m["data"]["tokens"] for m in phone.received if m.get("command") == "tts:tokens"]
    assert all(text.startswith("Old") for text in texts[:-1])
    assert texts[-1] == "New."


async def test_writing_waits_only_while_the_window_is_full(dial: Any) -> None:
    app = App()
    written: list[int] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        async with call.speak() as speech:
            for number in range(300):
                await speech.write("word and word ")
                written.append(number)

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        first = await ear.text()
        await phone.silence()
        assert 10 < len(written) < 300
        assert app.calls["call-1"].is_tts_paused
        ear.accept(first)
        said = len(first["data"]["tokens"])
        while said < 300 * len("word and word "):
            said += len(await ear.hears())
        await phone.command("tts:flush")
        assert not app.calls["call-1"].is_tts_paused
    assert len(written) == 300


async def test_write_looks_for_cancellation_on_every_call(dial: Any) -> None:
    app = App()
    counts: list[int] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        with anyio.CancelScope() as scope:
            async with call.speak() as speech:
                for number in range(20):
                    counts.append(number)
                    if number == 5:
                        scope.cancel()
                    await speech.write("x")

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        message = await phone.next()
        if message["command"] == "tts:tokens":  # the receipt of the first answer came in time for it to leave
            assert message["data"]["tokens"] == "xxxxx"
            message = await phone.next()
        assert message["command"] == "tts:clear"
    assert counts == [0, 1, 2, 3, 4, 5]


async def test_a_write_between_an_interruption_and_its_exception_says_nothing(dial: Any) -> None:
    app = App()
    go_on = anyio.Event()
    speeches: list[Speech] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        async with call.speak() as speech:
            speeches.append(speech)
            await speech.write("one. ")
            await go_on.wait()
            await speech.write("two. ")
            pytest.fail("the block goes on")
        await call.say(text="behind it").send()

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        await ear.hears()
        await anyio.wait_all_tasks_blocked()
        attachment = app.calls["call-1"]._runtime.driver._connection
        assert attachment is not None
        event = {"type": "tts:streaming-event", "data": {"event_type": "user_interruption"}}
        # What the body waits for has come, and before it has its turn, the caller interrupts.
        go_on.set()
        attachment.frame(json.dumps(event))
        while (message := await phone.next())["command"] != "redirect":
            assert message["command"] != "tts:tokens"
    assert message["data"] == [{"verb": "say", "text": "behind it"}]
    assert speeches[0].interrupted


async def test_feed_closes_its_source_when_it_is_interrupted(dial: Any) -> None:
    app = App()
    closed: list[str] = []

    class Request:
        """A streaming request to a language model: it has `close`, and its iterator knows nothing of it."""

        def __init__(self, name: str) -> None:
            self.name = name

        def __aiter__(self) -> AsyncIterator[str]:
            return self._tokens()

        async def _tokens(self) -> AsyncIterator[str]:
            try:
                for number in range(100_000):
                    yield f"token {number} "
                    await anyio.lowlevel.checkpoint()
            finally:
                closed.append(f"{self.name} generator")

        async def close(self) -> None:
            closed.append(self.name)

    class Client:
        """One that is its own iterator, and has `close`, as clients of models do."""

        def __aiter__(self) -> Client:
            return self

        async def __anext__(self) -> str:
            await anyio.sleep_forever()
            return ""

        async def close(self) -> None:
            await anyio.sleep(0.01)
            closed.append("client")

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        for source in (Request("request"), Client()):
            async with call.speak() as speech:
                await speech.feed(source)
        async with call.speak() as speech:
            await speech.feed(["a ", "b"])

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        await ear.hears()
        ear.interrupt()
        await anyio.sleep(0.03)
        ear.interrupt()
        await anyio.sleep(0.03)
        said = ""
        while not said.endswith("a b"):
            message = await phone.next()
            if message["command"] == "tts:tokens":
                said += message["data"]["tokens"]
                ear.accept(message)
    assert closed == ["request generator", "request", "client"]


class Unclosable:
    """Gives one text, and then raises, or nothing more; and it cannot be closed."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.texts = ["a. "]

    def __aiter__(self) -> Unclosable:
        return self

    async def __anext__(self) -> str:
        if self.texts:
            return self.texts.pop()
        if self.error is not None:
            raise self.error
        await anyio.sleep_forever()
        return ""

    async def aclose(self) -> None:
        raise OSError("it cannot be closed")


async def test_a_source_that_cannot_be_closed_takes_no_place_of_what_ended_it(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()
    ends: list[Any] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        async with call.speak() as speech:
            await speech.feed(Unclosable(None))
        ends.append(speech.interrupted)
        try:
            async with call.speak() as speech:
                await speech.feed(Unclosable(KeyError("the model")))
        except KeyError as error:
            ends.append(error.__notes__)
        await call.say(text="still here").send()

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        await ear.hears()
        ear.interrupt()
        while (message := await phone.next())["command"] != "redirect":
            pass
    assert message["data"] == [{"verb": "say", "text": "still here"}]
    assert ends == [True, ["While closing the source: OSError('it cannot be closed')"]]
    assert "could not be closed" in caplog.text


@pytest.mark.parametrize("source", [None, 7, "coroutine"])
async def test_what_gives_no_texts_is_refused(dial: Any, source: Any) -> None:
    app = App()
    refused: list[str] = []

    async def model() -> list[str]:
        return []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        given: Any = model() if source == "coroutine" else source
        with pytest.raises(LocalProtocolError) as error:
            async with call.speak() as speech:
                await speech.feed(given)
        refused.append(str(error.value))
        await call.say(text="still here").send()

    async with dial(app) as phone:
        await SpeechListener(phone).ready()
        while (await phone.next())["command"] != "redirect":
            pass
    assert "has to be awaited first" in refused[0]


async def test_the_hook_of_the_barge_in_carries_the_speech_it_cut(dial: Any) -> None:
    app = App()
    cuts: list[Any] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)

        async def answer(heard: Any) -> None:
            cuts.append((heard.transcript, heard.cut))
            async with call.speak() as speech:
                await speech.write("First sentence. ")
                await anyio.sleep_forever()

        await call.turns("/heard", answer)

    def heard(text: str) -> dict[str, Any]:
        return {"reason": "speechDetected", "speech": {"alternatives": [{"transcript": text}]}}

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        assert await phone.ack(phone.hook("/heard", heard("one"))) == []
        assert await ear.hears() == "First sentence. "
        ear.interrupt()
        assert await phone.ack(phone.hook("/heard", heard("two"))) == []
        assert await ear.hears() == "First sentence. "
    assert cuts[0] == ("one", None)
    assert cuts[1][0] == "two"
    assert isinstance(cuts[1][1], Speech)
    assert cuts[1][1].accepted == "First sentence. "
    assert cuts[1][1].outcome is Outcome.CUT


async def test_what_was_spoken_is_exact_where_it_is_reported(dial: Any) -> None:
    app = App()
    speeches: list[Speech] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        async with call.speak() as speech:
            speeches.append(speech)
            await speech.write("All of this.")

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        await ear.hears()
        await phone.command("tts:flush")
        phone.say(
            "tts:streaming-event", {"event_type": "tts_spoken", "text": "All of this.", "bargein": False}
        )
        with anyio.fail_after(5):
            assert await speeches[0].settled() is Outcome.ACCEPTED
        assert speeches[0].spoken == "All of this."


async def test_what_the_body_raises_comes_out(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)

        async def fail() -> None:
            async with call.speak() as speech:
                await speech.write("Half a sentence")
                raise ValueError("mine")

        with pytest.raises(ValueError, match="mine"):
            await fail()
        await call.say(text="fine").send()

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        said = set()
        for _ in range(3):
            message = await phone.next()
            said.add(message["command"])
            if message["command"] == "tts:tokens":
                ear.accept(message)
        assert said == {"tts:tokens", "tts:flush", "redirect"}


async def test_one_open_speech_per_call(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        async with call.speak() as speech:
            with pytest.raises(LocalProtocolError, match="one speech at a time"):
                async with call.speak():
                    pass
            await speech.write("One.")

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        assert await ear.hears() == "One."


async def test_without_a_stream_writing_says_what_is_missing(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()
        with pytest.raises(SpeechFailed, match="ttsStream"):
            async with call.speak() as speech:
                await speech.write("Nobody can say this.")
        await call.say(text="still here").send()

    async with dial(app) as phone:
        await phone.answered()
        assert await phone.redirect(queued=True) == [{"verb": "say", "text": "still here"}]


async def test_a_vendor_that_fails_fails_the_block(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        with pytest.raises(SpeechFailed, match="connection to deepgram failed"):
            async with call.speak() as speech:
                await speech.write("Hello.")
        await call.say(text="still here").send()

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        ear.result(await ear.text(), "failed", reason="connection to deepgram failed")
        while (message := await phone.next())["command"] != "redirect":
            pass
        assert message["data"] == [{"verb": "say", "text": "still here"}]


async def test_a_full_buffer_is_waited_for_and_offered_again_in_order(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        async with call.speak() as speech:
            for word in ("One. ", "Two. ", "Three. "):
                await speech.write(word)

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        ear.result(await ear.text(), "failed", reason="full")
        phone.say("tts:streaming-event", {"event_type": "stream_paused"})
        await phone.silence()
        phone.say("tts:streaming-event", {"event_type": "stream_resumed"})
        said = ""
        while said != "One. Two. Three. ":
            said += await ear.hears()
        await phone.command("tts:flush")


async def test_text_without_a_block_is_awaited_until_it_is_taken(dial: Any) -> None:
    app = App()
    order: list[Any] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        order.append(await call.send_tts_tokens("Hello. "))
        await call.flush_tts_tokens()
        order.append(await call.send_tts_tokens("Interrupted. "))
        await call.clear_tts_tokens()
        order.append("cleared")

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        message = await ear.text()
        await phone.silence()
        assert order == []
        ear.accept(message)
        await phone.command("tts:flush")
        await ear.text()
        ear.interrupt()
        # Once because text was in flight, and once because the program asked for it.
        await phone.command("tts:clear")
        await phone.command("tts:clear")
        await phone.silence()
    assert order[0] is True
    assert order[1] is False


async def test_clearing_a_speech_leaves_it_open(dial: Any) -> None:
    app = App()
    heard_wrong = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await start(call)
        async with call.speak() as speech:
            await speech.write("Wrong. ")
            await speech.flush()
            await heard_wrong.wait()
            await speech.clear()
            await speech.write("Right. ")
        assert not speech.interrupted

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        assert await ear.hears() == "Wrong. "
        await phone.command("tts:flush")
        heard_wrong.set()
        await phone.command("tts:clear")
        assert await ear.hears() == "Right. "
        await phone.command("tts:flush")


async def test_the_end_of_the_call_ends_waiting_writers_inside_and_outside(dial: Any) -> None:
    app = App()
    ends: list[str] = []
    calls: list[Call] = []
    speeches: list[Speech] = []

    @app.call("/")
    async def main(call: Call) -> None:
        calls.append(call)
        await start(call)
        try:
            async with call.speak() as speech:
                speeches.append(speech)
                while True:
                    await speech.write("word and word ")
        except (anyio.get_cancelled_exc_class(), CallEnded):
            ends.append("inside")
            raise

    async with dial(app) as phone:
        ear = SpeechListener(phone)
        await ear.ready()
        await ear.text()
        await phone.silence()

        async def outside() -> None:
            try:
                while True:
                    await speeches[0].write("word")
            except (CallEnded, SpeechInterrupted):
                ends.append("outside")

        async def tokens() -> None:
            ends.append(f"tokens {await calls[0].send_tts_tokens('word')}")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(outside)
            tasks.start_soon(tokens)
            await anyio.wait_all_tasks_blocked()
            await phone.hang_up()
    assert sorted(ends) == ["inside", "outside", "tokens False"]
    # A caller who hangs up while we speak is nobody's failure.
    assert calls[0].error is None


async def test_text_in_flight_at_a_drop_is_offered_again(dial: Any) -> None:
    app = App()
    events: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        async def watch() -> None:
            async for event in call.events():
                events.append(type(event).__name__)

        call.start_soon(watch)
        await start(call)
        async with call.speak() as speech:
            await speech.write("Unsure. ")

    async with dial(app) as first:
        ear = SpeechListener(first)
        await ear.ready()
        assert (await ear.text())["data"]["tokens"] == "Unsure. "
        first.transport.connection.cut()
        await first.wait_closed()
        async with dial(app) as second:
            await second.ack(second.say("session:reconnect", second.session()))
            assert await SpeechListener(second).hears() == "Unsure. "
            await second.command("tts:flush")
    assert "TextOfferedAgain" in events
