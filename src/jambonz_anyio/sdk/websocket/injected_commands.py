"""The live commands under the official SDKs' names, `inject_…`, for habits that come from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

import jambonz_core.call as core
from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.live_commands import RecordAction

from ...commands import LiveCommands, SentT_co

StatusT = TypeVar("StatusT", bound=str)

_RECORD_OPTIONS = {"siprec_server_url": "siprecServerURL", "recording_id": "recordingID"}
"""Options of a recording that Python spells in another way than the wire."""


class InjectedCommands(LiveCommands[SentT_co]):
    """The methods of `LiveCommands`, and beside them those that the official SDKs have for the same.

    The last argument of each of them is the `call_sid` of another leg of the call, for which it is then.
    """

    __slots__ = ()

    def inject_command(
        self,
        command: str,
        data: Any = None,
        call_sid: str | None = None,
        *,
        queue: bool | None = None,
        tool_call_id: str | None = None,
    ) -> SentT_co:
        """`raw_command`: goes out as it is given."""
        leg = call_sid or self._leg
        return self._command(
            core.Inject(name=command, data=data, queue=queue, tool_call_id=tool_call_id, leg=leg)
        )

    def inject_record(
        self,
        action: RecordAction,
        data: Mapping[str, Any] | None = None,
        call_sid: str | None = None,
        *,
        siprec_server_url: str | None = None,
        recording_id: str | None = None,
        **options: Any,
    ) -> SentT_co:
        """`record`, with the wire's name of the action. Options come in a dict, or by keywords."""
        options |= {"siprec_server_url": siprec_server_url, "recording_id": recording_id}
        options = {_RECORD_OPTIONS.get(name, name): options[name] for name in options}
        options = {**(data or {}), **{name: options[name] for name in options if options[name] is not None}}
        return self._command(core.Record(action=action, options=options, leg=call_sid or self._leg))

    def inject_whisper(
        self, verb: Mapping[str, Any] | Sequence[Mapping[str, Any]], call_sid: str | None = None
    ) -> SentT_co:
        """`whisper`, with one verb or a list of them."""
        return self._command(core.Whisper(verbs=self._verbs(verb), leg=call_sid or self._leg))

    def inject_mute(self, status: Literal["mute", "unmute"], call_sid: str | None = None) -> SentT_co:
        """`mute` and `unmute`."""
        mute = _one_of(status, "mute", "unmute") == "mute"
        return self._command(core.Mute(mute=mute, leg=call_sid or self._leg))

    def inject_conference_mute(
        self, status: Literal["mute", "unmute"], call_sid: str | None = None
    ) -> SentT_co:
        """`conference_mute` and `conference_unmute`."""
        mute = _one_of(status, "mute", "unmute") == "mute"
        return self._command(core.ConferenceMute(mute=mute, leg=call_sid or self._leg))

    def inject_conference_hold(
        self, status: Literal["hold", "unhold"], call_sid: str | None = None
    ) -> SentT_co:
        """`conference_hold` and `conference_unhold`."""
        hold = _one_of(status, "hold", "unhold") == "hold"
        return self._command(core.ConferenceHold(hold=hold, leg=call_sid or self._leg))

    def inject_listen_status(
        self, status: Literal["pause", "resume"], call_sid: str | None = None
    ) -> SentT_co:
        """`pause_listen` and `resume_listen`."""
        status = _one_of(status, "pause", "resume")
        return self._command(core.ListenControl(status=status, leg=call_sid or self._leg))

    def inject_transcribe_status(
        self, status: Literal["pause", "resume"], call_sid: str | None = None
    ) -> SentT_co:
        """`pause_transcribe` and `resume_transcribe`."""
        status = _one_of(status, "pause", "resume")
        return self._command(core.TranscribeControl(status=status, leg=call_sid or self._leg))

    def inject_noise_isolation(
        self,
        status: Literal["enable", "disable", "on", "off"],
        opts: Mapping[str, Any] | None = None,
        call_sid: str | None = None,
        *,
        vendor: str | None = None,
        level: float | None = None,
        model: str | None = None,
    ) -> SentT_co:
        """`noise_isolation`; ``on`` and ``off`` are understood as well. Options come in a dict, or by
        keywords.
        """
        enable = _one_of(status, "enable", "disable", "on", "off") in ("enable", "on")
        options = {"vendor": vendor, "level": level, "model": model, **(opts or {})}
        if unknown := set(options) - {"vendor", "level", "model"}:
            raise LocalProtocolError(
                f"noise isolation has no option {min(unknown)!r}; it has vendor, level and model"
            )
        return self._command(core.NoiseIsolation(enable=enable, leg=call_sid or self._leg, **options))

    def inject_dtmf(self, dtmf: str, duration: int | None = None, call_sid: str | None = None) -> SentT_co:
        """`send_dtmf`."""
        return self._command(core.Dtmf(digit=dtmf, duration=duration, leg=call_sid or self._leg))

    def inject_tag(self, data: Mapping[str, Any], call_sid: str | None = None) -> SentT_co:
        """`set_tag`."""
        return self._command(core.Tag(data=dict(data), leg=call_sid or self._leg))

    def inject_redirect(self, hook: str | Mapping[str, Any], call_sid: str | None = None) -> SentT_co:
        """`redirect_call`."""
        call_hook = hook if isinstance(hook, str) else dict(hook)
        return self._command(core.Redirect(call_hook=call_hook, leg=call_sid or self._leg))

    def inject_say(
        self, say: str | Mapping[str, Any], call_sid: str | None = None, **fields: Any
    ) -> SentT_co:
        """`room_say`: the text, or the fields of the verb `say` in a dict or by keywords."""
        given = {"text": say} if isinstance(say, str) else say
        return self._command(core.RoomSay(say={**given, **fields}, leg=call_sid or self._leg))

    def inject_play(
        self,
        play: str | Mapping[str, Any],
        call_sid: str | None = None,
        *,
        id: str | None = None,
        replace: bool | None = None,
    ) -> SentT_co:
        """`room_play`: the URL, or a dict with `url`, `id` and `replace`."""
        given = {"url": play} if isinstance(play, str) else play
        if unknown := set(given) - {"url", "id", "replace"}:
            raise LocalProtocolError(
                f"inject_play() has no {min(unknown)!r}; what a room plays has url, id and replace"
            )
        fields = {"id": id, "replace": replace, **given}
        return self._command(core.RoomPlay(leg=call_sid or self._leg, **fields))

    def inject_stt_reconfigure(
        self,
        language_hints: Sequence[str] | Mapping[str, Any] | None = None,
        opts: Mapping[str, Any] | None = None,
        call_sid: str | None = None,
    ) -> SentT_co:
        """`reconfigure_stt`. The Node SDK's form is understood, too: a dict with `languageHints`."""
        options = dict(opts or {})
        if isinstance(language_hints, Mapping):
            options = {**language_hints, **options}
        elif language_hints is not None:
            options["languageHints"] = list(language_hints)
        leg = call_sid or self._leg
        if not set(options) - {"languageHints"}:
            given = options.get("languageHints")
            hints: list[str] = list(given) if given else []
            return self._command(core.ReconfigureStt(languageHints=hints, leg=leg))
        return self._command(core.Inject(name="stt:reconfigure", data=options, leg=leg))


def _one_of(status: StatusT, *allowed: str) -> StatusT:
    """`status`, if it is one of these: whatever else it is would do the opposite of what was meant."""
    if status in allowed:
        return status
    raise LocalProtocolError(f"the status is one of {', '.join(map(repr, allowed))}, and not {status!r}")
