"""A call as a page that people can read: who said what when, what was asked and answered, what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import groupby
from typing import Any

from jambonz_core.simulator import (
    CALLER,
    AbortConnection,
    AudioHeard,
    Bridged,
    CallCompleted,
    ClipHeard,
    CloseConnection,
    CommandTaken,
    Connect,
    ConnectionDropped,
    DigitsSent,
    Finished,
    HangUp,
    HookAnswered,
    HookUnanswered,
    HttpRequest,
    Idle,
    LegChanged,
    MarkReported,
    MessageSent,
    ModelCallsTool,
    ModelCallsTools,
    ModelHeard,
    ModelInterrupted,
    ModelTurn,
    Played,
    PressKeys,
    SendAudio,
    SipSent,
    Speak,
    SpeechStarted,
    Spoken,
    StatusSent,
    ToolAnswered,
    ToolWanted,
    VerbEnded,
    VerbStarted,
    Warned,
)

from .records import Acted, AppFailed, AppLogged, Noted, Record, What

_QUIET = frozenset({"tts:tokens", "tts:flush"})
"""Commands whose effect is heard; a line for each token would bury the conversation."""

_KILLED_ANYWAY = frozenset({"gather", "hangup"})
"""Verbs that their own effect kills: what the hook's answer brings replaces them."""

_LONG = 100
"""Characters after which a detail is cut."""


_CLOCK = 10
"""Characters at the beginning of a line that tell the time."""

_REPEATS = 3
_BEGINNING, _END = 60, 100
"""Lines of a long call that an excerpt keeps."""


def transcript(records: Iterable[Record]) -> str:
    """The page.

    >>> print(transcript([Record(0.5, Spoken("caller", "Hello!", "Hello!")), Record(1.0, Idle())]))
        0.50  caller   hears “Hello!”
        1.00  call     idles: there are no verbs left
    """
    return "\n".join(lines(records))


def excerpt(records: Iterable[Record]) -> str:
    """The page in a length that can be read: what repeats itself is told once, and a long call has a gap."""
    told: list[str] = []
    for what, group in groupby(lines(records), lambda line: line[_CLOCK:]):
        same = list(group)
        if len(same) > _REPEATS:
            same[1:-1] = [f"{'…':>8}  {what[:9]}… and {len(same) - 2} times more"]
        told += same
    if len(told) > _BEGINNING + _END:
        gap = f"{'…':>8}  {len(told) - _BEGINNING - _END} lines are left out; `phone.transcript` has them all"
        told[_BEGINNING:-_END] = [gap]
    return "\n".join(told)


def lines(records: Iterable[Record]) -> Iterator[str]:
    """The lines of the transcript of those records."""
    speaking: dict[str, tuple[float, str]] = {}
    for record in records:
        match record.what:
            case SpeechStarted(leg=leg, text=text):
                speaking[leg] = (record.at, text)
            case Spoken(leg):
                speaking.pop(leg, None)
        line = line_of(record)
        if line is not None:
            yield line
    for leg, (at, text) in speaking.items():
        yield _line(at, leg, f"is hearing “{text}”")


def line_of(record: Record) -> str | None:
    """The line of one record; None for what a reader of the page does not miss."""
    described = describe(record.what)
    return None if described is None else _line(record.at, *described)


def _line(at: float, who: str, what: str) -> str:
    return f"{at:8.2f}  {who:<8} {what}"


def describe(what: What) -> tuple[str, str] | None:
    """Who, and what, in words; None for what a reader of the page does not miss."""
    return _person(what) or _server(what) or _surroundings(what)


def _person(what: What) -> tuple[str, str] | None:
    """Who did or noticed something, and what to write of it; None for other records."""
    match what:
        case Acted(Speak() as speech):
            return speech.leg, f"says “{speech.text}”"
        case Acted(PressKeys() as keys):
            return keys.leg, f"presses {keys.digits}"
        case Acted(ModelTurn() as turn):
            return "model", f"answers “{turn.response}”"
        case Acted(ModelCallsTool() | ModelCallsTools()):
            return None  # the tools that are wanted have lines of their own
        case Acted(SendAudio()):
            return None  # fifty lines a second; `Party.sends_audio` notes the whole
        case Acted(HangUp() as ending):
            return ending.leg, "hangs up"
        case Acted(action):
            return str(getattr(action, "leg", "outside")), _words(type(action).__name__) + _details(action)
        case Spoken():
            cut = f" — cut off, the whole was “{what.text}”" if what.cut else ""
            return what.leg, f"hears {f'“{what.heard}”' if what.heard else 'nothing'}{cut}"
        case Played():
            return what.leg, f"hears {what.url} ({what.seconds:.1f} s{', cut off' if what.cut else ''})"
        case DigitsSent():
            return what.leg, f"hears the keys {what.digits}"
        case ClipHeard():
            return what.leg, f"hears the clip {what.id} ({what.seconds:.1f} s)"
        case LegChanged():
            number = f" (to {what.number})" if what.number else ""
            return what.leg, f"is {what.status} {what.sip_status}{number}"
        case Bridged():
            return what.leg, f"is connected to {what.other}"
        case CallCompleted():
            return CALLER, f"is gone: ended by {what.reason} after {what.duration} s"
        case _:
            return None


