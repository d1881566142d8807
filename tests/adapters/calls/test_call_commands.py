"""Every live command as a method, aimed at any leg, and the fields of the session."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, UnsupportedByProfile
from jambonz_core.call import Inject
from jambonz_core.wire.errors import LocalProtocolError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

COMMANDS: list[tuple[Any, str, Any]] = [
    (lambda c: c.mute(), "mute:status", {"mute_status": "mute"}),
    (lambda c: c.unmute(), "mute:status", {"mute_status": "unmute"}),
    (lambda c: c.conference_mute(), "conf:mute-status", {"conf_mute_status": "mute"}),
    (lambda c: c.conference_unmute(), "conf:mute-status", {"conf_mute_status": "unmute"}),
    (
        lambda c: c.conference_hold(wait_hook="/w"),
        "conf:hold-status",
        {"conf_hold_status": "hold", "wait_hook": "/w"},
    ),
    (lambda c: c.conference_unhold(), "conf:hold-status", {"conf_hold_status": "unhold"}),
    (
        lambda c: c.conference_participant("tag", tag="x"),
        "conf:participant-action",
        {"action": "tag", "tag": "x"},
    ),
    (
        lambda c: c.whisper({"verb": "say", "text": "psst"}),
        "whisper",
        {"whisper": {"verb": "say", "text": "psst"}},
    ),
    (lambda c: c.pause_listen(), "listen:status", {"listen_status": "pause"}),
    (lambda c: c.resume_listen(), "listen:status", {"listen_status": "resume"}),
    (lambda c: c.pause_transcribe(), "transcribe:status", {"transcribe_status": "pause"}),
    (lambda c: c.resume_transcribe(), "transcribe:status", {"transcribe_status": "resume"}),
    (
        lambda c: c.record("start", recordingID="r"),
        "record",
        {"action": "startCallRecording", "recordingID": "r"},
    ),
    (lambda c: c.record("stop"), "record", {"action": "stopCallRecording"}),
    (lambda c: c.boost_audio(-6), "boostAudioSignal", -6),
    (lambda c: c.media_path("no-media"), "media:path", "no-media"),
    (
        lambda c: c.noise_isolation(True, level=50),
        "noiseIsolation:status",
        {"noise_isolation_status": "enable", "level": 50},
    ),
    (lambda c: c.apply_dub(action="removeTrack", track="t"), "dub", {"action": "removeTrack", "track": "t"}),
    (
        lambda c: c.configure(ttsStream={"enable": True}),
        "config",
        {"ttsStream": {"enable": True}},
    ),
    (lambda c: c.set_tag({"a": 1}), "tag", {"a": 1}),
    (lambda c: c.redirect_call("/next"), "redirect", {"call_hook": "/next"}),
    (lambda c: c.redirect_child({"url": "/child"}), "redirect", {"child_call_hook": {"url": "/child"}}),
    (
        lambda c: c.redirect_parent({"verb": "hangup"}),
        "redirect",
        {"parent_call": [{"verb": "hangup"}]},
    ),
    (lambda c: c.dial_out({"from": "1"}), "dial", {"from": "1"}),
    (
        lambda c: c.send_sip_request("INFO", content="x", content_type="text/plain", headers={"X": "y"}),
        "sip:request",
        {
            "sip_request": {
                "method": "INFO",
                "content": "x",
                "content_type": "text/plain",
                "headers": {"X": "y"},
            }
        },
    ),
    (lambda c: c.room_say(text="all"), "room:say", {"text": "all"}),
    (lambda c: c.room_play("https://e.org/a.wav"), "room:play", {"url": "https://e.org/a.wav"}),
    (lambda c: c.reconfigure_stt(["en"]), "stt:reconfigure", {"languageHints": ["en"]}),
    (lambda c: c.tool_output("t1", {"a": 1}), "llm:tool-output", {"a": 1}),
    (lambda c: c.update_llm({"type": "x"}), "llm:update", {"type": "x"}),
    (
        lambda c: c.update_agent("generate_reply", user_input="bye"),
        "agent:update",
        {"type": "generate_reply", "user_input": "bye"},
    ),
    (
        lambda c: c.update_agent({"type": "inject_context", "messages": []}),
        "agent:update",
        {"type": "inject_context", "messages": []},
    ),
    (lambda c: c.send_dtmf("1", duration=100), "dtmf", None),
    (lambda c: c.raw_command("custom", {"a": 1}), "custom", {"a": 1}),
    (lambda c: c.send_command(Inject("custom", {"b": 2})), "custom", {"b": 2}),
]


async def test_every_command_leaves_as_the_wire_has_it_for_any_leg(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()
        for command, _, _ in COMMANDS:
            await command(call)
            await command(call.leg("leg-2"))

    async with dial(app) as phone:
        await phone.answered()
        for _, name, data in COMMANDS:
            mine, other = await phone.command(name), await phone.command(name)
            if data is not None:
                assert mine["data"] == data
            assert "callSid" not in mine
            assert other["callSid"] == "leg-2"
            assert other["data"] == mine["data"]


async def test_one_verb_that_is_also_a_command_can_be_awaited(dial: Any) -> None:
    app = App()
    errors: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()
        await call.dtmf("1")
        await call.dtmf(dtmf="2", duration=100)
        await call.config(ttsStream={"enable": True})
        await call.dub(action="removeTrack", track="t")
        await call.tag(data={"a": 1})
        await call.redirect(actionHook="/next")
        await call.sip_request(method="INFO", body="x")
        for chain in (call.say(text="now?"), call.dtmf("1").dtmf(dtmf="2")):
            try:
                await chain
            except LocalProtocolError as error:
                errors.append(str(error))
        await call.dtmf("3").send()
        await call.sip_decline(status=486)

    async with dial(app) as phone:
        await phone.answered()
        tone = await phone.command("dtmf")
        assert tone["data"] == {"dtmf": {"digit": "1"}, "digit": "1"}
        assert (await phone.command("dtmf"))["data"]["duration"] == 100
        for name in ("config", "dub", "tag", "redirect", "sip:request"):
            await phone.command(name)
        assert await phone.redirect(queued=True) == [{"verb": "dtmf", "dtmf": "3"}]
        assert "sip:decline" in str((await phone.next())["data"])
    assert "send()" in errors[0]
    assert "one verb" in errors[1]


async def test_a_command_that_the_server_does_not_know_is_refused_with_a_hint(dial: Any) -> None:
    app = App(profile="0.9")

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()
        with pytest.raises(UnsupportedByProfile) as caught:
            await call.set_tag({"a": 1})
        assert "REST" in caught.value.hint
        await call.raw_command("tag", {"a": 1})

    async with dial(app) as phone:
        await phone.answered()
        await phone.command("tag")
        await phone.silence()


async def test_the_fields_of_the_session(dial: Any) -> None:
    app = App(
        env_vars={
            "COUNT": {"type": "number", "description": "n"},
            "ON": {"type": "boolean", "description": "b"},
        }
    )
    calls: list[Call] = []

    @app.call("/tenants/{tenant}", on_return="stay")
    async def main(call: Call) -> None:
        calls.append(call)
        await call.answer().send()

    session = {
        "account_sid": "acc",
        "application_sid": "app",
        "service_provider_sid": "sp",
        "call_id": "sip-1",
        "sip_status": 100,
        "sip_reason": "Trying",
        "call_status": "trying",
        "caller_name": "Alice",
        "caller_id": "id",
        "originating_sip_ip": "1.2.3.4",
        "originating_sip_trunk_name": "trunk",
        "parent_call_sid": "p",
        "trace_id": "t",
        "api_base_url": "https://api",
        "b3": "b",
        "sip": {"headers": {"X-A": "1"}},
        "env_vars": {"COUNT": "3", "ON": "true"},
        "defaults": {"synthesizer": {"vendor": "x"}},
        "customerData": {"k": "v"},
    }
    async with dial(app, "/tenants/blue") as phone:
        await phone.answered(**session)
        await anyio.wait_all_tasks_blocked()
        [call] = calls
        for name, value in session.items():
            if name != "customerData":
                assert getattr(call, name) == value
        assert call.customer_data == {"k": "v"}
        assert (call.from_, call.to, call.direction) == ("+1", "+2", "inbound")
        assert (call.call_sid, call.path, call.params) == ("call-1", "/tenants/blue", {"tenant": "blue"})
        assert dict(call.env) == {"COUNT": 3, "ON": True}
        assert call.opened_by == "session:new"
        assert call.data["from"] == "+1"
        assert "call-1" in repr(call)
        assert call.audio is None
        assert call.audio_streams == []


async def test_fields_that_the_server_left_out_are_empty(dial: Any) -> None:
    app = App()
    calls: list[Call] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        calls.append(call)
        await call.answer().send()

    async with dial(app) as phone:
        await phone.answered(sip="not an object", sip_status="odd", account_sid=7)
        await anyio.wait_all_tasks_blocked()
        assert (calls[0].sip, calls[0].sip_status, calls[0].account_sid, calls[0].parent_call_sid) == (
            {},
            0,
            "",
            "",
        )


async def test_a_required_variable_that_is_missing_fails_the_call(dial: Any) -> None:
    app = App(env_vars={"KEY": {"type": "string", "description": "k", "required": True}})

    @app.call("/")
    async def main(call: Call) -> None:
        await call.say(text=call.env["KEY"]).send()

    async with dial(app) as phone:
        assert (await phone.answered())[0]["verb"] == "sip:decline"
        await phone.transport.close(1000)
