"""The commands of the wire that act on a running call, one class each.

A command builds its own message: `Mute(True).message(profile)`. Where the open-source server and the
commercial one understand different bodies, the one that both accept is built, and where there is none the
profile decides. A command that the profile's server would ignore without a word raises `UnsupportedByProfile`
instead, with what to do in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from msgspec import field

from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.live_command_base import (
    LiveCommand,
    ServerProfile,
    fields_of,
    given,
)
from jambonz_core.wire.tool_output import vendor_message

RecordAction = Literal["startCallRecording", "stopCallRecording", "pauseCallRecording", "resumeCallRecording"]
AgentUpdate = Literal["update_instructions", "inject_context", "update_tools", "generate_reply"]


class Redirect(LiveCommand, frozen=True):
    """Let the server ask a hook for new verbs: for this leg, or for the other one of a connected `dial`.

    Verbs for this leg go with `Send` and `Replace`.
    """

    wire_name = "redirect"

    call_hook: str | dict[str, Any] | None = None
    child_call_hook: str | dict[str, Any] | None = None
    parent_call: list[dict[str, Any]] | None = None
    """Verbs that the parent leg runs."""

    def body(self, profile: ServerProfile) -> Any:
        """The hook or the verbs of the redirect, as an object."""
        given = {
            name: value
            for name in ("call_hook", "child_call_hook", "parent_call")
            if (value := getattr(self, name)) is not None
        }
        if not given:
            raise LocalProtocolError("a redirect needs call_hook, child_call_hook or parent_call")
        return given


class Configure(LiveCommand, frozen=True):
    """Change the session's settings at once, without waiting for the verbs that are queued."""

    wire_name = "config"

    config: dict[str, Any]
    """A `config` verb, or its fields."""

    def body(self, profile: ServerProfile) -> Any:
        """The fields of the `config` verb, without its name."""
        return fields_of(self.config)


class Dub(LiveCommand, frozen=True):
    """Add, remove, silence or feed a track that is mixed into the call."""

    wire_name = "dub"

    dub: dict[str, Any]
    """A `dub` verb, with its name or without."""

    def body(self, profile: ServerProfile) -> Any:
        """The fields of the `dub` verb, without its name."""
        return fields_of(self.dub)


class DialOut(LiveCommand, frozen=True):
    """Start another call; the server does not tell what becomes of the request."""

    wire_name = "dial"

    call: dict[str, Any]
    """The body of a create-call request."""

    def body(self, profile: ServerProfile) -> Any:
        """The request for the new call, as it was given."""
        return self.call


class Record(LiveCommand, frozen=True):
    """Start, stop, pause or resume the recording of the call."""

    wire_name = "record"

    action: RecordAction
    options: dict[str, Any] = field(default_factory=dict)
    """`siprecServerURL`, `recordingID`, `type`, `headers`, `silence`."""

    def body(self, profile: ServerProfile) -> Any:
        """The action of the recording with its options."""
        _check("action of a recording", self.action, RecordAction)
        return {"action": self.action, **self.options}


class Mute(LiveCommand, frozen=True):
    """Mute or unmute the caller in a `dial` or `conference`."""

    wire_name = "mute:status"

    mute: bool

    def body(self, profile: ServerProfile) -> Any:
        """Whether the caller shall be muted."""
        return {"mute_status": "mute" if self.mute else "unmute"}


class ConferenceMute(LiveCommand, frozen=True):
    """Mute or unmute all who are no moderators of a conference."""

    wire_name = "conf:mute-status"

    mute: bool

    def body(self, profile: ServerProfile) -> Any:
        """Whether the participant shall be muted."""
        return {"conf_mute_status": "mute" if self.mute else "unmute"}


class ConferenceHold(LiveCommand, frozen=True):
    """Put this member of a conference on hold, or take it back."""

    wire_name = "conf:hold-status"

    hold: bool
    wait_hook: str | None = None
    """Asked for what is played to the member meanwhile."""

    def body(self, profile: ServerProfile) -> Any:
        """Whether the participant shall be on hold, and what it hears meanwhile."""
        return given(conf_hold_status="hold" if self.hold else "unhold", wait_hook=self.wait_hook)


class ConferenceParticipant(LiveCommand, frozen=True):
    """Tag, coach, hold, mute or remove a participant of a conference."""

    wire_name = "conf:participant-action"

    action: Literal["tag", "untag", "coach", "uncoach", "hold", "unhold", "mute", "unmute", "kick"]
    tag: str | None = None
    wait_hook: str | None = None

    def body(self, profile: ServerProfile) -> Any:
        """The action on the participant, with its tag."""
        return given(action=self.action, tag=self.tag, wait_hook=self.wait_hook)


