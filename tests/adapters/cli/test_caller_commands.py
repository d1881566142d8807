"""What a person may type during a call, and what it does at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from tests.adapters.cli.test_live_call import app as talks
from tests.adapters.cli.test_live_call import texts

from jambonz_anyio import App, Call
from jambonz_anyio.cli.caller_commands import COMMANDS, HELP, CallerCommands, offered_commands
from jambonz_anyio.cli.live_call import LiveCall
from jambonz_anyio.cli.live_lines import Kind
from jambonz_anyio.testing import dial
from jambonz_core.simulator import Hold, LegChanged, Speak, StaySilent

ROOT = Path(__file__).resolve().parents[3]

app = App()


@app.call("/keys")
async def keys(call: Call) -> None:
    while True:
        heard = await call.gather(input=["digits"], numDigits=2, timeout=20).result()
        await call.say(text=f"You pressed {heard.digits}.").send()


@asynccontextmanager
async def commands(
    path: str = "/", *, application: App = talks, **settings: Any
) -> AsyncIterator[CallerCommands]:
    async with dial(application, path, **settings) as phone, anyio.create_task_group() as tasks:
        yield CallerCommands(LiveCall(phone), tasks)
        tasks.cancel_scope.cancel()


def told(one: CallerCommands) -> list[str]:
    return texts(one.live.lines, Kind.TOLD)


async def test_words_keys_and_nothing(virtual_time: Any) -> None:
    async with commands("/keys", application=app) as one:
        await one.live.phone.waits(1.0)
        for nothing in ("", "   ", "# a comment", "!"):
            one.typed(nothing)
        one.typed("12")
        await one.live.phone.hears("You pressed 12.")
        one.typed("! stop")
        one.typed("hello there")
        actions = [getattr(record.what, "action", None) for record in one.live.phone.records]
        assert [action.text for action in actions if isinstance(action, Speak)] == ["stop", "hello there"]


async def test_commands_about_the_call(virtual_time: Any) -> None:
    async with commands() as one:
        await one.live.phone.waits(2.0)
        one.typed("/why")
        one.typed("/who")
        assert told(one) == [
            "gather waits for words, until 16.1 s (in 14.1 s).",
            "caller: answered, played by you.",
        ]
        one.typed("a long sentence that nobody wants")
        await one.live.phone.waits(0.5)
        one.typed("/hush")
        one.typed("/hold")
        one.typed("/unhold")
        actions = [getattr(record.what, "action", None) for record in one.live.phone.records]
        assert {StaySilent(), Hold(on=True), Hold(on=False)} <= {action for action in actions if action}
        one.typed("/hangup")
        assert one.live.phone.over


async def test_commands_that_make_no_sense(virtual_time: Any) -> None:
    async with commands() as one:
        for line in ("/nonsense", "/slow soon", "/drop -1", "/as", "/as b7 hello", "/as caller /as caller x"):
            one.typed(line)
        for line in ("/hears", "/hears:soon x", "/model"):
            one.typed(line)
        assert told(one) == [
            "Here there is no /nonsense; /help lists what there is.",
            "/slow needs a number, not 'soon'.",
            "/drop needs a number, not '-1'.",
            "/as needs a party: /as b1 hello, or /as b1 to be b1 from now on.",
            "There is no b7 on this call: there is caller.",
            "/as needs a party and a line: /as b1 hello.",
            "/hears needs words, or a /regular expression/.",
            "/hears: needs a number of seconds, not 'soon'.",
            "/model needs words.",
        ]


async def test_faults(virtual_time: Any) -> None:
    async with commands() as one:
        await one.live.phone.waits(2.0)
        one.typed("/slow 3")
        one.typed("/drop 1011")
        await one.live.phone.waits(1.0)
        assert "the connection is lost (1011)" in one.live.phone.transcript
        assert told(one) == ["Answers of the application arrive 3 s late from now on; 0 ends it."]
        one.typed("/slow 0")
        one.typed("/stt-fails")
        await one.live.phone.waits(4.0)
        assert "stt failure" in one.live.phone.transcript


async def test_other_parties(virtual_time: Any) -> None:
    async with commands("/dial") as one:
        await one.live.phone.waits(1.0)
        one.typed("/as agent answer")
        await one.live.phone.waits(0.5)
        one.typed("/as agent")
        assert one.playing() == "b1"
        one.typed("answer")
        one.typed("/as caller hi")
        await one.live.phone.waits(2.0)
        said = [(line.who, line.text) for line in one.live.lines if line.kind is Kind.SAID]
        # Who has picked up says the word; before that it was a command.
        assert said == [("b1", "answer"), ("caller", "hi")]
        one.typed("/hangup")
        assert one.playing() == "you"
        assert told(one) == [
            "You are b1 from now on; /as caller goes back.",
            "The call of b1 is over: you are the caller again.",
        ]


@pytest.mark.parametrize(("line", "status"), [("decline 480", 480), ("busy", 486), ("/decline", 603)])
async def test_parties_who_do_not_pick_up(line: str, status: int, virtual_time: Any) -> None:
    async with commands("/dial") as one:
        await one.live.phone.waits(1.0)
        one.typed(f"/as b1 {line}")
        ended = [
            record.what.sip_status
            for record in one.live.phone.records
            if isinstance(record.what, LegChanged) and record.what.leg == "b1"
        ]
        assert ended[-1] == status


async def test_a_call_that_is_made_to_the_person(virtual_time: Any) -> None:
    async with commands(direction="outbound") as one:
        one.typed("/answer")
        await one.live.phone.hears("Please speak")


async def test_what_scripts_wait_for_is_done_beside(virtual_time: Any) -> None:
    async with commands() as one:
        one.typed("/hears You said: hello")
        one.typed("/hears:3 nonsense")
        one.typed("/hears-nothing soon")
        one.typed("/wait 1")
        await one.live.phone.waits(2.0)
        one.typed("hello")
        await one.live.phone.waits(8.0)
        answers = told(one)
        assert answers[:3] == [
            "/hears-nothing needs a number, not 'soon'.",
            "/wait 1: yes.",
            "/hears You said: hello: yes.",
        ]
        assert answers[3].startswith("/hears: expected to hear “nonsense”, and heard")


async def test_help_lists_every_command(virtual_time: Any) -> None:
    async with commands() as one:
        one.typed("/help")
        assert told(one) == HELP.splitlines()
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    for word in COMMANDS:
        assert f"/{word}" in HELP
        assert f"`/{word}" in page
    offers = dict(offered_commands())
    assert offers["/hangup"] == "hang up"
    # Those of scripts are offered with what the help of scripts says.
    assert offers["/model"].startswith("the model of an llm")
    assert all(offers.values()), offers
