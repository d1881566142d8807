"""What a caller does, one line each: the language of `jambonz call`, typed, piped or in a file.

A line of words is spoken, a line of digits is pressed, and everything else begins with a slash. `HELP` below
is the whole language; the table at the end of this module is where each word of it is carried out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from .errors import CommandFailed, ExitCode

if TYPE_CHECKING:
    from ..testing import Party, Phone

HELP = """\
good morning              say it, when it is your turn
123#                      press keys, when keys are waited for
! no, wait                say it over what is being played, as soon as something is; or /interrupt no, wait
/hears Hello              wait until these words are heard; /hears /code (\\d+)/ is a regular expression
/hears:30 Hello           give up after 30 seconds of silence instead of 10; so do /ends:30, /sound:30 …
/hears-nothing 3          make sure that nothing is heard for 3 seconds
/sound URL                wait until this sound file was played
/keys 12                  wait until these keys are heard
/wait 2                   do nothing for 2 seconds
/hangup                   hang up
/ends [REASON]            wait for the end of the call: caller, jambonz, or a status such as failed
/answer                   pick up a call that was made to you (outbound)
/as b1 LINE               any line, done by a party that was dialled: /as b1 /answer, /as b1 hello
/busy, /decline [STATUS]  do not pick up: /as b1 /busy
/drop [CODE]              the connection to the application breaks; the server comes back by itself
/slow SECONDS             answers of the application arrive so much later
/refuse-tokens N          refuse the next N streamed texts as if the server's buffer were full
/vendor-down, /vendor-up  the streaming speech vendor goes away, and returns
/stt-fails, /tts-fails    recognition stops; the next text cannot be spoken
/model Hello!             the model of an llm or agent verb answers what the caller has said
/model-says Hello!        it speaks unasked
/model-hears hello        wait until it has understood these words of the caller
/tool NAME {"a": 1}       it calls a tool; /tools {"NAME": {"a": 1}, …} calls several in one message
/output NAME [WORDS]      wait for the application's answer to that, with these words in it
/model-fails [DETAILS]    its vendor fails; /model-ends [REASON] ends the conversation
/note TEXT                write a line into the transcript
# TEXT                    nothing: a comment\
"""

_KEYS = re.compile(r"[0-9*#]+")


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One line that does something."""

    number: int
    """The number of the line in the file."""
    word: str
    """What is done: a word without its slash; `say`, `press` and `interrupt` for lines without one."""
    rest: str
    """What stands behind the line's first word."""
    patience: float | None = None
    """Seconds of silence after which it gives up; None for as long as usual."""


def parse_line(text: str, number: int = 1) -> ScriptLine | None:
    """One line, or None when it is empty or a comment.

    >>> parse_line("12#")
    ScriptLine(number=1, word='press', rest='12#')
    >>> parse_line("/wait 2", 7)
    ScriptLine(number=7, word='wait', rest='2')
    """
    text = text.strip()
    if not text or text.startswith("# ") or text == "#" * len(text) > "#":
        return None
    if _KEYS.fullmatch(text):
        return ScriptLine(number, "press", text)
    if text.startswith("!"):
        return ScriptLine(number, "interrupt", _needed(text[1:], number, "! needs words"))
    if not text.startswith("/"):
        return ScriptLine(number, "say", text)
    word, _, rest = text[1:].partition(" ")
    word, colon, seconds = word.partition(":")
    if word not in WORDS:
        raise CommandFailed(
            f"line {number}: there is no /{word}; `jambonz call --help` lists what there is.", ExitCode.USAGE
        )
    patience = _patience(word, seconds, number) if colon else None
    needs = WORDS[word].needs
    if needs:
        _needed(rest, number, f"/{word} needs {needs}")
    return ScriptLine(number, word, rest.strip(), patience)


def parse_script(text: str) -> list[ScriptLine]:
    """All lines of a script; a mistake anywhere is found before the call is made."""
    parsed = (parse_line(line, number) for number, line in enumerate(text.splitlines(), 1))
    lines = [line for line in parsed if line is not None]
    for line in lines:
        if line.word == "as":
            _split_as(line)
        elif WORDS[line.word].number and line.rest:
            _number(line)
    return lines


