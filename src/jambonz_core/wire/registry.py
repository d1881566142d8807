"""The registry of the wire: one row for each message that jambonz sends, and one for each command it takes.

Whatever has to know all of them asks here: the dispatch and the acks of `AppCall`, the names that `on()`
takes, the classes of payloads, the journal and its ladder, the server profiles, the simulator, and the page
`docs/messages-and-commands.md`. So a message or a command is added by a row, and by what only it can say for
itself: its class, its schema, and what a simulated server does with it.

`REGISTRY` has what this version of the library knows. A program whose server knows more extends it for
itself, and hands it on with its profile; nothing global changes:

>>> class Applause(HookEvent, frozen=True, gc=False):
...     "Somebody claps."
>>> row = MessageRow(type="crowd:applause", event=Applause, ack=HookKind.IGNORED)
>>> registry = REGISTRY.extended(messages=[row])
>>> registry.messages["crowd:applause"].event.__name__, "crowd:applause" in REGISTRY.messages
('Applause', False)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias, TypeVar

from msgspec import Struct, structs

from jambonz_core.wire import events as ev
from jambonz_core.wire import live_commands as live
from jambonz_core.wire import message_reading as read
from jambonz_core.wire import unproved
from jambonz_core.wire.event import Event
from jambonz_core.wire.events import HookEvent, HookKind
from jambonz_core.wire.live_command_base import Inject, LiveCommand
from jambonz_core.wire.unproved import IfUnsure

_NEARLY = 0.85
"""How alike two names are when one of them is probably a mistake: a letter too many, or two exchanged."""

HOOK = "{hook}"
"""Stands in a row's `names` for the path of the hook that the message names."""

EventClass: TypeAlias = type[Event]
Ack: TypeAlias = HookKind | Literal["by path", "never"]
RowT = TypeVar("RowT")
KeyT = TypeVar("KeyT")
Names: TypeAlias = Callable[[Any], tuple[str, ...]]


class MessageRow(Struct, frozen=True, kw_only=True):
    """One type of message from jambonz to the application."""

    type: str
    event: EventClass
    """The class of the event that it becomes; no other type has the same."""
    ack: Ack
    """What its answer can do: always the same kind, or the kind that the verb announced with the hook's path
    (``by path``), or ``never`` for a message that wants none.
    """
    read: Callable[[dict[str, Any]], Event] | None = None
    """Makes the event of a message that wants no ack. Those that want one have the same shape all."""
    hook: bool = False
    """Whether the envelope names a hook."""
    names: tuple[str, ...] = ()
    """What `on()` knows it by beside its type, the more telling ones first: ``{hook}`` for the path of its
    hook, or another field of the event in braces.
    """
    received: bool = True
    """Whether `on()` can receive it. What answers `session:new` are the first verbs that are sent."""
    payload: str = ""
    """The class in `jambonz_core.verbs.payloads` that a handler gets; empty where the hook's path decides."""
    doc: str = ""
    """What it tells, in one line; the event's own first line when it is left out."""

    def __post_init__(self) -> None:
        wants_ack = issubclass(self.event, HookEvent)
        if wants_ack != (self.ack != "never") or wants_ack == (self.read is not None):
            raise ValueError(
                f"{self.type}: a message that wants an ack becomes a HookEvent and has no `read`; one that "
                "wants none has a `read` and becomes another event"
            )
        structs.force_setattr(self, "doc", self.doc or _first_line(self.event))

    @property
    def wants_ack(self) -> bool:
        """Whether the server waits for an answer."""
        return self.ack != "never"

    @property
    def all_names(self) -> tuple[str, ...]:
        """Everything that `on()` knows it by, the most telling first."""
        return (*self.names, self.type) if self.received else ()


TURN = "turn"
"""The name of `TurnMeasured`, which no message brings."""


