"""Names and shapes of the official SDKs that the familiar face has as they have them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Session
from jambonz_anyio.sdk.websocket.endpoint import MakeService
from jambonz_core.wire.errors import InvalidVerb, MessageTooLarge
from jambonz_core.wire.tool_call import tool_calls

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


def a_call(handle: Callable[[Session], object]) -> App:
    app = App()
    MakeService(app)(path="/").on("session:new", handle)
    return app


LEG = "leg-2"

FOR_A_LEG: list[tuple[Callable[[Session], object], str, Any]] = [
    (lambda s: s.inject_command("custom", {"a": 1}, LEG), "custom", {"a": 1}),
    (
        lambda s: s.inject_record("stopCallRecording", {"recordingID": "r"}, LEG),
        "record",
        {"action": "stopCallRecording", "recordingID": "r"},
    ),
    (
        lambda s: s.inject_whisper({"verb": "say", "text": "psst"}, LEG),
        "whisper",
        {"whisper": {"verb": "say", "text": "psst"}},
    ),
    (lambda s: s.inject_mute("mute", LEG), "mute:status", {"mute_status": "mute"}),
    (lambda s: s.inject_conference_mute("mute", LEG), "conf:mute-status", {"conf_mute_status": "mute"}),
    (lambda s: s.inject_conference_hold("hold", LEG), "conf:hold-status", {"conf_hold_status": "hold"}),
    (lambda s: s.inject_listen_status("pause", LEG), "listen:status", {"listen_status": "pause"}),
    (
        lambda s: s.inject_transcribe_status("pause", LEG),
        "transcribe:status",
        {"transcribe_status": "pause"},
    ),
    (
        lambda s: s.inject_noise_isolation("enable", {"vendor": "krisp"}, LEG),
        "noiseIsolation:status",
        {"noise_isolation_status": "enable", "vendor": "krisp"},
    ),
    (
        lambda s: s.inject_dtmf("2", 100, LEG),
        "dtmf",
        {"dtmf": {"digit": "2", "duration": 100}, "digit": "2", "duration": 100},
    ),
    (lambda s: s.inject_tag({"b": 2}, LEG), "tag", {"b": 2}),
    (lambda s: s.inject_redirect("/next", LEG), "redirect", {"call_hook": "/next"}),
    (
        lambda s: s.inject_say({"text": "Hello", "replace": True}, LEG),
        "room:say",
        {"text": "Hello", "replace": True},
    ),
    (lambda s: s.inject_play({"url": "u", "id": "i"}, LEG), "room:play", {"url": "u", "id": "i"}),
    (
        lambda s: s.inject_stt_reconfigure({"languageHints": ["de"]}, None, LEG),
        "stt:reconfigure",
        {"languageHints": ["de"]},
    ),
]

BY_KEYWORDS: list[tuple[Callable[[Session], object], str, Any]] = [
    (
        lambda s: s.inject_noise_isolation("enable", vendor="krisp", level=80, model="m"),
        "noiseIsolation:status",
        {"noise_isolation_status": "enable", "vendor": "krisp", "level": 80, "model": "m"},
    ),
    (
        lambda s: s.inject_record(
            "startCallRecording", siprec_server_url="sip:r@x", recording_id="r", type="cloud"
        ),
        "record",
        {"action": "startCallRecording", "siprecServerURL": "sip:r@x", "recordingID": "r", "type": "cloud"},
    ),
    (lambda s: s.inject_say("Hello", id="i"), "room:say", {"text": "Hello", "id": "i"}),
    (lambda s: s.inject_play("u", replace=True), "room:play", {"url": "u", "replace": True}),
]


async def test_the_last_argument_is_the_leg_and_options_come_by_keywords(dial: Any) -> None:
    def handle(session: Session) -> None:
        session.answer().send()
        for does, _, _ in [*FOR_A_LEG, *BY_KEYWORDS]:
            does(session)

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        for _, name, data in FOR_A_LEG:
            message = await phone.command(name)
            assert (message["data"], message["callSid"]) == (data, LEG)
        for _, name, data in BY_KEYWORDS:
            message = await phone.command(name)
            assert message["data"] == data
            assert "callSid" not in message


async def test_verbs_at_hand_and_the_fields_of_the_session(dial: Any) -> None:
    seen: list[Any] = []

    def handle(session: Session) -> None:
        seen.append(
            (session.from_number, session.to_json()["from"], json.loads(json.dumps(session.to_json()))["to"])
        )
        with pytest.raises(InvalidVerb):
            session.add_verbs([{"verb": "say", "txt": "x"}])
        session.add_verbs([{"verb": "say", "text": "one"}, {"pause": {"length": 1}}]).notify_events().send()
        session.notify_events(False).send()

    async with dial(a_call(handle)) as phone:
        assert await phone.answered() == [
            {"verb": "say", "text": "one"},
            {"verb": "pause", "length": 1},
            {"verb": "config", "notifyEvents": True},
        ]
        assert await phone.redirect(queued=True) == [{"verb": "config", "notifyEvents": False}]
    assert seen == [("+1", "+1", "+2")]


async def test_what_is_executed_at_once_and_what_is_queued_is_said_as_in_node(dial: Any) -> None:
    def handle(session: Session) -> None:
        def hooked(data: dict[str, Any]) -> None:
            session.say(text="queued").reply(exec_immediate=False)

        session.on("/hook", hooked)
        session.say(text="first").send(exec_immediate=True)
        session.say(text="replacing").send(exec_immediate=True)
        session.say(text="behind").send(exec_immediate=False)
        session.say(text="also behind").reply(exec_immediate=False)
        session.reply()

    async with dial(a_call(handle)) as phone:
        assert [verb["text"] for verb in await phone.answered()] == ["first"]
        assert (await phone.redirect(queued=False))[0]["text"] == "replacing"
        assert (await phone.redirect(queued=True))[0]["text"] == "behind"
        assert (await phone.redirect(queued=True))[0]["text"] == "also behind"
        msgid = phone.hook("/hook", {"reason": "timeout"})
        assert (await phone.redirect(queued=True))[0]["text"] == "queued"
        assert await phone.ack(msgid) == []
        await phone.silence()


async def test_verbs_that_could_not_be_sent_are_still_there(dial: Any) -> None:
    def handle(session: Session) -> None:
        session.answer().send()
        session.say(text="x" * 30_000)
        with pytest.raises(MessageTooLarge):
            session.send()
        assert [verb["verb"] for verb in session.to_list()] == ["say"]
        for wrong in (5, [1]):
            with pytest.raises(InvalidVerb):
                session.say(wrong)  # type: ignore[arg-type]

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        await phone.silence()


async def test_closing_lets_the_call_end_behind_its_verbs(dial: Any) -> None:
    def handle(session: Session) -> None:
        session.say(text="Bye.").send()
        session.close()
        session.close()

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        assert await phone.redirect(queued=True) == [{"verb": "hangup"}]
        await phone.silence()


async def test_closing_without_an_answer_declines(dial: Any) -> None:
    def handle(session: Session) -> None:
        session.close()

    async with dial(a_call(handle)) as phone:
        assert (await phone.answered())[0]["verb"] == "sip:decline"


async def test_an_interruption_comes_under_both_of_its_names(dial: Any) -> None:
    seen: list[Any] = []

    def handle(session: Session) -> None:
        session.config(ttsStream={"enable": True}).send()
        session.on("tts:user_interrupt", lambda: seen.append("as in Node"))  # type: ignore[arg-type, misc]
        session.on("tts:user_interrupt", lambda data: seen.append(("with data", data["event_type"])))
        session.on("tts:user_interruption", lambda data: seen.append(("its own", data["event_type"])))
        session.on("tts:streaming-event", lambda data: seen.append(("all", data["event_type"])))

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        phone.say("tts:streaming-event", {"event_type": "user_interruption"})
        await phone.silence()
    assert seen == [
        ("its own", "user_interruption"),
        "as in Node",
        ("with data", "user_interruption"),
        ("all", "user_interruption"),
    ]


async def test_a_pause_is_what_the_server_says_or_does(dial: Any) -> None:
    sessions: list[Session] = []

    def handle(session: Session) -> None:
        sessions.append(session)
        session.config(ttsStream={"enable": True}).send()

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        [session] = sessions

        async def after(event: str) -> bool:
            phone.say("tts:streaming-event", {"event_type": event})
            await anyio.wait_all_tasks_blocked()
            return session.is_tts_paused

        assert not session.is_tts_paused
        assert await after("stream_paused")
        assert not await after("stream_resumed")
        assert await after("stream_paused")
        assert not await after("user_interruption")
        session.send_tts_tokens("Hello there. ")
        first = (await phone.command("tts:tokens"))["data"]
        assert not session.is_tts_paused
        phone.say("tts:tokens-result", {"id": first["id"], "status": "failed", "reason": "full"})
        again = (await phone.command("tts:tokens"))["data"]
        assert session.is_tts_paused
        phone.say("tts:tokens-result", {"id": again["id"], "status": "ok"})
        await anyio.wait_all_tasks_blocked()
        assert not session.is_tts_paused


EVENTS = [
    ("llm:event", {"type": "response.done"}),
    ("agent:event", {"type": "user_transcript", "transcript": "Hello"}),
    ("llm:tool-call", {"tool_call_id": "t", "name": "add", "args": {"a": 1}}),
    ("agent:tool-call", {"tool_call_id": "t", "name": "add", "arguments": {"a": 1}}),
]


@pytest.mark.parametrize(("type", "data"), EVENTS, ids=[type for type, _ in EVENTS])
async def test_models_reach_the_handlers_of_their_path_and_of_their_kind(
    dial: Any, type: str, data: dict[str, Any]
) -> None:
    seen: list[Any] = []

    def handle(session: Session) -> None:
        session.answer().send()
        session.on(type, lambda data: seen.append(("kind", data)))
        session.on("/own", lambda data: seen.append(("path", data)))

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        phone.say(type, data, hook="/own")
        await phone.silence()
        phone.say(type, data, hook="/nobody's")
        await phone.silence()
    expected = {**data, "arguments": {"a": 1}} if type.endswith("tool-call") else data
    assert seen == [("path", expected), ("kind", expected), ("kind", expected)]


async def test_several_tool_calls_of_one_message_come_one_by_one(dial: Any) -> None:
    seen: list[Any] = []

    def handle(session: Session) -> None:
        session.answer()
        session.send()

        def call(data: dict[str, Any]) -> None:
            seen.append((data["tool_call_id"], data["name"], data["arguments"]))
            session.tool_output(data["tool_call_id"], sum(data["arguments"].values()))

        session.on("/tools", call)

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        calls = [{"id": f"c{n}", "name": "add", "args": {"a": n, "b": 1}} for n in (1, 2)]
        phone.say(
            "llm:tool-call",
            {"tool_call_id": "function_call_id", "type": "toolCall", "function_calls": calls},
            hook="/tools",
        )
        for n in (1, 2):
            output = await phone.command("llm:tool-output")
            assert (output["tool_call_id"], output["data"]) == (f"c{n}", {"result": n + 1})
        await phone.silence()
    assert seen == [("c1", "add", {"a": 1, "b": 1}), ("c2", "add", {"a": 2, "b": 1})]


def test_tool_calls_that_are_none_are_left_out() -> None:
    assert tool_calls({"function_calls": [3, {"id": "a"}]}) == [
        {"id": "a", "tool_call_id": "a", "name": None, "arguments": None}
    ]
    assert tool_calls({"name": "x", "function_calls": "no list"})[0]["arguments"] is None