class ListenControl(LiveCommand, frozen=True):
    """Pause or resume the audio of a `listen` verb."""

    wire_name = "listen:status"

    status: Literal["pause", "resume"]

    def body(self, profile: ServerProfile) -> Any:
        """The state in which the `listen` verb shall be."""
        return {"listen_status": self.status}


class TranscribeControl(LiveCommand, frozen=True):
    """Pause or resume a `transcribe` verb."""

    wire_name = "transcribe:status"

    status: Literal["pause", "resume"]

    def body(self, profile: ServerProfile) -> Any:
        """The state in which the transcription shall be."""
        return {"transcribe_status": self.status}


class Whisper(LiveCommand, frozen=True):
    """Say or play something to one party while a `dial` or `listen` runs."""

    wire_name = "whisper"

    verbs: list[dict[str, Any]]

    def body(self, profile: ServerProfile) -> Any:
        """The verbs to whisper: one object for one verb, an array for more."""
        if not self.verbs or any(verb.get("verb") not in ("say", "play") for verb in self.verbs):
            raise LocalProtocolError("a whisper is made of `say` and `play` verbs, at least one")
        return {"whisper": self.verbs[0] if len(self.verbs) == 1 else self.verbs}


class SipRequest(LiveCommand, frozen=True):
    """Send a SIP request inside the call's dialog."""

    wire_name = "sip:request"

    method: str
    content: str | None = None
    content_type: str | None = None
    """``text/plain`` when it is given neither here nor among the headers."""
    headers: dict[str, str] | None = None

    def body(self, profile: ServerProfile) -> Any:
        """The SIP request in the form that jambonz expects."""
        headers = dict(self.headers or {})
        named = [headers.pop(name) for name in list(headers) if name.lower() == "content-type"]
        # The server writes a Content-Type of its own making: the word `undefined` where none is given, and
        # instead of one among the headers.
        kind = self.content_type or (named[0] if named else "text/plain")
        wanted = given(method=self.method, content_type=kind, content=self.content, headers=headers or None)
        return {"sip_request": wanted}


class Dtmf(LiveCommand, frozen=True):
    """Send a tone to the caller."""

    wire_name = "dtmf"

    digit: str
    duration: int | None = None
    """Milliseconds; the server takes 250 when it is left out."""

    def body(self, profile: ServerProfile) -> Any:
        """Both spellings at once: the open-source server reads the inner object, the commercial one the
        outer.
        """
        tone = given(digit=self.digit, duration=self.duration)
        return {"dtmf": tone, **tone}


class BoostAudio(LiveCommand, frozen=True):
    """Make the caller louder or quieter."""

    wire_name = "boostAudioSignal"

    level: float | str
    """Decibels, as a number or as a string such as ``"-6 dB"``."""

    def body(self, profile: ServerProfile) -> Any:
        """The level; zero as a string, because the server takes the number 0 for missing data."""
        return self.level or "0 dB"


class MediaPath(LiveCommand, frozen=True):
    """Choose how the media of a `dial` travels."""

    wire_name = "media:path"

    path: Literal["no-media", "partial-media", "full-media"]

    def body(self, profile: ServerProfile) -> Any:
        """The name of the media path, which is sent bare."""
        return self.path


class Tag(LiveCommand, frozen=True):
    """Attach data to the call, which later hooks repeat as `customerData`."""

    wire_name = "tag"

    data: dict[str, Any]

    def body(self, profile: ServerProfile) -> Any:
        """The tag's object, which is sent bare."""
        return self.data


class NoiseIsolation(LiveCommand, frozen=True):
    """Switch noise isolation on or off."""

    wire_name = "noiseIsolation:status"

    enable: bool
    vendor: str | None = None
    level: float | None = None
    model: str | None = None

    def body(self, profile: ServerProfile) -> Any:
        """Whether noise shall be isolated, and how."""
        return given(
            noise_isolation_status="enable" if self.enable else "disable",
            vendor=self.vendor,
            level=self.level,
            model=self.model,
        )


class RoomSay(LiveCommand, frozen=True):
    """Speak to everybody in the room."""

    wire_name = "room:say"

    say: dict[str, Any]
    """A `say` verb or its fields, and perhaps `replace`."""

    def body(self, profile: ServerProfile) -> Any:
        """The fields of the `say` verb, without its name."""
        return fields_of(self.say)


class RoomPlay(LiveCommand, frozen=True):
    """Play a file to everybody in the room."""

    wire_name = "room:play"

    url: str
    id: str | None = None
    replace: bool | None = None

    def body(self, profile: ServerProfile) -> Any:
        """What to play in the conference."""
        return given(url=self.url, id=self.id, replace=self.replace)


