"""The live commands under the official SDKs' names, `inject_…`, for habits that come from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import jambonz_core.call as core

from ..commands import LiveCommands, RecordAction


class InjectedCommands(LiveCommands):
    """The methods of `LiveCommands`, and beside them those that the official SDKs have for the same."""

    __slots__ = ()

    async def inject_command(
        self,
        command: str,
        data: Any = None,
        call_sid: str | None = None,
        *,
        queue: bool | None = None,
        tool_call_id: str | None = None,
    ) -> None:
        """`raw_command`, and for another leg of the call with its `call_sid`."""
        await self._command(
            core.Inject(
                name=command, data=data, queue=queue, tool_call_id=tool_call_id, leg=call_sid or self._leg
            )
        )

    async def inject_record(self, action: RecordAction, data: Mapping[str, Any] | None = None) -> None:
        """`record`, with the wire's name of the action."""
        await self._command(core.Record(action=action, options=dict(data or {}), leg=self._leg))

    async def inject_whisper(self, verb: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        """`whisper`, with one verb or a list of them."""
        await self._command(core.Whisper(verbs=self._verbs(verb), leg=self._leg))

    async def inject_mute(self, status: Literal["mute", "unmute"]) -> None:
        """`mute` and `unmute`."""
        await self._command(core.Mute(mute=status == "mute", leg=self._leg))

    async def inject_conference_mute(self, status: Literal["mute", "unmute"]) -> None:
        """`conference_mute` and `conference_unmute`."""
        await self._command(core.ConferenceMute(mute=status == "mute", leg=self._leg))

    async def inject_conference_hold(self, status: Literal["hold", "unhold"]) -> None:
        """`conference_hold` and `conference_unhold`."""
        await self._command(core.ConferenceHold(hold=status == "hold", leg=self._leg))

    async def inject_listen_status(self, status: Literal["pause", "resume"]) -> None:
        """`pause_listen` and `resume_listen`."""
        await self._command(core.ListenControl(status=status, leg=self._leg))

    async def inject_transcribe_status(self, status: Literal["pause", "resume"]) -> None:
        """`pause_transcribe` and `resume_transcribe`."""
        await self._command(core.TranscribeControl(status=status, leg=self._leg))

    async def inject_noise_isolation(self, status: str, opts: Mapping[str, Any] | None = None) -> None:
        """`noise_isolation`; `status` is ``enable`` or ``disable``, and ``on`` and ``off`` are understood."""
        await self.noise_isolation(status in ("enable", "on"), **(opts or {}))

    async def inject_dtmf(self, dtmf: str, duration: int | None = None) -> None:
        """`send_dtmf`."""
        await self.send_dtmf(dtmf, duration=duration)

    async def inject_tag(self, data: Mapping[str, Any]) -> None:
        """`set_tag`."""
        await self.set_tag(data)

    async def inject_redirect(self, hook: str | Mapping[str, Any]) -> None:
        """`redirect_call`."""
        await self.redirect_call(hook)

    async def inject_stt_reconfigure(
        self, language_hints: Sequence[str] | None = None, opts: Mapping[str, Any] | None = None
    ) -> None:
        """`reconfigure_stt`."""
        if opts:
            data = {**opts, **({} if language_hints is None else {"languageHints": list(language_hints)})}
            await self.inject_command("stt:reconfigure", data)
        else:
            await self.reconfigure_stt(language_hints or ())
