"""Requests about live calls: place, look up, steer, hang up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from jambonz_core.rest.call_creation import call_body
from jambonz_core.rest.call_updates import RECORDING, update_body
from jambonz_core.rest.errors import Conflict, InvalidRequest, Misshapen, NotFound
from jambonz_core.rest.fields import Hook, Scope, checked_choice, checked_sid, joined, meant, present, query
from jambonz_core.rest.reading import converter, json_of, many, nothing, one, sid
from jambonz_core.rest.request import CREATED, NO_CONTENT, Request, Response, Rows, Steps
from jambonz_core.rest.shapes import CallCount, CallInfo, NewCall, SipResult
from jambonz_core.rest.targets import Target

_GONE = "there is no record of this call: it ended, or was answered over an hour ago, when servers forget it"
_HINTS_CREATE = {
    400: "an unknown application_sid is one reason; a key of a service provider cannot place calls at all",
    480: "no feature server is connected to the API server",
    500: "the feature server refused the call and the API hides why: no SBC, no carrier for the number, a "
    "`user` target without a sip realm, or a field that this version does not know; the call may also exist",
}
_HINTS_UPDATE = {
    404: _GONE,
    422: "the call's session is over, or its state does not allow this now",
    500: "the feature server that has the call cannot be reached; a SIP request also needs an answered call",
}
_FILTERS = {"direction": "direction", "from": "from", "from_": "from", "to": "to"} | dict.fromkeys(
    ("callStatus", "call_status"), "callStatus"
)


class CallRequests:
    """Live calls: place them, look them up, steer them, hang them up.

    An update that was accepted has only been received: the feature server answers before it acts, and what
    does not fit the call's state then is dropped in silence.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def create(
        self,
        opts: Mapping[str, Any] | None = None,
        *,
        from_: str | None = None,
        to: Target | str | None = None,
        application_sid: str | None = None,
        call_hook: Hook | None = None,
        call_status_hook: Hook | None = None,
        speech_synthesis_vendor: str | None = None,
        speech_synthesis_language: str | None = None,
        speech_synthesis_voice: str | None = None,
        speech_recognizer_vendor: str | None = None,
        speech_recognizer_language: str | None = None,
        caller_name: str | None = None,
        from_host: str | None = None,
        timeout: int | None = None,
        time_limit: int | None = None,
        headers: Mapping[str, str] | None = None,
        tag: Mapping[str, Any] | None = None,
        amd: Mapping[str, Any] | None = None,
        dual_streams: bool | None = None,
        sip_request_within_dialog_hook: str | None = None,
        refer_hook: Hook | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Request[NewCall]:
        """Place a call.

        The answer means that the INVITE is on its way, not that anybody answered; progress goes to
        `call_status_hook`. What the server would answer with a bare 500 is refused here, with the reason.

        Args:
            opts: The request as a dict, as other SDKs take it, instead of or beside the keywords. Names are
                those of the wire (``from``, ``callerName``) or those of the keywords.
            from_: The calling number or name, up to 256 characters.
            to: A target (see `jambonz_core.rest.targets`), or a text: a number, ``sip:…`` or ``user@realm``.
            application_sid: The stored application that runs the call, with its hooks and speech settings.
            call_hook: Without `application_sid`: the absolute URL that is asked what to do. All five speech
                settings are needed with it.
            call_status_hook: The absolute URL that is told how the call goes.
            speech_synthesis_vendor: Who speaks, beside `call_hook`.
            speech_synthesis_language: In which language.
            speech_synthesis_voice: With which voice.
            speech_recognizer_vendor: Who listens, beside `call_hook`.
            speech_recognizer_language: For which language.
            caller_name: The name that is shown with the calling number.
            from_host: The host part of the SIP From header.
            timeout: Seconds to let it ring; the server's default is 60.
            time_limit: Seconds after which the call is ended.
            headers: SIP headers for the INVITE.
            tag: Your own data, an object; it comes back as `customerData` in every payload of the call.
            amd: Answering machine detection; needs `actionHook`.
            dual_streams: Keep the two directions of the audio apart.
            sip_request_within_dialog_hook: Told of SIP requests within the call; a URL.
            refer_hook: Asked when the far end wants to transfer the call.
            extra: Fields that go out unchecked, for servers that know more than this library.

        Returns:
            The call's sid, a `str` with the SIP Call-ID as `.call_id`.
        """
        keywords = {
            "from_": from_,
            "to": to,
            "application_sid": application_sid,
            "call_hook": call_hook,
            "call_status_hook": call_status_hook,
            "speech_synthesis_vendor": speech_synthesis_vendor,
            "speech_synthesis_language": speech_synthesis_language,
            "speech_synthesis_voice": speech_synthesis_voice,
            "speech_recognizer_vendor": speech_recognizer_vendor,
            "speech_recognizer_language": speech_recognizer_language,
            "caller_name": caller_name,
            "from_host": from_host,
            "timeout": timeout,
            "time_limit": time_limit,
            "headers": headers,
            "tag": tag,
            "amd": amd,
            "dual_streams": dual_streams,
            "sip_request_within_dialog_hook": sip_request_within_dialog_hook,
            "refer_hook": refer_hook,
        }
        return Request(
            "calls.create",
            "POST",
            self._scope.account_path("Calls"),
            _new_call,
            body=call_body(joined(opts, keywords), extra),
            expected=CREATED,
            hints=_HINTS_CREATE,
        )

    def list(
        self,
        filter: Mapping[str, str] | None = None,
        *,
        direction: Literal["inbound", "outbound"] | None = None,
        from_: str | None = None,
        to: str | None = None,
        call_status: str | None = None,
    ) -> Request[Rows[CallInfo]]:
        """List calls, in no particular order.

        The server's list also has calls that ended up to an hour ago, and loses calls an hour after they were
        answered: filter by ``call_status="in-progress"`` for those that are up. Filters match whole values.
        """
        given = joined(filter, {"direction": direction, "from_": from_, "to": to, "call_status": call_status})
        wanted: dict[str, str] = {}
        for name, value in given.items():
            if name not in _FILTERS:
                raise InvalidRequest(f"calls have no filter {name!r}{meant(name, _FILTERS)}", field=name)
            wanted[_FILTERS[name]] = value
        return Request(
            "calls.list", "GET", self._scope.account_path("Calls"), many(CallInfo), params=query(**wanted)
        )

    def get(self, call_sid: str) -> Request[CallInfo]:
        """Look one call up."""
        return Request("calls.get", "GET", self._call(call_sid), one(CallInfo), hints={404: _GONE})

    def count(self) -> Request[CallCount]:
        """Count the calls that are up."""
        return Request("calls.count", "GET", self._scope.account_path("CallCount"), one(CallCount))

    def update(
        self, /, call_sid: str, opts: Mapping[str, Any] | None = None, **fields: Any
    ) -> Request[SipResult | None]:
        """Send any update, in the server's own field names. The methods beside this one spell them out."""
        return self._update("calls.update", call_sid, joined(opts, fields))

    def delete(self, call_sid: str) -> Request[None]:
        """Make the server forget a call's record. **This does not hang up**: see `hang_up`.

        A call that is up cannot be reached over this API afterwards, until its status changes.
        """
        return Request(
            "calls.delete", "DELETE", self._call(call_sid), nothing, expected=NO_CONTENT, hints={404: _GONE}
        )

    def hang_up(self, call_sid: str) -> Steps[bool]:
        """Hang a call up, whether it was answered or still rings.

        Returns:
            True when the server took it; False when there was no such call any more.
        """
        # An answered call and a ringing one end by different words, and the wrong one is a 422; so is any
        # word for a session that is over. A call that is answered between the first two tries needs the
        # third.
        for word in ("completed", "no-answer", "completed"):
            try:
                yield self._update("calls.hang_up", call_sid, {"call_status": word})
            except Conflict:
                continue
            except NotFound:
                return False
            return True
        return False

    def redirect(
        self, call_sid: str, hook: Hook, *, status_hook: Hook | None = None, child_hook: Hook | None = None
    ) -> Request[SipResult | None]:
        """Ask another hook what to do with the call from now on.

        Args:
            hook: Absolute, or relative to the call's first hook.
            status_hook: Told of the call's status from now on.
            child_hook: Asked for the other leg, too, when a dial verb is running.
        """
        fields = {"call_hook": hook, "call_status_hook": status_hook, "child_call_hook": child_hook}
        return self._update("calls.redirect", call_sid, fields)

    def redirect_child(self, call_sid: str, hook: Hook) -> Request[SipResult | None]:
        """Ask a hook what to do with the leg that a dial verb made. This leg's own verb is ended."""
        return self._update("calls.redirect_child", call_sid, {"child_call_hook": hook})

    def whisper(
        self, call_sid: str, verb: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    ) -> Request[SipResult | None]:
        """Say or play something to one party, while a dial or listen verb runs."""
        return self._update("calls.whisper", call_sid, {"whisper": verb})

    def mute(self, call_sid: str, status: Literal["mute", "unmute"] = "mute") -> Request[SipResult | None]:
        """Mute the caller in a dial or conference verb; ``"unmute"`` takes it back."""
        return self._update("calls.mute", call_sid, {"mute_status": status})

    def listen(
        self, call_sid: str, status: Literal["pause", "silence", "resume"]
    ) -> Request[SipResult | None]:
        """Pause or resume the audio that a listen verb sends. Profile 0.9 ignores ``silence``."""
        return self._update("calls.listen", call_sid, {"listen_status": status})

    def transcribe(self, call_sid: str, status: Literal["pause", "resume"]) -> Request[SipResult | None]:
        """Pause or resume a transcription."""
        return self._update("calls.transcribe", call_sid, {"transcribe_status": status})

    def conference_mute(self, call_sid: str, status: Literal["mute", "unmute"]) -> Request[SipResult | None]:
        """Mute or unmute everybody in the call's conference but its moderators."""
        return self._update("calls.conference_mute", call_sid, {"conf_mute_status": status})

    def conference_hold(
        self, call_sid: str, status: Literal["hold", "unhold"], *, wait_hook: str | None = None
    ) -> Request[SipResult | None]:
        """Hold the call in its conference, with what `wait_hook` answers to be heard meanwhile."""
        return self._update(
            "calls.conference_hold", call_sid, {"conf_hold_status": status, "wait_hook": wait_hook}
        )

    def conference_participant(
        self,
        call_sid: str,
        action: Literal["tag", "untag", "coach", "uncoach", "mute", "unmute", "hold", "unhold"],
        *,
        tag: str | None = None,
        wait_hook: str | None = None,
    ) -> Request[SipResult | None]:
        """Change what one participant hears and says: ``tag`` and ``coach`` need `tag`."""
        wanted = present({"action": action, "tag": tag, "wait_hook": wait_hook})
        return self._update("calls.conference_participant", call_sid, {"conferenceParticipantAction": wanted})

    def sip_request(
        self,
        call_sid: str,
        method: str,
        *,
        content_type: str,
        content: str,
        headers: Mapping[str, str] | None = None,
    ) -> Request[SipResult | None]:
        """Send a SIP request within an answered call, such as INFO.

        Returns:
            What the far end answered: ``{"status": 200, "reason": "OK"}``.
        """
        wanted = {"method": method, "content_type": content_type, "content": content, "headers": headers}
        return self._update("calls.sip_request", call_sid, {"sip_request": wanted})

    def record(
        self,
        call_sid: str,
        action: Literal["start", "stop", "pause", "resume"],
        *,
        siprec_server_url: str | None = None,
        cloud: bool = False,
        recording_id: str | None = None,
        silence: bool | None = None,
    ) -> Request[SipResult | None]:
        """Record the call: by SIPREC to `siprec_server_url`, or ``cloud=True`` to the account's bucket.

        The server wants one of the two for every action, also to stop, pause and resume.

        Args:
            action: ``start``, ``stop``, ``pause`` or ``resume``.
            siprec_server_url: Where SIPREC goes: the address of the recording server.
            cloud: Record to the account's bucket.
            recording_id: Your own id of the recording.
            silence: In the cloud: record silence while paused, instead of leaving the pause out.
        """
        checked_choice(action, "action", (*RECORDING, *RECORDING.values()))
        if cloud and siprec_server_url:
            raise InvalidRequest(
                "a recording goes to siprec_server_url or to the cloud, not to both", field="cloud"
            )
        wanted = {
            "action": RECORDING.get(action, action),
            "type": "cloud" if cloud else None,
            "siprecServerURL": siprec_server_url,
            "recordingID": recording_id,
            "silence": silence,
        }
        return self._update("calls.record", call_sid, {"record": wanted})

    def tag(self, call_sid: str, data: Mapping[str, Any]) -> Request[SipResult | None]:
        """Replace the data that is attached to the call and comes with its payloads as `customerData`."""
        return self._update("calls.tag", call_sid, {"tag": data})

    def dtmf(
        self, call_sid: str, digit: str | int, *, duration: int | None = None
    ) -> Request[SipResult | None]:
        """Send a DTMF tone to the far end of an answered call, `duration` milliseconds long (250)."""
        return self._update("calls.dtmf", call_sid, {"dtmf": {"digit": digit, "duration": duration}})

    def dub(
        self,
        call_sid: str,
        action: Literal["addTrack", "removeTrack", "silenceTrack", "playOnTrack", "sayOnTrack"],
        track: str,
        *,
        play: str | None = None,
        say: str | Mapping[str, Any] | None = None,
        loop: bool | None = None,
        gain: str | float | None = None,
    ) -> Request[SipResult | None]:
        """Mix a track of sound into the call."""
        wanted = {"action": action, "track": track, "play": play, "say": say, "loop": loop, "gain": gain}
        return self._update("calls.dub", call_sid, {"dub": wanted})

    def boost_audio_signal(self, call_sid: str, gain: float | str) -> Request[SipResult | None]:
        """Make the far end louder or softer by decibels: ``6``, ``-3`` or ``"6 dB"``."""
        return self._update("calls.boost_audio_signal", call_sid, {"boostAudioSignal": gain})

    def media_path(
        self, call_sid: str, path: Literal["no-media", "partial-media", "full-media"]
    ) -> Request[SipResult | None]:
        """Choose how much of the audio of two bridged legs goes through the platform."""
        return self._update("calls.media_path", call_sid, {"media_path": path})

    def noise_isolation(
        self,
        call_sid: str,
        status: Literal["enable", "disable", "on", "off"],
        opts: Mapping[str, Any] | None = None,
        *,
        vendor: str | None = None,
        level: int | None = None,
        model: str | None = None,
    ) -> Request[SipResult | None]:
        """Switch noise isolation on or off. Only the commercial server (v10) has it.

        Args:
            status: ``enable`` or ``disable``; ``on`` and ``off`` mean the same.
            opts: `vendor`, `level` and `model` as a dict.
            vendor: Who does it; the server's default is krisp.
            level: How strongly, 0 to 100.
            model: The vendor's model.
        """
        word = {"on": "enable", "off": "disable"}.get(status, status)
        given = joined(opts, {"vendor": vendor, "level": level, "model": model})
        fields = {"noise_isolation_status": word} | {
            name if name.startswith("noise_isolation_") else f"noise_isolation_{name}": value
            for name, value in given.items()
        }
        return self._update("calls.noise_isolation", call_sid, fields)

    def update_agent(self, call_sid: str, data: Mapping[str, Any]) -> Request[SipResult | None]:
        """Change a running agent verb: its instructions, context or tools, or make it speak. Only v10 has it.

        `data` has a `type`: ``update_instructions``, ``inject_context``, ``update_tools`` or
        ``generate_reply``.
        """
        return self._update("calls.update_agent", call_sid, {"agent_update": data})

    def transfer(
        self, /, call_sid: str, data: Mapping[str, Any] | None = None, **fields: Any
    ) -> Request[SipResult | None]:
        """Transfer the call, with the fields of the transfer verb. Only v10 has it."""
        return self._update("calls.transfer", call_sid, {"transfer": joined(data, fields)})

    def llm_status(
        self,
        call_sid: str,
        status: Literal["move-to-conference", "move-from-conference", "stop"],
        *,
        conference: str | None = None,
    ) -> Request[SipResult | None]:
        """Move a running speech-to-speech session into a conference or out of it, or stop it. Only v10."""
        if status == "move-to-conference" and not conference:
            raise InvalidRequest("move-to-conference needs conference, its name", field="conference")
        return self._update("calls.llm_status", call_sid, {"llm_status": status, "conference": conference})

    def room_say(self, /, call_sid: str, text: str, **fields: Any) -> Request[SipResult | None]:
        """Say something to everybody in the call's conference. Only v10 has it.

        `fields` are those of the say verb, `id` (which comes back in its events) and `replace`.
        """
        return self._update("calls.room_say", call_sid, {"room_say": {"text": text, **fields}})

    def room_play(
        self, call_sid: str, url: str, *, id: str | None = None, replace: bool | None = None
    ) -> Request[SipResult | None]:
        """Play a file to everybody in the call's conference. Only v10 has it."""
        wanted = present({"url": url, "id": id, "replace": replace})
        return self._update("calls.room_play", call_sid, {"room_play": wanted})

    def _call(self, call_sid: str) -> str:
        return self._scope.account_path("Calls", checked_sid(call_sid, "call_sid"))

    def _update(self, operation: str, call_sid: str, fields: Mapping[str, Any]) -> Request[SipResult | None]:
        return Request(
            operation,
            "PUT",
            self._call(call_sid),
            _update_answer,
            body=update_body(fields, self._scope),
            expected=NO_CONTENT,
            hints=_HINTS_UPDATE,
        )


def _new_call(response: Response) -> NewCall:
    call_sid = sid(response)
    call_id = json_of(response).get("callId")
    return NewCall(call_sid, call_id if isinstance(call_id, str) else "")


def _update_answer(response: Response) -> SipResult | None:
    """Only a SIP request has a result; the others are answered "Accepted", or nothing."""
    try:
        value = json_of(response)
    except Misshapen:
        return None
    return converter(SipResult)(value) if isinstance(value, dict) and value else None
