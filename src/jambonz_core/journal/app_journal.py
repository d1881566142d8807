"""The journal of the application's role: `AppCall`, recorded and played again.

`JournaledCall` is an `AppCall` that also tells what it is given and what it gives. It holds its entries in
memory until `record_to` names a writer, because a core exists before anybody knows which call it is for, and
some never become one.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any, Self

import msgspec

from ..call import AppCall, CallOptions, Command
from ..call.commands import CALL_COMMANDS, CallCommand
from ..call.options import DEFAULT_OPTIONS
from ..verbs.profiles import V10, Profile
from ..wire.errors import JambonzError
from ..wire.event import Event
from ..wire.live_command_base import Inject, LiveCommand
from ..wire.registry import REGISTRY, Registry
from .entries import Entry, Header, InvalidJournal, JournalWriter

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

    __slots__ = ("_journal_early", "_journal_inside", "_journal_origin", "_journal_writer")

    def __init__(self, *, options: CallOptions = DEFAULT_OPTIONS, profile: Profile = V10) -> None:
        super().__init__(options=options, profile=profile)
        self._journal_writer: JournalWriter | None = None
        self._journal_early: list[Entry] = []
        self._journal_inside = False
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
        """As in `AppCall`. The snapshot becomes part of the journal."""
        call = super().restore(saved, now=now, options=options, profile=profile)
        call._journal_origin = {"snapshot": saved, "restored_at": now}  # noqa: SLF001 - its own class
        return call

    def record_to(self, writer: JournalWriter) -> None:
        """Write the journal there, from the very beginning of this object."""
        settings = {"options": msgspec.to_builtins(self.options), **self._journal_origin}
        writer.begin(ROLE, self.profile.name, settings)
        early, self._journal_early = self._journal_early, []
        for entry in early:
            writer.add(entry)
        self._journal_writer = writer

    def connected(self, now: float) -> list[Event]:
        """As in `AppCall`."""
        return self._journalled(now, "connected", {}, lambda: super(JournaledCall, self).connected(now))

    def receive(self, text: str | bytes, now: float) -> list[Event]:
        """As in `AppCall`."""
        given = frame_as_data(text)
        return self._journalled(now, "receive", given, lambda: super(JournaledCall, self).receive(text, now))

    def lost(self, code: int, now: float) -> list[Event]:
        """As in `AppCall`."""
        return self._journalled(
            now, "lost", {"code": code}, lambda: super(JournaledCall, self).lost(code, now)
        )

    def do(self, command: Command, now: float) -> list[Event]:
        """As in `AppCall`."""
        given = {
            "command": type(command).__name__,
            "with": msgspec.to_builtins(command, enc_hook=_foreign),
        }
        return self._journalled(now, "do", given, lambda: super(JournaledCall, self).do(command, now))

    def tick(self, now: float) -> list[Event]:
        """As in `AppCall`."""
        return self._journalled(now, "tick", {}, lambda: super(JournaledCall, self).tick(now))

    def outgoing(self) -> list[str]:
        """As in `AppCall`. Only calls that gave something are written: the others change nothing."""
        frames = super().outgoing()
        if frames and not self._journal_inside:
            self._journal_add(Entry(at=self._now, call="outgoing", gave={"frames": frames[:]}))
        return frames

    def new_hook(self) -> str:
        """As in `AppCall`."""
        return self._journal_value("new_hook", super().new_hook())

    def new_verb_id(self) -> str:
        """As in `AppCall`."""
        return self._journal_value("new_verb_id", super().new_verb_id())

    def _journal_value(self, call: str, value: str) -> str:
        if not self._journal_inside:
            self._journal_add(Entry(at=self._now, call=call, gave={"id": value}))
        return value

    def _journalled(
        self, now: float, call: str, given: dict[str, Any], really: Callable[[], list[Event]]
    ) -> list[Event]:
        if self._journal_inside:
            return really()
        self._journal_inside = True
        gave: dict[str, Any] = {}
        try:
            events = really()
            if events:
                gave["events"] = [event_as_data(event) for event in events]
        except JambonzError as refusal:
            gave["refusal"] = {"type": type(refusal).__name__, "text": str(refusal)}
            raise
        finally:
            self._journal_inside = False
            self._journal_add(Entry(at=now, call=call, given=given, gave=gave))
        return events

    def _journal_add(self, entry: Entry) -> None:
        if self._journal_writer is None:
            self._journal_early.append(entry)
        else:
            self._journal_writer.add(entry)


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
    """What is no plain data: an exception inside an event, told by its type and text."""
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
            self.core: AppCall = AppCall(options=options, profile=profile)
        else:
            now = header.settings.get("restored_at", 0.0)
            self.core = AppCall.restore(snapshot, now=now, options=options, profile=profile)

    def play(self, entry: Entry) -> dict[str, Any]:
        """Do what the entry says, and tell what came of it, in the form of `Entry.gave`."""
        core, now, given = self.core, entry.at, entry.given
        match entry.call:
            case "connected":
                return self._events(lambda: core.connected(now))
            case "receive":
                return self._events(lambda: core.receive(frame_from_data(given), now))
            case "lost":
                return self._events(lambda: core.lost(given["code"], now))
            case "tick":
                return self._events(lambda: core.tick(now))
            case "do":
                command = self._command(given)
                return self._events(lambda: core.do(command, now))
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

    def _events(self, really: Callable[[], list[Event]]) -> dict[str, Any]:
        try:
            events = really()
        except JambonzError as refusal:
            return {"refusal": {"type": type(refusal).__name__, "text": str(refusal)}}
        return {"events": [event_as_data(event) for event in events]} if events else {}


def _commands(registry: Registry) -> dict[str, type[Any]]:
    """Everything that `AppCall.do` takes, by the name of its class."""
    commands: list[type[CallCommand | LiveCommand]] = [*CALL_COMMANDS, Inject]
    commands += [row.command for row in registry.commands.values() if row.command is not None]
    return {command.__name__: command for command in commands}
