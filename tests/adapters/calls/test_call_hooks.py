"""Who receives a hook, and what answers it."""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, CallLimits, CallOptions, Chain, Hook
from jambonz_anyio.payloads import DialDtmf, DialResult, GatherResult, Payload
from jambonz_core.wire.errors import LocalProtocolError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


def digits(text: str) -> dict[str, Any]:
    return {"reason": "dtmfDetected", "digits": text}


async def test_one_receiver_per_hook_in_a_fixed_order(dial: Any) -> None:
    app = App()
    got: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        inbox = call.hooks("/x")
        events = call.events()

        async def handler(payload: Any) -> None:
            got.append(f"handler {payload.digits}")

        call.on("/x", handler)
        result = await call.gather(input=["digits"], actionHook="/x").result()
        got.append(f"result {result.digits}")
        await call.gather(input=["digits"], actionHook="/x").send()
        await call.say(text="next").done()
        call.off("/x")
        payload = await anext(inbox)
        got.append(f"inbox {payload.digits}")
        inbox.close()
        async for event in events:
            if type(event).__name__ == "VerbHook":
                got.append(f"event {event.data['digits']}")  # type: ignore[attr-defined]
                break

    async with dial(app) as phone:
        await phone.answered()
        assert await phone.ack(phone.hook("/x", digits("1"))) == []
        await phone.redirect(queued=True)
        [say, _] = await phone.redirect(queued=True)
        assert await phone.ack(phone.hook("/x", digits("2"))) == []
        phone.say("verb:status", {"event": "finished", "id": say["id"], "name": "say"})
        await anyio.wait_all_tasks_blocked()
        assert await phone.ack(phone.hook("/x", digits("3"))) == []
        await anyio.wait_all_tasks_blocked()
        assert await phone.ack(phone.hook("/x", digits("4"))) == []
        await phone.silence()
    assert got == ["result 1", "handler 2", "inbox 3", "event 4"]


async def test_what_result_and_inbox_get_was_acked_before_they_think(dial: Any) -> None:
    # Nothing is acked because it is time to: nobody here waits for that.
    app = App(options=CallOptions(ack_deadline=1000))
    go_on = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        async def wait_for_result() -> None:
            result = await call.gather(input=["digits"], actionHook="/result").result()
            await go_on.wait()
            await call.say(text=result.digits).send()

        async with call.hooks("/heard", GatherResult) as inbox:
            call.start_soon(wait_for_result)
            async for heard in inbox:
                await go_on.wait()
                await call.say(text=heard.digits).send()

    async with dial(app) as phone:
        await phone.answered()
        for key in "12":
            assert await phone.ack(phone.hook("/heard", digits(key))) == []
        assert await phone.ack(phone.hook("/result", digits("3"))) == []
        go_on.set()
        said = [(await phone.redirect(queued=True))[0]["text"] for _ in range(3)]
        assert sorted(said) == ["1", "2", "3"]
        assert said.index("1") < said.index("2")


async def test_an_inbox_reads_payloads_as_the_class_it_is_told(dial: Any) -> None:
    app = App()
    got: list[Payload] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        async with call.hooks("/told", DialResult) as told, call.hooks("/as-it-looks", Payload) as looks:
            await call.gather(input=["digits"]).send()
            got.append(await anext(told))
            got.append(await anext(looks))
            await call.say(text="done").send()

    async with dial(app) as phone:
        await phone.answered()
        for path in ("/told", "/as-it-looks"):
            assert await phone.ack(phone.hook(path, digits("1"))) == []
        assert (await phone.redirect(queued=True))[0]["text"] == "done"
    assert [type(payload) for payload in got] == [DialResult, GatherResult]
    assert [payload.raw["digits"] for payload in got] == ["1", "1"]


