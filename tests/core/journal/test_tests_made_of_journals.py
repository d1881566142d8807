"""Tests made of journals: source that compiles, says what was said, and expects what was heard."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jambonz_core.journal import Entry, Header, InvalidJournal, Journal, RedactedJournal, journal_to_test


def body(role: str, *entries: Entry, settings: dict[str, Any] | None = None, **how: Any) -> list[str]:
    """The lines of the test inside its block, or all of it with `whole`."""
    journal = Journal(
        Header(role=role, profile="v10", redacted=False, settings=settings or {}), list(entries)
    )
    source = journal_to_test(journal, **how)
    compile(source, "test_made.py", "exec")
    lines = source.splitlines()
    start = next(number for number, line in enumerate(lines) if "async with" in line)
    return [lines[start].strip(), *(line.strip() for line in lines[start + 1 :])]


def act(action: str, **fields: Any) -> Entry:
    return Entry(at=0.0, call="act", given={"action": action, "with": fields})


def happened(*events: tuple[str, dict[str, Any]]) -> Entry:
    return Entry(
        at=0.0, call="tick", gave={"events": [{"event": name, "with": fields} for name, fields in events]}
    )


def spoken(heard: str, leg: str = "caller", *, cut: bool = False) -> Entry:
    started = ("SpeechStarted", {"leg": leg, "text": heard})
    return happened(started, ("Spoken", {"leg": leg, "heard": heard, "cut": cut}))


def test_a_simulated_call_becomes_its_conversation() -> None:
    assert body(
        "jambonz",
        spoken("Hello! How's it?"),
        act("Speak", text="good morning", leg="caller"),
        spoken("", cut=True),
        happened(("SpeechStarted", {"leg": "caller", "text": "A long story"})),
        act("Speak", text="stop", leg="caller"),
        act("PressKeys", digits="0", leg="caller"),
        happened(("Spoken", {"leg": "caller", "heard": "A lo", "cut": True})),
        act("PressKeys", digits="12", leg="caller"),
        happened(
            ("Played", {"leg": "caller", "url": "a.mp3", "cut": False}),
            ("Played", {"leg": "caller", "url": "b.mp3", "cut": True}),
            ("DigitsSent", {"leg": "caller", "digits": "42"}),
            ("Idle", {}),
        ),
        act("Answer", leg="b1"),
        act("Busy", leg="b2"),
        act("Decline", leg="b3", status=603),
        spoken("A call for you.", "b1"),
        act("DropConnection", code=1006, socket=None),
        happened(("CallCompleted", {"reason": "jambonz", "duration": 5})),
        path="/menu",
        app="shop.voice:application",
        title="of_a_recording",
    ) == [
        "async with dial(application, '/menu') as phone:",
        'await phone.hears("Hello! How\'s it?")',
        "await phone.says('good morning')",
        "await phone.interrupts('stop')",
        "await phone.interrupts(keys='0')",
        "await phone.presses('12')",
        "await phone.hears_sound('a.mp3')",
        "await phone.hears_keys('42')",
        "await phone.party('b1').answers()",
        "await phone.party('b2').busy()",
        "await phone.party('b3').declines(603)",
        "await phone.party('b1').hears('A call for you.')",
        "phone.act(DropConnection(code=1006, socket=None))",
        "await phone.call_ends(reason='jambonz')",
    ]


def test_the_sound_of_a_microphone_is_a_line_and_not_thousands() -> None:
    sound = act("SendAudio", pcm="AAAA", leg="caller")
    note = "phone.note('here an audio stream heard the microphone: sends_audio() sends sound to one')"
    said = act("Speak", text="hello", leg="caller")
    lines = body("jambonz", sound, sound, sound, said, sound)
    assert lines[1:] == [note, "await phone.says('hello')", note]


def test_the_path_is_the_one_that_was_called_unless_another_is_given() -> None:
    settings = {"url": "wss://app.test/menu?x=1"}
    assert body("jambonz", settings=settings)[0] == "async with dial(app, '/menu') as phone:"
    assert body("jambonz", settings=settings, path="/other")[0] == "async with dial(app, '/other') as phone:"
    assert body("app")[0] == "async with dial(app, '/') as phone:"


def test_what_took_long_is_waited_for_as_long() -> None:
    def at(seconds: float, entry: Entry) -> Entry:
        return Entry(at=seconds, call=entry.call, given=entry.given, gave=entry.gave)

    assert body(
        "jambonz",
        at(3.0, spoken("Hello")),
        at(15.5, spoken("Still there?")),
        at(20.0, act("Speak", text="yes", leg="caller")),
        at(60.0, happened(("CallCompleted", {"reason": "jambonz", "duration": 60}))),
    )[1:] == [
        "await phone.hears('Hello')",
        "await phone.hears('Still there?', timeout=14)",
        "await phone.says('yes')",
        "await phone.call_ends(reason='jambonz', timeout=42)",
    ]


def test_a_caller_who_hung_up_does_so_again() -> None:
    assert body(
        "jambonz",
        act("HangUp", leg="b1"),
        act("HangUp", leg="caller"),
        happened(("CallCompleted", {"reason": "caller", "duration": 5})),
        settings={"setup": {"direction": "outbound", "env_vars": {"A": "b"}}},
    ) == [
        "async with dial(app, '/', direction='outbound', env_vars={'A': 'b'}) as phone:",
        "await phone.party('b1').hangs_up()",
        "await phone.hangs_up()",
    ]


def received(type: str, **data: Any) -> Entry:
    return Entry(at=0.0, call="receive", given={"frame": json.dumps({"type": type, "data": data})})


def sent(**message: Any) -> Entry:
    return Entry(at=0.0, call="outgoing", gave={"frames": [json.dumps(message)]})


def redirect(*verbs: Any) -> Entry:
    return sent(type="command", command="redirect", data=list(verbs))


def final(transcript: str) -> dict[str, Any]:
    return {"is_final": True, "alternatives": [{"transcript": transcript}]}


def test_an_applications_call_becomes_its_conversation() -> None:
    assert body(
        "app",
        received("session:new", direction="outbound", env_vars={"A": 1}),
        sent(
            type="ack",
            data=[
                {"verb": "say", "text": "Hello!"},
                {"say": {"text": ["not", "one"]}},
                {"play": {"url": "a.mp3"}},
                {"verb": "gather", "say": {"text": "Yes?"}, "play": "no object"},
                {"verb": "pause", "length": 1},
                {"say": "nothing"},
                "nothing",
            ],
        ),
        received("verb:hook", reason="speechDetected", speech=final("good morning")),
        received("verb:hook", speech={"is_final": False, "alternatives": [{"transcript": "good"}]}),
        received("verb:hook", speech={"alternatives": []}),
        received("verb:hook", reason="dtmfDetected", digits="12"),
        received("verb:hook", reason="timeout"),
        sent(type="command", command="tts:tokens", data={"id": 1, "tokens": "I "}),
        sent(type="command", command="tts:tokens", data={"id": 2, "tokens": "see."}),
        sent(type="command", command="tts:flush"),
        sent(type="command", command="tts:flush"),
        sent(type="command", command="mute:status", data={"mute_status": "mute"}),
        redirect({"verb": "hangup"}),
        received("call:status", call_status="in-progress"),
        received("call:status", call_status="completed", parent_call_sid="c1"),
        received("call:status", call_status="completed", call_termination_by="jambonz"),
        received("tts:streaming-event", event_type="stream_open"),
        Entry(at=0.0, call="receive", given={"frame": "rubbish"}),
        Entry(at=0.0, call="receive", given={"bytes": "AAA="}),
        Entry(at=0.0, call="receive", given={"frame": '{"type":"verb:hook","data":5}'}),
    ) == [
        "async with dial(app, '/', direction='outbound', env_vars={'A': 1}) as phone:",
        "await phone.answers()",
        "await phone.hears('Hello!')",
        "await phone.hears_sound('a.mp3')",
        "await phone.hears('Yes?')",
        "await phone.says('good morning')",
        "await phone.presses('12')",
        "await phone.hears('I see.')",
        "await phone.call_ends()",
    ]
    assert body(
        "app",
        received("session:new", direction="inbound"),
        received("call:status", call_status="completed", call_termination_by="caller"),
    )[1:] == ["await phone.hangs_up()"]


def test_an_empty_journal_makes_a_test_all_the_same() -> None:
    assert body("app")[1:] == ["await phone.call_ends()"]


def test_the_source_says_where_it_comes_from_and_what_it_needs() -> None:
    header = Header(role="jambonz", profile="v10", redacted=False, began="2026-01-02T03:04:05")
    journal = Journal(header, [act("VendorDown"), act("SlowVendor", seconds=1.0)])
    source = journal_to_test(journal, app="voice")
    assert source.startswith('"""Made from the journal of a call of 2026-01-02T03:04:05.')
    assert "from jambonz_core.simulator import SlowVendor, VendorDown\n" in source
    assert "from voice import app\n" in source
    assert "async def test_recorded_call(virtual_time) -> None:\n" in source


def test_journals_without_content_and_of_other_roles_make_no_test() -> None:
    with pytest.raises(RedactedJournal):
        journal_to_test(Journal(Header(role="app", profile="v10")))
    with pytest.raises(InvalidJournal, match="pianist"):
        journal_to_test(Journal(Header(role="pianist", profile="v10", redacted=False)))
