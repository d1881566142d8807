"""What a person may type during a call: words, keys, and commands that act at once.

The language is that of scripts (`caller_script`), with one difference: nothing waits for its turn. What a
script waits for (`/hears`, `/wait` …) is done beside the rest, and tells when it is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from anyio.abc import TaskGroup

from jambonz_core.simulator import CALLER

from .caller_script import HELP as SCRIPT_HELP
from .caller_script import WORDS, ScriptLine, parse_line, perform
from .errors import CommandFailed
from .live_call import LiveCall

_KEYS = re.compile(r"[0-9*#]+")


class _Misused(Exception):
    """A command that cannot be done as it was typed; the message says how."""


@dataclass(frozen=True, slots=True)
class Command:
    """A word with a slash that acts at once."""

    takes: str
    """What stands behind it."""
    help: str
    does: Callable[[CallerCommands, str, str], None]


class CallerCommands:
    """Does what is typed, for whoever is being played: the caller, unless `/as` said otherwise."""

    def __init__(self, live: LiveCall, tasks: TaskGroup) -> None:
        self.live = live
        self.leg: str = CALLER
        """Who is being played."""
        self._tasks = tasks

    def typed(self, text: str) -> None:
        """Do one line."""
        try:
            self._do(text.strip(), self.leg)
        except (LookupError, _Misused) as problem:
            self.live.tell(str(problem.args[0]))
        except CommandFailed as problem:
            self.live.tell(str(problem).removeprefix("line 1: "))

    def playing(self) -> str:
        """Who is being played, in the words of whoever plays. Somebody whose call is over is left."""
        party = self.live.phone.situation.party(self.leg)
        if self.leg != CALLER and (party is None or party.state == "ended"):
            self.live.tell(f"The call of {self.leg} is over: you are the caller again.")
            self.leg = CALLER
        return "you" if self.leg == CALLER else self.leg

    def _do(self, text: str, leg: str) -> None:
        if not text or text.startswith("# "):
            return
        if _KEYS.fullmatch(text):
            self.live.presses(text, leg)
        elif text.startswith("!"):
            self._say(text[1:].strip(), leg)
        elif not text.startswith("/"):
            self._say(text, leg)
        else:
            word, _, rest = text[1:].partition(" ")
            if word in COMMANDS:
                COMMANDS[word].does(self, rest.strip(), leg)
            elif word.partition(":")[0] in _BESIDE:
                self._beside(text, leg)
            else:
                raise _Misused(f"Here there is no /{word}; /help lists what there is.")

    def _say(self, text: str, leg: str) -> None:
        if text:
            self.live.says(text, leg)

    def _beside(self, text: str, leg: str) -> None:
        line = parse_line(text)
        assert line is not None
        self._tasks.start_soon(self._perform, line, leg)

    async def _perform(self, line: ScriptLine, leg: str) -> None:
        phone = self.live.phone
        try:
            await perform(line, phone, phone.party(leg))
        except CommandFailed as failure:
            self.live.tell(str(failure).removeprefix("line 1: "))
        except (AssertionError, ValueError) as failure:
            self.live.tell(f"/{line.word}: {str(failure).partition(chr(10))[0]}.")
        else:
            if WORDS[line.word].waits or line.word in {"hears-nothing", "wait"}:
                self.live.tell(f"/{line.word} {line.rest}".strip() + ": yes.")


# --- the commands -------------------------------------------------------------------------------------------


def _as(commands: CallerCommands, rest: str, leg: str) -> None:
    who, _, line = rest.partition(" ")
    if not who:
        raise _Misused("/as needs a party: /as b1 hello, or /as b1 to be b1 from now on.")
    played = commands.live.leg_of(who)
    line = line.strip()
    if not line:
        commands.leg = played
        commands.live.tell(f"You are {played} from now on; /as caller goes back.")
        return
    party = commands.live.phone.situation.party(played)
    if line.split()[0] in _BEFORE_ANSWER and party is not None and party.state in {"trying", "ringing"}:
        # Who has not picked up can say nothing, so this can only be meant as a command.
        line = f"/{line}"
    if line.startswith("/as"):
        raise _Misused("/as needs a party and a line: /as b1 hello.")
    commands._do(line, played)


_BEFORE_ANSWER = frozenset({"answer", "busy", "decline", "hangup"})


def _why(commands: CallerCommands, rest: str, leg: str) -> None:
    for sentence in commands.live.why():
        commands.live.tell(sentence)


def _who(commands: CallerCommands, rest: str, leg: str) -> None:
    for party in commands.live.phone.situation.parties:
        number = f" ({party.number})" if party.number else ""
        talks = f", talks to {party.talks_to}" if party.talks_to else ""
        played = ", played by you" if party.leg == commands.leg else ""
        commands.live.tell(f"{party.leg}{number}: {party.state}{talks}{played}.")


def _help(commands: CallerCommands, rest: str, leg: str) -> None:
    for line in HELP.splitlines():
        commands.live.tell(line)


def _decline(commands: CallerCommands, rest: str, leg: str) -> None:
    commands.live.declines(leg, int(_number(rest or "603", "/decline")))


def _drop(commands: CallerCommands, rest: str, leg: str) -> None:
    commands.live.drops(int(_number(rest or "1006", "/drop")))


def _slow(commands: CallerCommands, rest: str, leg: str) -> None:
    commands.live.slow(_number(rest, "/slow"))


def _number(text: str, word: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise _Misused(f"{word} needs a number, not {text!r}.")
    return number


def _simply(method: str, **more: Any) -> Callable[[CallerCommands, str, str], None]:
    def does(commands: CallerCommands, rest: str, leg: str) -> None:
        getattr(commands.live, method)(leg=leg, **more)

    return does


COMMANDS: Mapping[str, Command] = {
    "hangup": Command("", "hang up", _simply("hangs_up")),
    "why": Command("", "explain the last silence: what the call waits for", _why),
    "as": Command("WHO [LINE]", "play another party: /as b1 answer, /as b1 hello; /as b1 from now on", _as),
    "who": Command("", "who is on the call", _who),
    "hush": Command("", "stop speaking in the middle of a sentence", _simply("falls_silent")),
    "answer": Command("", "pick up, when you are called (--outbound)", _simply("answers")),
    "busy": Command("", "be busy", _simply("busy")),
    "decline": Command("[STATUS]", "do not pick up", _decline),
    "hold": Command("", "put the other side on hold", _simply("holds")),
    "unhold": Command("", "take it back", _simply("holds", on=False)),
    "drop": Command("[CODE]", "break the connection to the application; the server comes back", _drop),
    "slow": Command("SECONDS", "answers of the application arrive so much later; 0 ends it", _slow),
    "help": Command("", "this list", _help),
}
"""What acts at once."""

_BESIDE = tuple(word for word in WORDS if word not in {*COMMANDS, "say", "press", "interrupt"})
"""Words of scripts that are done beside the rest: what vendors and models do, and what waits."""

_SCRIPT_HELP = {
    word: line[26:].strip()
    # What stands at the beginning of a line is what the line is about.
    for words_in in (re.compile(r".(?:.*?)/([a-z-]+)"), re.compile(r"^/([a-z-]+)"))
    for line in reversed(SCRIPT_HELP.splitlines())
    for word in words_in.findall(line)
}


def offered_commands() -> list[tuple[str, str]]:
    """Every word with a slash, and what it does."""
    at_once = [(f"/{word}", command.help) for word, command in COMMANDS.items()]
    return at_once + [(f"/{word}", _SCRIPT_HELP.get(word, "")) for word in _BESIDE]


HELP: str = "\n".join(
    [
        f"{'good morning':<25} say it, now",
        f"{'123#':<25} press keys, now",
        *(f"{f'/{word} {one.takes}'.strip():<25} {one.help}" for word, one in COMMANDS.items()),
        f"{'Ctrl-C, Ctrl-D':<25} hang up and go",
        "And of what scripts can do: " + ", ".join(f"/{word}" for word in _BESIDE) + ".",
    ]
)