def _server(what: What) -> tuple[str, str] | None:
    """What goes between the server and the application."""
    match what:
        case VerbStarted():
            return _verb_of(what.leg), f"runs {what.verb}"
        case VerbEnded(outcome=outcome) if outcome != "finished" and what.verb not in _KILLED_ANYWAY:
            return _verb_of(what.leg), f"{what.verb} was {outcome}"
        case Idle():
            return _verb_of(what.leg), "idles: there are no verbs left"
        case HookAnswered():
            answer = _short(what.data) if what.data else "nothing to add"
            return "hook", f"{what.type} {what.hook} → {answer} ({what.latency:.2f} s)".replace("  ", " ")
        case HookUnanswered():
            # Where the server itself has ended the connection, nobody was too late.
            kind = "remark" if what.reason in {"closed", "discarded"} else "fault"
            return kind, f"{what.type} {what.hook} got no answer: {what.reason}".replace("  ", " ")
        case CommandTaken() if what.command not in _QUIET:
            return "command", f"{what.command} {_short(what.data)}"
        case MessageSent(type="jambonz:error"):
            return "fault", f"jambonz:error {_short(what.data)}"
        case MessageSent(type="tts:streaming-event"):
            return "stream", str(what.data.get("event_type"))
        case ModelHeard():
            return "model", f"hears “{what.text}”"
        case ModelInterrupted():
            return "model", "is interrupted"
        case ToolWanted():
            return "model", f"wants the tool {what.name} {_short(what.args)}"
        case ToolAnswered():
            return "model", f"gets from {what.name} {_short(what.data)}"
        case SipSent():
            return what.leg, f"gets SIP {what.method} {_short(what.detail) if what.detail else ''}".rstrip()
        case _:
            return None


def _surroundings(what: What) -> tuple[str, str] | None:
    """Connections, the application's log, and what a real server would not say."""
    match what:
        case Connect():
            return "network", f"connects to {what.url}"
        case HttpRequest():
            return "network", f"asks {what.method} {what.url}"
        case CloseConnection():
            return "network", f"closes the connection with {what.code}"
        case AbortConnection():
            return "network", "cuts the connection"
        case ConnectionDropped():
            return "network", f"the connection is lost ({what.code})"
        case Warned():
            told = f"{what.code}: {what.text} {what.hint}".rstrip()
            return "fault" if what.fault else "remark", told
        case AppLogged():
            return "app log", f"{what.level}: {what.message}{f' ({what.error!r})' if what.error else ''}"
        case AppFailed():
            return "fault", f"the application failed: {what.error!r}"
        case Noted():
            return "note", what.text
        case StatusSent() | MarkReported() | AudioHeard() | Finished() | _:
            return None


def _verb_of(leg: str) -> str:
    return "call" if leg == CALLER else leg


def _short(value: Any) -> str:
    """A payload in a few words: verbs by name and text, anything else cut."""
    if isinstance(value, list) and value and all(isinstance(verb, Mapping) for verb in value):
        text = ", ".join(_verb(verb) for verb in value)
        return f"[{text}]"
    text = str(dict(value) if isinstance(value, Mapping) else value)
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def _verb(verb: Mapping[str, Any]) -> str:
    name = str(verb.get("verb") or next(iter(verb), "?"))
    text = verb.get("text")
    return f"{name} “{text[:_LONG]}”" if isinstance(text, str) else name


def _details(action: Any) -> str:
    shown = ", ".join(
        f"{field.name}={_short(value)}"
        for field in fields(action)
        if field.name not in {"leg", "pcm"} and (value := getattr(action, field.name)) not in (None, "", {})
    )
    return f" ({shown})" if shown else ""


def _words(name: str) -> str:
    """`DropConnection` as `drop connection`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
