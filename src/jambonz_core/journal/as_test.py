"""Turning the journal of a call into the source of a test.

What the caller did becomes what the test's phone does, and what the caller heard becomes what it expects. The
result is a beginning: a recorded conversation says everything with the same weight, and whoever keeps the
test strikes out what does not matter.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ..wire.codec import decode
from ..wire.errors import RemoteProtocolError
from .entries import Entry, InvalidJournal, Journal
from .replay import RedactedJournal

PATIENCE_SECONDS = 10.0
"""How long an expectation of the test's phone waits in silence, unless it is told otherwise."""

WAITING = frozenset({"hears", "hears_sound", "hears_keys", "call_ends"})
"""Expectations, which can be told otherwise."""

_MICROPHONE = "phone.note('here an audio stream heard the microphone: sends_audio() sends sound to one')"

_TEMPLATE = '''"""Made from the journal of a call{began}. Strike out what does not matter."""

from jambonz_anyio.testing import dial
{imports}
from {module} import {name}


async def test_{title}(virtual_time) -> None:
    async with dial({arguments}) as phone:
{body}
'''


def journal_to_test(
    journal: Journal, *, app: str = "app:app", path: str | None = None, title: str = "recorded_call"
) -> str:
    """The source of a test that makes the same call again, in memory and in virtual time.

    `app` is where the application is, as ``module:name``, `path` the path that was called, unless the journal
    of a simulated call knows it, and `title` the rest of the test's name. Raises `RedactedJournal` for a
    journal without content, which has no words.
    """
    if journal.header.redacted:
        raise RedactedJournal
    writer = _writer(journal)
    for entry in journal.entries:
        writer.at = entry.at
        writer.take(entry)
    if path is None:
        path = urlsplit(str(journal.header.settings.get("url", ""))).path or "/"
    module, _, name = app.partition(":")
    name = name or "app"
    imports = ""
    if writer.imports:
        imports = f"from jambonz_core.simulator import {', '.join(sorted(writer.imports))}\n"
    return _TEMPLATE.format(
        began=f" of {journal.header.began}" if journal.header.began else "",
        imports=imports,
        module=module,
        name=name,
        title=title,
        arguments=", ".join([name, repr(path), *writer.arguments]),
        body="\n".join(f"        {line}" for line in writer.lines or ["await phone.call_ends()"]),
    )


def _writer(journal: Journal) -> _Writer:
    match journal.header.role:
        case "app":
            return _FromApp()
        case "jambonz":
            return _FromPhone(journal.header.settings)
        case other:
            raise InvalidJournal(f"no test can be made from the role {other!r}")


