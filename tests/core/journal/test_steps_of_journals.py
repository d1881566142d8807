"""A journal as steps between the parties of a call, for either role, with and without content."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jambonz_core.call import Mute, NoteTool, NoteToolOutcome, Send
from jambonz_core.journal import (
    Entry,
    Header,
    Journal,
    JournaledCall,
    JournalWriter,
    Step,
    read_journal,
    steps,
)
from jambonz_core.wire.errors import CallEnded


def of(role: str, *entries: Entry) -> list[Step]:
    return steps(Journal(Header(role=role, profile="v10"), list(entries)))


def told(steps: list[Step]) -> list[tuple[str, str, str, str]]:
    return [(step.source, step.target, step.kind, step.label) for step in steps]


def arrows(call: str, at: float = 0.0, **given: Any) -> Entry:
    return Entry(at=at, call=call, given=given)


def act(action: str, **fields: Any) -> Entry:
    return Entry(at=0.0, call="act", given={"action": action, "with": fields})


def events(*told: tuple[str, dict[str, Any]]) -> Entry:
    return Entry(
        at=0.0, call="tick", gave={"events": [{"event": name, "with": given} for name, given in told]}
    )


def message(type: str, **more: Any) -> str:
    return json.dumps({"type": type, **more})


@pytest.mark.parametrize("content", [True, False])
def test_an_applications_call_from_beginning_to_end(content: bool) -> None:
    call = JournaledCall()
    call.connected(0.0)
    call.receive(message("session:new", msgid="m1", call_sid="c1", data={"from": "+1"}), 0.0)
    call.do(Send([{"verb": "say", "text": "hello"}]), 0.5)
    call.outgoing()
    call.receive(message("call:status", data={"call_sid": "c1", "call_status": "in-progress"}), 1.0)
    call.do(Mute(True), 1.5)
    call.outgoing()
    call.receive("rubbish", 1.6)
    call.receive(message("tts:streaming-event", data={"event_type": "stream_open"}), 1.7)
    call.lost(1006, 2.0)
    call.tick(50.0)
    with pytest.raises(CallEnded):
        call.do(Send([{"verb": "say", "text": "too late"}]), 41.0)
    lines: list[str] = []
    call.record_to(JournalWriter(lines.append, content=content))
    found = steps(read_journal(lines))
    assert told(found) == [
        ("jambonz", "app", "connection", "connected"),
        ("jambonz", "app", "hook", "session:new"),
        ("app", "jambonz", "ack", "ack [say]"),
        ("jambonz", "app", "notice", "call:status in-progress"),
        ("app", "jambonz", "command", "mute:status"),
        ("jambonz", "app", "fault", "not a message"),
        ("app", "app", "fault", "bad message"),
        ("jambonz", "app", "notice", "tts:streaming-event stream_open"),
        ("jambonz", "app", "connection", "lost 1006"),
        ("app", "app", "note", "detached"),
        ("app", "app", "note", "command lost"),
        ("app", "app", "note", "call over"),
        ("app", "app", "fault", "refused: CallEnded"),
    ]
    hook, ack = found[1], found[2]
    assert hook.ref == ack.ref == "m1"
    assert ack.latency == 0.5
    assert [step.at for step in found[:3]] == [0.0, 0.0, 0.5]
    assert found[0].line == 2


@pytest.mark.parametrize(("content", "name"), [(True, "look"), (False, "xxxx")])
def test_a_tool_that_the_program_runs_by_itself(content: bool, name: str) -> None:
    call = JournaledCall()
    call.do(NoteTool("own-1", "look", {"at": "a secret"}), 0.0)
    call.do(NoteToolOutcome("own-1", "look", "value"), 1.5)
    lines: list[str] = []
    call.record_to(JournalWriter(lines.append, content=content))
    began, over = steps(read_journal(lines))
    assert told([began, over]) == [
        ("app", "app", "note", f"tool {name} runs"),
        ("app", "app", "note", f"tool {name}: value"),
    ]
    assert (over.at, began.detail["tool_call_id"]) == (1.5, "own-1")
    assert ("a secret" in "".join(lines)) is content


def test_a_simulated_call() -> None:
    hook = {"socket": 1, "frame": message("verb:hook", msgid="m1", hook="/heard", data={})}
    found = of(
        "jambonz",
        events(("Connect", {"socket": 1, "url": "ws://app.example/"})),
        arrows("connected", socket=1, subprotocol=None),
        act("Speak", text="hello", leg="caller"),
        Entry(at=1.0, call="outgoing", gave={"frames": [hook, {"socket": 2, "bytes": "AAA="}]}),
        arrows(
            "receive", 1.25, socket=1, frames=[{"frame": message("ack", msgid="m1", data=[{"say": {}}, 5])}]
        ),
        arrows("receive", 1.5, socket=2, frames=[{"frame": message("", event="dtmf")}, {"bytes": "AAA="}]),
        events(
            ("HttpRequest", {"number": 3, "method": "POST", "url": "https://hooks.test/a", "body": "{}"}),
        ),
        arrows("http_answered", 2.0, number=3, status=200, body="[]"),
        arrows("http_answered", 2.0, number=9, status=404, body=""),
        arrows("connect_failed", socket=1, code="ct"),
        arrows("lost", socket=1, code=1006),
    )
    assert told(found) == [
        ("jambonz", "app", "connection", "connect ws://app.example/"),
        ("jambonz", "app", "connection", "connected"),
        ("caller", "jambonz", "act", "speak hello"),
        ("jambonz", "app", "hook", "verb:hook /heard"),
        ("jambonz", "app", "audio", "audio"),
        ("app", "jambonz", "ack", "ack [say, ?]"),
        ("app", "jambonz", "notice", "dtmf"),
        ("app", "jambonz", "audio", "audio"),
        ("jambonz", "app", "hook", "POST https://hooks.test/a"),
        ("app", "jambonz", "ack", "200"),
        ("app", "jambonz", "ack", "404"),
        ("jambonz", "app", "connection", "lost ct"),
        ("jambonz", "app", "connection", "lost 1006"),
    ]
    assert found[5].latency == 0.25
    assert found[9].latency == 2.0
    assert found[10].latency is None


def heard(msgid: str) -> str:
    return message("verb:hook", msgid=msgid, hook="/heard", data={"digits": "1"})


def command(name: str, **fields: Any) -> str:
    return message("command", command=name, **fields)


def sent(at: float, *frames: str) -> Entry:
    return Entry(at=at, call="outgoing", gave={"frames": list(frames)})


def test_turns_of_an_application_and_what_answers_them() -> None:
    say = [{"verb": "say"}]
    found = of(
        "app",
        arrows("receive", 1.0, frame=heard("a")),
        sent(1.0, message("ack", msgid="a", data=[])),
        sent(1.5, command("redirect", queueCommand=True, data=say), command("redirect", data=say)),
        arrows("receive", 2.0, frame=heard("b")),
        sent(2.25, command("tts:tokens"), command("tts:tokens"), command("tts:flush"), command("tts:tokens")),
        arrows("receive", 3.0, frame=heard("c")),
        sent(3.5, message("ack", msgid="c", data=say)),
        arrows("receive", 4.0, frame=heard("d")),
    )
    drawn = [
        (step.label, step.latency, step.replaces) for step in found if step.kind in ("command", "turn", "ack")
    ]
    assert drawn == [
        ("ack []", 0.0, False),
        ("redirect [say]", 0.5, False),
        ("turn 1: app 500 ms", None, False),
        ("redirect [say]", None, True),
        ("tts:tokens begins", 0.25, False),
        ("turn 2: app 250 ms", None, False),
        ("tts:tokens", None, False),
        ("tts:flush", None, False),
        ("tts:tokens begins", None, False),
        ("ack [say]", 0.5, False),
        ("turn 3: app 500 ms", None, False),
        ("turn 4: not answered", None, False),
    ]


def test_turns_of_a_simulated_call_are_exact() -> None:
    def hook(at: float, msgid: str) -> Entry:
        return Entry(at=at, call="outgoing", gave={"frames": [{"socket": 1, "frame": heard(msgid)}]})

    def answer(at: float, msgid: str) -> Entry:
        verbs = [{"verb": "say"}]
        return arrows("receive", at, socket=1, frames=[{"frame": message("ack", msgid=msgid, data=verbs)}])

    def notice(at: float, name: str, **fields: Any) -> Entry:
        return Entry(at=at, call="tick", gave={"events": [{"event": name, "with": fields}]})

    found = of(
        "jambonz",
        act("Speak", text="hello", leg="b1", duration=9.0),
        act("Speak", text="hello", leg="caller", duration=0.5),
        hook(1.0, "a"),
        answer(1.25, "a"),
        notice(1.4, "SpeechStarted", leg="b1", text="not him"),
        notice(1.4, "SpeechStarted", leg="caller", text="not the application", speaker="b1"),
        notice(1.5, "SpeechStarted", leg="caller", text="hi", seconds=0.75),
        act("PressKeys", digits="123", gap=1.0, leg="caller"),
        hook(2.5, "b"),
        answer(2.5, "b"),
        notice(3.5, "Played", leg="caller", url="a.mp3", seconds=0.5),
    )
    turns = [(step.label, step.latency) for step in found if step.kind == "turn"]
    assert turns == [
        ("turn 1: recognition 500, app 250, voice 250 ms", 1.0),
        ("turn 2: recognition 500, app 0, voice 500 ms", 1.0),
    ]


def test_what_people_notice_and_what_goes_wrong() -> None:
    found = of(
        "jambonz",
        events(
            ("SpeechStarted", {"leg": "caller", "text": "hello"}),
            ("Spoken", {"leg": "caller", "heard": "hel", "cut": True}),
            ("Spoken", {"leg": "b1", "heard": "hello", "cut": False}),
            ("Spoken", {"leg": "caller", "heard": "", "cut": True}),
            ("Played", {"leg": "caller", "url": "a.mp3", "cut": False}),
            ("Played", {"leg": "caller", "url": "a.mp3", "cut": True}),
            ("DigitsSent", {"leg": "caller", "digits": "1"}),
            ("AudioHeard", {"leg": "caller", "pcm": ""}),
            ("LegChanged", {"leg": "b1", "status": "ringing", "sip_status": 180}),
            ("VerbStarted", {"verb": "say", "leg": "caller"}),
            ("VerbEnded", {"verb": "say", "leg": "caller", "outcome": "killed"}),
            ("Warned", {"code": "hangup-before-answer"}),
            ("Warned", {"code": "stream-command-ignored"}),
            ("HookUnanswered", {"hook": "/a"}),
            ("CloseConnection", {"socket": 1, "code": 1000}),
            ("Finished", {}),
            ("HookSent", {"hook": "/a"}),
        ),
    )
    assert told(found) == [
        ("jambonz", "caller", "heard", "begins: hello"),
        ("jambonz", "caller", "heard", "hel (cut)"),
        ("jambonz", "b1", "heard", "hello"),
        ("jambonz", "caller", "heard", "nothing (cut)"),
        ("jambonz", "caller", "heard", "a.mp3"),
        ("jambonz", "caller", "heard", "a.mp3 (cut)"),
        ("jambonz", "caller", "heard", "keys 1"),
        ("jambonz", "caller", "heard", "audio"),
        ("jambonz", "b1", "note", "b1 ringing 180"),
        ("jambonz", "jambonz", "note", "say started"),
        ("jambonz", "jambonz", "note", "say killed"),
        ("jambonz", "jambonz", "fault", "hangup-before-answer"),
        ("jambonz", "jambonz", "note", "stream-command-ignored"),
        ("jambonz", "jambonz", "fault", "hook unanswered"),
        ("jambonz", "app", "connection", "close connection 1000"),
        ("jambonz", "jambonz", "note", "finished"),
    ]


def test_what_leaves_before_a_close_is_told_before_it() -> None:
    found = of(
        "jambonz",
        events(("VerbStarted", {"verb": "say"}), ("CloseConnection", {"code": 1000}), ("Finished", {})),
        Entry(at=0.0, call="outgoing", gave={"frames": [{"frame": message("call:status")}]}),
        act("HangUp"),
    )
    assert [step.label for step in found] == [
        "say started",
        "call:status",
        "close connection 1000",
        "finished",
        "hang up",
    ]
    assert [step.line for step in found] == [2, 3, 2, 2, 4]


def test_actions_are_told_by_what_they_are_about() -> None:
    found = of(
        "jambonz",
        act("PressKeys", digits="12", leg="b1"),
        act("JoinConference", name="room"),
        act("VendorDown"),
        arrows("receive", frame=message("ack", msgid="never")),
        arrows("receive", frame=message("audio")),
        arrows("receive", frame="{}"),
    )
    assert [step.label for step in found] == [
        "press keys 12",
        "join conference room",
        "vendor down",
        "ack",
        "audio",
        "metadata",
    ]
    assert found[0].source == "b1"
    assert found[3].latency is None
