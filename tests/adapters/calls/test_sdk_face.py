"""Programs written for the official Python SDK, with their imports changed."""

from __future__ import annotations

import base64
import json
from functools import partial
from typing import Any

import anyio
import pytest

from jambonz_anyio import Call, Leg, Session, create_endpoint
from jambonz_anyio._net.client import http_request, open_websocket
from jambonz_anyio.sdk.websocket.endpoint import MakeService
from jambonz_anyio.verbs import DTMF, Gather, Say, SipDecline
from jambonz_core.wire.errors import LocalProtocolError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

VARIABLES = {"GREETING": {"type": "string", "description": "First words"}}


def heard(text: str) -> dict[str, Any]:
    return {"reason": "speechDetected", "speech": {"alternatives": [{"transcript": text}]}}


# --- a program for the official SDK -------------------------------------------------------------------------------


async def on_echo(session: Session, data: dict[str, Any]) -> None:
    transcript = data["speech"]["alternatives"][0]["transcript"]
    session.say(text=f"You said: {transcript}").gather(input=["speech"], actionHook="/echo", timeout=10)
    await session.reply()


async def handle_session(session: Session) -> None:
    session.locals["statuses"] = []
    session.on("/echo", partial(on_echo, session))
    session.on("call:status", lambda data: session.locals["statuses"].append(data["call_status"]))
    session.on("close", lambda code, reason: session.locals.update(closed=code))
    session.say(text=f"Hello {session.from_}").gather(
        Gather(input=["speech"], actionHook="/echo", timeout=10, say=Say(text="Say something."))
    )
    await session.send()


def serve(make_service: Any) -> None:
    service = make_service(path="/")
    service.on("session:new", handle_session)


async def talk(phone: Any) -> None:
    """What a caller does with that program."""
    verbs = await phone.answered()
    assert verbs[0] == {"verb": "say", "text": "Hello +1"}
    assert verbs[1]["say"] == {"text": "Say something."}
    assert "verb" not in verbs[1]["say"]
    phone.status("in-progress")
    for text in ("one", "two"):
        verbs = await phone.ack(phone.hook("/echo", heard(text)))
        assert verbs[0] == {"verb": "say", "text": f"You said: {text}"}
        assert verbs[1]["actionHook"] == "/echo"


async def test_a_program_for_the_official_sdk_runs(dial_url: Any, anyio_backend_name: str) -> None:
    if anyio_backend_name == "trio":
        with pytest.raises(RuntimeError, match="async with"):
            await create_endpoint(port=0)
        return
    make_service, runner = await create_endpoint(host="127.0.0.1", port=0, env_vars=VARIABLES)
    serve(make_service)
    try:
        response = await http_request("OPTIONS", f"http://127.0.0.1:{runner.port}/")
        assert json.loads(response.body) == VARIABLES
        async with dial_url(f"ws://127.0.0.1:{runner.port}/") as phone:
            await talk(phone)
            await phone.hang_up()
            await phone.wait_closed()
    finally:
        await runner.cleanup()
    assert runner.addresses == []


async def test_the_endpoint_is_a_context_manager_everywhere(dial_url: Any) -> None:
    async with create_endpoint(host="127.0.0.1", port=0) as (make_service, runner):
        serve(make_service)
        assert runner.addresses == [f"127.0.0.1:{runner.port}"]
        async with dial_url(f"ws://127.0.0.1:{runner.port}/") as phone:
            await talk(phone)
            # Nobody acts on the call but its handlers, and it is not hung up.
            await phone.silence()
            await phone.hang_up()
            await phone.wait_closed()


async def test_an_endpoint_that_cannot_start_says_so(anyio_backend_name: str) -> None:
    async with create_endpoint(host="127.0.0.1", port=0) as (_, runner):
        if anyio_backend_name != "trio":
            with pytest.raises(OSError, match="in use"):
                await create_endpoint(host="127.0.0.1", port=runner.port)


def make(**context: Any) -> tuple[Any, MakeService]:
    """An application with a service, for calls in memory."""
    from jambonz_anyio import App

    app = App(last_words="Sorry.")
    return app, MakeService(app)


