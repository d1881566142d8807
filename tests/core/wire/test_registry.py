"""Every row of the registry is complete: it has a schema, a sample that both roles understand, and a simulated server
that sends it or acts on it.
"""

from __future__ import annotations

import doctest
import json
from collections.abc import Mapping
from typing import Any

import pytest

from jambonz_core import call
from jambonz_core.call import AppCall, HookKind, Send
from jambonz_core.call.commands import CALL_COMMANDS
from jambonz_core.call.jambonz_call import JambonzCall
from jambonz_core.call.jambonz_events import CommandReceived
from jambonz_core.call.obligations import ACK_POLICIES
from jambonz_core.journal import JournaledCall, JournalWriter, read_journal, replay
from jambonz_core.schemas import BUILTIN
from jambonz_core.simulator.app_commands import HANDLERS
from jambonz_core.validation.verdict import verdict
from jambonz_core.verbs import payloads
from jambonz_core.verbs.payload_base import Payload
from jambonz_core.verbs.profiles import NAMES, V10, Profile
from jambonz_core.wire import events, live_commands, message_reading, registry, unproved
from jambonz_core.wire.event import Event
from jambonz_core.wire.events import HookEvent, SessionNew, StreamingEvent
from jambonz_core.wire.live_command_base import Inject, LiveCommand
from jambonz_core.wire.registry import REGISTRY, CommandRow, MessageRow
from jambonz_core.wire.unproved import IfUnsure

MESSAGES = list(REGISTRY.messages.values())
COMMANDS = list(REGISTRY.commands.values())

every_message = pytest.mark.parametrize("row", MESSAGES, ids=lambda row: row.type)
every_command = pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)


def schema_of(kind: str, name: str) -> Mapping[str, Any]:
    [found] = [id for id in BUILTIN if id.endswith(f"/schema/{kind}/{name}")]
    return BUILTIN[found]


def fits(kind: str, name: str, message: object) -> bool:
    return verdict(BUILTIN, schema_of(kind, name)["$id"])(message)


def begin(core: AppCall) -> None:
    core.connected(0.0)
    [new] = core.receive('{"type":"session:new","msgid":"m0","call_sid":"c1","data":{"call_sid":"c1"}}', 0.0)
    assert isinstance(new, SessionNew)
    core.do(Send([{"verb": "pause", "length": 60}]), 0.0)
    assert core.outgoing()


def running(profile: Profile = V10) -> AppCall:
    core = AppCall(profile=profile)
    begin(core)
    return core


def test_the_examples_are_right() -> None:
    for module in (registry, message_reading, unproved):
        assert doctest.testmod(module).failed == 0


# --- messages -----------------------------------------------------------------------------------------------


def test_every_message_that_the_schemas_know_has_a_row() -> None:
    listed = schema_of("messages/control", "from-jambonz")["oneOf"]
    assert {part["$ref"].removeprefix("./") for part in listed} == set(REGISTRY.messages)


def said_by_the_server(type: str, example: dict[str, Any]) -> dict[str, Any]:
    """The message as the server's role sends it."""
    server = JambonzCall("ws://app.example/", call_sid="c1")
    if type == "session:new":
        server.send(type, example["data"], 0.0)
        server.connected(0.0)
    else:
        server.send("session:new", {}, 0.0)
        server.connected(0.0)
        server.outgoing()
        server.receive('{"type":"ack","msgid":"s1"}', 0.0)
        if type == "session:reconnect":
            server.lost(1006, 0.0)
            server.tick(1.0)
            server.connected(1.0)
        else:
            server.send(type, example["data"], 0.0, hook=example.get("hook"))
    [said] = map(json.loads, server.outgoing())
    assert said["type"] == type
    message: dict[str, Any] = said
    return message