async def perform(line: ScriptLine, phone: Phone, who: Party | None = None) -> None:
    """Do what a line says; `who` does it, by default the caller."""
    if line.word == "as":
        leg, inner = _split_as(line)
        await perform(inner, phone, phone.party(leg))
    else:
        await WORDS[line.word].does(line, phone, who or phone)


def _needed(text: str, number: int, otherwise: str) -> str:
    text = text.strip()
    if not text:
        raise CommandFailed(f"line {number}: {otherwise}.", ExitCode.USAGE)
    return text


def _split_as(line: ScriptLine) -> tuple[str, ScriptLine]:
    leg, _, rest = line.rest.partition(" ")
    inner = parse_line(rest, line.number)
    if inner is None or inner.word == "as":
        raise CommandFailed(
            f"line {line.number}: /as needs a party and a line: /as b1 hello.", ExitCode.USAGE
        )
    return leg, inner


def _number(line: ScriptLine, default: float = 0.0) -> float:
    try:
        return float(line.rest) if line.rest else default
    except ValueError:
        raise CommandFailed(
            f"line {line.number}: /{line.word} needs a number, not {line.rest!r}.", ExitCode.USAGE
        ) from None


def _patience(word: str, seconds: str, number: int) -> float:
    if not WORDS[word].waits:
        raise CommandFailed(f"line {number}: /{word} waits for nothing.", ExitCode.USAGE)
    try:
        patience = float(seconds)
    except ValueError:
        patience = -1.0
    if not 0 <= patience < float("inf"):
        raise CommandFailed(
            f"line {number}: /{word}: needs a number of seconds, not {seconds!r}.", ExitCode.USAGE
        )
    return patience


def _patient(line: ScriptLine) -> dict[str, float]:
    """The keyword that the methods of a phone take."""
    return {} if line.patience is None else {"timeout": line.patience}


def _pattern(line: ScriptLine) -> str | re.Pattern[str]:
    if len(line.rest) > 2 and line.rest.startswith("/") and line.rest.endswith("/"):
        try:
            return re.compile(line.rest[1:-1])
        except re.error as error:
            raise CommandFailed(
                f"line {line.number}: {line.rest} is no regular expression: {error}.", ExitCode.USAGE
            ) from None
    return line.rest


# --- the words ---