class CommandRow(Struct, frozen=True, kw_only=True):
    """One command from the application to jambonz."""

    sample: LiveCommand
    """An example, which the page of commands shows and the tests send. Its class is the row's, and so is its
    name; an `Inject` stands for a command that has no class to itself.
    """
    if_unsure: IfUnsure | unproved.ByData
    """What becomes of one that was written just before the connection was lost, as long as nothing proves
    that it was read; or a function that tells by its `data`.
    """
    profiles: tuple[str, ...] = ("0.9", "v10")
    """The server profiles that know it."""
    instead: str = ""
    """What to do under a profile that does not know it."""
    without_data: bool = False
    """Whether the server takes it without `data`."""
    announces_hooks: bool = False
    """Whether its `data` names hooks that this call is going to ask."""
    rest: tuple[str, ...] = ()
    """The fields of the REST API's call update that do the same."""
    rest_is_data: bool = False
    """Whether such a field's value is the command's `data`; otherwise the whole request is."""
    simulated: Callable[[Any, Any], None] | None = None
    """What a simulated server does with it: a function of the simulator's `Session` and of what was received.
    The simulator has its own for the commands of `REGISTRY`.
    """
    doc: str = ""
    """What it does, in one line; the class' own first line when it is left out."""
    name: str = ""
    """The name on the wire, taken from the sample."""

    def __post_init__(self) -> None:
        structs.force_setattr(self, "name", self.sample.command)
        structs.force_setattr(self, "doc", self.doc or _first_line(type(self.sample)))

    @property
    def command(self) -> type[LiveCommand] | None:
        """The class of the command; None for one that has none to itself."""
        return None if isinstance(self.sample, Inject) else type(self.sample)

    def when_unsure(self, data: Any) -> IfUnsure:
        """What becomes of one with this `data` that may not have been read."""
        return self.if_unsure if isinstance(self.if_unsure, IfUnsure) else self.if_unsure(data)


def _first_line(of: type) -> str:
    return (of.__doc__ or "").partition("\n")[0].strip()


class Registry:
    """The rows, and what is looked up in them."""

    __slots__ = ("_names", "by_event", "commands", "messages", "wants_ack", "with_hook", "without_data")

    def __init__(self, messages: Iterable[MessageRow], commands: Iterable[CommandRow]) -> None:
        self.messages: Mapping[str, MessageRow] = _by_key(messages, lambda row: row.type)
        """The rows of messages by their type."""
        self.commands: Mapping[str, CommandRow] = _by_key(commands, lambda row: row.name)
        """The rows of commands by their name."""
        self.by_event: Mapping[type[Event], MessageRow] = _by_key(
            self.messages.values(), lambda row: row.event
        )
        """The rows of messages by the class of their event."""
        self.wants_ack: frozenset[str] = frozenset(
            row.type for row in self.messages.values() if row.wants_ack
        )
        """The types of messages that want an ack."""
        self.with_hook: frozenset[str] = frozenset(row.type for row in self.messages.values() if row.hook)
        """The types of messages whose envelope names a hook."""
        self.without_data: frozenset[str] = frozenset(
            row.name for row in self.commands.values() if row.without_data
        )
        """The commands that the server takes without `data`."""
        self._names: dict[type[Event], Names] = {row.event: _names(row) for row in self.messages.values()}
        self._names[ev.TurnMeasured] = lambda event: (TURN,)

    def extended(self, messages: Iterable[MessageRow] = (), commands: Iterable[CommandRow] = ()) -> Registry:
        """A registry with more rows. Raises `ValueError` where one of them is there already."""
        return Registry((*self.messages.values(), *messages), (*self.commands.values(), *commands))

    def names_of(self, event: Event) -> tuple[str, ...]:
        """Under which names `on()` may have registered a handler for an event, the most telling one first.

        >>> REGISTRY.names_of(ev.CallStatus(data={}, call_sid="c1", status="ringing"))
        ('call:status',)
        >>> REGISTRY.names_of(ev.StreamingEvent(data={}, event_type="stream_open"))
        ('tts:stream_open', 'tts:streaming-event')
        """
        names = self._names.get(type(event))
        if names is not None:
            return names(event)
        return (event.type,) if isinstance(event, ev.UnknownMessage) else ()

    def never_comes(self, name: str) -> str:
        """Why nothing can come for a handler that `on()` registers under a name, or an empty string.

        A name that no row has may be the path of a hook, or the type of a message that only a newer server
        knows, so it is refused only where it is nearly that of a message.

        >>> REGISTRY.never_comes("call:statsu")
        "no message is called 'call:statsu'; did you mean 'call:status'?"
        >>> REGISTRY.never_comes("call:status"), REGISTRY.never_comes("/call-status")
        ('', '')
        """
        row = self.messages.get(name)
        if row is not None:
            return "" if row.received else f"{name!r} is answered by the first verbs that are sent"
        if ":" not in name or "/" in name:
            return ""
        import difflib  # slow to import, and only needed once something is wrong

        close = difflib.get_close_matches(name, self.messages, n=1, cutoff=_NEARLY)
        return f"no message is called {name!r}; did you mean {close[0]!r}?" if close else ""


def _by_key(rows: Iterable[RowT], key: Callable[[RowT], KeyT]) -> dict[KeyT, RowT]:
    found: dict[KeyT, RowT] = {}
    for row in rows:
        if found.setdefault(key(row), row) is not row:
            raise ValueError(f"there are two rows of the wire for {key(row)!r}")
    return found