@every_message
def test_a_message_of_the_schema_becomes_the_event_of_its_row(row: MessageRow) -> None:
    """The first example of its schema, said by the server's role and heard by the application's."""
    [example, *_] = schema_of("messages/control", row.type)["examples"]
    assert fits("messages/control", row.type, example)
    said = said_by_the_server(row.type, example)
    assert said.get("hook") == example.get("hook")
    assert ("hook" in said) is row.hook
    core = running()
    if row.type in {"session:new", "session:reconnect"}:
        core = AppCall()
        core.connected(0.0)
    event = core.receive(json.dumps(said), 0.0)[0]
    assert type(event) is row.event
    assert event.raw == said
    if isinstance(event, HookEvent):
        kind = row.ack if isinstance(row.ack, HookKind) else HookKind.ACTION
        assert event.kind is kind
        assert event.acked is ACK_POLICIES[kind].on_arrival
    else:
        assert row.ack == "never"


@every_message
def test_a_message_has_names_a_payload_and_a_line(row: MessageRow) -> None:
    assert len(row.doc) > 20
    assert row.doc.endswith(".")
    assert row.all_names[-1:] == ((row.type,) if row.received else ())
    assert (registry.HOOK in row.names) is row.hook
    assert row.payload or row.ack == "by path"
    if row.payload:
        assert issubclass(getattr(payloads, row.payload), Payload)


def test_names_of_an_event() -> None:
    assert REGISTRY.names_of(events.VerbHook("m", "/h", {}, HookKind.ACTION, False)) == ("/h", "verb:hook")
    assert REGISTRY.names_of(SessionNew("m", "", {}, HookKind.SESSION_NEW, False)) == ()
    assert REGISTRY.names_of(StreamingEvent({}, "{0.data}")) == ("tts:{0.data}", "tts:streaming-event")
    assert REGISTRY.names_of(events.UnknownMessage("song:ended", "", {})) == ("song:ended",)
    assert REGISTRY.names_of(events.VerbDone("v1")) == ()


def test_names_that_are_nearly_those_of_messages_are_told() -> None:
    assert (
        REGISTRY.never_comes("verb:hooks") == "no message is called 'verb:hooks'; did you mean 'verb:hook'?"
    )
    assert "first verbs" in REGISTRY.never_comes("session:new")
    kinds = schema_of("callbacks", "tts-streaming-event")["oneOf"]
    events = [kind["properties"]["event_type"]["const"] for kind in kinds]
    others = [
        "call-status",
        "https://app.example/verb:hook",
        "song:ended",
        "llm:tool-result",
        "close",
        "/a:b",
    ]
    for name in (*REGISTRY.messages, *others, *(f"tts:{event}" for event in events)):
        assert REGISTRY.never_comes(name) == "" or name == "session:new", name


# --- commands -----------------------------------------------------------------------------------------------


def test_every_command_that_the_schemas_know_has_a_row() -> None:
    listed = [part["$ref"].rpartition("/")[2] for part in schema_of("messages/control", "from-app")["oneOf"]]
    assert sorted({*listed} - {"ack"}) == sorted(REGISTRY.commands)


def test_what_the_rows_name_is_exported() -> None:
    named = {row.event for row in MESSAGES} | {row.command for row in COMMANDS if row.command is not None}
    assert {kind.__name__ for kind in named} <= set(call.__all__)


def test_every_class_of_a_command_has_a_row() -> None:
    in_rows = {row.command for row in COMMANDS if row.command is not None}
    ours = {kind for kind in LiveCommand.__subclasses__() if kind.__module__ == live_commands.__name__}
    assert in_rows == ours


