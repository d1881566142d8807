"""The journal of the application's role: `AppCall`, recorded and played again.

`JournaledCall` is an `AppCall` that also tells what it is given and what it gives, once `record_to` has named
a writer from the beginning.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, Self

import msgspec

from ..call import AppCall, CallOptions, Command
from ..call.commands import CALL_COMMANDS, CallCommand
from ..call.options import DEFAULT_OPTIONS
from ..verbs.profiles import V10, Profile
from ..wire.event import Event
from ..wire.live_command_base import Inject, LiveCommand
from ..wire.registry import REGISTRY, Registry
from .entries import Entry, Header, InvalidJournal
from .recorder import Recorder, outcome
from .writer import JournalWriter

ROLE = "app"


class JournaledCall(AppCall):
    """An `AppCall` that keeps a journal.

    >>> lines: list[str] = []
    >>> call = JournaledCall()
    >>> call.record_to(JournalWriter(lines.append, content=True))
    >>> call.connected(now=0.0)
    []
    >>> lines[1]
    '{"at":0.0,"call":"connected"}\\n'
    """

    __slots__ = ("_journal_origin", "_recorder")

    def __init__(self, *, options: CallOptions = DEFAULT_OPTIONS, profile: Profile = V10) -> None:
        super().__init__(options=options, profile=profile)
        self._recorder = Recorder(event_as_data)
        self._journal_origin: dict[str, Any] = {}

    @classmethod
    def restore(
        cls,
        saved: object,
        *,
        now: float,
        options: CallOptions = DEFAULT_OPTIONS,
        profile: Profile = V10,
    ) -> Self:
        """Make a call of a snapshot, like `AppCall.restore`. The snapshot becomes part of the journal."""
        call = super().restore(saved, now=now, options=options, profile=profile)
        call._journal_origin = {"snapshot": saved, "restored_at": now}
        return call

    def record_to(self, writer: JournalWriter) -> None:
        """Write the journal to `writer`, from the very beginning of this object."""
        settings = {"options": msgspec.to_builtins(self.options), **self._journal_origin}
        self._recorder.begin(writer, ROLE, self.profile.name, settings)

    def connected(self, now: float, *, receipts: bool = False) -> list[Event]:
        """Record `AppCall.connected`."""
        given = {"receipts": True} if receipts else {}
        return self._recorder.events("connected", now, given, super().connected, now, receipts=receipts)

    def receipt(self, count: int, now: float) -> list[Event]:
        """Record `AppCall.receipt`."""
        return self._recorder.events("receipt", now, {"count": count}, super().receipt, count, now)

    def receipt_wanted(self) -> bool:
        """Record `AppCall.receipt_wanted` when it is True: otherwise it changes nothing."""
        wanted = super().receipt_wanted()
        if wanted:
            self._recorder.value("receipt_wanted", self._now, {"wanted": True})
        return wanted

    def receive(self, text: str | bytes, now: float) -> list[Event]:
        """Record `AppCall.receive`."""
        return self._recorder.events("receive", now, frame_as_data(text), super().receive, text, now)

    def lost(self, code: int, now: float) -> list[Event]:
        """Record `AppCall.lost`."""
        return self._recorder.events("lost", now, {"code": code}, super().lost, code, now)

    def do(self, command: Command, now: float) -> list[Event]:
        """Record `AppCall.do`."""
        given = {
            "command": type(command).__name__,
            "with": msgspec.to_builtins(command, enc_hook=_foreign),
        }
        return self._recorder.events("do", now, given, super().do, command, now)

    def tick(self, now: float) -> list[Event]:
        """Record `AppCall.tick`."""
        return self._recorder.events("tick", now, {}, super().tick, now)

    def outgoing(self) -> list[str]:
        """Record `AppCall.outgoing` when it gives something: otherwise it changes nothing."""
        frames = super().outgoing()
        if frames:
            self._recorder.value("outgoing", self._now, {"frames": frames[:]})
        return frames

    def new_hook(self) -> str:
        """Record `AppCall.new_hook`."""
        value = super().new_hook()
        self._recorder.value("new_hook", self._now, {"id": value})
        return value

    def new_verb_id(self) -> str:
        """Record `AppCall.new_verb_id`."""
        value = super().new_verb_id()
        self._recorder.value("new_verb_id", self._now, {"id": value})
        return value


def frame_as_data(frame: str | bytes) -> dict[str, Any]:
    """A message as plain data: text as it is, bytes that are no text in base64.

    >>> frame_as_data("{}"), frame_as_data(b"\\xff")
    ({'frame': '{}'}, {'bytes': '/w=='})
    """
    if isinstance(frame, str):
        return {"frame": frame}
    try:
        return {"frame": frame.decode()}
    except UnicodeDecodeError:
        return {"bytes": b64encode(frame).decode()}


def frame_from_data(given: Mapping[str, Any]) -> str | bytes:
    """The message that `frame_as_data` made this of."""
    return b64decode(given["bytes"]) if "bytes" in given else str(given["frame"])


def event_as_data(event: Event) -> dict[str, Any]:
    """An event as plain data. Its `raw` is left out: it repeats the message, which the entry has.

    >>> from jambonz_core.call import Detached
    >>> event_as_data(Detached(1006))
    {'event': 'Detached', 'with': {'code': 1006}}
    """
    fields = {
        name: msgspec.to_builtins(getattr(event, name), enc_hook=_foreign)
        for name in event.__struct_fields__
        if name != "raw"
    }
    return {"event": type(event).__name__, "with": fields}


def _foreign(value: Any) -> Any:
    """Tell of an object that is no plain data, such as an exception in an event, by type and text."""
    return {"type": type(value).__name__, "text": str(value)}


class AppPlayer:
    """An `AppCall` that a journal's entries are played to."""

    def __init__(self, header: Header, registry: Registry = REGISTRY) -> None:
        try:
            profile = Profile(header.profile, registry=registry)
            options = msgspec.convert(header.settings.get("options", {}), CallOptions)
        except (ValueError, msgspec.ValidationError) as error:
            raise InvalidJournal(f"the journal's settings cannot be used: {error}") from error
        self._commands = _commands(registry)
        snapshot = header.settings.get("snapshot")
        if snapshot is None:
            self._core: AppCall = AppCall(options=options, profile=profile)
        else:
            now = header.settings.get("restored_at", 0.0)
            self._core = AppCall.restore(snapshot, now=now, options=options, profile=profile)

    def play(self, entry: Entry) -> dict[str, Any]:
        """Do what the entry says, and tell what came of it, in the form of `Entry.gave`."""
        core, now, given = self._core, entry.at, entry.given
        match entry.call:
            case "connected":
                receipts = given.get("receipts", False)
                return outcome(event_as_data, core.connected, now, receipts=receipts)
            case "receipt":
                return outcome(event_as_data, core.receipt, given["count"], now)
            case "receipt_wanted":
                return {"wanted": core.receipt_wanted()}
            case "receive":
                return outcome(event_as_data, core.receive, frame_from_data(given), now)
            case "lost":
                return outcome(event_as_data, core.lost, given["code"], now)
            case "tick":
                return outcome(event_as_data, core.tick, now)
            case "do":
                return outcome(event_as_data, core.do, self._command(given), now)
            case "outgoing":
                return {"frames": core.outgoing()}
            case "new_hook":
                return {"id": core.new_hook()}
            case "new_verb_id":
                return {"id": core.new_verb_id()}
            case other:
                raise InvalidJournal(f"an application's call has no method {other!r}")

    def _command(self, given: Mapping[str, Any]) -> Any:
        kind = self._commands.get(given.get("command", ""))
        if kind is None:
            raise InvalidJournal(f"there is no command {given.get('command')!r}")
        try:
            return msgspec.convert(given.get("with", {}), kind)
        except msgspec.ValidationError as error:
            raise InvalidJournal(f"a command {given['command']} cannot be read: {error}") from error


def _commands(registry: Registry) -> dict[str, type[Any]]:
    """Everything that `AppCall.do` takes, by the name of its class."""
    commands: list[type[CallCommand | LiveCommand]] = [*CALL_COMMANDS, Inject]
    commands += [row.command for row in registry.commands.values() if row.command is not None]
    return {command.__name__: command for command in commands}