def _names(row: MessageRow) -> Names:
    """What computes the names of an event. Hooks have one to themselves, because they come often."""
    names = row.all_names
    if names == (HOOK, row.type):
        type = row.type
        return lambda event: (event.hook, type)
    if not any("{" in name for name in names):
        return lambda event: names
    makers = [name.replace("{", "{0.").format for name in names]
    return lambda event: tuple(make(event) for make in makers)


_K, _U = HookKind, IfUnsure

MESSAGES = (
    MessageRow(
        type="session:new", event=ev.SessionNew, ack=_K.SESSION_NEW, received=False, payload="SessionData"
    ),
    MessageRow(
        type="session:reconnect",
        event=ev.SessionReconnect,
        ack=_K.SESSION_RECONNECT,
        payload="SessionReconnectData",
    ),
    MessageRow(
        type="session:redirect",
        event=ev.SessionRedirect,
        ack=_K.SESSION_REDIRECT,
        hook=True,
        names=(HOOK,),
        payload="SessionRedirectData",
    ),
    MessageRow(
        type="session:adulting",
        event=ev.SessionAdulting,
        ack=_K.SESSION_ADULTING,
        payload="SessionAdultingData",
    ),
    MessageRow(type="verb:hook", event=ev.VerbHook, ack="by path", hook=True, names=(HOOK,)),
    MessageRow(
        type="dial:confirm",
        event=ev.DialConfirm,
        ack=_K.DIAL_CONFIRM,
        hook=True,
        names=(HOOK,),
        payload="DialConfirmData",
    ),
    MessageRow(
        type="call:status", event=ev.CallStatus, ack="never", read=read.call_status, payload="CallStatusData"
    ),
    MessageRow(
        type="verb:status", event=ev.VerbStatus, ack="never", read=read.verb_status, payload="VerbStatusData"
    ),
    MessageRow(
        type="jambonz:error", event=ev.ServerError, ack="never", read=read.jambonz_error, payload="ErrorData"
    ),
    MessageRow(
        type="llm:event",
        event=ev.LlmEvent,
        ack="never",
        read=read.llm_event,
        hook=True,
        names=(HOOK,),
        payload="LlmEventData",
    ),
    MessageRow(
        type="llm:tool-call",
        event=ev.LlmToolCall,
        ack="never",
        read=read.llm_tool_call,
        hook=True,
        names=(HOOK,),
        payload="LlmToolCallData",
    ),
    MessageRow(
        type="agent:event",
        event=ev.AgentEvent,
        ack="never",
        read=read.agent_event,
        hook=True,
        names=(HOOK,),
        payload="AgentEventData",
    ),
    MessageRow(
        type="agent:tool-call",
        event=ev.AgentToolCall,
        ack="never",
        read=read.agent_tool_call,
        hook=True,
        names=(HOOK,),
        payload="AgentToolCallData",
    ),
    MessageRow(
        type="tts:tokens-result",
        event=ev.TokensResult,
        ack="never",
        read=read.tokens_result,
        payload="TtsTokensResultData",
    ),
    MessageRow(
        type="tts:streaming-event",
        event=ev.StreamingEvent,
        ack="never",
        read=read.streaming_event,
        names=("tts:{event_type}",),
        payload="TtsStreamingEventData",
    ),
)

_V10 = ("v10",)

