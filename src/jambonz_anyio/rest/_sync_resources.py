# Generated from src/jambonz_core/rest/ by `python scripts/generate.py`. Do not edit.
"""What `SyncJambonzClient` has: the requests of `jambonz_core.rest`, each as a method."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from jambonz_anyio.rest._sync_performing import SyncPerformer, SyncRows
from jambonz_core.rest.account import AccountRequests, ApiKeyRequests, LimitRequests
from jambonz_core.rest.applications import AppEnvRequests, ApplicationRequests
from jambonz_core.rest.calls import CallRequests
from jambonz_core.rest.carriers import CarrierRequests, GatewayRequests
from jambonz_core.rest.fields import Clear, Hook, Scope
from jambonz_core.rest.history import AlertRequests, RecentCallRequests
from jambonz_core.rest.lcr import LcrRequests
from jambonz_core.rest.live import ConferenceRequests, MessageRequests, QueueRequests, RegisteredUserRequests
from jambonz_core.rest.paging import Page
from jambonz_core.rest.phone_numbers import PhoneNumberRequests
from jambonz_core.rest.request import Rows
from jambonz_core.rest.shapes import (
    Account,
    Alert,
    ApiKey,
    Application,
    BucketTest,
    CallCount,
    CallInfo,
    Carrier,
    Gateway,
    Lcr,
    LcrCarrier,
    LcrRoute,
    Limit,
    MessageResult,
    NewApiKey,
    NewCall,
    PhoneNumber,
    Queue,
    RecentCall,
    RegisteredUser,
    SipResult,
    SpeechCredential,
    SpeechOffer,
    SpeechTest,
    TtsCacheSize,
)
from jambonz_core.rest.speech_credentials import SpeechCredentialRequests, TtsCacheRequests
from jambonz_core.rest.targets import Target


class CallsResource:
    """Live calls: place them, look them up, steer them, hang them up.

    An update that was accepted has only been received: the feature server answers before it acts, and what
    does not fit the call's state then is dropped in silence.
    """

    def __init__(self, requests: CallRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

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
    ) -> NewCall:
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
        return self._performer.send(
            self._requests.create(
                opts,
                from_=from_,
                to=to,
                application_sid=application_sid,
                call_hook=call_hook,
                call_status_hook=call_status_hook,
                speech_synthesis_vendor=speech_synthesis_vendor,
                speech_synthesis_language=speech_synthesis_language,
                speech_synthesis_voice=speech_synthesis_voice,
                speech_recognizer_vendor=speech_recognizer_vendor,
                speech_recognizer_language=speech_recognizer_language,
                caller_name=caller_name,
                from_host=from_host,
                timeout=timeout,
                time_limit=time_limit,
                headers=headers,
                tag=tag,
                amd=amd,
                dual_streams=dual_streams,
                sip_request_within_dialog_hook=sip_request_within_dialog_hook,
                refer_hook=refer_hook,
                extra=extra,
            )
        )

    def list(
        self,
        filter: Mapping[str, str] | None = None,
        *,
        direction: Literal["inbound", "outbound"] | None = None,
        from_: str | None = None,
        to: str | None = None,
        call_status: str | None = None,
    ) -> Rows[CallInfo]:
        """List calls, in no particular order.

        The server's list also has calls that ended up to an hour ago, and loses calls an hour after they were
        answered: filter by ``call_status="in-progress"`` for those that are up. Filters match whole values.
        """
        return self._performer.send(
            self._requests.list(
                filter,
                direction=direction,
                from_=from_,
                to=to,
                call_status=call_status,
            )
        )

    def get(self, call_sid: str) -> CallInfo:
        """Look one call up."""
        return self._performer.send(self._requests.get(call_sid))

    def count(self) -> CallCount:
        """Count the calls that are up."""
        return self._performer.send(self._requests.count())

    def update(
        self, call_sid: str, opts: Mapping[str, Any] | None = None, **fields: Any
    ) -> SipResult | None:
        """Send any update, in the server's own field names. The methods beside this one spell them out."""
        return self._performer.send(self._requests.update(call_sid, opts, **fields))

    def delete(self, call_sid: str) -> None:
        """Make the server forget a call's record. **This does not hang up**: see `hang_up`.

        A call that is up cannot be reached over this API afterwards, until its status changes.
        """
        return self._performer.send(self._requests.delete(call_sid))

    def hang_up(self, call_sid: str) -> bool:
        """Hang a call up, whether it was answered or still rings.

        Returns:
            True when the server took it; False when there was no such call any more.
        """
        return self._performer.run(self._requests.hang_up(call_sid))

    def redirect(
        self, call_sid: str, hook: Hook, *, status_hook: Hook | None = None, child_hook: Hook | None = None
    ) -> SipResult | None:
        """Ask another hook what to do with the call from now on.

        Args:
            hook: Absolute, or relative to the call's first hook.
            status_hook: Told of the call's status from now on.
            child_hook: Asked for the other leg, too, when a dial verb is running.
        """
        return self._performer.send(
            self._requests.redirect(
                call_sid,
                hook,
                status_hook=status_hook,
                child_hook=child_hook,
            )
        )

    def redirect_child(self, call_sid: str, hook: Hook) -> SipResult | None:
        """Ask a hook what to do with the leg that a dial verb made. This leg's own verb is ended."""
        return self._performer.send(self._requests.redirect_child(call_sid, hook))

    def whisper(
        self, call_sid: str, verb: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    ) -> SipResult | None:
        """Say or play something to one party, while a dial or listen verb runs."""
        return self._performer.send(self._requests.whisper(call_sid, verb))

    def mute(self, call_sid: str, status: Literal["mute", "unmute"] = "mute") -> SipResult | None:
        """Mute the caller in a dial or conference verb; ``"unmute"`` takes it back."""
        return self._performer.send(self._requests.mute(call_sid, status))

    def listen(
        self, call_sid: str, status: Literal["pause", "silence", "resume"]
    ) -> SipResult | None:
        """Pause or resume the audio that a listen verb sends. Profile 0.9 ignores ``silence``."""
        return self._performer.send(self._requests.listen(call_sid, status))

    def transcribe(self, call_sid: str, status: Literal["pause", "resume"]) -> SipResult | None:
        """Pause or resume a transcription."""
        return self._performer.send(self._requests.transcribe(call_sid, status))

    def conference_mute(self, call_sid: str, status: Literal["mute", "unmute"]) -> SipResult | None:
        """Mute or unmute everybody in the call's conference but its moderators."""
        return self._performer.send(self._requests.conference_mute(call_sid, status))

    def conference_hold(
        self, call_sid: str, status: Literal["hold", "unhold"], *, wait_hook: str | None = None
    ) -> SipResult | None:
        """Hold the call in its conference, with what `wait_hook` answers to be heard meanwhile."""
        return self._performer.send(
            self._requests.conference_hold(
                call_sid,
                status,
                wait_hook=wait_hook,
            )
        )

    def conference_participant(
        self,
        call_sid: str,
        action: Literal["tag", "untag", "coach", "uncoach", "mute", "unmute", "hold", "unhold"],
        *,
        tag: str | None = None,
        wait_hook: str | None = None,
    ) -> SipResult | None:
        """Change what one participant hears and says: ``tag`` and ``coach`` need `tag`."""
        return self._performer.send(
            self._requests.conference_participant(
                call_sid,
                action,
                tag=tag,
                wait_hook=wait_hook,
            )
        )

    def sip_request(
        self,
        call_sid: str,
        method: str,
        *,
        content_type: str,
        content: str,
        headers: Mapping[str, str] | None = None,
    ) -> SipResult | None:
        """Send a SIP request within an answered call, such as INFO.

        Returns:
            What the far end answered: ``{"status": 200, "reason": "OK"}``.
        """
        return self._performer.send(
            self._requests.sip_request(
                call_sid,
                method,
                content_type=content_type,
                content=content,
                headers=headers,
            )
        )

    def record(
        self,
        call_sid: str,
        action: Literal["start", "stop", "pause", "resume"],
        *,
        siprec_server_url: str | None = None,
        cloud: bool = False,
        recording_id: str | None = None,
        silence: bool | None = None,
    ) -> SipResult | None:
        """Record the call: by SIPREC to `siprec_server_url`, or ``cloud=True`` to the account's bucket.

        The server wants one of the two for every action, also to stop, pause and resume.

        Args:
            action: ``start``, ``stop``, ``pause`` or ``resume``.
            siprec_server_url: Where SIPREC goes: the address of the recording server.
            cloud: Record to the account's bucket.
            recording_id: Your own id of the recording.
            silence: In the cloud: record silence while paused, instead of leaving the pause out.
        """
        return self._performer.send(
            self._requests.record(
                call_sid,
                action,
                siprec_server_url=siprec_server_url,
                cloud=cloud,
                recording_id=recording_id,
                silence=silence,
            )
        )

    def tag(self, call_sid: str, data: Mapping[str, Any]) -> SipResult | None:
        """Replace the data that is attached to the call and comes with its payloads as `customerData`."""
        return self._performer.send(self._requests.tag(call_sid, data))

    def dtmf(
        self, call_sid: str, digit: str | int, *, duration: int | None = None
    ) -> SipResult | None:
        """Send a DTMF tone to the far end of an answered call, `duration` milliseconds long (250)."""
        return self._performer.send(self._requests.dtmf(call_sid, digit, duration=duration))

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
    ) -> SipResult | None:
        """Mix a track of sound into the call."""
        return self._performer.send(
            self._requests.dub(
                call_sid,
                action,
                track,
                play=play,
                say=say,
                loop=loop,
                gain=gain,
            )
        )

    def boost_audio_signal(self, call_sid: str, gain: float | str) -> SipResult | None:
        """Make the far end louder or softer by decibels: ``6``, ``-3`` or ``"6 dB"``."""
        return self._performer.send(self._requests.boost_audio_signal(call_sid, gain))

    def media_path(
        self, call_sid: str, path: Literal["no-media", "partial-media", "full-media"]
    ) -> SipResult | None:
        """Choose how much of the audio of two bridged legs goes through the platform."""
        return self._performer.send(self._requests.media_path(call_sid, path))

    def noise_isolation(
        self,
        call_sid: str,
        status: Literal["enable", "disable", "on", "off"],
        opts: Mapping[str, Any] | None = None,
        *,
        vendor: str | None = None,
        level: int | None = None,
        model: str | None = None,
    ) -> SipResult | None:
        """Switch noise isolation on or off. Only the commercial server (v10) has it.

        Args:
            status: ``enable`` or ``disable``; ``on`` and ``off`` mean the same.
            opts: `vendor`, `level` and `model` as a dict.
            vendor: Who does it; the server's default is krisp.
            level: How strongly, 0 to 100.
            model: The vendor's model.
        """
        return self._performer.send(
            self._requests.noise_isolation(
                call_sid,
                status,
                opts,
                vendor=vendor,
                level=level,
                model=model,
            )
        )

    def update_agent(self, call_sid: str, data: Mapping[str, Any]) -> SipResult | None:
        """Change a running agent verb: its instructions, context or tools, or make it speak. Only v10 has it.

        `data` has a `type`: ``update_instructions``, ``inject_context``, ``update_tools`` or
        ``generate_reply``.
        """
        return self._performer.send(self._requests.update_agent(call_sid, data))

    def transfer(
        self, call_sid: str, data: Mapping[str, Any] | None = None, **fields: Any
    ) -> SipResult | None:
        """Transfer the call, with the fields of the transfer verb. Only v10 has it."""
        return self._performer.send(self._requests.transfer(call_sid, data, **fields))

    def llm_status(
        self,
        call_sid: str,
        status: Literal["move-to-conference", "move-from-conference", "stop"],
        *,
        conference: str | None = None,
    ) -> SipResult | None:
        """Move a running speech-to-speech session into a conference or out of it, or stop it. Only v10."""
        return self._performer.send(
            self._requests.llm_status(
                call_sid,
                status,
                conference=conference,
            )
        )

    def room_say(self, call_sid: str, text: str, **fields: Any) -> SipResult | None:
        """Say something to everybody in the call's conference. Only v10 has it.

        `fields` are those of the say verb, `id` (which comes back in its events) and `replace`.
        """
        return self._performer.send(self._requests.room_say(call_sid, text, **fields))

    def room_play(
        self, call_sid: str, url: str, *, id: str | None = None, replace: bool | None = None
    ) -> SipResult | None:
        """Play a file to everybody in the call's conference. Only v10 has it."""
        return self._performer.send(self._requests.room_play(call_sid, url, id=id, replace=replace))


