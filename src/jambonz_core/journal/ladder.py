"""A journal as a list of steps between the parties of a call, which is what a ladder diagram draws.

The journal holds the calls of a machine's methods; a reader wants to see that the server asked, the program
answered, and the caller heard. This module makes the one into the other, for either role and also without
content, and leaves all drawing to others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from ..call.turn_latency import TurnLatencies
from ..wire.codec import decode
from ..wire.errors import RemoteProtocolError
from ..wire.events import TurnMeasured
from ..wire.registry import REGISTRY, Registry
from .entries import Entry, Journal
from .remarks import REMARKS

APP = "app"
JAMBONZ = "jambonz"
CALLER = "caller"

_FAULTS = frozenset(
    {
        "Abandoned",
        "AckDefaulted",
        "BadMessage",
        "CommandRefused",
        "ReplyDiscarded",
        "SpeechStreamMissing",
        "SpeechVendorFailed",
        "HookUnanswered",
        "Warned",
    }
)
"""Events that tell of something that went wrong."""

_REPEATS = frozenset(
    {"UnknownMessage", "HookSent", "HookAnswered", "StatusSent", "MessageSent", "CommandTaken"}
)
"""Events beside those of the registry that repeat a message which the journal has as a frame."""

_HEARD = frozenset({"SpeechStarted", "Spoken", "Played", "DigitsSent", "AudioHeard"})
"""Events that somebody on a leg notices."""

_SOUNDS = frozenset({"SpeechStarted", "Played", "AudioHeard"})
"""Those of them that tell when a sound began."""


class Step(Struct, frozen=True, kw_only=True):
    """One arrow between two parties, or, when both are the same, one note at a party."""

    at: float
    source: str
    """``app``, ``jambonz``, ``caller``, or the name of another leg such as ``b1``."""
    target: str
    kind: str
    """``hook`` (wants an ack), ``ack``, ``notice`` (wants none), ``command``, ``audio``, ``connection``,
    ``act`` (a person, a vendor or the network does something), ``heard``, ``turn`` (what a turn of the caller
    took), ``note`` or ``fault``."""
    label: str
    """A few words, such as ``verb:hook /heard``."""
    detail: Any = None
    """The payload of the message, if it has one."""
    ref: str = ""
    """What pairs a hook with its ack: the message's id."""
    latency: float | None = None
    """Of an ack: the seconds since its hook. Of a command that answers the caller: the seconds since the hook
    that brought the words. Of a turn: the whole, as far as it is known.
    """
    replaces: bool = False
    """Whether it takes the place of the verbs that run, instead of being queued behind them."""
    line: int = 0
    """The number of the journal's line that this step was read from."""


def steps(journal: Journal, *, registry: Registry = REGISTRY) -> list[Step]:
    """The steps of a journal, in order. `registry` knows the messages that are in it.

    >>> from jambonz_core.journal import Header
    >>> entry = Entry(at=1.5, call="receive", given={"frame": '{"type":"verb:hook","msgid":"m","hook":"/h"}'})
    >>> [step] = steps(Journal(Header(role="app", profile="v10"), [entry]))
    >>> step.source, step.target, step.kind, step.label
    ('jambonz', 'app', 'hook', 'verb:hook /h')
    """
    reader = LadderReader(journal.header.role, registry=registry)
    return [step for entry in journal.entries for step in reader.read(entry)] + reader.end()


class LadderReader:
    """Makes steps of a journal's entries as these come, for a call that is not over yet.

    `role` is that of the journal's header.

    >>> reader = LadderReader("app")
    >>> [step.label for step in reader.read(Entry(at=0.0, call="connected"))]
    ['connected']
    """

    def __init__(self, role: str, *, registry: Registry = REGISTRY) -> None:
        self._reader = _Reader(registry, hears=role == "jambonz")
        self._reader.line = 1

    def read(self, entry: Entry) -> list[Step]:
        """Take the journal's next entry. Returns the steps that are complete with it."""
        self._reader.line += 1
        self._reader.at = entry.at
        self._reader.take(entry)
        return self._new()

    def end(self) -> list[Step]:
        """There are no further entries. Returns the last steps."""
        self._reader.end()
        return self._new()

    def _new(self) -> list[Step]:
        steps, self._reader.steps = self._reader.steps, []
        return steps


