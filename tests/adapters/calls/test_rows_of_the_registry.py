"""Messages and commands by their rows: each that `on()` knows reaches its handler, and one that is added by a row alone
travels the whole way, in both roles, journal and replay included.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.journals import JournalDirectory, load_journal
from jambonz_anyio.testing import dial as dial_simulated
from jambonz_core.call import HookEvent, HookKind, LiveCommand
from jambonz_core.journal import InvalidJournal, Journal, steps
from jambonz_core.schemas import BUILTIN
from jambonz_core.simulator.engine_events import SipSent
from jambonz_core.simulator.journal import replay
from jambonz_core.verbs.payload_base import Payload
from jambonz_core.verbs.profiles import V10, Profile
from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.registry import HOOK, REGISTRY, CommandRow, MessageRow
from jambonz_core.wire.unproved import IfUnsure

RECEIVED = [row for row in REGISTRY.messages.values() if row.received]


def example_of(row: MessageRow) -> dict[str, Any]:
    example: dict[str, Any]
    [id] = [id for id in BUILTIN if id.endswith(f"/messages/control/{row.type}")]
    [example, *_] = BUILTIN[id]["examples"]
    return example


def names_in_the_example(row: MessageRow) -> Iterator[tuple[str, str]]:
    example = example_of(row)
    for name in row.all_names:
        yield name, example.get("hook", "") if name == HOOK else name.format(**example["data"])


@pytest.mark.anyio
@pytest.mark.usefixtures("nothing_left_behind")
@pytest.mark.parametrize(
    ("row", "name"),
    [
        pytest.param(row, name, id=f"{row.type} as {shown}")
        for row in RECEIVED
        for shown, name in names_in_the_example(row)
    ],
)
async def test_each_message_reaches_a_handler_under_each_of_its_names(
    dial: Any, row: MessageRow, name: str
) -> None:
    app = App()
    got: list[Any] = []
    came = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        async def receive(payload: Any) -> None:
            got.append(payload)
            came.set()

        call.on(name, receive)
        await call.gather(input=["speech"], actionHook="/name").send()

    async with dial(app, call_sid="c1") as phone:
        await phone.answered()
        example = {**example_of(row)["data"], "call_sid": "c1"}
        said = {} if "hook" not in example_of(row) else {"hook": example_of(row)["hook"]}
        if row.type == "session:adulting":
            # It opens a connection of its own, and is told to the parent.
            about = {**example, "call_sid": "c2", "parent_call_sid": "c1"}
            async with dial(app, "/adulting", call_sid="c2") as child:
                await child.ack(child.say(row.type, about))
                with anyio.fail_after(10):
                    await came.wait()
            assert got[0].call_sid == "c2"
            return
        if row.type == "session:reconnect":
            phone.transport.abort()
            async with dial(app, call_sid="c1") as again:
                await again.ack(again.say(row.type, example))
                with anyio.fail_after(10):
                    await came.wait()
        else:
            phone.say(row.type, example, **said)
            with anyio.fail_after(10):
                await came.wait()
    [payload] = got
    assert isinstance(payload, Payload)
    assert payload.raw == example
    if row.payload:
        assert type(payload).__name__ == row.payload


async def test_a_misspelt_name_is_told_where_it_is_registered(virtual_time: Any) -> None:
    app = App(profile=V10.with_rows(messages=[MESSAGE]))
    begins = app.call("/")
    refused: list[str] = []

    def refuses(register: Any, name: str) -> None:
        with pytest.raises(LocalProtocolError) as why:
            register(name)
        refused.append(str(why.value))

    @begins
    async def main(call: Call) -> None:
        refuses(call.on, "llm:tool_call")
        refuses(call.on, "song:endet")
        await call.hangup()

    refuses(begins.on, "call:statuss")
    refuses(begins.on, "session:new")
    async with dial_simulated(app, "/") as phone:
        await phone.call_ends()
    assert [text.partition("handler: ")[2] for text in refused] == [
        "no message is called 'call:statuss'; did you mean 'call:status'?",
        "'session:new' is answered by the first verbs that are sent",
        "no message is called 'llm:tool_call'; did you mean 'llm:tool-call'?",
        "no message is called 'song:endet'; did you mean 'song:ended'?",
    ]


# --- one row each -------------------------------------------------------------------------------------------


class Sing(LiveCommand, frozen=True):
    """Let the server sing."""

    wire_name = "song:sing"

    song: str

    def body(self, profile: Any) -> Any:
        """The song."""
        return {"song": self.song}


class SongEnded(HookEvent, frozen=True, gc=False):
    """The song is over; the answer may replace the verbs that are queued."""


def sing(session: Any, command: Any) -> None:
    """What the simulated server does: it is heard to sing, and asks what comes next."""

    def perform() -> Generator[Any, Any, None]:
        session.world.emit(SipSent("", "SING", dict(command.data)))
        yield 2.0
        answer: Any = yield session.requestor.request("song:ended", {"songTitle": command.data["song"]})
        session.replace(session.make(answer.data))
        session.wake_up()

    session.world.scheduler.spawn(perform())


COMMAND = CommandRow(sample=Sing(song="Yesterday"), if_unsure=IfUnsure.REPORT, simulated=sing)
MESSAGE = MessageRow(type="song:ended", event=SongEnded, ack=HookKind.ACTION)


async def test_a_command_and_a_message_that_are_added_by_a_row_travel_the_whole_way(
    virtual_time: Any, tmp_path: Path
) -> None:
    profile = V10.with_rows(commands=[COMMAND], messages=[MESSAGE])
    app = App(profile=profile, journals=JournalDirectory(tmp_path / "app", content=True))

    @app.call("/")
    async def main(call: Call) -> None:
        ended = anyio.Event()

        @call.on("song:ended")
        async def what_next(payload: Any) -> Any:
            ended.set()
            return call.say(text=f"That was {payload.raw['song_title']}.")

        await call.answer().say(text="Here comes a song.").pause(length=60).send()
        await call.send_command(Sing(song="Yesterday"))
        await ended.wait()
        await call.wait_ended()

    async with dial_simulated(app, "/", journal=tmp_path / "phone.jsonl", journal_content=True) as phone:
        await phone.hears("Here comes a song.")
        await phone.hears("That was Yesterday.")
        performance = await phone.sees(SipSent, method="SING")
        assert performance.detail == {"song": "Yesterday"}
        assert phone.warnings == []
    [of_app] = [load_journal(path) for path in (tmp_path / "app").glob("*.jsonl")]
    for journal in (of_app, load_journal(tmp_path / "phone.jsonl")):
        assert replay(journal, registry=profile.registry) is None
        assert ladder(journal, profile) == [
            ("app", "command", "song:sing"),
            ("jambonz", "hook", "song:ended"),
            ("app", "ack", "ack [say]"),
        ]
    # Nobody else has become wiser by it.
    with pytest.raises(InvalidJournal, match="there is no command 'Sing'"):
        replay(of_app)
    assert [kind for _, kind, label in ladder(of_app, V10) if label == "song:ended"] == ["notice"]


def ladder(journal: Journal, profile: Profile) -> list[tuple[str, str, str]]:
    """The steps that are about the song, without notes on what the core made of a message."""
    found = steps(journal, registry=profile.registry)
    at = next(number for number, step in enumerate(found) if step.label.startswith("song:sing"))
    return [
        (step.source, step.kind, step.label)
        for step in found[at:]
        if step.kind in {"command", "hook", "notice", "ack"} and "call:status" not in step.label
    ][:3]


async def test_a_command_without_a_function_of_the_simulator_is_warned_of(virtual_time: Any) -> None:
    row = CommandRow(sample=Sing(song="Yesterday"), if_unsure=IfUnsure.REPORT)
    app = App(profile=V10.with_rows(commands=[row]))

    @app.call("/")
    async def main(call: Call) -> None:
        await call.say(text="Here comes a song.").send()
        await call.send_command(Sing(song="Yesterday"))
        await call.leg("c2").send_command(Sing(song="Help!"))
        await call.pause(length=1).hangup().send()

    async with dial_simulated(app, "/") as phone:
        await phone.call_ends()
    assert [warning.code for warning in phone.warnings] == ["command-not-simulated"] * 2
    assert [command.data["song"] for command in phone.commands if command.command == "song:sing"] == [
        "Yesterday",
        "Help!",
    ]
