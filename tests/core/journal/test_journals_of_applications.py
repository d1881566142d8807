"""The journal of an application's call: whatever is done to the core, a replay does it again bit for bit."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import jambonz_core.call as commands
from jambonz_core.call import AppCall, CallOptions
from jambonz_core.journal import (
    Difference,
    Entry,
    Header,
    InvalidJournal,
    Journal,
    JournaledCall,
    JournalWriter,
    RedactedJournal,
    read_journal,
    replay,
)
from jambonz_core.journal.app_journal import frame_as_data, frame_from_data
from jambonz_core.journal.entries import as_text
from jambonz_core.journal.recorder import HELD_BYTES
from jambonz_core.verbs.profiles import V0_9
from jambonz_core.wire.errors import JambonzError

# --- what can happen to a call ------------------------------------------------------------------------------

text = st.text(max_size=12)
"""With lone surrogates now and then: Hypothesis draws any character it is allowed to."""
strange_text = st.text(st.characters(), max_size=6) | st.just("half \ud83d") | st.just("\udcff")
hooks = st.sampled_from(["/a", "/b", "/~1"])
verbs = st.lists(
    st.sampled_from(
        [
            {"verb": "say", "text": "hello"},
            {"verb": "pause", "length": 1},
            {"verb": "gather", "input": ["speech"], "actionHook": "/a"},
            {"verb": "config", "ttsStream": {"enable": True}},
            {"verb": "config", "bargeIn": {"enable": True, "actionHook": "/b", "sticky": True}},
            {"verb": "dial", "target": [], "actionHook": "/b", "confirmHook": "/c"},
        ]
    ),
    max_size=3,
)


def message(type: str, number: int, hook: str, said: str) -> str:
    fields: dict[str, Any] = {
        "type": type,
        "msgid": f"m{number}",
        "call_sid": "c1",
        "hook": hook,
        "data": {"call_sid": "c1", "digits": said, "call_status": "in-progress", "event_type": said},
    }
    return json.dumps(fields)


messages = st.builds(
    message,
    st.sampled_from(
        [
            "session:new",
            "session:reconnect",
            "verb:hook",
            "call:status",
            "dial:confirm",
            "tts:streaming-event",
            "no:such:type",
        ]
    ),
    st.integers(0, 5),
    hooks,
    text,
)
results = st.builds(
    lambda number, ok: json.dumps(
        {"type": "tts:tokens-result", "data": {"id": number, "status": "ok" if ok else "failed"}}
    ),
    st.integers(0, 3),
    st.booleans(),
)

steps = st.one_of(
    st.tuples(st.just("connected")),
    st.tuples(st.just("receive"), messages | results | strange_text | st.binary(max_size=8)),
    st.tuples(st.just("lost"), st.sampled_from([1000, 1001, 1006, 1012])),
    st.tuples(st.just("tick")),
    st.tuples(st.just("outgoing")),
    st.tuples(st.just("new_hook")),
    st.tuples(st.just("new_verb_id")),
    st.tuples(
        st.just("do"),
        st.one_of(
            st.builds(commands.Send, verbs),
            st.builds(commands.Replace, verbs),
            st.builds(commands.Reply, st.sampled_from(["m0", "m1", "m2"]), verbs),
            st.builds(commands.EndCall),
            st.builds(commands.OpenSpeech),
            st.builds(commands.WriteText, strange_text | text),
            st.builds(commands.FlushText),
            st.builds(commands.ClearText),
            st.builds(commands.CloseSpeech),
            st.builds(commands.Mute, st.booleans()),
            st.builds(commands.Inject, st.just("dub"), st.none() | st.integers() | st.just({"n": 10**30})),
            st.builds(commands.Dtmf, st.just("1")),
            st.builds(
                commands.TakeToolCall,
                st.builds(
                    commands.ToolRequest, st.sampled_from(["t1", "t2"]), text, st.just({"a": [1, None]})
                ),
                vendor=st.just("openai"),
            ),
            st.builds(
                commands.ToolOutput, st.sampled_from(["t1", "t2"]), strange_text, vendor=st.just("openai")
            ),
        ),
    ),
)
script = st.lists(st.tuples(st.floats(0, 6), steps), max_size=30)


def play(call: AppCall, done: list[tuple[float, Any]], now: float = 0.0) -> float:
    """Do these things to a call; what it refuses is its own affair."""
    for pause, (name, *arguments) in done:
        now += pause
        with contextlib.suppress(JambonzError):
            match name:
                case "connected" | "tick":
                    getattr(call, name)(now)
                case "outgoing" | "new_hook" | "new_verb_id":
                    getattr(call, name)()
                case _:
                    getattr(call, name)(*arguments, now)
    return now


def begun(call: AppCall) -> None:
    """A call that has been answered with something to say."""
    call.connected(0.0)
    call.receive(message("session:new", 0, "", ""), 0.0)
    call.do(commands.Send([{"verb": "config", "ttsStream": {"enable": True}}]), 0.0)
    call.outgoing()


def journal_of(call: JournaledCall, *, content: bool = True) -> tuple[Journal, list[str]]:
    lines: list[str] = []
    call.record_to(JournalWriter(lines.append, content=content, began="2026-01-02", about={"of": "a test"}))
    return read_journal(lines), lines


# --- replays ------------------------------------------------------------------------------------------------


@given(script, st.booleans())
def test_a_replay_is_the_same_bit_for_bit(done: list[tuple[float, Any]], answered: bool) -> None:
    call = JournaledCall(options=CallOptions(ack_deadline=2.0), profile=V0_9)
    if answered:
        begun(call)
    play(call, done)
    journal, _ = journal_of(call)
    assert replay(journal) is None
    assert journal.header.profile == "0.9"
    assert journal.header.settings["options"]["ack_deadline"] == 2.0


def test_what_is_held_before_there_is_a_writer_is_bounded_and_the_header_tells_what_is_missing() -> None:
    call = JournaledCall()
    call.connected(0.0)
    large = json.dumps({"type": "call:status", "data": {"pad": "x" * 100_000}})
    for _ in range(20):
        call.receive(large, 1.0)
    journal, lines = journal_of(call)
    assert journal.header.settings["missing"] == 21 - len(journal.entries)
    assert HELD_BYTES / 2 < sum(map(len, lines[1:])) <= HELD_BYTES + len(lines)
    with pytest.raises(InvalidJournal, match=r"the first 1\d entries were dropped"):
        replay(journal)


@given(script)
def test_keeping_a_journal_changes_nothing(done: list[tuple[float, Any]]) -> None:
    with_journal, without = JournaledCall(), AppCall()
    begun(with_journal)
    begun(without)
    play(with_journal, done)
    play(without, done)
    assert with_journal.snapshot() == without.snapshot()
    assert with_journal.outgoing() == without.outgoing()
    assert with_journal.deadline == without.deadline


@given(script, script)
@example([(0.0, ("do", commands.WriteText("half \ud83d")))], [])
def test_a_call_that_was_restored_is_replayed_from_there(
    before: list[tuple[float, Any]], after: list[tuple[float, Any]]
) -> None:
    first = AppCall()
    begun(first)
    now = play(first, before)
    # What is over is not put back.
    assume(first.over is None)
    snapshot = json.loads(json.dumps(first.snapshot()))
    call = JournaledCall.restore(snapshot, now=now)
    play(call, after, now)
    journal, _ = journal_of(call)
    assert journal.header.settings["restored_at"] == now
    assert replay(journal) is None


@given(script, st.data())
def test_a_replay_finds_the_first_difference(done: list[tuple[float, Any]], data: st.DataObject) -> None:
    call = JournaledCall()
    begun(call)
    play(call, done)
    journal, _ = journal_of(call)
    telling = [number for number, entry in enumerate(journal.entries) if entry.gave]
    number = data.draw(st.sampled_from(telling))
    entry = journal.entries[number]
    journal.entries[number] = Entry(at=entry.at, call=entry.call, given=entry.given, gave={"events": []})
    difference = replay(journal)
    assert isinstance(difference, Difference)
    assert difference.line == number + 2
    assert json.loads(as_text(difference.found)) == entry.gave
    assert f"line {number + 2}, {entry.call}" in str(difference)


def test_entries_are_written_at_once_when_it_is_known_where_to() -> None:
    lines: list[str] = []
    call = JournaledCall()
    call.connected(0.0)
    call.record_to(JournalWriter(lines.append))
    assert len(lines) == 2
    call.tick(1.0)
    assert json.loads(lines[2]) == {"at": 1.0, "call": "tick"}


def test_what_calls_each_other_is_one_entry() -> None:
    class Busy(JournaledCall):
        """A core whose reading of a message uses its own public methods."""

        def connected(self, now: float, *, receipts: bool = False) -> list[Any]:
            return self._recorder.events("connected", now, {}, self._deep, now)

        def _deep(self, now: float) -> list[Any]:
            self.new_hook()
            self.outgoing()
            return self.tick(now)

    call = Busy()
    call.connected(0.0)
    _, lines = journal_of(call)
    assert [json.loads(line)["call"] for line in lines[1:]] == ["connected"]


# --- reading ------------------------------------------------------------------------------------------------

HEADER = '{"journal":1,"role":"app","profile":"v10","redacted":false}'


def test_a_journal_that_was_cut_off_is_read_up_to_there() -> None:
    journal = read_journal([HEADER, '{"at":0,"call":"connected"}', '{"at":1,"call":"ti'])
    assert [entry.call for entry in journal.entries] == ["connected"]
    assert not journal.complete
    assert read_journal([HEADER, "", "  "]).complete


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "is empty"),
        (["no json"], "not a journal"),
        (['{"at":0}'], "not a journal"),
        (["[1]"], "not a journal"),
        (['{"journal":2}'], "version 2"),
        (['{"journal":1,"role":5}'], "first line"),
        ([HEADER, "rubbish", '{"at":0,"call":"tick"}'], "line 2"),
        ([HEADER, '{"at":"now","call":"tick"}'], "line 2"),
    ],
)
def test_what_is_no_journal_is_refused(lines: list[str], said: str) -> None:
    with pytest.raises(InvalidJournal, match=said):
        read_journal(lines)


@pytest.mark.parametrize(
    "entry",
    [
        {"call": "sing"},
        {"call": "receive"},
        {"call": "lost", "given": {}},
        {"call": "do", "given": {"command": "Sing"}},
        {"call": "do", "given": {"command": "Send", "with": {"verbs": 5}}},
        {"call": "receive", "given": {"bytes": 5}},
    ],
)
def test_entries_that_no_call_understands(entry: dict[str, Any]) -> None:
    journal = read_journal([HEADER, json.dumps({"at": 0, **entry})])
    with pytest.raises(InvalidJournal):
        replay(journal)


def test_settings_that_no_call_understands() -> None:
    for header in (
        Header(role="app", profile="v99", redacted=False),
        Header(role="app", profile="v10", redacted=False, settings={"options": {"ack_deadline": "soon"}}),
    ):
        with pytest.raises(InvalidJournal, match="settings"):
            replay(Journal(header))


def test_a_role_that_nobody_plays() -> None:
    with pytest.raises(InvalidJournal, match="the role 'pianist'"):
        replay(Journal(Header(role="pianist", profile="v10", redacted=False)))


def test_a_journal_without_content_says_that_it_cannot_be_replayed() -> None:
    call = JournaledCall()
    begun(call)
    journal, _ = journal_of(call, content=False)
    assert journal.header.redacted
    with pytest.raises(RedactedJournal, match="without content"):
        replay(journal)


@given(st.text() | st.binary())
def test_frames_come_back_as_they_were(frame: str | bytes) -> None:
    data = frame_as_data(frame)
    back = frame_from_data(data)
    assert back == frame or (isinstance(frame, bytes) and back == frame.decode())