class _Reader:
    """Collects steps; remembers open hooks for their latency."""

    def __init__(self, registry: Registry, *, hears: bool) -> None:
        self.turns = TurnLatencies(hears=hears)
        self._streaming = False
        """Whether streamed text is being sent, of which only the first piece is told apart."""
        self.steps: list[Step] = []
        self._wants_ack = registry.wants_ack
        self._repeats = _REPEATS | {event.__name__ for event in registry.by_event}
        self.line = 0
        self.at = 0.0
        self._open: dict[str, float] = {}
        self._behind: list[tuple[int, float, str, Mapping[str, Any]]] = []
        """A close and what comes with it: the messages that leave before it stand in the next entry."""

    def take(self, entry: Entry) -> None:
        if entry.call != "outgoing":
            self.close()
        given, gave = entry.given, entry.gave
        before = _INPUTS.get(entry.call)
        if before is not None:
            before(self, given)
        for frame in gave.get("frames", ()):
            self._outgoing(frame)
        if "refusal" in gave:
            refusal = gave["refusal"]
            self.add(APP, APP, "fault", f"refused: {refusal.get('type')}", refusal)
        for event in gave.get("events", ()):
            name, fields = str(event.get("event")), event.get("with", {})
            if self._behind or name == "CloseConnection":
                self._behind.append((self.line, self.at, name, fields))
            else:
                self._event(name, fields)

    def tell(self, turns: Iterable[TurnMeasured]) -> None:
        """Note at the application what turns took."""
        for turn in turns:
            took = turn.latency
            known = [
                f"{part} {seconds * 1000:.0f}"
                for part in ("recognition", "app", "model", "voice")
                if (seconds := getattr(took, part)) is not None
            ]
            parts = f"{', '.join(known)} ms" if turn.way else "not answered"
            self.add(APP, APP, "turn", f"turn {turn.number}: {parts}", latency=took.total)

    def end(self) -> None:
        """The journal is over."""
        self.close()
        self.tell(self.turns.over())

    def close(self) -> None:
        """No message leaves any more before a close that was ordered."""
        behind, self._behind = self._behind, []
        now = self.line, self.at
        for self.line, self.at, name, fields in behind:
            self._event(name, fields)
        self.line, self.at = now

    def add(
        self,
        source: str,
        target: str,
        kind: str,
        label: str,
        detail: Any = None,
        ref: str = "",
        latency: float | None = None,
        replaces: bool = False,
    ) -> None:
        self.steps.append(
            Step(
                at=self.at,
                source=source,
                target=target,
                kind=kind,
                label=label.strip(),
                detail=detail,
                ref=ref,
                latency=latency,
                replaces=replaces,
                line=self.line,
            )
        )

    def frame(self, source: str, target: str, frame: Mapping[str, Any]) -> None:
        """A message in either direction; who sent it shows in its type."""
        if "bytes" in frame:
            self.add(source, target, "audio", "audio", {"base64": frame["bytes"]})
            return
        text = str(frame.get("frame", ""))
        try:
            message = decode(text)
        except RemoteProtocolError:
            self.add(source, target, "fault", "not a message", text)
            return
        type, msgid = str(message.get("type", "")), str(message.get("msgid", ""))
        data = message.get("data")
        if type == "ack":
            sent = self._open.pop(msgid, None)
            latency = None if sent is None else self.at - sent
            self.add(source, target, "ack", f"ack {_verb_names(data)}", data, msgid, latency)
            self.tell(self.turns.sent(message, self.at))
        elif type == "command":
            self._command(source, target, message, data)
        else:
            self.tell(self.turns.received(message, self.at))
            wants_ack = type in self._wants_ack
            if wants_ack:
                self._open[msgid] = self.at
            label = f"{type or _audio_label(message)} {message.get('hook') or _status(data)}"
            kind, ref = ("hook", msgid) if wants_ack else ("notice", "")
            self.add(source, target, kind, label, data, ref)

    def _command(self, source: str, target: str, message: Mapping[str, Any], data: Any) -> None:
        command = str(message.get("command", ""))
        came = self.turns.came
        told = self.turns.sent(message, self.at)
        answers = came is not None and self.turns.came is None
        label = f"{command} {_verb_names(data)}"
        if command == "tts:tokens" and not self._streaming:
            label += "begins"
        self._streaming = command == "tts:tokens" or (self._streaming and command != "tts:flush")
        replaces = command == "redirect" and not message.get("queueCommand")
        latency = self.at - came if came is not None and answers else None
        self.add(source, target, "command", label, data, latency=latency, replaces=replaces)
        self.tell(told)

    def _outgoing(self, frame: Any) -> None:
        # The application's core sends strings; the engine has several sockets and names them.
        if isinstance(frame, str):
            self.frame(APP, JAMBONZ, {"frame": frame})
        else:
            self.frame(JAMBONZ, APP, frame)

    def _event(self, name: str, fields: Mapping[str, Any]) -> None:
        if name in self._repeats:
            return
        leg = str(fields.get("leg") or CALLER)
        if name in _HEARD:
            self.add(JAMBONZ, leg, "heard", _heard_label(name, fields), fields)
            if leg == CALLER and name in _SOUNDS and not fields.get("speaker"):
                # Of a file it is told when it has been played.
                played = _number(fields.get("seconds")) if name == "Played" else None
                self.tell(self.turns.sound(self.at - (played or 0.0)))
        elif name == "LegChanged":
            self.add(JAMBONZ, leg, "note", f"{leg} {fields.get('status')} {fields.get('sip_status')}", fields)
        elif name == "HttpRequest":
            self._open[f"http {fields.get('number')}"] = self.at
            label = f"{fields.get('method')} {fields.get('url')}"
            self.add(JAMBONZ, APP, "hook", label, fields.get("body"), f"http {fields.get('number')}")
        elif name in {"Connect", "CloseConnection", "AbortConnection", "ConnectionDropped"}:
            detail = fields.get("url") or fields.get("code") or ""
            self.add(JAMBONZ, APP, "connection", f"{_words(name)} {detail}", fields)
        elif name in {"VerbStarted", "VerbEnded"}:
            label = f"{fields.get('verb')} {fields.get('outcome', 'started')}"
            self.add(JAMBONZ, JAMBONZ, "note", label, fields)
        else:
            place = JAMBONZ if name in _OF_THE_SERVER else APP
            fault = name in _FAULTS and fields.get("code") not in REMARKS
            self.add(place, place, "fault" if fault else "note", _note_label(name, fields), fields)


