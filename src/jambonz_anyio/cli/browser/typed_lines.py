"""What a line does that was typed in the page, or that one of its buttons stands for."""

from __future__ import annotations

from anyio.abc import TaskGroup

from ..caller_script import ScriptLine, parse_line, perform
from ..errors import CommandFailed
from ..live_call import LiveCall


def do_line(live: LiveCall, text: str, party: str, tasks: TaskGroup) -> None:
    """Do what the line says, at once. Raises `ValueError` for a line that says nothing."""
    if text.strip() == "/why":
        for sentence in live.why():
            live.tell(sentence)
        return
    try:
        line = parse_line(text)
    except CommandFailed as failed:
        raise ValueError(str(failed).removeprefix("line 1: ")) from failed
    if line is None:
        return
    match line.word:
        case "say" | "interrupt":
            live.says(line.rest, party)
        case "press":
            live.presses(line.rest, party)
        case "hangup":
            live.hangs_up(party)
        case "answer":
            live.answers(party)
        case "busy":
            live.busy(party)
        case "decline":
            live.declines(party, int(line.rest or 603))
        case "drop":
            live.drops(int(line.rest or 1006))
        case "slow":
            live.slow(float(line.rest))
        case _:
            tasks.start_soon(_perform, line, live, party)


async def _perform(line: ScriptLine, live: LiveCall, party: str) -> None:
    phone = live.phone
    try:
        await perform(line, phone, phone.party(party))
    except (CommandFailed, AssertionError, ValueError) as failure:
        live.tell(str(failure).partition("\n")[0].removeprefix("line 1: "))
