"""The linear style: chains, sending, results and their ends."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, CallOptions, Chain, UnsentChainWarning, VerbDropped, make
from jambonz_core.wire.errors import CallEnded, InvalidVerb, LocalProtocolError, MessageTooLarge

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


@pytest.fixture
def dial(dial_anyhow: Any) -> Any:
    """Everything here holds in memory and over real sockets."""
    return dial_anyhow


SPEECH = {"reason": "speechDetected", "speech": {"alternatives": [{"transcript": "good day"}]}}


async def test_the_first_send_answers_the_call_and_the_next_ones_queue(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.say(text="Hello").send()
        await call.say(text="again").send()
        await call.say(text="now").replace()

    async with dial(app) as phone:
        assert await phone.answered() == [{"verb": "say", "text": "Hello"}]
        assert await phone.redirect(queued=True) == [{"verb": "say", "text": "again"}]
        assert await phone.redirect(queued=False) == [{"verb": "say", "text": "now"}]


async def test_replace_refuses_an_empty_array(dial: Any) -> None:
    app = App()
    errors: list[Exception] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()
        for attempt in (call.chain().replace, call.chain().send):
            with pytest.raises(LocalProtocolError) as caught:
                await attempt()
            errors.append(caught.value)

    async with dial(app) as phone:
        assert await phone.answered() == [{"verb": "answer"}]
        await phone.silence()
    assert len(errors) == 2


async def test_a_result_has_a_hook_of_its_own_and_is_typed(dial: Any) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        heard = await call.gather(input=["speech"], timeout=10).result()
        await call.say(text=f"You said: {heard.transcript}").hangup().send()

    async with dial(app) as phone:
        [gather] = await phone.answered()
        assert await phone.ack(phone.hook(gather["actionHook"], SPEECH)) == []
        assert await phone.redirect(queued=True) == [
            {"verb": "say", "text": "You said: good day"},
            {"verb": "hangup"},
        ]
        await phone.hang_up()


async def test_results_of_one_call_have_different_hooks_and_a_named_one_keeps_its_name(dial: Any) -> None:
    app = App()
    got: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        for hook in (None, None, "/mine", {"url": "/object"}):
            result = await call.gather(input=["digits"], actionHook=hook).result()
            got.append(result.digits or "")

    async with dial(app) as phone:
        verbs = await phone.answered()
        hooks = []
        for digits in "1234":
            hook = verbs[0]["actionHook"]
            hook = hook["url"] if isinstance(hook, dict) else hook
            hooks.append(hook)
            assert await phone.ack(phone.hook(hook, {"reason": "dtmfDetected", "digits": digits})) == []
            if digits != "4":
                verbs = await phone.redirect(queued=True)
        await phone.silence()
    assert len(set(hooks)) == 4
    assert hooks[2:] == ["/mine", "/object"]
    assert got == ["1", "2", "3", "4"]


async def test_the_last_verb_that_reports_gives_the_result(dial: Any) -> None:
    app = App()
    results: list[Any] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        chain: Chain[Any] = call.say(text="One").play(url="https://example.org/a.wav").pause(length=1)
        results.append(await chain.result())

    async with dial(app) as phone:
        verbs = await phone.answered()
        hook = verbs[1]["actionHook"]
        await phone.ack(phone.hook(hook, {"reason": "playCompleted", "playback_seconds": 3}))
        await phone.silence()
    assert type(results[0]).__name__ == "PlayResult"
    assert results[0].playback_seconds == 3


async def test_a_chain_without_a_report_has_no_result(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()
        with pytest.raises(LocalProtocolError, match="done"):
            await call.say(text="Hello").result()
        with pytest.raises(LocalProtocolError, match="no verb"):
            await call.chain().done()

    async with dial(app) as phone:
        await phone.answered()
        await phone.silence()


async def test_a_result_that_can_no_longer_come_says_who_dropped_it(dial: Any) -> None:
    app = App()
    dropped: list[str] = []
    told: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        async def ask() -> None:
            try:
                await call.gather(input=["digits"]).result()
            except VerbDropped as error:
                dropped.append(error.by)
                told.append(str(error))

        await call.answer().send()
        call.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        await call.say(text="Enough.").replace()

    async with dial(app) as phone:
        await phone.answered()
        await phone.redirect(queued=True)
        await phone.redirect(queued=False)
        await phone.silence()
    assert dropped == ["replaced"]
    assert told == ["no result will come: other verbs have replaced it"]


async def test_a_late_hook_of_a_dropped_verb_is_acked_and_becomes_an_event(dial: Any) -> None:
    app = App()
    seen: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        events = call.events()
        with anyio.move_on_after(0.05):
            await call.play(url="https://example.org/long.wav", actionHook="/played").result()
        async for event in events:
            if getattr(event, "hook", "") == "/played":
                seen.append(type(event).__name__)
                if seen[-1] == "VerbHook":
                    break

    async with dial(app) as phone:
        await phone.answered()
        assert await phone.redirect(queued=False) == [{"verb": "pause", "length": 0.1}]
        assert await phone.ack(phone.hook("/played", {"reason": "playCompleted"})) == []
        await phone.silence()
    assert seen[-1] == "VerbHook"


async def test_cancelling_a_wait_stops_what_runs(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        with anyio.move_on_after(0.02):
            await call.gather(input=["speech"]).result()
        await call.say(text="Too slow.").send()

    async with dial(app) as phone:
        await phone.answered()
        assert await phone.redirect(queued=False) == [{"verb": "pause", "length": 0.1}]
        assert await phone.redirect(queued=True) == [{"verb": "say", "text": "Too slow."}]


async def test_the_end_of_the_call_cancels_a_wait_and_stops_nothing(dial: Any) -> None:
    app = App()
    ends: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        try:
            await call.gather(input=["speech"]).result()
        except anyio.get_cancelled_exc_class():
            ends.append("cancelled")
            raise

    async with dial(app) as phone:
        await phone.answered()
        await phone.hang_up()
        await phone.wait_closed()
        await anyio.wait_all_tasks_blocked()
    assert ends == ["cancelled"]
    assert len(phone.received) == 1


async def test_a_wait_outside_of_the_call_gets_an_exception_at_its_end(dial: Any) -> None:
    app = App()
    calls: list[Call] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()
        calls.append(call)

    async with dial(app) as phone:
        await phone.answered()
        await anyio.wait_all_tasks_blocked()
        async with anyio.create_task_group() as tasks:

            async def ask() -> None:
                with pytest.raises(CallEnded):
                    await calls[0].gather(input=["speech"]).result()

            async def await_end() -> None:
                with pytest.raises(CallEnded):
                    await calls[0].say(text="x").done()

            tasks.start_soon(ask)
            tasks.start_soon(await_end)
            await phone.redirect(queued=True)
            await phone.redirect(queued=True)
            await phone.hang_up()
        with pytest.raises(CallEnded):
            await calls[0].say(text="x").send()


async def test_done_waits_for_a_verb_without_a_hook(dial: Any) -> None:
    app = App()
    order: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        for text in ("Long story", "Another one"):
            await call.say(text=text).done()
            order.append(text)

    async with dial(app) as phone:
        [say, config] = await phone.answered()
        # The server tells nothing of a `say` unless asked to, and the question reports by itself.
        assert config == {"verb": "config", "id": config["id"], "notifyEvents": True}
        await phone.silence()
        assert order == []
        phone.say("verb:status", {"event": "finished", "id": config["id"], "name": "config"})
        [say, config] = await phone.redirect(queued=True)
        assert order == ["Long story"]
        phone.say("verb:status", {"event": "finished", "id": say["id"], "name": "say"})
        await phone.silence()
        assert order == ["Long story", "Another one"]


ENDS_WITHOUT_A_WORD: dict[str, Callable[[Call], Chain[Any]]] = {
    "dial to teams, unset": lambda call: call.dial(target=[{"type": "teams", "number": "+4712"}]),
    "sip:request before the answer": lambda call: call.sip_request(method="INFO"),
    "sip:refer that fails": lambda call: call.sip_refer(referTo="+4712"),
    "listen that cannot connect": lambda call: call.listen(url="/audio"),
    "conference that cannot be joined": lambda call: call.conference(name="room"),
    "with more behind it": lambda call: call.enqueue(name="queue").say(text="Sorry."),
}


@pytest.mark.parametrize("name", ENDS_WITHOUT_A_WORD)
async def test_a_result_is_given_up_when_its_verb_ends_without_a_word(dial: Any, name: str) -> None:
    app = App()
    outcomes: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        for _ in range(2):
            try:
                await ENDS_WITHOUT_A_WORD[name](call).result()
                outcomes.append("reported")
            except VerbDropped as dropped:
                outcomes.append(dropped.by)

    async with dial(app) as phone:
        marker = (await phone.answered())[-1]
        assert marker == {"verb": "config", "id": marker["id"], "notifyEvents": True}
        await phone.silence()
        assert outcomes == []
        phone.say("verb:status", {"event": "finished", "id": marker["id"], "name": "config"})
        [verb, *_, marker] = await phone.redirect(queued=True)
        assert outcomes == ["skipped"]
        await phone.ack(phone.hook(verb["actionHook"], {"call_status": "in-progress"}))
        phone.say("verb:status", {"event": "finished", "id": marker["id"], "name": "config"})
        await phone.silence()
    assert outcomes == ["skipped", "reported"]


async def test_nothing_stands_behind_what_is_sure_to_report_or_ends_the_call(dial: Any) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        await call.play(url="https://example.org/a.wav").result()
        await call.dial(target=[{"type": "phone", "number": "+4712"}]).hangup().result()

    async with dial(app) as phone:
        [play] = await phone.answered()
        await phone.ack(phone.hook(play["actionHook"], {"reason": "playCompleted"}))
        assert [verb["verb"] for verb in await phone.redirect(queued=True)] == ["dial", "hangup"]
        await phone.hang_up()


async def test_a_chain_belongs_to_the_expression_that_built_it(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        first = call.say(text="1")
        second = call.say(text="2")
        first.pause(length=1)
        await second.send()
        await first.send()

    async with dial(app) as phone:
        assert await phone.answered() == [{"verb": "say", "text": "2"}]
        assert await phone.redirect(queued=True) == [
            {"verb": "say", "text": "1"},
            {"verb": "pause", "length": 1},
        ]


async def test_a_chain_that_is_dropped_unsent_warns(dial: Any) -> None:
    app = App()
    warned: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call.say(text="never").hangup()
            taken = call.say(text="taken")
            taken.take()
            del taken
            with pytest.raises(InvalidVerb):
                call.say(text="wrong").gather(input="nonsense")  # type: ignore[arg-type]  # that is the point
            gc.collect()
        warned.extend(str(w.message) for w in caught if issubclass(w.category, UnsentChainWarning))

    async with dial(app) as phone:
        await phone.answered()
        await phone.silence()
    assert len(warned) == 1
    assert "say, hangup" in warned[0]


async def test_a_chain_is_sent_once(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        chain = call.say(text="once")
        await chain.send()
        with pytest.raises(LocalProtocolError, match="already"):
            await chain.send()
        assert len(chain) == 1

    async with dial(app) as phone:
        assert len(await phone.answered()) == 1
        await phone.silence()


async def test_a_wrong_verb_is_refused_where_it_is_written_and_nothing_is_sent(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        with pytest.raises(InvalidVerb, match="txet"):
            call.say(txet="Hello")  # type: ignore[call-arg]  # what a type checker says, too
        with pytest.raises(MessageTooLarge):
            await call.say(text="x" * 30_000).send()
        await call.answer().send()

    async with dial(app) as phone:
        assert await phone.answered() == [{"verb": "answer"}]
        await phone.silence()


async def test_verbs_at_hand_as_dicts(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.send([{"verb": "say", "text": "a"}, {"say": {"text": "b"}}, make.pause(length=1)])
        await call.chain({"verb": "say", "text": "c"}).hangup().send()
        with pytest.raises(LocalProtocolError, match="expected verbs"):
            await call.send("say hello")  # type: ignore[arg-type]
        with pytest.raises(InvalidVerb):
            await call.send([{"verb": "say", "txet": "a"}])

    async with dial(app) as phone:
        assert await phone.answered() == [
            {"verb": "say", "text": "a"},
            {"verb": "say", "text": "b"},
            {"verb": "pause", "length": 1},
        ]
        assert [verb["verb"] for verb in await phone.redirect(queued=True)] == ["say", "hangup"]
        await phone.silence()


async def test_commands_stay_behind_a_non_empty_ack_for_the_settle_time(dial: Any) -> None:
    app = App(options=CallOptions(settle=0.2))
    times: list[float] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        times.append(anyio.current_time())
        await call.say(text="1").send()
        await call.say(text="2").send()

    async with dial(app, receipts=False) as phone:
        await phone.answered()
        await phone.redirect(queued=True)
        assert anyio.current_time() >= times[0] + 0.2


async def test_commands_stay_behind_a_non_empty_ack_until_it_was_read(dial: Any) -> None:
    app = App(options=CallOptions(settle=30))

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.say(text="1").send()
        await call.say(text="2").send()

    async with dial(app) as phone:
        await phone.answered()
        assert await phone.redirect(queued=True) == [{"verb": "say", "text": "2"}]
        assert phone.asked_behind == 1, "proof was asked for with the answer"
