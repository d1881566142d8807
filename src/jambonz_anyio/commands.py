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
from typing import TYPE_CHECKING, Any, Literal, cast

from msgspec import structs

import jambonz_core.call as core
from jambonz_core.wire.unproved import UnsureChoice

if TYPE_CHECKING:
    from .chain import Chain

ParticipantAction = Literal["tag", "untag", "coach", "uncoach", "hold", "unhold", "mute", "unmute", "kick"]
RecordAction = Literal["startCallRecording", "stopCallRecording", "pauseCallRecording", "resumeCallRecording"]
AgentUpdate = Literal["update_instructions", "inject_context", "update_tools", "generate_reply"]

_RECORD_ACTIONS: dict[str, RecordAction] = {
    "start": "startCallRecording",
    "stop": "stopCallRecording",
    "pause": "pauseCallRecording",
    "resume": "resumeCallRecording",
}


class LiveCommands:
    """The methods, for one leg of a call."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def _leg(self) -> str:
            """The `call_sid` of the leg, or empty for the call's own."""
            ...

        async def _command(self, command: core.LiveCommand) -> None:
            """Hand a command to the call's core."""

        def _verbs(self, verbs: Any) -> list[dict[str, Any]]:
            """Chains and plain dicts as verbs that were validated."""
            ...

    # --- muting, holding, whispering ----------------------------------------------------------------------

    async def mute(self) -> None:
        """Mute the party, in a `dial` or `conference`."""
        await self._command(core.Mute(mute=True, leg=self._leg))

    async def unmute(self) -> None:
        """Let the party be heard again."""
        await self._command(core.Mute(mute=False, leg=self._leg))

    async def conference_mute(self) -> None:
        """Mute everybody in the conference who is no moderator; `conference_participant` mutes one member."""
        await self._command(core.ConferenceMute(mute=True, leg=self._leg))

    async def conference_unmute(self) -> None:
        """Let everybody in the conference who is no moderator be heard again."""
        await self._command(core.ConferenceMute(mute=False, leg=self._leg))

    async def conference_hold(self, *, wait_hook: str | None = None) -> None:
        """Put this member of a conference on hold; `wait_hook` is asked for what it hears meanwhile."""
        await self._command(core.ConferenceHold(hold=True, wait_hook=wait_hook, leg=self._leg))

    async def conference_unhold(self) -> None:
        """Take this member of a conference back."""
        await self._command(core.ConferenceHold(hold=False, leg=self._leg))

    async def conference_participant(
        self, action: ParticipantAction, *, tag: str | None = None, wait_hook: str | None = None
    ) -> None:
        """Tag, coach, hold, mute or remove a participant of a conference."""
        await self._command(
            core.ConferenceParticipant(action=action, tag=tag, wait_hook=wait_hook, leg=self._leg)
        )

    async def whisper(
        self, *verbs: Chain[Any] | Mapping[str, Any], if_unsure: UnsureChoice | None = None
    ) -> None:
        """Say or play something to one party only, while a `dial` or `listen` runs.

        ```python
        await call.whisper(call.say(text="One minute left."))
        ```
        """
        await self._command(core.Whisper(verbs=self._verbs(verbs), leg=self._leg, if_unsure=if_unsure))

    # --- media --------------------------------------------------------------------------------------------

    async def send_dtmf(
        self, digit: str, *, duration: int | None = None, if_unsure: UnsureChoice | None = None
    ) -> None:
        """Send a tone; `duration` in milliseconds."""
        await self._command(core.Dtmf(digit=digit, duration=duration, leg=self._leg, if_unsure=if_unsure))

    async def pause_listen(self) -> None:
        """Stop sending the audio of a `listen` verb, until `resume_listen`."""
        await self._command(core.ListenControl(status="pause", leg=self._leg))

    async def resume_listen(self) -> None:
        """Go on sending the audio of a `listen` verb."""
        await self._command(core.ListenControl(status="resume", leg=self._leg))

    async def pause_transcribe(self) -> None:
        """Stop transcribing, until `resume_transcribe`."""
        await self._command(core.TranscribeControl(status="pause", leg=self._leg))

    async def resume_transcribe(self) -> None:
        """Let a paused transcription go on."""
        await self._command(core.TranscribeControl(status="resume", leg=self._leg))

    async def record(self, action: Literal["start", "stop", "pause", "resume"], **options: Any) -> None:
        """Record the call, or stop, pause or resume that.

        Options are `siprecServerURL`, `recordingID`, `type`, `headers` and `silence`.
        """
        await self._command(core.Record(action=_RECORD_ACTIONS[action], options=options, leg=self._leg))

    async def boost_audio(self, level: float | str) -> None:
        """Make the party louder or quieter: decibels, or a string such as ``"-6 dB"``."""
        await self._command(core.BoostAudio(level=level, leg=self._leg))

    async def media_path(self, path: Literal["no-media", "partial-media", "full-media"]) -> None:
        """Choose how the media of a `dial` travels."""
        await self._command(core.MediaPath(path=path, leg=self._leg))

    async def noise_isolation(
        self,
        enable: bool,
        *,
        vendor: str | None = None,
        level: float | None = None,
        model: str | None = None,
    ) -> None:
        """Switch noise isolation on or off."""
        await self._command(
            core.NoiseIsolation(enable=enable, vendor=vendor, level=level, model=model, leg=self._leg)
        )

    async def apply_dub(
        self,
        given: Mapping[str, Any] | None = None,
        /,
        *,
        if_unsure: UnsureChoice | None = None,
        **fields: Any,
    ) -> None:
        """Act on a track at once: the fields of the verb `dub`."""
        await self._command(
            core.Dub(dub=self._verb("dub", given, fields), leg=self._leg, if_unsure=if_unsure)
        )

    # --- settings, routing, SIP ---------------------------------------------------------------------------

    async def configure(self, given: Mapping[str, Any] | None = None, /, **fields: Any) -> None:
        """Change the session at once, without waiting for queued verbs: the fields of the verb `config`."""
        await self._command(core.Configure(config=self._verb("config", given, fields), leg=self._leg))

    async def set_tag(self, data: Mapping[str, Any]) -> None:
        """Attach data to the call, which later hooks repeat as `customerData`."""
        await self._command(core.Tag(data=dict(data), leg=self._leg))

    async def redirect_call(
        self, hook: str | Mapping[str, Any], *, if_unsure: UnsureChoice | None = None
    ) -> None:
        """Let the server ask another hook for what this leg does next."""
        await self._command(core.Redirect(call_hook=_hook(hook), leg=self._leg, if_unsure=if_unsure))

    async def redirect_child(
        self, hook: str | Mapping[str, Any], *, if_unsure: UnsureChoice | None = None
    ) -> None:
        """Let the server ask a hook what the other leg of a connected `dial` does next: it becomes a call."""
        await self._command(core.Redirect(child_call_hook=_hook(hook), leg=self._leg, if_unsure=if_unsure))

    async def redirect_parent(
        self, *verbs: Chain[Any] | Mapping[str, Any], if_unsure: UnsureChoice | None = None
    ) -> None:
        """Let the parent leg run these verbs."""
        await self._command(core.Redirect(parent_call=self._verbs(verbs), leg=self._leg, if_unsure=if_unsure))

    async def dial_out(self, call: Mapping[str, Any], *, if_unsure: UnsureChoice | None = None) -> None:
        """Start another call: the body of a create-call request. Nothing is reported about it here."""
        await self._command(core.DialOut(call=dict(call), leg=self._leg, if_unsure=if_unsure))

    async def send_sip_request(
        self,
        method: str,
        *,
        content: str | None = None,
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
        if_unsure: UnsureChoice | None = None,
    ) -> None:
        """Send a SIP request, such as INFO, inside the call's dialog. Its `content_type` is ``text/plain``
        unless it is given here or among the headers."""
        await self._command(
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

    async def room_say(
        self,
        given: Mapping[str, Any] | None = None,
        /,
        *,
        if_unsure: UnsureChoice | None = None,
        **fields: Any,
    ) -> None:
        """Speak to everybody in the room: the fields of the verb `say`, and perhaps `replace`."""
        await self._command(core.RoomSay(say={**(given or {}), **fields}, leg=self._leg, if_unsure=if_unsure))

    async def room_play(
        self,
        url: str,
        *,
        id: str | None = None,
        replace: bool | None = None,
        if_unsure: UnsureChoice | None = None,
    ) -> None:
        """Play a file to everybody in the room."""
        await self._command(
            core.RoomPlay(url=url, id=id, replace=replace, leg=self._leg, if_unsure=if_unsure)
        )

    async def reconfigure_stt(self, language_hints: Sequence[str]) -> None:
        """Tell the speech recogniser which languages to expect; an empty list lets it find out."""
        await self._command(core.ReconfigureStt(languageHints=list(language_hints), leg=self._leg))

    # --- language models ----------------------------------------------------------------------------------

    async def tool_output(self, tool_call_id: str, result: Any, *, is_error: bool = False) -> None:
        """Answer a tool call of an `llm` or `agent` verb, in the shape that its vendor needs."""
        await self._command(
            core.ToolOutput(tool_call_id=tool_call_id, result=result, is_error=is_error, leg=self._leg)
        )

    async def update_llm(self, update: Mapping[str, Any], *, if_unsure: UnsureChoice | None = None) -> None:
        """Send the vendor of the running `llm` verb a message of its own protocol."""
        await self._command(core.UpdateLlm(update=dict(update), leg=self._leg, if_unsure=if_unsure))

    async def update_agent(
        self,
        type: AgentUpdate | Mapping[str, Any],
        /,
        *,
        if_unsure: UnsureChoice | None = None,
        **fields: Any,
    ) -> None:
        """Change a running `agent` verb.

        ```python
        await call.update_agent("generate_reply", user_input="Say goodbye.")
        ```
        """
        if isinstance(type, Mapping):  # the official SDKs' form: everything in one object
            fields = {**type, **fields}
            type = cast("AgentUpdate", fields.pop("type", ""))
        await self._command(core.UpdateAgent(type=type, fields=fields, leg=self._leg, if_unsure=if_unsure))

    # --- of your own --------------------------------------------------------------------------------------

    async def send_command(self, command: core.LiveCommand) -> None:
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
        await self._command(command)

    async def raw_command(
        self,
        name: str,
        data: Any = None,
        *,
        queue: bool | None = None,
        tool_call_id: str | None = None,
        if_unsure: UnsureChoice | None = None,
    ) -> None:
        """Send a command that goes out as it is given, unseen by schemas and profile.

        For what this version has no method for. `queue` is the wire's `queueCommand`.
        """
        command = core.Inject(
            name=name, data=data, queue=queue, tool_call_id=tool_call_id, leg=self._leg, if_unsure=if_unsure
        )
        await self._command(command)

    def _verb(self, name: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> dict[str, Any]:
        return self._verbs({**(given or {}), **fields, "verb": name})[0]


def _hook(hook: str | Mapping[str, Any]) -> str | dict[str, Any]:
    return hook if isinstance(hook, str) else dict(hook)
