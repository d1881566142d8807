"""The commands that act on a running call, as methods.

They are sent at once and pass by the verbs that are queued. `Call` has them all for its own leg, and
`call.leg(sid)` has them for another leg of the call, such as the party that was dialled:

```python
await call.mute()
await call.leg(dialled_sid).send_dtmf("1")
```

A command that the server of the app's profile does not know raises `UnsupportedByProfile` and says what to
use instead. The server reports nothing back for most of them, and ignores one that does not fit what the call
is doing just now.

What is sent just before a connection breaks may be lost with it. A command that sets a state is sent again
then; one that acts is not, and is reported as lost. Those that act take `if_unsure="repeat"` from whoever
would rather have it twice; `call.send_command(Mute(True, if_unsure="report"))` is the opposite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast, overload

from msgspec import structs

import jambonz_core.call as core
from jambonz_core.wire.live_commands import AgentUpdate, RecordAction
from jambonz_core.wire.unproved import UnsureChoice

if TYPE_CHECKING:
    from .chain import Chain

ParticipantAction = Literal["tag", "untag", "coach", "uncoach", "hold", "unhold", "mute", "unmute", "kick"]

_RECORD_ACTIONS: dict[str, RecordAction] = {
    "start": "startCallRecording",
    "stop": "stopCallRecording",
    "pause": "pauseCallRecording",
    "resume": "resumeCallRecording",
}


SentT_co = TypeVar("SentT_co", covariant=True)


class LiveCommands(Generic[SentT_co]):
    """The methods, for one leg of a call.

    The type parameter is what each of them returns: of a call a coroutine, which sends when it is awaited.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def _leg(self) -> str:
            """The `call_sid` of the leg, or empty for the call's own."""
            ...

        def _command(self, command: core.LiveCommand) -> SentT_co:
            """Hand a command to the call's core."""
            ...

        def _verbs(self, verbs: Any) -> list[dict[str, Any]]:
            """Chains and plain dicts as verbs that were validated."""
            ...

    # --- muting, holding, whispering ----------------------------------------------------------------------

    def mute(self) -> SentT_co:
        """Mute the party, in a `dial` or `conference`."""
        return self._command(core.Mute(mute=True, leg=self._leg))

    def unmute(self) -> SentT_co:
        """Let the party be heard again."""
        return self._command(core.Mute(mute=False, leg=self._leg))

    def conference_mute(self) -> SentT_co:
        """Mute everybody in the conference who is no moderator; `conference_participant` mutes one member."""
        return self._command(core.ConferenceMute(mute=True, leg=self._leg))

    def conference_unmute(self) -> SentT_co:
        """Let everybody in the conference who is no moderator be heard again."""
        return self._command(core.ConferenceMute(mute=False, leg=self._leg))

    def conference_hold(self, *, wait_hook: str | None = None) -> SentT_co:
        """Put this member of a conference on hold; `wait_hook` is asked for what it hears meanwhile."""
        return self._command(core.ConferenceHold(hold=True, wait_hook=wait_hook, leg=self._leg))

    def conference_unhold(self) -> SentT_co:
        """Take this member of a conference back."""
        return self._command(core.ConferenceHold(hold=False, leg=self._leg))

    def conference_participant(
        self, action: ParticipantAction, *, tag: str | None = None, wait_hook: str | None = None
    ) -> SentT_co:
        """Tag, coach, hold, mute or remove a participant of a conference."""
        return self._command(
            core.ConferenceParticipant(action=action, tag=tag, wait_hook=wait_hook, leg=self._leg)
        )

    def whisper(
        self, *verbs: Chain[Any] | Mapping[str, Any], if_unsure: UnsureChoice | None = None
    ) -> SentT_co:
        """Say or play something to one party only, while a `dial` or `listen` runs.

        ```python
        await call.whisper(call.say(text="One minute left."))
        ```
        """
        return self._command(core.Whisper(verbs=self._verbs(verbs), leg=self._leg, if_unsure=if_unsure))

    # --- media --------------------------------------------------------------------------------------------

    def send_dtmf(
        self, digit: str, *, duration: int | None = None, if_unsure: UnsureChoice | None = None
    ) -> SentT_co:
        """Send a tone; `duration` in milliseconds."""
        return self._command(core.Dtmf(digit=digit, duration=duration, leg=self._leg, if_unsure=if_unsure))

    def pause_listen(self) -> SentT_co:
        """Stop sending the audio of a `listen` verb, until `resume_listen`."""
        return self._command(core.ListenControl(status="pause", leg=self._leg))

    def resume_listen(self) -> SentT_co:
        """Go on sending the audio of a `listen` verb."""
        return self._command(core.ListenControl(status="resume", leg=self._leg))

    def pause_transcribe(self) -> SentT_co:
        """Stop transcribing, until `resume_transcribe`."""
        return self._command(core.TranscribeControl(status="pause", leg=self._leg))

    def resume_transcribe(self) -> SentT_co:
        """Let a paused transcription go on."""
        return self._command(core.TranscribeControl(status="resume", leg=self._leg))

    def record(self, action: Literal["start", "stop", "pause", "resume"], **options: Any) -> SentT_co:
        """Record the call, or stop, pause or resume that.

        Options are `siprecServerURL`, `recordingID`, `type`, `headers` and `silence`.
        """
        return self._command(core.Record(action=_RECORD_ACTIONS[action], options=options, leg=self._leg))

    def boost_audio(self, level: float | str) -> SentT_co:
        """Make the party louder or quieter: decibels, or a string such as ``"-6 dB"``."""
        return self._command(core.BoostAudio(level=level, leg=self._leg))

    def media_path(self, path: Literal["no-media", "partial-media", "full-media"]) -> SentT_co:
        """Choose how the media of a `dial` travels."""
        return self._command(core.MediaPath(path=path, leg=self._leg))

    def noise_isolation(
        self,
        enable: bool,
        *,
        vendor: str | None = None,
        level: float | None = None,
        model: str | None = None,
    ) -> SentT_co:
        """Switch noise isolation on or off."""
        return self._command(
            core.NoiseIsolation(enable=enable, vendor=vendor, level=level, model=model, leg=self._leg)
        )

    def apply_dub(
        self,
        given: Mapping[str, Any] | None = None,
        /,
        *,
        if_unsure: UnsureChoice | None = None,
        **fields: Any,
    ) -> SentT_co:
        """Act on a track at once: the fields of the verb `dub`."""
        return self._command(
            core.Dub(dub=self._verb("dub", given, fields), leg=self._leg, if_unsure=if_unsure)
        )

    # --- settings, routing, SIP ---------------------------------------------------------------------------

    def configure(self, given: Mapping[str, Any] | None = None, /, **fields: Any) -> SentT_co:
        """Change the session at once, without waiting for queued verbs: the fields of the verb `config`."""
        return self._command(core.Configure(config=self._verb("config", given, fields), leg=self._leg))

    def set_tag(self, data: Mapping[str, Any]) -> SentT_co:
        """Attach data to the call, which later hooks repeat as `customerData`."""
        return self._command(core.Tag(data=dict(data), leg=self._leg))

    def redirect_call(
        self, hook: str | Mapping[str, Any], *, if_unsure: UnsureChoice | None = None
    ) -> SentT_co:
        """Let the server ask another hook for what this leg does next."""
        return self._command(core.Redirect(call_hook=_hook(hook), leg=self._leg, if_unsure=if_unsure))

    def redirect_child(
        self, hook: str | Mapping[str, Any], *, if_unsure: UnsureChoice | None = None
    ) -> SentT_co:
        """Let the server ask a hook what the other leg of a connected `dial` does next: it becomes a call."""
        return self._command(core.Redirect(child_call_hook=_hook(hook), leg=self._leg, if_unsure=if_unsure))

    def redirect_parent(
        self, *verbs: Chain[Any] | Mapping[str, Any], if_unsure: UnsureChoice | None = None
    ) -> SentT_co:
        """Let the parent leg run these verbs."""
        return self._command(
            core.Redirect(parent_call=self._verbs(verbs), leg=self._leg, if_unsure=if_unsure)
        )

    def dial_out(self, call: Mapping[str, Any], *, if_unsure: UnsureChoice | None = None) -> SentT_co:
        """Start another call: the body of a create-call request. Nothing is reported about it here."""
        return self._command(core.DialOut(call=dict(call), leg=self._leg, if_unsure=if_unsure))

    def send_sip_request(
        self,
        method: str,
        *,
        content: str | None = None,
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
        if_unsure: UnsureChoice | None = None,
    ) -> SentT_co:
        """Send a SIP request, such as INFO, inside the call's dialog. Its `content_type` is ``text/plain``
        unless it is given here or among the headers."""
        return self._command(
            core.SipRequest(
                method=method,
                content=content,
                content_type=content_type,
                headers=dict(headers) if headers is not None else None,
                leg=self._leg,
                if_unsure=if_unsure,
            )
        )

    # --- rooms and recognisers ----------------------------------------------------------------------------

    def room_say(
        self,
        given: Mapping[str, Any] | None = None,
        /,
        *,
        if_unsure: UnsureChoice | None = None,
        **fields: Any,
    ) -> SentT_co:
        """Speak to everybody in the room: the fields of the verb `say`, and perhaps `replace`."""
        return self._command(
            core.RoomSay(say={**(given or {}), **fields}, leg=self._leg, if_unsure=if_unsure)
        )

    def room_play(
        self,
        url: str,
        *,
        id: str | None = None,
        replace: bool | None = None,
        if_unsure: UnsureChoice | None = None,
    ) -> SentT_co:
        """Play a file to everybody in the room."""
        return self._command(
            core.RoomPlay(url=url, id=id, replace=replace, leg=self._leg, if_unsure=if_unsure)
        )

    def reconfigure_stt(self, language_hints: Sequence[str]) -> SentT_co:
        """Tell the speech recogniser which languages to expect; an empty list lets it find out."""
        return self._command(core.ReconfigureStt(languageHints=list(language_hints), leg=self._leg))

    # --- language models ----------------------------------------------------------------------------------

    def tool_output(self, tool_call_id: str, result: Any, *, is_error: bool = False) -> SentT_co:
        """Answer a tool call of an `llm` or `agent` verb, in the shape that its vendor needs."""
        return self._command(
            core.ToolOutput(tool_call_id=tool_call_id, result=result, is_error=is_error, leg=self._leg)
        )

    def update_llm(self, update: Mapping[str, Any], *, if_unsure: UnsureChoice | None = None) -> SentT_co:
        """Send the vendor of the running `llm` verb a message of its own protocol."""
        return self._command(core.UpdateLlm(update=dict(update), leg=self._leg, if_unsure=if_unsure))

    @overload
    def update_agent(
        self,
        type: Literal["update_instructions"],
        /,
        *,
        instructions: str,
        if_unsure: UnsureChoice | None = None,
    ) -> SentT_co: ...
    @overload
    def update_agent(
        self,
        type: Literal["inject_context"],
        /,
        *,
        messages: Sequence[Mapping[str, Any]],
        if_unsure: UnsureChoice | None = None,
    ) -> SentT_co: ...
    @overload
    def update_agent(
        self,
        type: Literal["update_tools"],
        /,
        *,
        tools: Sequence[Mapping[str, Any]],
        if_unsure: UnsureChoice | None = None,
    ) -> SentT_co: ...
    @overload
    def update_agent(
        self,
        type: Literal["generate_reply"],
        /,
        *,
        user_input: str = ...,
        instructions: str = ...,
        interrupt: bool = ...,
        if_unsure: UnsureChoice | None = None,
    ) -> SentT_co: ...
    @overload
    def update_agent(
        self, type: Mapping[str, Any], /, *, if_unsure: UnsureChoice | None = None, **fields: Any
    ) -> SentT_co: ...
    def update_agent(
        self,
        type: AgentUpdate | Mapping[str, Any],
        /,
        *,
        if_unsure: UnsureChoice | None = None,
        **fields: Any,
    ) -> SentT_co:
        """Change a running `agent` verb, in one of four ways.

        ```python
        await call.update_agent("update_instructions", instructions="Be brief from now on.")
        await call.update_agent("inject_context", messages=[{"role": "system", "content": "It rains."}])
        await call.update_agent("update_tools", tools=[])
        await call.update_agent("generate_reply", user_input="Say goodbye.", interrupt=True)
        ```

        `instructions` are the whole system prompt; `messages` are added to what the model knows, and nothing
        is said to them; `tools` are all that it may call from now on. With `generate_reply` it answers as if
        the caller had spoken, once it is free, or at once with `interrupt`.
        """
        if isinstance(type, Mapping):  # the official SDKs' form: everything in one object
            fields = {**type, **fields}
            type = cast("AgentUpdate", fields.pop("type", ""))
        return self._command(core.UpdateAgent(type=type, fields=fields, leg=self._leg, if_unsure=if_unsure))

    # --- of your own --------------------------------------------------------------------------------------

    def send_command(self, command: core.LiveCommand) -> SentT_co:
        """Send a command object: one of `jambonz_core.call`, or of a class of your own.

        A command of your own needs a row in the profile's registry, which says that your server knows it:

        ```python
        class Sing(LiveCommand, frozen=True):
            wire_name = "song:sing"
            song: str

            def body(self, profile):
                return {"song": self.song}


        row = CommandRow(sample=Sing("Yesterday"), if_unsure=IfUnsure.REPORT)
        app = App(profile=V10.with_rows(commands=[row]))
        ```
        """
        if self._leg and not command.leg:
            command = structs.replace(command, leg=self._leg)
        return self._command(command)

    def raw_command(
        self,
        name: str,
        data: Any = None,
        *,
        queue: bool | None = None,
        tool_call_id: str | None = None,
        if_unsure: UnsureChoice | None = None,
    ) -> SentT_co:
        """Send a command that goes out as it is given, unseen by schemas and profile.

        For what this version has no method for. `queue` is the wire's `queueCommand`.
        """
        command = core.Inject(
            name=name, data=data, queue=queue, tool_call_id=tool_call_id, leg=self._leg, if_unsure=if_unsure
        )
        return self._command(command)

    def _verb(self, name: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> dict[str, Any]:
        return self._verbs({**(given or {}), **fields, "verb": name})[0]


def _hook(hook: str | Mapping[str, Any]) -> str | dict[str, Any]:
    return hook if isinstance(hook, str) else dict(hook)