async def test_verbs_gather_apart_in_handlers_that_overlap(dial: Any) -> None:
    app, make_service = make()
    gates = {name: anyio.Event() for name in "ab"}

    async def handle(session: Session) -> None:
        async def ask(data: dict[str, Any]) -> None:
            name = data["digits"]
            session.say(text=f"{name}1")
            await gates[name].wait()
            session.say(text=f"{name}2")
            await session.reply()

        session.on("/ask", ask)
        session.gather(input=["digits"], actionHook="/ask")
        await session.send()

    make_service(path="/").on("session:new", handle)
    async with dial(app) as phone:
        await phone.answered()
        msgids = {name: phone.hook("/ask", {"reason": "dtmfDetected", "digits": name}) for name in "ab"}
        await anyio.wait_all_tasks_blocked()
        for name in "ba":
            gates[name].set()
            assert [verb["text"] for verb in await phone.ack(msgids[name])] == [f"{name}1", f"{name}2"]


async def test_events_of_the_stream_go_to_those_who_asked_for_one_kind_and_to_those_for_all(
    dial: Any,
) -> None:
    app, make_service = make()
    seen: list[Any] = []

    async def handle(session: Session) -> None:
        session.on("tts:stream_open", lambda data: seen.append(("open", data["event_type"])))
        session.on("tts:streaming-event", lambda data: seen.append(("all", data["event_type"])))
        await session.answer().send()

    make_service(path="/").on("session:new", handle)
    async with dial(app) as phone:
        await phone.answered()
        for kind in ("stream_open", "stream_closed"):
            phone.say("tts:streaming-event", {"event_type": kind})
            await anyio.wait_all_tasks_blocked()
        await phone.hang_up()
        await phone.wait_closed()
    assert seen == [("open", "stream_open"), ("all", "stream_open"), ("all", "stream_closed")]


async def test_events_come_with_raw_dicts_to_every_handler(dial: Any) -> None:
    app, make_service = make()
    seen: list[Any] = []

    async def handle(session: Session) -> None:
        def note(name: str) -> Any:
            return lambda *arguments: seen.append((name, *arguments))

        for name in ("call:status", "verb:status", "tts:stream_open", "llm:event"):
            session.on(name, note(name))
        session.on("call:status", note("second"))
        session.on("verb:hook", note("any hook"))

        async def tool(data: dict[str, Any]) -> None:
            await (await session.tool_output(data["tool_call_id"], "sunny")).reply()

        session.on("llm:tool-call", tool)
        session.answer()
        await session.send()

    make_service(path="/").on("session:new", handle)
    async with dial(app) as phone:
        await phone.answered()
        phone.status("in-progress")
        phone.say("verb:status", {"event": "starting", "id": "x"})
        phone.say("tts:streaming-event", {"event_type": "stream_open"})
        phone.say("llm:event", {"type": "response.done"}, hook="/events")
        phone.say("llm:tool-call", {"tool_call_id": "t", "name": "weather", "args": {}}, hook="/tool")
        assert (await phone.command("llm:tool-output"))["data"] == {"result": "sunny"}
        assert await phone.ack(phone.hook("/other", {"reason": "timeout", "call_sid": "call-1"})) == []
        await phone.silence()
    by_name = {entry[0]: entry[1:] for entry in seen}
    assert (
        by_name["call:status"] == by_name["second"] == ({"call_sid": "call-1", "call_status": "in-progress"},)
    )
    assert by_name["verb:status"][0]["id"] == "x"
    assert by_name["tts:stream_open"] == ({"event_type": "stream_open"},)
    assert by_name["llm:event"] == ({"type": "response.done"},)
    assert by_name["any hook"] == ("/other", {"reason": "timeout", "call_sid": "call-1"})


async def test_send_and_reply_do_what_people_are_used_to(dial: Any) -> None:
    app, make_service = make()

    async def handle(session: Session) -> None:
        async def send_answers(data: dict[str, Any]) -> None:
            session.say(text="sent")
            await session.send()
            session.say(text="queued")
            await session.send()
            session.say(text="replacing")
            await session.reply()
            await session.reply()

        session.on("/x", send_answers)
        await session.gather(input=["digits"], actionHook="/x").reply()
        assert session.to_list() == []
        await session.inject_mute("mute")
        await session.update_agent({"type": "generate_reply", "user_input": "x"})

    make_service(path="/").on("session:new", handle)
    async with dial(app) as phone:
        assert (await phone.answered())[0]["verb"] == "gather"
        await phone.command("mute:status")
        await phone.command("agent:update")
        assert (await phone.ack(phone.hook("/x", {"reason": "timeout"})))[0]["text"] == "sent"
        assert (await phone.redirect(queued=True))[0]["text"] == "queued"
        assert (await phone.redirect(queued=False))[0]["text"] == "replacing"
        await phone.silence()