COMMANDS = (
    CommandRow(
        sample=Inject("call:status", data={"call_status": "completed"}),
        if_unsure=_U.REPEAT,
        rest=("call_status",),
        doc="Hang up, or decline. `EndCall` sends it.",
    ),
    CommandRow(
        sample=live.Redirect(call_hook="/closing"),
        if_unsure=unproved.redirect_if_unsure,
        rest=("call_hook", "child_call_hook"),
        doc="Give the call new verbs, or let the server ask a hook for them.",
    ),
    CommandRow(sample=live.Configure({"notifyEvents": True}), if_unsure=_U.REPEAT, announces_hooks=True),
    CommandRow(
        sample=live.Dub({"action": "addTrack", "track": "music"}),
        if_unsure=unproved.dub_if_unsure,
        rest=("dub",),
        rest_is_data=True,
    ),
    CommandRow(
        sample=live.DialOut(
            {
                "from": "+18005551212",
                "to": {"type": "phone", "number": "+15085551000"},
                "application_sid": "08d78564-d3f6-4db4-95ce-513ae757c2c9",
            }
        ),
        if_unsure=_U.REPORT,
    ),
    CommandRow(
        sample=live.Record("pauseCallRecording"), if_unsure=_U.REPEAT, rest=("record",), rest_is_data=True
    ),
    CommandRow(sample=live.Mute(mute=True), if_unsure=_U.REPEAT, rest=("mute_status",)),
    CommandRow(sample=live.ConferenceMute(mute=True), if_unsure=_U.REPEAT, rest=("conf_mute_status",)),
    CommandRow(
        sample=live.ConferenceHold(hold=True, wait_hook="/music"),
        if_unsure=_U.REPEAT,
        announces_hooks=True,
        rest=("conf_hold_status",),
    ),
    CommandRow(
        sample=live.ConferenceParticipant("coach", tag="trainee"),
        if_unsure=_U.REPEAT,
        announces_hooks=True,
        rest=("conferenceParticipantAction",),
        rest_is_data=True,
    ),
    CommandRow(sample=live.ListenControl("pause"), if_unsure=_U.REPEAT, rest=("listen_status",)),
    CommandRow(
        sample=Inject("stream:status", data={"stream_status": "pause"}),
        if_unsure=_U.REPEAT,
        doc="Another name of `listen:status`.",
    ),
    CommandRow(sample=live.TranscribeControl("pause"), if_unsure=_U.REPEAT, rest=("transcribe_status",)),
    CommandRow(
        sample=live.Whisper([{"verb": "say", "text": "One minute left."}]),
        if_unsure=_U.REPORT,
        rest=("whisper",),
    ),
    CommandRow(sample=live.SipRequest("INFO", content="{}"), if_unsure=_U.REPORT, rest=("sip_request",)),
    CommandRow(sample=live.Dtmf("5"), if_unsure=_U.REPORT, rest=("dtmf",)),
    CommandRow(
        sample=live.BoostAudio(-3.5), if_unsure=_U.REPEAT, rest=("boostAudioSignal",), rest_is_data=True
    ),
    CommandRow(
        sample=live.MediaPath("partial-media"),
        if_unsure=_U.REPEAT,
        rest=("media_path",),
        rest_is_data=True,
    ),
    CommandRow(
        sample=live.Tag({"case": 4711}),
        if_unsure=_U.REPEAT,
        profiles=_V10,
        instead="use the `tag` verb, or `tag` of the REST API's call update",
        rest=("tag",),
        rest_is_data=True,
    ),
    CommandRow(
        sample=live.NoiseIsolation(enable=True),
        if_unsure=_U.REPEAT,
        profiles=_V10,
        instead="the open-source server has no noise isolation",
    ),
    CommandRow(
        sample=live.RoomSay({"text": "We close soon."}),
        if_unsure=_U.REPORT,
        profiles=_V10,
        instead="whisper or `dub` can speak to a party of the call",
    ),
    CommandRow(
        sample=live.RoomPlay("https://media.example.com/gong.wav"),
        if_unsure=_U.REPORT,
        profiles=_V10,
        instead="whisper or `dub` can play to a party of the call",
    ),
    CommandRow(
        sample=live.ReconfigureStt(["pt", "en"]),
        if_unsure=_U.REPEAT,
        profiles=_V10,
        instead="send a `config` command with another `recognizer`",
    ),
    CommandRow(
        sample=live.ToolOutput("call_8Zt2", 21, vendor="openai"), if_unsure=_U.REPEAT, without_data=True
    ),
    CommandRow(
        sample=live.UpdateLlm({"type": "response.cancel"}),
        if_unsure=unproved.llm_update_if_unsure,
        rest=("llm_update",),
        rest_is_data=True,
    ),
    CommandRow(
        sample=Inject("llm:status", data={"llm_status": "stop"}),
        if_unsure=_U.REPORT,
        profiles=_V10,
        instead="a `redirect` command ends a running `llm` verb",
        doc="Take the model of a running `llm` verb into a conference or room, back, or end it.",
        rest=("llm_status",),
    ),
    CommandRow(
        sample=live.UpdateAgent("update_instructions", {"instructions": "Be brief."}),
        if_unsure=unproved.agent_update_if_unsure,
        profiles=_V10,
        instead="the open-source server has no `agent` verb; `llm:update` changes a running `llm` verb",
        rest=("agent_update",),
        rest_is_data=True,
    ),
    CommandRow(
        sample=Inject("tts:tokens", data={"id": 1, "tokens": "Hello."}),
        if_unsure=_U.RESULT,
        doc="Say a piece of streamed text. Speeches send it.",
    ),
    CommandRow(
        sample=Inject("tts:flush"),
        if_unsure=_U.REPEAT,
        without_data=True,
        doc="Speak what was streamed without waiting for more. Speeches send it.",
    ),
    CommandRow(
        sample=Inject("tts:clear"),
        if_unsure=_U.REPEAT,
        without_data=True,
        doc="Forget what was streamed and is not yet spoken. Speeches send it.",
    ),
)

REGISTRY = Registry(MESSAGES, COMMANDS)
"""What this version of the library knows."""