class ReconfigureStt(LiveCommand, frozen=True):
    """Tell the speech recogniser which languages to expect."""

    wire_name = "stt:reconfigure"

    languageHints: list[str]

    def body(self, profile: ServerProfile) -> Any:
        """The languages that the recogniser shall expect."""
        return {"languageHints": self.languageHints}


class ToolOutput(LiveCommand, frozen=True):
    """Answer a tool call of an `llm` or `agent` verb.

    The open-source server hands the vendor's own message through and drops any other shape without a word.
    `AppCall` fills in `vendor` and `function` from the verb that was sent and the call that came, when they
    are empty.
    """

    wire_name = "llm:tool-output"

    tool_call_id: str
    result: Any
    is_error: bool = False
    vendor: str = ""
    """The vendor of the running `llm` verb, such as ``openai``."""
    function: str = ""
    """The name of the tool; one vendor wants it repeated."""
    verbatim: bool = False
    """True when `result` is the whole `data` already, in the vendor's shape."""

    def body(self, profile: ServerProfile) -> Any:
        """The vendor's message for the open-source server, the bare result for the commercial one."""
        if self.verbatim:
            return self.result
        if profile.name == "0.9":
            return vendor_message(self.vendor, self.tool_call_id, self.result, self.function, self.is_error)
        data = self.result if isinstance(self.result, dict) else {"result": self.result}
        return {**data, "is_error": True} if self.is_error else data

    def message(self, profile: ServerProfile) -> dict[str, Any]:
        """The complete message, with the id of the tool call beside the data."""
        return {**super().message(profile), "tool_call_id": self.tool_call_id}


class UpdateLlm(LiveCommand, frozen=True):
    """Send the vendor of the running `llm` verb a message of its own protocol."""

    wire_name = "llm:update"

    update: dict[str, Any]

    def body(self, profile: ServerProfile) -> Any:
        """The vendor's message as it is."""
        return self.update


class UpdateAgent(LiveCommand, frozen=True):
    """Change a running `agent` verb.

    `instructions`, `context`, `tools` and `reply` make the four kinds that there are.
    """

    wire_name = "agent:update"

    type: AgentUpdate
    fields: dict[str, Any] = field(default_factory=dict)
    """What belongs to that type, such as `instructions`, `messages`, `tools` or `user_input`."""

    @classmethod
    def instructions(cls, instructions: str) -> UpdateAgent:
        """Another system prompt, from the next answer on."""
        return cls("update_instructions", {"instructions": instructions})

    @classmethod
    def context(cls, messages: Sequence[Mapping[str, Any]]) -> UpdateAgent:
        """More that the model should know: messages with `role` and `content`, to which it says nothing."""
        return cls("inject_context", {"messages": messages})

    @classmethod
    def tools(cls, tools: Sequence[Mapping[str, Any]]) -> UpdateAgent:
        """Other tools: all that the model may call from now on."""
        return cls("update_tools", {"tools": tools})

    @classmethod
    def reply(
        cls, user_input: str | None = None, *, instructions: str | None = None, interrupt: bool | None = None
    ) -> UpdateAgent:
        """Have the model answer, as if the caller had said `user_input`.

        It waits until the agent is free, unless it may `interrupt`. `instructions` are for this answer only.
        """
        return cls(
            "generate_reply", given(user_input=user_input, instructions=instructions, interrupt=interrupt)
        )

    def body(self, profile: ServerProfile) -> Any:
        """The type of the update with its fields."""
        _check("type of an update", self.type, AgentUpdate)
        needed, kinds = _AGENT_FIELDS[self.type]
        if needed and needed not in self.fields:
            raise LocalProtocolError(f"{self.type} needs {needed}")
        for name, kind in kinds.items():
            value = self.fields.get(name)
            if value is not None and (not isinstance(value, kind) or (kind is Sequence and _is_text(value))):
                said = {str: "a text", bool: "True or False"}.get(kind, "a list of objects")
                raise LocalProtocolError(f"{name} of {self.type} is {said}, not a {type(value).__name__}")
        return {"type": self.type, **self.fields}


_AGENT_FIELDS: Mapping[AgentUpdate, tuple[str, Mapping[str, Any]]] = {
    "update_instructions": ("instructions", {"instructions": str}),
    "inject_context": ("messages", {"messages": Sequence}),
    "update_tools": ("tools", {"tools": Sequence}),
    "generate_reply": ("", {"user_input": str, "instructions": str, "interrupt": bool}),
}
"""By type of update: the field without which the server ignores it, and what its fields are."""


def _is_text(value: object) -> bool:
    return isinstance(value, (str, bytes))


def _check(what: str, value: object, allowed: object) -> None:
    """Refuse a value that the server would ignore without a word."""
    if value not in get_args(allowed):
        raise LocalProtocolError(f"the {what} is one of {', '.join(get_args(allowed))}, and not {value!r}")