INJECTED: list[tuple[Any, str, Any]] = [
    (lambda s: s.inject_command("custom", {"a": 1}), "custom", {"a": 1}),
    (
        lambda s: s.inject_record("startCallRecording", {"siprecServerURL": "s"}),
        "record",
        {"action": "startCallRecording", "siprecServerURL": "s"},
    ),
    (
        lambda s: s.inject_whisper({"verb": "say", "text": "psst"}),
        "whisper",
        {"whisper": {"verb": "say", "text": "psst"}},
    ),
    (lambda s: s.inject_mute("unmute"), "mute:status", {"mute_status": "unmute"}),
    (lambda s: s.inject_conference_mute("mute"), "conf:mute-status", {"conf_mute_status": "mute"}),
    (lambda s: s.inject_conference_hold("hold"), "conf:hold-status", {"conf_hold_status": "hold"}),
    (lambda s: s.inject_listen_status("pause"), "listen:status", {"listen_status": "pause"}),
    (lambda s: s.inject_transcribe_status("pause"), "transcribe:status", {"transcribe_status": "pause"}),
    (
        lambda s: s.inject_noise_isolation("off", {"level": 1}),
        "noiseIsolation:status",
        {"noise_isolation_status": "disable", "level": 1},
    ),
    (lambda s: s.inject_dtmf("2"), "dtmf", None),
    (lambda s: s.inject_tag({"b": 2}), "tag", {"b": 2}),
    (lambda s: s.inject_redirect("/next"), "redirect", {"call_hook": "/next"}),
    (lambda s: s.inject_stt_reconfigure(["de"]), "stt:reconfigure", {"languageHints": ["de"]}),
    (lambda s: s.inject_stt_reconfigure(), "stt:reconfigure", {"languageHints": []}),
    (
        lambda s: s.inject_stt_reconfigure(["de"], {"x": 1}),
        "stt:reconfigure",
        {"x": 1, "languageHints": ["de"]},
    ),
]


async def test_every_command_leaves_under_its_familiar_name_as_the_wire_has_it(dial: Any) -> None:
    app, make_service = make()

    async def handle(session: Session) -> None:
        await session.answer().send()
        for command, _, _ in INJECTED:
            await command(session)
        await session.inject_command("custom", {"c": 3}, "leg-2", queue=True, tool_call_id="t")

    make_service(path="/").on("session:new", handle)
    async with dial(app) as phone:
        await phone.answered()
        for _, name, data in INJECTED:
            message = await phone.command(name)
            if data is not None:
                assert message["data"] == data
            assert "callSid" not in message
        other = await phone.command("custom")
        assert (other["callSid"], other["queueCommand"], other["tool_call_id"]) == ("leg-2", True, "t")


def test_familiar_names_of_commands_are_on_the_familiar_face_only() -> None:
    assert [name for kind in (Call, Leg) for name in dir(kind) if name.startswith("inject")] == []


async def test_text_streams_under_the_familiar_names(dial: Any) -> None:
    app, make_service = make()
    done: list[str] = []

    async def handle(session: Session) -> None:
        session.config(ttsStream={"enable": True})
        await session.send()
        await session.send_tts_tokens("Hello. ", id=1)
        assert not session.is_tts_paused
        await session.flush_tts_tokens()
        await session.clear_tts_tokens()
        done.append("done")

    make_service(path="/").on("session:new", handle)
    async with dial(app) as phone:
        await phone.answered()
        message = await phone.command("tts:tokens")
        phone.say("tts:tokens-result", {"id": message["data"]["id"], "status": "ok"})
        await phone.command("tts:flush")
        await phone.command("tts:clear")
        await phone.silence()
    assert done == ["done"]


async def test_a_redirect_reaches_the_service(dial: Any) -> None:
    app, make_service = make()

    async def redirected(session: Session) -> None:
        session.say(text=f"redirected {session.data['call_status']}")
        await session.send()

    service = make_service(path="/")
    service.on("session:redirect", redirected)
    service.on("session:new", redirected)
    async with dial(app) as phone:
        msgid = phone.say("session:redirect", phone.session(call_status="opening"), hook="/")
        assert (await phone.ack(msgid))[0]["text"] == "redirected opening"
        msgid = phone.say("session:redirect", phone.session(call_status="again"), hook="/")
        assert (await phone.ack(msgid))[0]["text"] == "redirected again"