_OF_THE_SERVER = frozenset(
    {"Warned", "HookUnanswered", "CallCompleted", "Finished", "Idle", "Bridged", "SipSent"}
)


def _connected(reader: _Reader, given: Mapping[str, Any]) -> None:
    reader.add(JAMBONZ, APP, "connection", "connected", given or None)


def _lost(reader: _Reader, given: Mapping[str, Any]) -> None:
    reader.add(JAMBONZ, APP, "connection", f"lost {given.get('code', '')}", given)


def _received_by_app(reader: _Reader, given: Mapping[str, Any]) -> None:
    # The engine's entries name a socket, the application's do not: the direction is the opposite.
    if "socket" in given:
        for frame in given.get("frames", ()):
            reader.frame(APP, JAMBONZ, frame)
    else:
        reader.frame(JAMBONZ, APP, given)


def _act(reader: _Reader, given: Mapping[str, Any]) -> None:
    fields = given.get("with", {})
    who = str(fields.get("leg") or CALLER)
    action = str(given.get("action"))
    reader.add(who, JAMBONZ, "act", _act_label(action, fields), fields)
    duration, gap = _number(fields.get("duration")), _number(fields.get("gap"))
    if who != CALLER:
        return
    if action == "Speak" and duration is not None:
        reader.turns.fell_silent(reader.at + duration)
    elif action == "PressKeys" and gap is not None:
        reader.turns.fell_silent(reader.at + gap * (len(str(fields.get("digits", ""))) - 1))


def _http_answered(reader: _Reader, given: Mapping[str, Any]) -> None:
    ref = f"http {given.get('number')}"
    sent = reader._open.pop(ref, None)
    latency = None if sent is None else reader.at - sent
    reader.add(APP, JAMBONZ, "ack", f"{given.get('status')}", given.get("body"), ref, latency)


_INPUTS: Mapping[str, Callable[[_Reader, Mapping[str, Any]], None]] = {
    "connected": _connected,
    "connect_failed": _lost,
    "lost": _lost,
    "receive": _received_by_app,
    "act": _act,
    "http_answered": _http_answered,
}
"""How the inputs of the machines are drawn; those that are missing show only by what comes of them."""


def _verb_names(data: Any) -> str:
    """The verbs of an array, for a label."""
    if not isinstance(data, list):
        return ""
    return f"[{', '.join(_names_in(data))}]"


def _names_in(verbs: list[Any]) -> Iterator[str]:
    for verb in verbs:
        if isinstance(verb, Mapping):
            yield str(verb.get("verb") or next(iter(verb), "?"))
        else:
            yield "?"


def _status(data: Any) -> str:
    """What a notice is about, for a label."""
    if isinstance(data, Mapping):
        for key in ("call_status", "event_type", "status", "event"):
            if isinstance(data.get(key), str):
                return str(data[key])
    return ""


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _audio_label(message: Mapping[str, Any]) -> str:
    return str(message.get("event") or "metadata")


def _heard_label(name: str, fields: Mapping[str, Any]) -> str:
    match name:
        case "SpeechStarted":
            return f"begins: {fields.get('text')}"
        case "Spoken":
            return f"{fields.get('heard') or 'nothing'}{' (cut)' if fields.get('cut') else ''}"
        case "Played":
            return f"{fields.get('url')}{' (cut)' if fields.get('cut') else ''}"
        case "DigitsSent":
            return f"keys {fields.get('digits')}"
        case _:
            return "audio"


def _act_label(action: str, fields: Mapping[str, Any]) -> str:
    what = fields.get("text") or fields.get("digits") or fields.get("name") or ""
    return f"{_words(action)} {what}".strip()


def _note_label(name: str, fields: Mapping[str, Any]) -> str:
    match name:
        case "Warned":
            return str(fields.get("code"))
        case "ToolCallTaken":
            return f"tool {fields.get('name')} runs"
        case "ToolCallSettled":
            return f"tool {fields.get('name')}: {fields.get('by')}"
        case _:
            return _words(name)


def _words(name: str) -> str:
    """`ReplyDiscarded` as `reply discarded`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