class _Writer(ABC):
    """Lines of the test's body, in the order of the call."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.arguments: list[str] = []
        self.imports: set[str] = set()
        self.at = 0.0
        """The time of the entry that is being read."""
        self._written_at = 0.0

    @abstractmethod
    def take(self, entry: Entry) -> None:
        """Write what comes of an entry."""

    def line(self, call: str, *given: Any, who: str = "phone", **named: Any) -> None:
        waited = self.at - self._written_at
        self._written_at = self.at
        if waited >= PATIENCE_SECONDS - 1 and call in WAITING:
            named["timeout"] = int(waited) + 2
        arguments = [repr(value) for value in given]
        arguments += [f"{name}={value!r}" for name, value in named.items()]
        self.lines.append(f"await {who}.{call}({', '.join(arguments)})")

    def call_of(self, data: Mapping[str, Any]) -> None:
        """Add the arguments of `dial` that make a call like the one in the journal."""
        if data.get("direction") == "outbound":
            self.arguments.append("direction='outbound'")
        if data.get("env_vars"):
            self.arguments.append(f"env_vars={data['env_vars']!r}")


class _FromPhone(_Writer):
    """From the journal of a simulated call, which has what people did and heard."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__()
        self.call_of(settings.get("setup", {}))
        self._playing: set[str] = set()
        self._ended = False

    def take(self, entry: Entry) -> None:
        if entry.call == "act":
            self._act(str(entry.given.get("action")), entry.given.get("with", {}))
        for event in entry.gave.get("events", ()):
            self._event(str(event.get("event")), event.get("with", {}))

    def _who(self, fields: Mapping[str, Any]) -> str:
        leg = fields.get("leg", "caller")
        return "phone" if leg == "caller" else f"phone.party({leg!r})"

    def _act(self, action: str, fields: Mapping[str, Any]) -> None:
        who = self._who(fields)
        over = str(fields.get("leg")) in self._playing
        match action:
            case "Speak":
                self.line("interrupts" if over else "says", fields["text"], who=who)
            case "PressKeys" if over:
                self.line("interrupts", who=who, keys=fields["digits"])
            case "PressKeys":
                self.line("presses", fields["digits"], who=who)
            case "HangUp":
                self._ended = self._ended or who == "phone"
                self.line("hangs_up", who=who)
            case "Answer":
                self.line("answers", who=who)
            case "Busy":
                self.line("busy", who=who)
            case "Decline":
                self.line("declines", fields["status"], who=who)
            case "SendAudio":
                # It comes fifty times a second, and is as long as the call.
                if self.lines[-1:] != [_MICROPHONE]:
                    self.lines.append(_MICROPHONE)
            case _:
                self.imports.add(action)
                named = ", ".join(f"{name}={value!r}" for name, value in fields.items())
                self.lines.append(f"phone.act({action}({named}))")

    def _event(self, event: str, fields: Mapping[str, Any]) -> None:
        who = self._who(fields)
        match event:
            case "SpeechStarted":
                self._playing.add(str(fields["leg"]))
            case "Spoken":
                self._playing.discard(str(fields["leg"]))
                if fields["heard"].strip() and not fields["cut"]:
                    self.line("hears", fields["heard"], who=who)
            case "Played" if not fields["cut"]:
                self.line("hears_sound", fields["url"], who=who)
            case "DigitsSent":
                self.line("hears_keys", fields["digits"], who=who)
            case "CallCompleted" if not self._ended:
                self.line("call_ends", reason=fields["reason"])


class _FromApp(_Writer):
    """From the journal of an application, which has the messages: what people did shows in them."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""

    def take(self, entry: Entry) -> None:
        if entry.call == "receive":
            self._received(_message(entry.given.get("frame", "")))
        for frame in entry.gave.get("frames", ()):
            self._sent(_message(frame))

    def _received(self, message: Mapping[str, Any]) -> None:
        data = message.get("data")
        if not isinstance(data, Mapping):
            return
        match message.get("type"):
            case "session:new":
                self.call_of(data)
                if data.get("direction") == "outbound":
                    self.line("answers")
            case "verb:hook":
                self._hook(data)
            case "call:status" if data.get("call_status") == "completed" and "parent_call_sid" not in data:
                if data.get("call_termination_by") == "caller":
                    self.line("hangs_up")
                else:
                    self.line("call_ends")

    def _hook(self, data: Mapping[str, Any]) -> None:
        speech, digits = data.get("speech"), data.get("digits")
        if isinstance(speech, Mapping) and speech.get("is_final", True):
            alternatives = speech.get("alternatives")
            if isinstance(alternatives, list) and alternatives and isinstance(alternatives[0], Mapping):
                self.line("says", str(alternatives[0].get("transcript", "")))
        elif isinstance(digits, str) and digits:
            self.line("presses", digits)

    def _sent(self, message: Mapping[str, Any]) -> None:
        data = message.get("data")
        match message.get("command"):
            case "tts:tokens" if isinstance(data, Mapping):
                self._text += str(data.get("tokens", ""))
            case "tts:flush":
                text, self._text = self._text.strip(), ""
                if text:
                    self.line("hears", text)
            case _ if isinstance(data, list):
                for verb in data:
                    if isinstance(verb, Mapping):
                        self._verb(verb)

    def _verb(self, verb: Mapping[str, Any]) -> None:
        name = verb.get("verb") or next(iter(verb), "")
        fields = verb if "verb" in verb else verb[name]
        if not isinstance(fields, Mapping):
            return
        if name == "say" and isinstance(fields.get("text"), str):
            self.line("hears", fields["text"])
        elif name == "play" and isinstance(fields.get("url"), str):
            self.line("hears_sound", fields["url"])
        elif name == "gather":
            for prompt in ("say", "play"):
                if isinstance(fields.get(prompt), Mapping):
                    self._verb({"verb": prompt, **fields[prompt]})


def _message(frame: Any) -> Mapping[str, Any]:
    try:
        return decode(frame) if isinstance(frame, str) else {}
    except RemoteProtocolError:
        return {}