async def test_errors_and_ends_are_told(dial: Any) -> None:
    app, make_service = make()
    told: list[Any] = []

    async def handle(session: Session) -> None:
        session.on("error", lambda error: told.append(("session", str(error))))
        session.on("close", lambda code, reason: told.append(("close", code)))
        session.answer()
        await session.send()
        raise LookupError("broken")

    service = make_service(path="/")
    service.on("session:new", handle)
    service.on("error", lambda error: told.append(("service", str(error))))
    async with dial(app) as phone:
        await phone.answered()
        assert (await phone.redirect(queued=False))[-1] == {"verb": "hangup"}
        await phone.hang_up()
        await phone.wait_closed()
        await anyio.wait_all_tasks_blocked()
    assert told == [("session", "broken"), ("service", "broken"), ("close", 1000)]


async def test_audio_under_the_familiar_names(dial_url: Any) -> None:
    told: list[Any] = []

    async with create_endpoint(host="127.0.0.1", port=0) as (make_service, runner):
        service = make_service.audio(path="/audio")

        async def connection(stream: Any) -> None:
            told.append((stream.call_sid, stream.sample_rate))
            for name in ("dtmf", "mark", "playDone"):
                stream.on(name, lambda data, name=name: told.append((name, data)))
            stream.on("close", lambda code, reason: told.append(("close", code)))
            stream.on("audio", partial(loop_back, stream))

        async def loop_back(stream: Any, pcm: bytes) -> None:
            await stream.send_audio(pcm)
            await stream.send_mark("m")
            await stream.kill_audio()
            await stream.clear_marks()
            await stream.disconnect()

        service.on("connection", connection)
        clips = make_service.audio(path="/clips")

        async def play(stream: Any) -> None:
            clip = base64.b64encode(bytes(320)).decode()
            with pytest.raises(LocalProtocolError, match="base64"):
                await stream.play_audio("no base64!")
            await stream.play_audio(clip, sample_rate=8000, id="c1")
            await stream.close()

        clips.on("connection", play)
        texts: list[dict[str, Any]] = []
        pcm = bytearray()
        progress = anyio.Semaphore(0)

        class Sink:
            def frame(self, data: str | bytes) -> None:
                if isinstance(data, str):
                    texts.append(json.loads(data))
                    progress.release()
                else:
                    pcm.extend(data)

            def receipt(self, count: int) -> None: ...

            def closed(self, closed: Any) -> None: ...

        url = f"ws://127.0.0.1:{runner.port}"
        async with (
            open_websocket(f"{url}/audio", subprotocols=("audio.drachtio.org",)) as transport,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(transport.run, Sink())
            transport.push(json.dumps({"callSid": "c", "sampleRate": 16000}))
            transport.push(json.dumps({"event": "dtmf", "dtmf": "5", "duration": "1600"}))
            # More than the 160 ms before which the server plays nothing: a mark behind less would wait.
            transport.push(bytes(6400))
            with anyio.fail_after(5):
                for _ in range(4):
                    await progress.acquire()
            await transport.close(1000)
        async with (
            open_websocket(f"{url}/clips", subprotocols=("audio.drachtio.org",)) as transport,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(transport.run, Sink())
            transport.push(json.dumps({"callSid": "c", "sampleRate": 8000}))
            with anyio.fail_after(5):
                await progress.acquire()
    assert told[0] == ("c", 16000)
    assert ("dtmf", {"digit": "5", "duration": 1600}) in told
    assert ("mark", {"name": "m", "event": "cleared"}) in told
    assert ("close", 1000) in told
    assert len(pcm) >= 6400
    assert [message["type"] for message in texts[:4]] == ["mark", "killAudio", "clearMarks", "disconnect"]
    assert texts[4]["data"]["id"] == "c1"


async def test_verbs_by_class_name() -> None:
    assert Say(text="x") == {"verb": "say", "text": "x"}
    assert DTMF(dtmf="1") == {"verb": "dtmf", "dtmf": "1"}
    assert SipDecline(status=486)["verb"] == "sip:decline"
    import jambonz_anyio.verbs as verbs

    assert "Gather" in dir(verbs)
    with pytest.raises(AttributeError, match="Juggle"):
        _ = verbs.Juggle  # type: ignore[attr-defined]  # the mistake under test