@pytest.mark.parametrize("profile", NAMES)
@every_command
def test_a_sample_fits_its_schema_and_is_understood(row: CommandRow, profile: str) -> None:
    """Done by the application's role, taken by the server's."""
    if profile not in row.profiles:
        assert len(row.instead) > 20
        return
    message = row.sample.message(Profile(profile))
    assert fits("commands", row.name, message)
    assert fits("messages/control", "from-app", message)
    core = running()
    core.do(row.sample, 0.0)
    sent = [json.loads(frame) for frame in core.outgoing()]
    for ms in range(1, 400):
        core.tick(ms / 1000)
        sent += [json.loads(frame) for frame in core.outgoing()]
    assert sent == [row.sample.message(V10)]
    server = JambonzCall("ws://app.example/", call_sid="c1")
    server.send("session:new", {}, 0.0)
    server.connected(0.0)
    [taken] = server.receive(json.dumps(message), 0.0)
    assert isinstance(taken, CommandReceived)
    assert (taken.command, taken.data) == (row.name, message.get("data"))


@every_command
def test_a_command_has_a_handler_a_line_and_a_decision(row: CommandRow) -> None:
    assert row.name in HANDLERS
    assert len(row.doc) > 15
    assert row.doc.endswith(".")
    assert set(row.profiles) <= set(NAMES)
    assert bool(row.instead) is (set(row.profiles) != set(NAMES))
    data = row.sample.message(V10).get("data")
    assert row.when_unsure(data) in IfUnsure


@every_command
def test_a_command_in_a_journal_is_found_again(row: CommandRow) -> None:
    lines: list[str] = []
    core = JournaledCall()
    core.record_to(JournalWriter(lines.append, content=True))
    begin(core)
    core.do(row.sample, 1.0)
    assert replay(read_journal(lines)) is None
    assert f'"command":"{type(row.sample).__name__}"' in lines[-1]


def test_every_command_of_the_core_is_carried_out_and_found_in_journals() -> None:
    assert set(CALL_COMMANDS) == set(AppCall._CARRY_OUT)


def test_the_simulator_handles_no_command_that_has_no_row() -> None:
    assert set(HANDLERS) == set(REGISTRY.commands)


@pytest.mark.parametrize(
    ("name", "data", "then"),
    [
        ("redirect", {"call_hook": "/a"}, IfUnsure.REPORT),
        ("redirect", [{"verb": "say", "text": "a"}, {"verb": "hangup"}], IfUnsure.REPEAT),
        ("redirect", [{"verb": "say", "text": "a"}, {"verb": "openai_s2s"}], IfUnsure.REPORT),
        ("redirect", [{"verb": "dub", "action": "silenceTrack", "track": "t"}], IfUnsure.REPEAT),
        ("redirect", [{"verb": "dub", "action": "sayOnTrack", "track": "t"}], IfUnsure.REPORT),
        ("redirect", ["nonsense", {"verb": 5}], IfUnsure.REPEAT),
        ("dub", {"action": "playOnTrack"}, IfUnsure.REPORT),
        ("dub", {"action": "removeTrack"}, IfUnsure.REPEAT),
        ("dub", None, IfUnsure.REPORT),
        ("llm:update", {"type": "session.update"}, IfUnsure.REPEAT),
        ("llm:update", {"type": "response.create"}, IfUnsure.REPORT),
        ("agent:update", {"type": "update_tools"}, IfUnsure.REPEAT),
        ("agent:update", {"type": "inject_context"}, IfUnsure.REPORT),
        ("agent:update", {"type": []}, IfUnsure.REPORT),
        ("dtmf", {"digit": "1"}, IfUnsure.REPORT),
        ("mute:status", {}, IfUnsure.REPEAT),
        ("tts:tokens", {}, IfUnsure.RESULT),
    ],
)
def test_what_becomes_of_an_unproved_write(name: str, data: Any, then: IfUnsure) -> None:
    assert REGISTRY.commands[name].when_unsure(data) is then


def test_every_verb_that_acts_is_a_verb() -> None:
    assert set(BUILTIN.verbs) >= unproved.ACT_TWICE


# --- extending ----------------------------------------------------------------------------------------------


class Applause(HookEvent, frozen=True, gc=False):
    """Somebody in the audience claps."""