async def test_a_handler_answers_with_what_it_returns(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("/chain")
        async def chain(payload: Any) -> Chain[None]:
            return call.say(text="chain").hangup()

        @call.on("/dicts")
        async def dicts(payload: Any) -> list[dict[str, Any]]:
            return [{"verb": "say", "text": "dicts"}]

        @call.on("/dict")
        async def one(payload: Any) -> dict[str, Any]:
            return {"verb": "say", "text": "dict"}

        @call.on("/nothing")
        async def nothing(payload: Any) -> None: ...

        @call.on("/reply")
        async def reply(payload: Any) -> None:
            await call.say(text="reply").reply()

        call.on("/plain", lambda payload: call.say(text="plain"))
        await call.gather(input=["digits"], actionHook="/chain").send()
        for path in ("/dicts", "/dict", "/nothing", "/reply", "/plain"):
            await call.gather(input=["digits"], actionHook=path).send()

    async with dial(app) as phone:
        await phone.answered()
        for _ in range(5):
            await phone.redirect(queued=True)
        for path, text in (
            ("/chain", "chain"),
            ("/dicts", "dicts"),
            ("/dict", "dict"),
            ("/nothing", None),
            ("/reply", "reply"),
            ("/plain", "plain"),
        ):
            verbs = await phone.ack(phone.hook(path, digits("1")))
            assert (verbs[0]["text"] if verbs else None) == text
        await phone.silence()


async def test_replies_of_overlapping_handlers_answer_their_own_hook(dial: Any) -> None:
    app = App()
    gates = {name: anyio.Event() for name in "abc"}

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("/ask")
        async def ask(payload: Any) -> None:
            name = payload.digits
            await gates[name].wait()
            if name == "b":
                # From a task that the handler started: it is still the handler's hook.
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(call.say(text=name).reply)
            else:
                await call.say(text=name).reply()

        await call.gather(input=["digits"], actionHook="/ask").send()

    async with dial(app) as phone:
        await phone.answered()
        msgids = {name: phone.hook("/ask", digits(name)) for name in "abc"}
        await anyio.wait_all_tasks_blocked()
        for name in "bca":
            gates[name].set()
            assert (await phone.ack(msgids[name]))[0]["text"] == name


async def test_a_hook_takes_one_answer(dial: Any) -> None:
    app = App()
    errors: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("/ask")
        async def ask(payload: Any) -> None:
            await call.say(text="1").reply()
            chain = call.say(text="2")
            try:
                await chain.reply()
            except LocalProtocolError as error:
                errors.append(str(error))

        with pytest.raises(LocalProtocolError, match=r"send\(\)"):
            await call.say(text="no hook here").reply()
        await call.gather(input=["digits"], actionHook="/ask").send()

    async with dial(app) as phone:
        await phone.answered()
        await phone.ack(phone.hook("/ask", digits("1")))
        await phone.silence()
    assert "answered already" in errors[0]


async def test_a_handler_that_is_slow_is_answered_for_and_its_verbs_go_another_way(dial: Any) -> None:
    app = App(options=CallOptions(ack_deadline=0.05))
    go_on = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("/ask")
        async def ask(payload: Any) -> Chain[None]:
            await go_on.wait()
            return call.say(text="late")

        await call.gather(input=["digits"], actionHook="/ask").send()

    async with dial(app) as phone:
        await phone.answered()
        assert await phone.ack(phone.hook("/ask", digits("1"))) == []
        go_on.set()
        assert await phone.redirect(queued=False) == [{"verb": "say", "text": "late"}]


async def test_held_hooks_of_an_iterator_wait_for_their_reply(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        inbox = call.hooks("/menu", hold=True)
        await call.gather(input=["digits"], actionHook="/menu").send()
        async for hook in inbox:
            assert isinstance(hook, Hook)
            assert hook.path == "/menu"
            assert isinstance(hook.payload, GatherResult)
            assert hook.payload_as(GatherResult) == hook.payload
            assert hook.payload_as(DialDtmf).raw is hook.payload.raw
            await hook.reply(call.say(text=f"{hook.data['digits']} {hook.payload_as(GatherResult).digits}"))
            with pytest.raises(LocalProtocolError):
                await hook.reply()
            assert hook.answered
            if hook.data["digits"] == "2":
                break
        inbox.close()

    async with dial(app) as phone:
        await phone.answered()
        for key in "12":
            verbs = await phone.ack(phone.hook("/menu", digits(key)))
            assert verbs[0]["text"] == f"{key} {key}"
        assert await phone.ack(phone.hook("/menu", digits("3"))) == []


async def test_held_hooks_that_nobody_takes_are_let_go_of(dial: Any) -> None:
    app = App()
    close = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        inbox = call.hooks("/menu", hold=True)
        await call.gather(input=["digits"], actionHook="/menu").send()
        await close.wait()
        inbox.close()

    async with dial(app) as phone:
        await phone.answered()
        msgid = phone.hook("/menu", digits("1"))
        await phone.silence()
        close.set()
        assert await phone.ack(msgid) == []


async def test_an_inbox_is_bounded_and_its_bound_has_a_name(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(limits=CallLimits(inbox=3))
    got: list[str] = []
    go_on = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        inbox = call.hooks("/key")
        await call.gather(input=["digits"], actionHook="/key").send()
        await go_on.wait()
        got.extend([(await anext(inbox)).digits for _ in range(len(inbox))])
        got.append(str(inbox.dropped))

    async with dial(app) as phone:
        await phone.answered()
        for key in "12345":
            assert await phone.ack(phone.hook("/key", digits(key))) == []
        go_on.set()
        await phone.silence()
    assert got == ["3", "4", "5", "2"]
    assert caplog.text.count("CallLimits.inbox (3) is reached") == 1


async def test_a_new_inbox_takes_over_a_path(dial: Any) -> None:
    app = App()
    got: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        async def read(name: str, inbox: Any) -> None:
            async for item in inbox:
                got.append(f"{name} {item.digits}")
            got.append(f"{name} ended")

        call.start_soon(read, "old", call.hooks("/key"))
        await anyio.wait_all_tasks_blocked()
        call.start_soon(read, "new", call.hooks("/key"))
        await call.gather(input=["digits"], actionHook="/key").send()

    async with dial(app) as phone:
        await phone.answered()
        await phone.ack(phone.hook("/key", digits("1")))
        await phone.silence()
    assert sorted(got) == ["new 1", "old ended"]


async def test_at_most_so_many_handlers_run_at_once(dial: Any, caplog: pytest.LogCaptureFixture) -> None:
    app = App(limits=CallLimits(handlers=2, handlers_waiting=2))
    running: list[int] = []
    most: list[int] = []
    go_on = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("/key")
        async def key(payload: Any) -> Chain[None]:
            running.append(1)
            most.append(len(running))
            await go_on.wait()
            running.pop()
            return call.say(text=payload.digits)

        await call.gather(input=["digits"], actionHook="/key").send()

    async with dial(app) as phone:
        await phone.answered()
        msgids = [phone.hook("/key", digits(key)) for key in "12345"]
        # The fifth finds neither a free handler nor a place to wait, and is answered at once.
        assert await phone.ack(msgids[4]) == []
        assert "CallLimits.handlers_waiting (2) is reached" in caplog.text
        go_on.set()
        answers = {}
        for _ in range(4):
            message = await phone.next()
            answers[message["msgid"]] = message["data"][0]["text"]
        assert answers == dict(zip(msgids, "1234", strict=False))
    assert max(most) == 2


async def test_plain_functions_run_in_threads_and_hold_up_nobody(dial: Any) -> None:
    app = App()
    threads: list[int] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("/slow")
        def slow(payload: Any) -> Chain[None]:
            threads.append(threading.get_ident())
            time.sleep(0.2)
            return call.say(text="slow")

        @call.on("/quick")
        async def quick(payload: Any) -> Chain[None]:
            return call.say(text="quick")

        await call.gather(input=["digits"], actionHook="/slow").send()
        await call.gather(input=["digits"], actionHook="/quick").send()

    async with dial(app) as phone:
        await phone.answered()
        await phone.redirect(queued=True)
        slow, quick = phone.hook("/slow", digits("1")), phone.hook("/quick", digits("1"))
        assert (await phone.ack(quick))[0]["text"] == "quick"
        assert (await phone.ack(slow))[0]["text"] == "slow"
    assert threads != [threading.get_ident()]


async def test_threads_are_bounded(dial: Any) -> None:
    app = App(limits=CallLimits(threads=2))
    at_once: list[int] = []
    running = 0
    lock = threading.Lock()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("/slow")
        def slow(payload: Any) -> None:
            nonlocal running
            with lock:
                running += 1
                at_once.append(running)
            time.sleep(0.03)
            with lock:
                running -= 1

        await call.gather(input=["digits"], actionHook="/slow").send()

    async with dial(app) as phone:
        await phone.answered()
        for _ in range(6):
            phone.hook("/slow", digits("1"))
        for _ in range(6):
            await phone.next()
    assert max(at_once) == 2


async def test_partials_and_objects_are_recognised_as_coroutine_functions(dial: Any) -> None:
    app = App()

    class Menu:
        def __init__(self, call: Call) -> None:
            self.call = call

        async def __call__(self, payload: Any) -> Chain[None]:
            return self.call.say(text="object")

        async def method(self, extra: str, payload: Any) -> Chain[None]:
            return self.call.say(text=extra)

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        call.on("/object", Menu(call))
        call.on("/partial", partial(Menu(call).method, "partial"))
        call.on("/lambda", lambda payload: Menu(call).method("lambda", payload))
        await call.gather(input=["digits"], actionHook="/object").send()
        await call.gather(input=["digits"], actionHook="/partial").send()
        await call.gather(input=["digits"], actionHook="/lambda").send()

    async with dial(app) as phone:
        await phone.answered()
        await phone.redirect(queued=True)
        await phone.redirect(queued=True)
        for name in ("object", "partial", "lambda"):
            assert (await phone.ack(phone.hook(f"/{name}", digits("1"))))[0]["text"] == name


async def test_notifications_reach_handlers_in_their_order(dial: Any) -> None:
    app = App()
    seen: list[str] = []
    rest: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("call:status")
        async def status(payload: Any) -> None:
            await anyio.sleep(0.01 if payload.call_status == "trying" else 0)
            seen.append(payload.call_status)

        @call.on("llm:tool-call")
        async def tool(payload: Any) -> None:
            await call.tool_output(payload.tool_call_id, {"sum": 3})

        @call.on("tts:stream_open")
        async def opened(payload: Any) -> None:
            seen.append("open")

        @call.on("verb:hook")
        async def anything(payload: Any) -> Chain[None]:
            return call.say(text="anything")

        await call.answer().gather(input=["digits"], actionHook="/known").send()
        async for event in call.events():
            rest.append(type(event).__name__)

    async with dial(app) as phone:
        msgid = phone.begin()
        phone.status("trying")
        phone.status("ringing")
        await phone.ack(msgid)
        phone.status("in-progress")
        phone.say("tts:streaming-event", {"event_type": "stream_open"})
        phone.say("verb:status", {"event": "starting", "id": "x"})
        phone.say("llm:tool-call", {"tool_call_id": "t1", "name": "add", "args": {}}, hook="/tool")
        message = await phone.command("llm:tool-output")
        assert message["tool_call_id"] == "t1"
        assert message["data"] == {"sum": 3}
        assert (await phone.ack(phone.hook("/known", digits("1"))))[0]["text"] == "anything"
        await phone.silence()
    assert [name for name in seen if name != "open"] == ["trying", "ringing", "in-progress"]
    assert "open" in seen
    assert "VerbStatus" in rest
    assert "StreamingEvent" in rest


async def test_handlers_of_a_path_serve_all_its_calls(dial: Any) -> None:
    app = App()
    menu = app.call("/menu")

    @menu
    async def begin(call: Call) -> None:
        await call.gather(input=["digits"], actionHook="/chosen").send()

    @menu.on("/chosen")
    async def chosen(call: Call, payload: Any) -> Chain[None]:
        return call.say(text=f"{call.call_sid} {payload.digits}")

    with pytest.raises(LocalProtocolError, match="already"):
        menu(begin)
    async with dial(app, "/menu", call_sid="a") as first, dial(app, "/menu", call_sid="b") as second:
        for phone in (first, second):
            await phone.answered()
            assert (await phone.ack(phone.hook("/chosen", digits("7"))))[0]["text"] == f"{phone.call_sid} 7"
        # The main handler has returned, and the handler of the path can still act: no hangup.
        await first.silence()


async def test_the_events_iterator_is_bounded(dial: Any, caplog: pytest.LogCaptureFixture) -> None:
    app = App(limits=CallLimits(events=2))
    kept: list[Any] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        events = call.events()
        await call.answer().send()
        await anyio.sleep(0.05)
        kept.extend([await anext(events) for _ in range(len(events))])

    async with dial(app) as phone:
        await phone.answered()
        for number in range(5):
            phone.say("verb:status", {"event": "starting", "id": str(number)})
        await anyio.sleep(0.1)
    assert [event.verb_id for event in kept] == ["3", "4"]
    assert "CallLimits.events (2) is reached" in caplog.text


async def test_a_confirm_hook_without_a_receiver_is_left_unanswered(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(options=CallOptions(ack_deadline=0.05))

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.dial(target=[{"type": "phone", "number": "+1"}], confirmHook="/confirm").send()

    async with dial(app) as phone:
        await phone.answered()
        phone.say("dial:confirm", {"call_sid": "leg-2"}, hook="/confirm")
        await anyio.sleep(0.1)
        await phone.silence()
    assert "will not be connected" in caplog.text


async def test_a_confirm_hook_is_accepted_by_its_handler_only(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        inbox = call.hooks("/inbox")

        @call.on("/confirm")
        async def confirm(payload: Any) -> None: ...

        await call.dial(target=[{"type": "phone", "number": "+1"}], confirmHook="/confirm").send()
        hook = await anext(inbox)
        # It is held, though nobody asked for that: an ack would connect the parties.
        assert isinstance(hook, Hook)
        await hook.reply(call.hangup())

    async with dial(app) as phone:
        await phone.answered()
        assert await phone.ack(phone.say("dial:confirm", {"call_sid": "leg-2"}, hook="/confirm")) == []
        msgid = phone.say("dial:confirm", {"call_sid": "leg-3"}, hook="/inbox")
        assert await phone.ack(msgid) == [{"verb": "hangup"}]


async def test_logs_carry_the_call_and_no_content(dial: Any, caplog: pytest.LogCaptureFixture) -> None:
    app = App(options=CallOptions(ack_deadline=0.05))
    caplog.set_level(logging.DEBUG, "jambonz_anyio")

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("/ask")
        async def ask(payload: Any) -> Chain[None]:
            await anyio.sleep(0.1)
            return call.say(text="my secret answer")

        call.log.warning("careful with %s", "this")
        await call.gather(input=["speech"], actionHook="/ask").send()

    async with dial(app, call_sid="sid-9") as phone:
        await phone.answered()
        transcript = {"alternatives": [{"transcript": "my secret question"}]}
        await phone.ack(phone.hook("/ask", {"reason": "speechDetected", "speech": transcript}))
        phone.say("jambonz:error", {"msg": "TTS error", "details": "secret details"})
        phone.transport.push("{broken secret")
        await phone.redirect(queued=False)
        await phone.silence()
    lines = [record for record in caplog.records if record.name == "jambonz_anyio"]
    assert len(lines) >= 4
    assert all(record.call_sid == "sid-9" for record in lines)  # type: ignore[attr-defined]
    assert all(record.getMessage().startswith("[sid-9] ") for record in lines)
    assert "secret" not in caplog.text


async def test_the_task_of_the_main_handler_runs_those_of_hooks_while_it_is_free(dial: Any) -> None:
    app = App(on_return="stay")
    tasks: dict[str, int] = {}
    go_on = anyio.Event()

    def note(what: str) -> None:
        tasks[what] = anyio.get_current_task().id

    @app.call("/")
    async def main(call: Call) -> None:
        note("main")

        @call.on("/x")
        async def handler(payload: GatherResult) -> None:
            note(payload.digits or "")
            if payload.digits == "1":
                await go_on.wait()

        @call.on("call:status")
        async def status(_: Any) -> None:
            note("status")

        await call.answer().send()

    async with dial(app) as phone:
        await phone.answered()
        slow = phone.hook("/x", digits("1"))
        await anyio.wait_all_tasks_blocked()
        assert await phone.ack(phone.hook("/x", digits("2"))) == []
        go_on.set()
        assert await phone.ack(slow) == []
        await anyio.wait_all_tasks_blocked()
        phone.status("in-progress")
        await anyio.wait_all_tasks_blocked()
        assert await phone.ack(phone.hook("/x", digits("3"))) == []
    assert {what for what, task in tasks.items() if task != tasks["main"]} == {"2"}
    assert set(tasks) == {"main", "1", "2", "3", "status"}


async def test_the_handler_of_a_hook_that_comes_just_before_the_end_begins(dial: Any) -> None:
    app = App(on_return="stay")
    got: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        @call.on("/x")
        async def handler(_: Any) -> None:
            got.append("began")
            try:
                await anyio.sleep_forever()
            finally:
                got.append("ended")

        await call.answer().send()

    async with dial(app) as phone:
        await phone.answered()
        phone.hook("/x")
        await phone.hang_up()
        await anyio.wait_all_tasks_blocked()
    assert got == ["began", "ended"]