Does: TypeAlias = Callable[["ScriptLine", "Phone", "Party"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Word:
    does: Does
    needs: str = ""
    """What has to come behind the word, in words."""
    number: bool = False
    """What comes behind it is a number."""
    waits: bool = False
    """Whether the step waits for something, and may be told for how long."""


async def _say(line: ScriptLine, phone: Phone, who: Party) -> None:
    await who.says(line.rest)


async def _press(line: ScriptLine, phone: Phone, who: Party) -> None:
    await who.presses(line.rest)


async def _interrupt(line: ScriptLine, phone: Phone, who: Party) -> None:
    await who.interrupts(line.rest)


async def _hears(line: ScriptLine, phone: Phone, who: Party) -> None:
    await who.hears(_pattern(line), **_patient(line))


async def _hears_nothing(line: ScriptLine, phone: Phone, who: Party) -> None:
    await who.hears_nothing(_number(line, 2.0))


async def _sound(line: ScriptLine, phone: Phone, who: Party) -> None:
    await who.hears_sound(line.rest, **_patient(line))


async def _keys(line: ScriptLine, phone: Phone, who: Party) -> None:
    await who.hears_keys(line.rest, **_patient(line))


async def _wait(line: ScriptLine, phone: Phone, who: Party) -> None:
    await who.waits(_number(line))


async def _hang_up(line: ScriptLine, phone: Phone, who: Party) -> None:
    await who.hangs_up()


async def _ends(line: ScriptLine, phone: Phone, who: Party) -> None:
    await phone.call_ends(line.rest or None, **_patient(line))


async def _answer(line: ScriptLine, phone: Phone, who: Party) -> None:
    await who.answers()


async def _busy(line: ScriptLine, phone: Phone, who: Party) -> None:
    await who.busy()


async def _decline(line: ScriptLine, phone: Phone, who: Party) -> None:
    await who.declines(int(_number(line, 603)))


async def _drop(line: ScriptLine, phone: Phone, who: Party) -> None:
    phone.drops(int(_number(line, 1006)))


async def _slow_acks(line: ScriptLine, phone: Phone, who: Party) -> None:
    phone.slow_acks(_number(line))


async def _refuse_tokens(line: ScriptLine, phone: Phone, who: Party) -> None:
    phone.refuse_tokens(int(_number(line, 1)))


async def _vendor_down(line: ScriptLine, phone: Phone, who: Party) -> None:
    phone.vendor_down()


async def _vendor_up(line: ScriptLine, phone: Phone, who: Party) -> None:
    phone.vendor_up()


async def _stt_fails(line: ScriptLine, phone: Phone, who: Party) -> None:
    phone.stt_fails()


async def _tts_fails(line: ScriptLine, phone: Phone, who: Party) -> None:
    phone.tts_fails()


async def _model(line: ScriptLine, phone: Phone, who: Party) -> None:
    await phone.model.replies(line.rest, timeout=line.patience)


async def _model_says(line: ScriptLine, phone: Phone, who: Party) -> None:
    await phone.model.says(line.rest)


async def _model_hears(line: ScriptLine, phone: Phone, who: Party) -> None:
    await phone.model.hears(_pattern(line), timeout=line.patience)


async def _tool(line: ScriptLine, phone: Phone, who: Party) -> None:
    name, _, text = line.rest.partition(" ")
    await phone.model.wants(name, _json_object(line, text or "{}"))


async def _tools(line: ScriptLine, phone: Phone, who: Party) -> None:
    calls = _json_object(line, line.rest)
    if not calls:
        raise CommandFailed(f"line {line.number}: /tools needs at least one tool.", ExitCode.USAGE)
    await phone.model.wants_together(*((name, _arguments(line, calls[name])) for name in calls))


async def _output(line: ScriptLine, phone: Phone, who: Party) -> None:
    name, _, words = line.rest.partition(" ")
    await phone.model.starts(timeout=line.patience)
    await phone.model.gets(phone.model.called(name), timeout=line.patience)
    phone.model.got(name, contains=words)


async def _model_fails(line: ScriptLine, phone: Phone, who: Party) -> None:
    await phone.model.fails(*filter(None, [line.rest]))


async def _model_ends(line: ScriptLine, phone: Phone, who: Party) -> None:
    await phone.model.ends(*filter(None, [line.rest]))


def _json_object(line: ScriptLine, text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except ValueError:
        read = None
    return _arguments(line, read if isinstance(read, dict) else text)


def _arguments(line: ScriptLine, read: Any) -> dict[str, Any]:
    if isinstance(read, dict):
        return read
    raise CommandFailed(f"line {line.number}: /{line.word} needs a JSON object, not {read}.", ExitCode.USAGE)


async def _note(line: ScriptLine, phone: Phone, who: Party) -> None:
    phone.note(line.rest)


WORDS: Mapping[str, _Word] = {
    "say": _Word(_say, "words"),
    "press": _Word(_press, "keys"),
    "interrupt": _Word(_interrupt, "words"),
    "hears": _Word(_hears, "words, or a /regular expression/", waits=True),
    "hears-nothing": _Word(_hears_nothing, number=True),
    "sound": _Word(_sound, "a URL", waits=True),
    "keys": _Word(_keys, "keys", waits=True),
    "wait": _Word(_wait, "seconds", number=True),
    "hangup": _Word(_hang_up),
    "ends": _Word(_ends, waits=True),
    "answer": _Word(_answer),
    "busy": _Word(_busy),
    "decline": _Word(_decline, number=True),
    "drop": _Word(_drop, number=True),
    "slow": _Word(_slow_acks, "seconds", number=True),
    "refuse-tokens": _Word(_refuse_tokens, number=True),
    "vendor-down": _Word(_vendor_down),
    "vendor-up": _Word(_vendor_up),
    "stt-fails": _Word(_stt_fails),
    "tts-fails": _Word(_tts_fails),
    "model": _Word(_model, "words", waits=True),
    "model-says": _Word(_model_says, "words"),
    "model-hears": _Word(_model_hears, "words, or a /regular expression/", waits=True),
    "model-fails": _Word(_model_fails),
    "model-ends": _Word(_model_ends),
    "tool": _Word(_tool, "a name"),
    "tools": _Word(_tools, "a JSON object of names and arguments"),
    "output": _Word(_output, "a name", waits=True),
    "note": _Word(_note, "words"),
    "as": _Word(_note, "a party and a line"),
}