def test_rows_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(ValueError, match="becomes a HookEvent"):
        MessageRow(type="x", event=Applause, ack="never")
    with pytest.raises(ValueError, match="becomes a HookEvent"):
        MessageRow(type="x", event=events.CallStatus, ack="never")
    with pytest.raises(ValueError, match="becomes a HookEvent"):
        MessageRow(type="x", event=events.CallStatus, ack=HookKind.IGNORED)


def test_what_is_there_is_not_added_again() -> None:
    with pytest.raises(ValueError, match="two rows of the wire for 'verb:hook'"):
        REGISTRY.extended(messages=[MessageRow(type="verb:hook", event=Applause, ack="by path")])
    with pytest.raises(ValueError, match="two rows of the wire for 'tag'"):
        REGISTRY.extended(commands=[CommandRow(sample=Inject("tag", data={}), if_unsure=IfUnsure.REPEAT)])
    with pytest.raises(ValueError, match=r"two rows of the wire for .*VerbHook"):
        REGISTRY.extended(messages=[MessageRow(type="x", event=events.VerbHook, ack="by path")])


@pytest.mark.parametrize("kind", [kind for kind in HookKind if kind is not HookKind.SESSION_NEW])
def test_an_added_message_is_acked_as_its_kind_is(kind: HookKind) -> None:
    """At once, at the deadline, or never: nothing but the row says which."""
    row = MessageRow(type="crowd:applause", event=Applause, ack=kind)
    core = running(V10.with_rows(messages=[row]))
    [event] = core.receive('{"type":"crowd:applause","msgid":"m1","data":{}}', 1.0)
    policy = ACK_POLICIES[kind]
    assert (type(event), event.kind, event.acked) == (Applause, kind, policy.on_arrival)  # type: ignore[attr-defined]
    at_once = [json.loads(frame) for frame in core.outgoing()]
    assert at_once == ([{"type": "ack", "msgid": "m1", "data": []}] if policy.on_arrival else [])
    core.tick(6.0)
    later = [json.loads(frame) for frame in core.outgoing()]
    given = policy.at_deadline
    assert later == ([] if given is None else [{"type": "ack", "msgid": "m1", "data": given}])


def test_an_added_message_may_be_acked_by_the_path_of_its_hook() -> None:
    row = MessageRow(type="crowd:applause", event=Applause, ack="by path", hook=True, names=(registry.HOOK,))
    core = running(V10.with_rows(messages=[row]))
    core.do(Send([{"verb": "gather", "actionHook": "/heard"}]), 0.5)
    message = {"type": "crowd:applause", "msgid": "m1", "hook": "/heard", "data": {}}
    [event] = core.receive(json.dumps(message), 1.0)
    assert isinstance(event, Applause)
    assert (event.kind, event.acked) == (HookKind.ACTION, False)
    [bad] = core.receive(json.dumps({**message, "msgid": 5}), 1.0)
    assert isinstance(bad, events.BadMessage)


class Hum(Event, frozen=True, gc=False):
    """The line hums."""

    volume: int


def test_an_added_message_that_wants_no_ack_becomes_its_event() -> None:
    row = MessageRow(type="line:hum", event=Hum, ack="never", read=lambda message: Hum(message["volume"]))
    core = running(V10.with_rows(messages=[row]))
    assert core.receive('{"type":"line:hum","volume":3}', 1.0) == [Hum(3)]
    assert core.outgoing() == []


def test_profiles_carry_their_registry() -> None:
    row = MessageRow(type="crowd:applause", event=Applause, ack="by path")
    extended = V10.with_rows(messages=[row])
    assert extended != V10
    assert extended == Profile("v10", registry=extended.registry)
    assert extended.lenient().registry is extended.registry
    assert extended.with_schemas([]).registry is extended.registry
    assert V10.registry is REGISTRY
    assert Profile("0.9").instead_of("tag").startswith("use the `tag` verb")
    assert V10.instead_of("tag") == ""
    assert V10.instead_of("sing") == ""
    assert V10.takes_without_data("tts:clear")
    assert not V10.takes_without_data("tag")