class ConferencesResource:
    """Conferences that somebody is in."""

    def __init__(self, requests: ConferenceRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def list(self) -> Rows[str]:
        """List their names. Of a name with colons in it, the server tells what is behind the last one."""
        return self._performer.send(self._requests.list())


class QueuesResource:
    """Queues that somebody waits in."""

    def __init__(self, requests: QueueRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def list(self, search: str | None = None) -> Rows[Queue]:
        """List queues with their lengths; `search` is a whole name, or a pattern such as ``sales*``."""
        return self._performer.send(self._requests.list(search))


class MessagesResource:
    """Text messages."""

    def __init__(self, requests: MessageRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def create(
        self,
        from_: str,
        to: str,
        text: str | None = None,
        *,
        media: str | Iterable[str] | None = None,
        carrier: str | None = None,
    ) -> MessageResult:
        """Send a message: `text`, `media` URLs, or both.

        The open-source server up to 0.9.8 routes this to the wrong place and answers 500, whatever is sent.
        """
        return self._performer.send(
            self._requests.create(
                from_,
                to,
                text,
                media=media,
                carrier=carrier,
            )
        )


class ApplicationsResource:
    """Stored applications: which hooks are called for a call, and which speech it uses."""

    def __init__(self, requests: ApplicationRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def create(
        self,
        name: str | None = None,
        *,
        call_hook: Hook | None = None,
        call_status_hook: Hook | None = None,
        messaging_hook: Hook | None = None,
        app_json: str | Sequence[Mapping[str, Any]] | None = None,
        env_vars: Mapping[str, Any] | None = None,
        record_all_calls: bool | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> str:
        """Store an application. `name`, `call_hook` and `call_status_hook` are needed.

        Args:
            name: Up to 64 characters; unique in the account.
            call_hook: Asked what to do with a call: a URL, http or ws, or a `Webhook`.
            call_status_hook: Told how a call goes.
            messaging_hook: Asked what to do with a text message.
            app_json: Verbs that are run instead of asking `call_hook`: a list of verbs, or its JSON text.
            env_vars: Values for the environment variables that the application declares. While the
                application cannot be reached, the server stores them unchecked.
            record_all_calls: Record every call.
            fields: More fields, by the server's names: speech settings, fallbacks.

        Returns:
            The application's sid.
        """
        return self._performer.send(
            self._requests.create(
                name,
                call_hook=call_hook,
                call_status_hook=call_status_hook,
                messaging_hook=messaging_hook,
                app_json=app_json,
                env_vars=env_vars,
                record_all_calls=record_all_calls,
                fields=fields,
            )
        )

    def list(self, name: str | None = None) -> Rows[Application]:
        """List all applications, or those with `name` in their name."""
        return self._performer.send(self._requests.list(name))

    def page(
        self, number: int = 1, *, page_size: int = 50, name: str | None = None
    ) -> Page[Application]:
        """One page of applications, by name."""
        return self._performer.send(self._requests.page(number, page_size=page_size, name=name))

    def iterate(self, *, name: str | None = None, page_size: int = 50) -> SyncRows[Application]:
        """All applications, fetched page by page as you go through them."""
        return self._performer.walk(self._requests.iterate(name=name, page_size=page_size))

    def get(self, application_sid: str) -> Application:
        """Look one application up, with its environment variables in clear."""
        return self._performer.send(self._requests.get(application_sid))

    def update(
        self,
        application_sid: str,
        fields: Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        call_hook: Hook | None = None,
        call_status_hook: Hook | None = None,
        messaging_hook: Hook | None = None,
        app_json: str | Sequence[Mapping[str, Any]] | Clear | None = None,
        env_vars: Mapping[str, Any] | Clear | None = None,
        record_all_calls: bool | None = None,
    ) -> None:
        """Change an application. What is not given stays as it is; `env_vars` are replaced as a whole.

        `fields` may be a row that was read: what is read-only in it is left out.
        """
        return self._performer.send(
            self._requests.update(
                application_sid,
                fields,
                name=name,
                call_hook=call_hook,
                call_status_hook=call_status_hook,
                messaging_hook=messaging_hook,
                app_json=app_json,
                env_vars=env_vars,
                record_all_calls=record_all_calls,
            )
        )

    def delete(self, application_sid: str) -> None:
        """Delete an application that no phone number is assigned to."""
        return self._performer.send(self._requests.delete(application_sid))


class PhoneNumbersResource:
    """Phone numbers, and the applications that take their calls."""

    def __init__(self, requests: PhoneNumberRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def create(
        self, number: str, *, voip_carrier_sid: str | None = None, application_sid: str | None = None
    ) -> str:
        """Store a number that a carrier delivers.

        Args:
            number: Without spaces; a leading plus is not stored.
            voip_carrier_sid: The carrier. Most servers want one.
            application_sid: The application that takes its calls.

        Returns:
            The number's sid.
        """
        return self._performer.send(
            self._requests.create(
                number,
                voip_carrier_sid=voip_carrier_sid,
                application_sid=application_sid,
            )
        )

    def list(self, filter: str | None = None) -> Rows[PhoneNumber]:
        """List all numbers, or those with `filter` in them."""
        return self._performer.send(self._requests.list(filter))

    def page(
        self, number: int = 1, *, page_size: int = 50, filter: str | None = None
    ) -> Page[PhoneNumber]:
        """One page of numbers, in their order."""
        return self._performer.send(self._requests.page(number, page_size=page_size, filter=filter))

    def iterate(self, *, filter: str | None = None, page_size: int = 50) -> SyncRows[PhoneNumber]:
        """All numbers, fetched page by page as you go through them."""
        return self._performer.walk(self._requests.iterate(filter=filter, page_size=page_size))

    def get(self, phone_number_sid: str) -> PhoneNumber:
        """Look one number up."""
        return self._performer.send(self._requests.get(phone_number_sid))

    def update(self, phone_number_sid: str, *, application_sid: str | Clear) -> None:
        """Give the number to another application, or with ``CLEAR`` to none.

        Neither the number nor its carrier can be changed: delete it and create another.
        """
        return self._performer.send(
            self._requests.update(
                phone_number_sid,
                application_sid=application_sid,
            )
        )

    def delete(self, phone_number_sid: str) -> None:
        """Delete a number."""
        return self._performer.send(self._requests.delete(phone_number_sid))


class CarriersResource:
    """Carriers, also called SIP trunks."""

    def __init__(self, requests: CarrierRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def create(
        self, name: str | None = None, fields: Mapping[str, Any] | None = None, **more: Any
    ) -> str:
        """Store a carrier.

        Args:
            name: Up to 64 characters.
            fields: The other fields, by the server's names, as a dict or as keywords. One that registers has
                ``requires_register=True`` and needs `register_username` and `register_password`.
            more: The same as keywords.

        Returns:
            The carrier's sid.
        """
        return self._performer.send(self._requests.create(name, fields, **more))

    def templates(self) -> Rows[dict[str, Any]]:
        """List the carriers that the server knows how to set up."""
        return self._performer.send(self._requests.templates())

    def create_from_template(self, predefined_carrier_sid: str) -> str:
        """Store a carrier with its gateways, as a template has them. Returns the carrier's sid."""
        return self._performer.send(self._requests.create_from_template(predefined_carrier_sid))

    def list(self, *, shared: bool = False, name: str | None = None) -> Rows[Carrier]:
        """List the account's own carriers; with ``shared=True`` also those that the service provider shares.

        `name` is a part of the name, and filters only the longer list.
        """
        return self._performer.send(self._requests.list(shared=shared, name=name))

    def page(
        self, number: int = 1, *, page_size: int = 50, name: str | None = None
    ) -> Page[Carrier]:
        """One page of the carriers that the account may use, shared ones too.

        The server keeps no order between its pages, so a row may come twice or never: `list` has them all.
        """
        return self._performer.send(self._requests.page(number, page_size=page_size, name=name))

    def get(self, voip_carrier_sid: str) -> Carrier:
        """Look one of your own carriers up. Passwords come in clear."""
        return self._performer.send(self._requests.get(voip_carrier_sid))

    def update(
        self, voip_carrier_sid: str, fields: Mapping[str, Any] | None = None, **more: Any
    ) -> None:
        """Change a carrier. `fields` may be a row that was read: what is read-only in it is left out."""
        return self._performer.send(self._requests.update(voip_carrier_sid, fields, **more))

    def delete(self, voip_carrier_sid: str) -> None:
        """Delete a carrier and its gateways. Its phone numbers have to go first."""
        return self._performer.send(self._requests.delete(voip_carrier_sid))


class GatewaysResource:
    """Gateways: the addresses from which a carrier's calls come and to which they go."""

    def __init__(self, requests: GatewayRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def create(
        self,
        voip_carrier_sid: str,
        ipv4: str,
        *,
        inbound: bool,
        outbound: bool,
        port: int | None = None,
        netmask: int | None = None,
        protocol: Literal["udp", "tcp", "tls", "tls/srtp"] | None = None,
        is_active: bool | None = None,
        **more: Any,
    ) -> str:
        """Store a gateway.

        Args:
            voip_carrier_sid: Whose it is.
            ipv4: An IPv4 address; for a gateway that only takes outbound calls it may be a DNS name.
            inbound: Calls come from here.
            outbound: Calls go here.
            port: The SIP port.
            netmask: How many bits of the address count; 32 unless calls come in from a whole network.
            protocol: ``udp`` (default), ``tcp``, ``tls`` or ``tls/srtp``.
            is_active: Whether it is in use.
            more: `send_options_ping`, `use_sips_scheme`, `pad_crypto`, `remove_ice`, `dtls_off`.

        Returns:
            The gateway's sid.
        """
        return self._performer.send(
            self._requests.create(
                voip_carrier_sid,
                ipv4,
                inbound=inbound,
                outbound=outbound,
                port=port,
                netmask=netmask,
                protocol=protocol,
                is_active=is_active,
                **more,
            )
        )

    def list(self, voip_carrier_sid: str) -> Rows[Gateway]:
        """List a carrier's gateways."""
        return self._performer.send(self._requests.list(voip_carrier_sid))

    def get(self, sip_gateway_sid: str) -> Gateway:
        """Look one gateway up."""
        return self._performer.send(self._requests.get(sip_gateway_sid))

    def update(
        self, sip_gateway_sid: str, fields: Mapping[str, Any] | None = None, **more: Any
    ) -> None:
        """Change a gateway. One that gets ``inbound=True`` needs its `ipv4` beside it."""
        return self._performer.send(self._requests.update(sip_gateway_sid, fields, **more))

    def delete(self, sip_gateway_sid: str) -> None:
        """Delete a gateway."""
        return self._performer.send(self._requests.delete(sip_gateway_sid))


class SpeechCredentialsResource:
    """Credentials for speech vendors."""

    def __init__(self, requests: SpeechCredentialRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def create(
        self,
        vendor: str,
        *,
        label: str | None = None,
        use_for_tts: bool | None = None,
        use_for_stt: bool | None = None,
        **settings: Any,
    ) -> str:
        """Store a credential.

        Args:
            vendor: ``google``, ``deepgram``, …, or ``custom:<name>`` for a server of your own.
            label: Tells several credentials of a vendor apart.
            use_for_tts: Use it to speak.
            use_for_stt: Use it to listen.
            settings: What this vendor wants, such as `api_key`. Google's `service_key` may be a dict.

        Returns:
            The credential's sid.
        """
        return self._performer.send(
            self._requests.create(
                vendor,
                label=label,
                use_for_tts=use_for_tts,
                use_for_stt=use_for_stt,
                **settings,
            )
        )

    def list(self) -> Rows[SpeechCredential]:
        """List the account's credentials and those that the service provider shares."""
        return self._performer.send(self._requests.list())

    def get(self, speech_credential_sid: str) -> SpeechCredential:
        """Look one credential up."""
        return self._performer.send(self._requests.get(speech_credential_sid))

    def update(
        self,
        speech_credential_sid: str,
        *,
        use_for_tts: bool | None = None,
        use_for_stt: bool | None = None,
        **settings: Any,
    ) -> None:
        """Change what a credential is used for, and its settings.

        Settings are replaced: those left out vanish. Secrets and the label cannot be changed. The server
        answers with success also when it could not apply the settings: look them up afterwards.
        """
        return self._performer.send(
            self._requests.update(
                speech_credential_sid,
                use_for_tts=use_for_tts,
                use_for_stt=use_for_stt,
                **settings,
            )
        )

    def delete(self, speech_credential_sid: str) -> None:
        """Delete a credential."""
        return self._performer.send(self._requests.delete(speech_credential_sid))

    def test(self, speech_credential_sid: str) -> SpeechTest:
        """Have the server try the credential on the vendor. Slow."""
        return self._performer.send(self._requests.test(speech_credential_sid))

    def offer(
        self, vendor: str, *, label: str | None = None, create_new: bool | None = None
    ) -> SpeechOffer:
        """Ask for a vendor's languages, voices and models. Slow."""
        return self._performer.send(self._requests.offer(vendor, label=label, create_new=create_new))


class RecentCallsResource:
    """Calls that are over, newest first."""

    def __init__(self, requests: RecentCallRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def page(
        self,
        number: int = 1,
        *,
        page_size: int = 100,
        days: int | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        direction: Literal["inbound", "outbound"] | None = None,
        answered: bool | None = None,
        trunk: str | None = None,
        filter: str | None = None,
    ) -> Page[RecentCall]:
        """One page of calls. The arguments are those of `iterate`."""
        return self._performer.send(
            self._requests.page(
                number,
                page_size=page_size,
                days=days,
                start=start,
                end=end,
                direction=direction,
                answered=answered,
                trunk=trunk,
                filter=filter,
            )
        )

    def iterate(
        self,
        *,
        page_size: int = 100,
        days: int | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        direction: Literal["inbound", "outbound"] | None = None,
        answered: bool | None = None,
        trunk: str | None = None,
        filter: str | None = None,
    ) -> SyncRows[RecentCall]:
        """All calls, fetched page by page as you go through them.

        Args:
            page_size: Calls per request, up to 500.
            days: Of the last so many days, 1 to 30.
            start: Instead of `days`: from then on; a time with its zone, or ISO 8601 text.
            end: Until then.
            direction: ``inbound`` or ``outbound``.
            answered: Only those that were answered, or only those that were not.
            trunk: The carrier's name.
            filter: A part of either number, or a call's sid.
        """
        return self._performer.walk(
            self._requests.iterate(
                page_size=page_size,
                days=days,
                start=start,
                end=end,
                direction=direction,
                answered=answered,
                trunk=trunk,
                filter=filter,
            )
        )

    def sip_trace(self, sip_callid: str) -> dict[str, Any]:
        """The SIP messages of a call, as Homer has them, for seven days."""
        return self._performer.send(self._requests.sip_trace(sip_callid))

    def pcap(self, sip_callid: str, method: Literal["invite", "register"] = "invite") -> bytes:
        """The same as a capture file, for Wireshark."""
        return self._performer.send(self._requests.pcap(sip_callid, method))

    def trace(self, trace_id: str) -> dict[str, Any]:
        """What the platform did in a call, as Jaeger has it."""
        return self._performer.send(self._requests.trace(trace_id))

    def logs(self, call_sid: str, *, log_group: str = "jambonz-feature_server") -> Rows[str]:
        """The feature server's log of a call. Only on AWS."""
        return self._performer.send(self._requests.logs(call_sid, log_group=log_group))

    def recording(self, call_sid: str, day: date, format: str = "mp3") -> bytes:
        """The recording of a call, `day` being when it was made."""
        return self._performer.send(self._requests.recording(call_sid, day, format))

    def delete_recording(self, call_sid: str, day: date, format: str = "mp3") -> None:
        """Delete the recording of a call."""
        return self._performer.send(self._requests.delete_recording(call_sid, day, format))


class AlertsResource:
    """What went wrong on the platform's side: hooks that failed, speech vendors that did not answer."""

    def __init__(self, requests: AlertRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def page(
        self,
        number: int = 1,
        *,
        page_size: int = 100,
        days: int | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        alert_type: str | None = None,
    ) -> Page[Alert]:
        """One page of alerts. The arguments are those of `iterate`."""
        return self._performer.send(
            self._requests.page(
                number,
                page_size=page_size,
                days=days,
                start=start,
                end=end,
                alert_type=alert_type,
            )
        )

    def iterate(
        self,
        *,
        page_size: int = 100,
        days: int | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        alert_type: str | None = None,
    ) -> SyncRows[Alert]:
        """All alerts, newest first, fetched page by page as you go through them.

        Args:
            page_size: Alerts per request, up to 500.
            days: Of the last so many days, 1 to 30.
            start: Instead of `days`: from then on; a time with its zone, or ISO 8601 text.
            end: Until then.
            alert_type: Only this kind, such as ``webhook-connection-failure``.
        """
        return self._performer.walk(
            self._requests.iterate(
                page_size=page_size,
                days=days,
                start=start,
                end=end,
                alert_type=alert_type,
            )
        )


class RegisteredUsersResource:
    """SIP users that are registered now."""

    def __init__(self, requests: RegisteredUserRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def list(self) -> Rows[str]:
        """List them as ``user@realm``."""
        return self._performer.send(self._requests.list())

    def details(self, usernames: Iterable[str] = ()) -> Rows[RegisteredUser]:
        """Look several users up at once; without names, all that are registered.

        Only for users asked for by name it is told whether they are registered, as `registered_status`.
        """
        return self._performer.send(self._requests.details(usernames))

    def get(self, username: str) -> RegisteredUser:
        """Look one user up. An unknown one is answered, too: as ``inactive``."""
        return self._performer.send(self._requests.get(username))


class TtsCacheResource:
    """Rendered speech: what the server has cached, and rendering on request."""

    def __init__(self, requests: TtsCacheRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def size(self) -> TtsCacheSize:
        """Count the cached renderings."""
        return self._performer.send(self._requests.size())

    def clear(self) -> None:
        """Forget them all."""
        return self._performer.send(self._requests.clear())

    def synthesize(
        self,
        text: str,
        *,
        speech_credential_sid: str,
        language: str,
        voice: str,
        engine: str | None = None,
        mp3: bool | None = None,
    ) -> bytes:
        """Render `text` to sound. Slow.

        The sound is MP3 for most vendors; some give raw PCM unless ``mp3=True``.
        """
        return self._performer.send(
            self._requests.synthesize(
                text,
                speech_credential_sid=speech_credential_sid,
                language=language,
                voice=voice,
                engine=engine,
                mp3=mp3,
            )
        )


class AppEnvResource:
    """What an application that runs somewhere declares as its environment variables."""

    def __init__(self, requests: AppEnvRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def get(self, url: str) -> Mapping[str, Any] | None:
        """Have the server ask the application at `url`, as the portal does.

        Returns:
            The declarations by name, or None when the application declares none or cannot be reached: the
            server does not tell these apart.
        """
        return self._performer.send(self._requests.get(url))


class AccountResource:
    """The account."""

    def __init__(self, requests: AccountRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def list(self) -> Rows[Account]:
        """List the accounts that the API key is for; with a key of an account that is one.

        This needs no account sid, so it is a way to find it out.
        """
        return self._performer.send(self._requests.list())

    def get(self) -> Account:
        """Look the account up. The row holds the webhook secret in clear."""
        return self._performer.send(self._requests.get())

    def update(
        self,
        fields: Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        registration_hook: Hook | Clear | None = None,
        queue_event_hook: Hook | Clear | None = None,
        device_calling_application_sid: str | Clear | None = None,
        record_all_calls: bool | None = None,
        record_format: str | None = None,
        bucket_credential: Mapping[str, Any] | None = None,
        enable_debug_log: bool | None = None,
    ) -> None:
        """Change the account's settings. The SIP realm has a request of its own, `set_sip_realm`.

        `fields` may be a row that was read, but its bucket_credential is masked: leave that out.
        """
        return self._performer.send(
            self._requests.update(
                fields,
                name=name,
                registration_hook=registration_hook,
                queue_event_hook=queue_event_hook,
                device_calling_application_sid=device_calling_application_sid,
                record_all_calls=record_all_calls,
                record_format=record_format,
                bucket_credential=bucket_credential,
                enable_debug_log=enable_debug_log,
            )
        )

    def delete(self) -> None:
        """Delete the account with all that is in it."""
        return self._performer.send(self._requests.delete())

    def webhook_secret(self) -> str:
        """The secret with which the server signs what it sends to webhooks."""
        return self._performer.send(self._requests.webhook_secret())

    def rotate_webhook_secret(self) -> str:
        """Make a new webhook secret and return it. Signatures are made with it at once; never retried."""
        return self._performer.send(self._requests.rotate_webhook_secret())

    def set_sip_realm(self, realm: str) -> None:
        """Choose the account's SIP realm, such as ``acme.sip.example.com``."""
        return self._performer.send(self._requests.set_sip_realm(realm))

    def test_bucket(self, credential: Mapping[str, Any]) -> BucketTest:
        """Have the server try whether recordings can be stored. It answers ``failed`` with a reason."""
        return self._performer.send(self._requests.test_bucket(credential))


class LimitsResource:
    """How much the account may use."""

    def __init__(self, requests: LimitRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def list(self, category: str | None = None) -> Rows[Limit]:
        """List limits, or the one of a category."""
        return self._performer.send(self._requests.list(category))

    def set(self, category: str, quantity: int) -> str:
        """Set a limit. Returns its sid."""
        return self._performer.send(self._requests.set(category, quantity))

    def delete(self, category: str) -> None:
        """Take a limit away."""
        return self._performer.send(self._requests.delete(category))

    def delete_all(self) -> None:
        """Take all limits away."""
        return self._performer.send(self._requests.delete_all())


class ApiKeysResource:
    """Keys to this API."""

    def __init__(self, requests: ApiKeyRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def list(self) -> Rows[ApiKey]:
        """List the account's keys. The rows hold them in clear."""
        return self._performer.send(self._requests.list())

    def create(self) -> NewApiKey:
        """Make a key for the account. Returns its sid, with the key as `.token`."""
        return self._performer.send(self._requests.create())

    def delete(self, api_key_sid: str) -> None:
        """Take a key out of use."""
        return self._performer.send(self._requests.delete(api_key_sid))


class LcrResource:
    """Least-cost routing. An account has one table of routes; each route sends numbers to carriers."""

    def __init__(self, requests: LcrRequests, performer: SyncPerformer) -> None:
        self._requests = requests
        self._performer = performer

    def create(self, name: str) -> str:
        """Make the account's routing table. Returns its sid."""
        return self._performer.send(self._requests.create(name))

    def list(self) -> Rows[Lcr]:
        """List routing tables: none or one."""
        return self._performer.send(self._requests.list())

    def get(self, lcr_sid: str) -> Lcr:
        """Look the routing table up."""
        return self._performer.send(self._requests.get(lcr_sid))

    def update(
        self,
        lcr_sid: str,
        *,
        name: str | None = None,
        is_active: bool | None = None,
        default_carrier_set_entry_sid: str | None = None,
    ) -> None:
        """Change the routing table's own fields."""
        return self._performer.send(
            self._requests.update(
                lcr_sid,
                name=name,
                is_active=is_active,
                default_carrier_set_entry_sid=default_carrier_set_entry_sid,
            )
        )

    def delete(self, lcr_sid: str) -> None:
        """Delete the routing table with all its routes."""
        return self._performer.send(self._requests.delete(lcr_sid))

    def add_routes(self, lcr_sid: str, routes: Iterable[Mapping[str, Any]]) -> None:
        """Add routes with their carriers.

        A route is ``{"regex", "description"?, "priority", "lcr_carrier_set_entries": [{"voip_carrier_sid",
        "workload"?, "priority"?}]}``. Priority 9999 is the default route.
        """
        return self._performer.send(self._requests.add_routes(lcr_sid, routes))

    def update_routes(self, lcr_sid: str, routes: Iterable[Mapping[str, Any]]) -> None:
        """Change the routes that have an `lcr_route_sid`, and add the others.

        The server drops new carriers inside a route that exists: add those with `create_carrier`.
        """
        return self._performer.send(self._requests.update_routes(lcr_sid, routes))

    def list_routes(self, lcr_sid: str) -> Rows[LcrRoute]:
        """List the routes of the table."""
        return self._performer.send(self._requests.list_routes(lcr_sid))

    def create_route(
        self, lcr_sid: str, regex: str, priority: int, *, description: str | None = None
    ) -> str:
        """Add a route without carriers. Returns its sid."""
        return self._performer.send(
            self._requests.create_route(
                lcr_sid,
                regex,
                priority,
                description=description,
            )
        )

    def get_route(self, lcr_route_sid: str) -> LcrRoute:
        """Look one route up."""
        return self._performer.send(self._requests.get_route(lcr_route_sid))

    def update_route(
        self,
        lcr_route_sid: str,
        *,
        regex: str | None = None,
        priority: int | None = None,
        description: str | None = None,
    ) -> None:
        """Change a route."""
        return self._performer.send(
            self._requests.update_route(
                lcr_route_sid,
                regex=regex,
                priority=priority,
                description=description,
            )
        )

    def delete_route(self, lcr_route_sid: str) -> None:
        """Delete a route with its carriers."""
        return self._performer.send(self._requests.delete_route(lcr_route_sid))

    def list_carriers(self, lcr_route_sid: str) -> Rows[LcrCarrier]:
        """List the carriers of a route."""
        return self._performer.send(self._requests.list_carriers(lcr_route_sid))

    def create_carrier(
        self, lcr_route_sid: str, voip_carrier_sid: str, *, workload: int = 1, priority: int = 0
    ) -> str:
        """Add a carrier to a route. Returns the entry's sid."""
        return self._performer.send(
            self._requests.create_carrier(
                lcr_route_sid,
                voip_carrier_sid,
                workload=workload,
                priority=priority,
            )
        )

    def get_carrier(self, lcr_carrier_set_entry_sid: str) -> LcrCarrier:
        """Look one carrier of a route up."""
        return self._performer.send(self._requests.get_carrier(lcr_carrier_set_entry_sid))

    def update_carrier(
        self,
        lcr_carrier_set_entry_sid: str,
        *,
        voip_carrier_sid: str | None = None,
        workload: int | None = None,
        priority: int | None = None,
    ) -> None:
        """Change a carrier of a route."""
        return self._performer.send(
            self._requests.update_carrier(
                lcr_carrier_set_entry_sid,
                voip_carrier_sid=voip_carrier_sid,
                workload=workload,
                priority=priority,
            )
        )

    def delete_carrier(self, lcr_carrier_set_entry_sid: str) -> None:
        """Take a carrier out of a route."""
        return self._performer.send(self._requests.delete_carrier(lcr_carrier_set_entry_sid))


class SyncResources:
    """Every kind of thing that the API has, by name."""

    def __init__(self, scope: Scope, performer: SyncPerformer) -> None:
        self.calls = CallsResource(CallRequests(scope), performer)
        self.conferences = ConferencesResource(ConferenceRequests(scope), performer)
        self.queues = QueuesResource(QueueRequests(scope), performer)
        self.messages = MessagesResource(MessageRequests(scope), performer)
        self.applications = ApplicationsResource(ApplicationRequests(scope), performer)
        self.phone_numbers = PhoneNumbersResource(PhoneNumberRequests(scope), performer)
        self.carriers = CarriersResource(CarrierRequests(scope), performer)
        self.gateways = GatewaysResource(GatewayRequests(scope), performer)
        self.speech_credentials = SpeechCredentialsResource(SpeechCredentialRequests(scope), performer)
        self.recent_calls = RecentCallsResource(RecentCallRequests(scope), performer)
        self.alerts = AlertsResource(AlertRequests(scope), performer)
        self.registered_users = RegisteredUsersResource(RegisteredUserRequests(scope), performer)
        self.tts_cache = TtsCacheResource(TtsCacheRequests(scope), performer)
        self.app_env = AppEnvResource(AppEnvRequests(scope), performer)
        self.account = AccountResource(AccountRequests(scope), performer)
        self.limits = LimitsResource(LimitRequests(scope), performer)
        self.api_keys = ApiKeysResource(ApiKeyRequests(scope), performer)
        self.lcr = LcrResource(LcrRequests(scope), performer)
