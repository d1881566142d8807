"""The journal of a simulated call: recorded, replayed, and told from an application's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.journal import (
    Difference,
    Header,
    InvalidJournal,
    Journal,
    JournaledCall,
    JournalWriter,
    read_journal,
)
from jambonz_core.journal.recorder import outcome
from jambonz_core.simulator import (
    ACTIONS,
    CallEngine,
    CallSetup,
    Connect,
    DropConnection,
    HangUp,
    HttpRequest,
    PressKeys,
    SendAudio,
    SimulatorOptions,
    Speak,
    Warned,
)
from jambonz_core.simulator.journal import JournaledEngine, as_data, event_as_data, replay
from jambonz_core.verbs.profiles import V0_9

actions = st.one_of(
    st.builds(Speak, st.text("ab ", min_size=1, max_size=8), st.floats(0.1, 2)),
    st.builds(PressKeys, st.text("123#", min_size=1, max_size=3)),
    st.builds(SendAudio, st.binary(max_size=6)),
    st.builds(DropConnection, st.sampled_from([1006, 1012])),
    st.just(HangUp(headers={"X-Reason": "bored"})),
    *[
        st.builds(kind)
        for kind in ACTIONS
        if kind.__name__ in {"VendorDown", "VendorUp", "StaySilent", "Hold"}
    ],
)
verbs = st.lists(
    st.sampled_from(
        [
            {"verb": "say", "text": "hello"},
            {
                "verb": "gather",
                "input": ["speech", "digits"],
                "actionHook": "/a",
                "numDigits": 2,
                "timeout": 3,
            },
            {"verb": "pause", "length": 1},
            {"verb": "play", "url": "https://sounds.test/a.mp3", "actionHook": "https://hooks.test/a"},
            {"verb": "listen", "url": "/audio", "actionHook": "/b"},
            {"verb": "config", "ttsStream": {"enable": True}},
            {"verb": "nonsense"},
        ]
    ),
    max_size=3,
)
commands = st.one_of(
    st.builds(lambda verbs: {"command": "redirect", "queueCommand": True, "data": verbs}, verbs),
    st.builds(lambda text: {"command": "tts:tokens", "data": {"id": 1, "tokens": text}}, st.text(max_size=9)),
    st.just({"command": "tts:flush"}),
    st.just({"command": "no such"}),
)
steps = st.one_of(
    st.tuples(st.just("act"), actions),
    st.tuples(st.just("command"), commands),
    st.tuples(st.just("rubbish"), st.text(max_size=5) | st.binary(max_size=5)),
    st.tuples(st.just("wait"), st.floats(0, 5)),
)


class World:
    """An application and a network that do what is needed, so that calls come to something."""

    def __init__(self, engine: CallEngine, first: list[dict[str, Any]], connects: list[bool]) -> None:
        self.engine = engine
        self.first = first
        self.connects = connects
        self.now = 0.0
        self.socket = 0
        self.take(engine.start(0.0))

    def take(self, events: list[Any]) -> None:
        engine = self.engine
        for event in events:
            if isinstance(event, Connect):
                self.socket = event.socket
                if self.connects and not self.connects.pop():
                    self.take(engine.connect_failed(event.socket, 503, self.now))
                else:
                    self.take(engine.connected(event.socket, self.now))
            elif isinstance(event, HttpRequest):
                answer = b'[{"verb":"pause","length":1}]'
                self.take(engine.http_answered(event.number, 200, answer, self.now))
        for socket, frame in engine.outgoing():
            message = json.loads(frame) if isinstance(frame, str) else {}
            if message.get("type") in {"session:new", "session:reconnect", "verb:hook"}:
                data = self.first if message["type"] == "session:new" else []
                ack = json.dumps({"type": "ack", "msgid": message["msgid"], "data": data})
                self.take(engine.receive(socket, ack, self.now))

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while (deadline := self.engine.deadline) is not None and deadline <= end:
            self.now = deadline
            self.take(self.engine.tick(deadline))
        self.now = end

    def do(self, name: str, given: Any) -> None:
        match name:
            case "act":
                self.take(self.engine.act(given, self.now))
            case "command":
                frame = json.dumps({"type": "command", **given})
                self.take(self.engine.receive_together(self.socket, [frame, frame], self.now))
            case "rubbish":
                self.take(self.engine.receive(self.socket, given, self.now))
            case _:
                self.wait(given)


@given(
    verbs,
    st.lists(steps, max_size=12),
    st.lists(st.booleans(), max_size=2),
    st.sampled_from(["inbound", "outbound"]),
)
def test_a_replay_is_the_same_bit_for_bit(
    first: list[dict[str, Any]], done: list[tuple[str, Any]], connects: list[bool], direction: str
) -> None:
    lines: list[str] = []
    engine = JournaledEngine(
        "ws://app.example/path",
        journal=JournalWriter(lines.append, content=True),
        setup=CallSetup(direction=direction, credentials=("u", "p"), env_vars={"A": 1}),
        options=SimulatorOptions(pick_up_seconds=1.0, clips={"https://sounds.test/a.mp3": 0.5}),
        profile=V0_9,
    )
    world = World(engine, first, connects)
    for name, what in done:
        world.do(name, what)
    world.take(engine.lost(world.socket, 1006, world.now))
    world.wait(20)
    journal = read_journal(lines)
    assert journal.header.role == "jambonz"
    assert replay(journal) is None


def recorded() -> Journal:
    lines: list[str] = []
    engine = JournaledEngine("ws://app.example/", journal=JournalWriter(lines.append, content=True))
    world = World(engine, [{"verb": "say", "text": "hello"}], [])
    world.wait(2)
    return read_journal(lines)


def test_sound_comes_back_as_it_was() -> None:
    lines: list[str] = []
    engine = JournaledEngine("ws://app.example/", journal=JournalWriter(lines.append, content=True))
    world = World(engine, [{"verb": "listen", "url": "/audio"}], [])
    world.wait(1)
    world.do("act", SendAudio(b"\x01\x02"))
    journal = read_journal(lines)
    assert replay(journal) is None
    assert journal.entries[-1].gave["frames"] == [{"socket": world.socket, "bytes": "AQI="}]


def test_a_replay_finds_the_first_difference() -> None:
    journal = recorded()
    number = next(n for n, entry in enumerate(journal.entries) if entry.call == "tick")
    del journal.entries[number]
    difference = replay(journal)
    assert isinstance(difference, Difference)
    assert difference.line >= number + 2


def test_journals_of_applications_are_replayed_as_well() -> None:
    lines: list[str] = []
    call = JournaledCall()
    call.record_to(JournalWriter(lines.append, content=True))
    call.connected(0.0)
    assert replay(read_journal(lines)) is None


@pytest.mark.parametrize(
    "entry",
    [
        {"call": "sing"},
        {"call": "act", "given": {"action": "Sing"}},
        {"call": "act", "given": {"action": "Speak", "with": {"text": 5}}},
        {"call": "connected", "given": {}},
    ],
)
def test_entries_that_no_simulated_call_understands(entry: dict[str, Any]) -> None:
    header = json.dumps(as_data(recorded().header))
    journal = read_journal([header, json.dumps({"at": 0, **entry})])
    with pytest.raises(InvalidJournal):
        replay(journal)


def test_settings_that_no_simulated_call_understands() -> None:
    for settings in ({}, {"url": "ws://a/", "setup": {"direction": 5}, "options": {}}):
        with pytest.raises(InvalidJournal, match="settings"):
            replay(Journal(Header(role="jambonz", profile="v10", redacted=False, settings=settings)))


def test_what_an_engine_raises_is_raised_and_the_entry_is_written() -> None:
    lines: list[str] = []
    engine = JournaledEngine("ws://app.example/", journal=JournalWriter(lines.append, content=True))
    with pytest.raises(TypeError):
        engine.act("not an action", 0.0)  # type: ignore[arg-type]  # the mistake is the point
    assert json.loads(lines[-1])["call"] == "act"


def test_what_json_has_no_form_for_is_told_by_its_repr() -> None:
    assert as_data({"it": {1}}) == {"it": [1]}
    assert as_data(Warned("a", "b")) == {"code": "a", "text": "b", "hint": ""}
    assert as_data(object) == "<class 'object'>"
    assert outcome(event_as_data, list) == {}
