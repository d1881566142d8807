# Generated from schemas/callbacks/ by `python scripts/generate.py`. Do not edit.
"""A class for each payload that the server sends; written from the schemas of callbacks."""

from __future__ import annotations

from typing import Any

from jambonz_core.verbs.payload_base import (
    Payload,
    flag,
    free,
    items,
    nested,
    nested_items,
    number,
    text,
    whole,
)
from jambonz_core.verbs.payload_extras import Bridged, CallInfo, Heard, LatencyBase, Replied


class SipRequest(Payload):
    """The INVITE as it came in, in its own spelling: no key in it was converted. Inbound calls only."""

    __slots__ = ()

    @property
    def headers(self) -> dict[str, Any]:
        """Headers of the INVITE by the name that the sender used. Data of your own that a carrier passes on is
        found here.
        """
        return free(self._raw, "headers")

    @property
    def body(self) -> str | None:
        """Body of the INVITE, usually the SDP."""
        return text(self._raw, "body")

    @property
    def method(self) -> str | None:
        """`INVITE`, as nothing else starts a call."""
        return text(self._raw, "method")

    @property
    def uri(self) -> str | None:
        """Request URI; its user part is what was called."""
        return text(self._raw, "uri")

    @property
    def called_number(self) -> str | None:
        """User part of the To or request URI, without parameters."""
        return text(self._raw, "calledNumber")

    @property
    def calling_number(self) -> str | None:
        """User part of the caller's address. It may come from P-Asserted-Identity rather than From."""
        return text(self._raw, "callingNumber")

    @property
    def type(self) -> str | None:
        """`request`, as opposed to a response. One of `"request"`."""
        return text(self._raw, "type")

    @property
    def source(self) -> str | None:
        """Whether the request came from the network. One of `"network"`, `"application"`."""
        return text(self._raw, "source")

    @property
    def source_address(self) -> str | None:
        """Address of the next hop, normally the border element and not the carrier."""
        return text(self._raw, "source_address")

    @property
    def source_port(self) -> str | None:
        """Port of the next hop."""
        return text(self._raw, "source_port")

    @property
    def protocol(self) -> str | None:
        """Transport that was used, such as `udp`."""
        return text(self._raw, "protocol")

    @property
    def payload(self) -> tuple[Any, ...]:
        """Parts of the body, when it has several."""
        return items(self._raw, "payload")


class Defaults(Payload):
    """Speech settings that the application has without any `config`."""

    __slots__ = ()

    @property
    def synthesizer(self) -> DefaultsSynthesizer:
        """Voice that is used where a verb names none."""
        return nested(self._raw, "synthesizer", DefaultsSynthesizer)

    @property
    def recognizer(self) -> DefaultsRecognizer:
        """Recognition that is used where a verb names none."""
        return nested(self._raw, "recognizer", DefaultsRecognizer)


class DefaultsSynthesizer(Payload):
    """Voice that is used where a verb names none."""

    __slots__ = ()

    @property
    def vendor(self) -> str | None:
        """Vendor of that voice."""
        return text(self._raw, "vendor")

    @property
    def language(self) -> str | None:
        """Language code of that voice."""
        return text(self._raw, "language")

    @property
    def voice(self) -> str | None:
        """Name of that voice at the vendor."""
        return text(self._raw, "voice")


class DefaultsRecognizer(Payload):
    """Recognition that is used where a verb names none."""

    __slots__ = ()

    @property
    def vendor(self) -> str | None:
        """Vendor that transcribes."""
        return text(self._raw, "vendor")

    @property
    def language(self) -> str | None:
        """Language code that is expected."""
        return text(self._raw, "language")


class Speech(Payload):
    """The transcript, with `speechDetected` and `stt-low-confidence`."""

    __slots__ = ()

    @property
    def language_code(self) -> str | None:
        """Language of the transcript, as the vendor spells it."""
        return text(self._raw, "language_code")

    @property
    def channel_tag(self) -> int | None:
        """1 for the caller, 2 for the other side; always 1 unless channels were told apart."""
        return whole(self._raw, "channel_tag")

    @property
    def is_final(self) -> bool | None:
        """Always true in a result; interim transcripts go to `partialResultHook`."""
        return flag(self._raw, "is_final")

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """Readings of what was said, the best first. Mostly there is one."""
        return nested_items(self._raw, "alternatives", Alternative)

    @property
    def vendor(self) -> SpeechVendor:
        """What lies behind the transcript."""
        return nested(self._raw, "vendor", SpeechVendor)


class Alternative(Payload):
    """Readings of what was said, the best first. Mostly there is one."""

    __slots__ = ()

    @property
    def transcript(self) -> str | None:
        """The words. Punctuation and capitals depend on vendor and settings."""
        return text(self._raw, "transcript")

    @property
    def confidence(self) -> float | None:
        """From 0 to 1; 0 where the vendor reports none, and an average when several finals were joined."""
        return number(self._raw, "confidence")


class SpeechVendor(Payload):
    """What lies behind the transcript."""

    __slots__ = ()

    @property
    def name(self) -> str | None:
        """Vendor that transcribed; after a failure the fallback's."""
        return text(self._raw, "name")

    @property
    def evt(self) -> Any:
        """The vendor's own event, with its keys in snake_case; an array when several finals were joined into this
        one.
        """
        return self._raw.get("evt")


class HoldDetail(Payload):
    """Who put whom on hold."""

    __slots__ = ()

    @property
    def from_(self) -> str | None:
        """The party that put the other on hold."""
        return text(self._raw, "from")

    @property
    def to(self) -> str | None:
        """The party that is held, and hears the answer."""
        return text(self._raw, "to")


class ReferDetails(Payload):
    """What the REFER asks for. Headers beginning with `X-` come along as `x_…`."""

    __slots__ = ()

    @property
    def sip_refer_to(self) -> str | None:
        """The Refer-To header, whole."""
        return text(self._raw, "sip_refer_to")

    @property
    def refer_to_user(self) -> str | None:
        """User or number out of it: whom to transfer to."""
        return text(self._raw, "refer_to_user")

    @property
    def sip_referred_by(self) -> str | None:
        """The Referred-By header, if one was sent."""
        return text(self._raw, "sip_referred_by")

    @property
    def referred_by_user(self) -> str | None:
        """User or number out of that header."""
        return text(self._raw, "referred_by_user")

    @property
    def sip_user_agent(self) -> str | None:
        """What software or phone sent the REFER."""
        return text(self._raw, "sip_user_agent")

    @property
    def referring_call_sid(self) -> str | None:
        """The leg that sent the REFER."""
        return text(self._raw, "referring_call_sid")

    @property
    def referred_call_sid(self) -> str | None:
        """The leg that is to be transferred; null when the REFER came outside a `dial`."""
        return text(self._raw, "referred_call_sid")


class SpeechEvent(Payload):
    """Something other than words, such as Deepgram's end of an utterance."""

    __slots__ = ()

    @property
    def type(self) -> str | None:
        """What it is, by the vendor's name for it, such as `UtteranceEnd`."""
        return text(self._raw, "type")


class Translation(Payload):
    """One piece in one language."""

    __slots__ = ()

    @property
    def channel(self) -> int | None:
        """Which side spoke: 1 is the caller."""
        return whole(self._raw, "channel")

    @property
    def language(self) -> str | None:
        """Language that it was translated into."""
        return text(self._raw, "language")

    @property
    def translation(self) -> str | None:
        """The text in that language."""
        return text(self._raw, "translation")


class FunctionCall(Payload):
    """One function to run."""

    __slots__ = ()

    @property
    def id(self) -> str | None:
        """Goes into the `id` of the matching entry of `functionResponses`."""
        return text(self._raw, "id")

    @property
    def name(self) -> str | None:
        """Name of the function as declared to Google."""
        return text(self._raw, "name")

    @property
    def args(self) -> dict[str, Any]:
        """Arguments of the function, by parameter name."""
        return free(self._raw, "args")


class ToolCall(Payload):
    """One run of one tool."""

    __slots__ = ()

    @property
    def name(self) -> str | None:
        """The tool's name as given to the model."""
        return text(self._raw, "name")

    @property
    def rtt_ms(self) -> float | None:
        """From the call to the arrival of the tool's output, in milliseconds."""
        return number(self._raw, "rtt_ms")


class Latency(LatencyBase):
    """Where the time between the end of the caller's speech and the first sound of the answer went. One of two
    spellings, depending on the server's version.
    """

    __slots__ = ()

    @property
    def transcriber_latency(self) -> float | None:
        """Until the recognizer had delivered its final transcript. In milliseconds; absent when this step did not
        take part in the turn.
        """
        return number(self._raw, "transcriber_latency")

    @property
    def turn_detection_latency(self) -> float | None:
        """Until the end of the turn was decided. In milliseconds; absent when this step did not take part in the
        turn.
        """
        return number(self._raw, "turn_detection_latency")

    @property
    def model_latency(self) -> float | None:
        """Until the language model had produced its first token. In milliseconds; absent when this step did not
        take part in the turn.
        """
        return number(self._raw, "model_latency")

    @property
    def voice_latency(self) -> float | None:
        """Until the synthesizer had produced its first audio. In milliseconds; absent when this step did not take
        part in the turn.
        """
        return number(self._raw, "voice_latency")

    @property
    def preflight(self) -> Preflight:
        """How the early start of the model's answer fared (`earlyGeneration`)."""
        return nested(self._raw, "preflight", Preflight)

    @property
    def stt_ms(self) -> float | None:
        """Speech to text, until the final transcript. In milliseconds; absent when this step did not take part in
        the turn.
        """
        return number(self._raw, "stt_ms")

    @property
    def eot_ms(self) -> float | None:
        """Deciding that the caller's turn had ended. In milliseconds; absent when this step did not take part in
        the turn.
        """
        return number(self._raw, "eot_ms")

    @property
    def llm_ms(self) -> float | None:
        """The language model, until its first token. In milliseconds; absent when this step did not take part in
        the turn.
        """
        return number(self._raw, "llm_ms")

    @property
    def tool_ms(self) -> float | None:
        """Tools that ran before the answer, all together. In milliseconds; absent when this step did not take part
        in the turn.
        """
        return number(self._raw, "tool_ms")

    @property
    def tts_ms(self) -> float | None:
        """Text to speech, until its first audio. In milliseconds; absent when this step did not take part in the
        turn.
        """
        return number(self._raw, "tts_ms")


class Preflight(Payload):
    """How the early start of the model's answer fared (`earlyGeneration`)."""

    __slots__ = ()

    @property
    def result(self) -> str | None:
        """`hit`: the early answer was used. `miss`: the caller went on speaking and it was thrown away. `pending`:
        not settled when the turn ended. One of `"hit"`, `"miss"`, `"pending"`.
        """
        return text(self._raw, "result")

    @property
    def tokens(self) -> int | None:
        """Tokens that the model had produced when this was settled; what a `miss` cost."""
        return whole(self._raw, "tokens")


class HookPayload(CallInfo):
    """What nearly every message says about the call or leg that it concerns. Servers add fields freely, so
    take what is unknown for granted. All keys are snake_case.
    """

    __slots__ = ()

    @property
    def call_sid(self) -> str | None:
        """The leg that the message is about, which need not be the one that your connection belongs to."""
        return text(self._raw, "call_sid")

    @property
    def account_sid(self) -> str | None:
        """Account to which the call is charged."""
        return text(self._raw, "account_sid")

    @property
    def application_sid(self) -> str | None:
        """Application that handles the call; missing when it was addressed by its hook alone."""
        return text(self._raw, "application_sid")

    @property
    def direction(self) -> str | None:
        """`inbound` for a call that came in, `outbound` for one that was placed, dialled legs included. One of
        `"inbound"`, `"outbound"`.
        """
        return text(self._raw, "direction")

    @property
    def from_(self) -> str | None:
        """Calling number or user, as it came from the carrier: with or without `+`."""
        return text(self._raw, "from")

    @property
    def to(self) -> str | None:
        """Called number or user, as it came from the carrier."""
        return text(self._raw, "to")

    @property
    def call_id(self) -> str | None:
        """SIP Call-ID on the side of the feature server. Changes nothing; useful to find the call in traces."""
        return text(self._raw, "call_id")

    @property
    def sbc_callid(self) -> str | None:
        """SIP Call-ID on the carrier's side, which is the one that the carrier knows."""
        return text(self._raw, "sbc_callid")

    @property
    def call_status(self) -> str | None:
        """State at the time of the message. `queued` is defined but never used. One of `"trying"`, `"ringing"`,
        `"early-media"`, `"in-progress"`, `"completed"`, `"failed"`, `"busy"`, `"no-answer"`, `"queued"`.
        """
        return text(self._raw, "call_status")

    @property
    def sip_status(self) -> int | None:
        """Latest SIP status of the leg, such as 100, 180 or 200."""
        return whole(self._raw, "sip_status")

    @property
    def sip_reason(self) -> str | None:
        """Reason phrase of that status."""
        return text(self._raw, "sip_reason")

    @property
    def sip_reason_header(self) -> str | None:
        """Value of the SIP Reason header, when the far end gave one."""
        return text(self._raw, "sip_reason_header")

    @property
    def trace_id(self) -> str | None:
        """Trace of the whole call. It ties the call's messages and the server's own spans together."""
        return text(self._raw, "trace_id")

    @property
    def originating_sip_ip(self) -> str | None:
        """Address from which an inbound call reached the border element."""
        return text(self._raw, "originating_sip_ip")

    @property
    def originating_sip_trunk_name(self) -> str | None:
        """Name of the carrier over which an inbound call came."""
        return text(self._raw, "originating_sip_trunk_name")

    @property
    def api_base_url(self) -> str | None:
        """Base address of the REST API of the server that handles the call."""
        return text(self._raw, "api_base_url")


class SessionData(HookPayload):
    """The first payload of a call. For inbound calls it is sent before anything is answered, and its answer
    decides what happens; for outbound ones after the called party has answered. Only here does an
    application see its environment variables.
    """

    __slots__ = ()

    @property
    def caller_name(self) -> str | None:
        """Display name of the caller; often empty. Inbound calls only."""
        return text(self._raw, "caller_name")

    @property
    def caller_id(self) -> str | None:
        """Number that the called party was shown, on dialled legs."""
        return text(self._raw, "caller_id")

    @property
    def service_provider_sid(self) -> str | None:
        """Service provider that the account belongs to. Inbound calls only."""
        return text(self._raw, "service_provider_sid")

    @property
    def fs_sip_address(self) -> str | None:
        """SIP address of the server that handles the call. Inbound calls name it `local_sip_address` here."""
        return text(self._raw, "fs_sip_address")

    @property
    def fs_public_ip(self) -> str | None:
        """Public address of that server, where it is known. Inbound calls name it `public_ip` here."""
        return text(self._raw, "fs_public_ip")

    @property
    def sip(self) -> SipRequest:
        """The INVITE as it came in, in its own spelling: no key in it was converted. Inbound calls only."""
        return nested(self._raw, "sip", SipRequest)

    @property
    def env_vars(self) -> dict[str, Any]:
        """Values that were set for this application in the portal. They come in this message only, and values that
        have only a default there may be missing.
        """
        return free(self._raw, "env_vars")

    @property
    def defaults(self) -> Defaults:
        """Speech settings that the application has without any `config`."""
        return nested(self._raw, "defaults", Defaults)


class SessionReconnectData(SessionData):
    """The call's first payload once more, word for word: its states are those of the call's beginning, not of
    now. It must be acked before anything else comes.
    """

    __slots__ = ()


class SessionRedirectData(HookPayload):
    """Call information of a running call that was pointed at this hook. There are no environment variables and
    no defaults in it.
    """

    __slots__ = ()

    @property
    def caller_name(self) -> str | None:
        """Display name of the caller, where it is known."""
        return text(self._raw, "caller_name")

    @property
    def caller_id(self) -> str | None:
        """Shown number, on dialled legs."""
        return text(self._raw, "caller_id")

    @property
    def fs_sip_address(self) -> str | None:
        """SIP address of the server that handles this call."""
        return text(self._raw, "fs_sip_address")

    @property
    def fs_public_ip(self) -> str | None:
        """Public address of that server, if it has told one."""
        return text(self._raw, "fs_public_ip")


class SessionAdultingData(HookPayload):
    """A dialled leg has become a call of its own, because the other side was transferred away or was sent
    elsewhere with `child_call_hook`. Its verbs were decided beforehand, so the content of the ack does not
    matter, but an ack must come. The new call cannot stream text to speech.
    """

    __slots__ = ()

    @property
    def parent_call_info(self) -> dict[str, Any]:
        """What was known about that call at the moment of parting, with the fields of any other call information."""
        return free(self._raw, "parent_call_info")

    @property
    def fs_sip_address(self) -> str | None:
        """SIP address of the media server that holds the leg."""
        return text(self._raw, "fs_sip_address")


class CallStatusData(HookPayload):
    """Sent for each change of state of the call and of every leg it dials; `parent_call_sid` marks the latter.
    `completed` comes once per leg. An inbound call goes from `trying` straight to `in-progress`.
    """

    __slots__ = ()

    @property
    def direction(self) -> str | None:
        """Tells the call's own leg from dialled ones only together with `parent_call_sid`. One of `"inbound"`,
        `"outbound"`.
        """
        return text(self._raw, "direction")

    @property
    def call_termination_by(self) -> str | None:
        """With `completed`: who hung up. `jambonz` stands for your application too. One of `"caller"`,
        `"jambonz"`.
        """
        return text(self._raw, "call_termination_by")

    @property
    def duration(self) -> int | None:
        """With `completed`: seconds since the leg was answered."""
        return whole(self._raw, "duration")


class VerbStatusData(Payload):
    """Comes as `verb:status` after `config` with `notifyEvents`. `starting` and `finished` frame each verb;
    `finished` is missing when a verb failed or was skipped. No ack.
    """

    __slots__ = ()

    @property
    def event(self) -> str | None:
        """What happened. A `say` that is cut off sends `stop-playback` and then `kill-playback`; `play` has no
        `stop-playback`. One of `"starting"`, `"finished"`, `"start-playback"`, `"stop-playback"`,
        `"kill-playback"`, `"dtmf-bargein-detected"`, `"speech-bargein-detected"`, `"synthesized-audio"`.
        """
        return text(self._raw, "event")

    @property
    def verb(self) -> str | None:
        """Name of the verb, with every event but `starting` and `finished`."""
        return text(self._raw, "verb")

    @property
    def name(self) -> str | None:
        """Name of the verb, with `starting` and `finished` only. For `llm` verbs it is the server's inner name,
        such as `Llm_OpenAI_s2s`.
        """
        return text(self._raw, "name")

    @property
    def id(self) -> str | None:
        """The `id` that the verb was sent with. Without one, verbs of the same kind cannot be told apart."""
        return text(self._raw, "id")

    @property
    def vendor(self) -> str | None:
        """With `synthesized-audio`: who rendered the speech."""
        return text(self._raw, "vendor")

    @property
    def language(self) -> str | None:
        """With `synthesized-audio`: in which language."""
        return text(self._raw, "language")

    @property
    def characters(self) -> int | None:
        """With `synthesized-audio`: how many characters were rendered, and billed. Absent when it came from the
        cache.
        """
        return whole(self._raw, "characters")

    @property
    def elapsed_time(self) -> float | None:
        """With `synthesized-audio`: milliseconds that the rendering took. Absent when it came from the cache."""
        return number(self._raw, "elapsed_time")

    @property
    def served_from_cache(self) -> bool | None:
        """With `synthesized-audio`: whether it had been rendered before."""
        return flag(self._raw, "served_from_cache")


class ErrorData(Payload):
    """Something went wrong that jambonz tells the application about. Far from everything is reported: an
    unknown command, a command in the wrong state and a faulty verb array in a `redirect` are only logged by
    the server.
    """

    __slots__ = ()

    @property
    def msg(self) -> str | None:
        """What kind of trouble: `InvalidMessage` for something that the application sent, `ASR error` and `TTS
        error` for speech vendors, `invalid actionHook response` for a hook that was not answered or was
        answered with faulty verbs.
        """
        return text(self._raw, "msg")

    @property
    def details(self) -> Any:
        """The cause in words, or what the vendor said. Its form differs from case to case, so treat it as
        something to log.
        """
        return self._raw.get("details")

    @property
    def content(self) -> Any:
        """With `InvalidMessage`: what the application had sent."""
        return self._raw.get("content")

    @property
    def failover(self) -> str | None:
        """With speech errors: whether the fallback vendor takes over. After a switch the session stays with the
        fallback. One of `"in progress"`, `"not available"`.
        """
        return text(self._raw, "failover")

    @property
    def verb(self) -> str | None:
        """Name of the verb that met the error."""
        return text(self._raw, "verb")

    @property
    def id(self) -> str | None:
        """The `id` of that verb, if it was sent with one."""
        return text(self._raw, "id")


class GatherResult(Heard, HookPayload):
    """Sent to the actionHook of `gather`, and in the same form to that of background barge-in. `reason`
    decides which of the other fields are there.
    """

    __slots__ = ()

    @property
    def reason(self) -> str | None:
        """`speechDetected` brings `speech`, `dtmfDetected` brings `digits`, `timeout` brings neither, `error`
        brings `details`. `stt-low-confidence` brings a transcript below the recognizer's `minConfidence`. One
        of `"speechDetected"`, `"dtmfDetected"`, `"timeout"`, `"error"`, `"stt-low-confidence"`.
        """
        return text(self._raw, "reason")

    @property
    def speech(self) -> Speech:
        """The transcript, with `speechDetected` and `stt-low-confidence`."""
        return nested(self._raw, "speech", Speech)

    @property
    def digits(self) -> str | None:
        """Keys in the order they were pressed, without the finishing key; empty when only that was pressed. Digits
        collected when the time ran out come as `dtmfDetected` if `minDigits` was set and met; otherwise they
        are lost.
        """
        return text(self._raw, "digits")

    @property
    def details(self) -> Any:
        """What went wrong. The open server sends text here, although an object is documented."""
        return self._raw.get("details")


class GatherPartial(Heard, HookPayload):
    """Sent to the partialResultHook of `gather` while the caller speaks, and corrected by later ones. Every
    one must be acked; the answer is ignored.
    """

    __slots__ = ()

    @property
    def b3(self) -> str | None:
        """Trace context of this very request, as `<trace>-<span>-1`."""
        return text(self._raw, "b3")

    @property
    def caller_name(self) -> str | None:
        """Display name that the caller sent."""
        return text(self._raw, "caller_name")

    @property
    def speech(self) -> Speech:
        """What was heard so far."""
        return nested(self._raw, "speech", Speech)


class PlayResult(HookPayload):
    """Sent to the actionHook of `play`, also when the verb was replaced: a non-empty answer would then replace
    the new verbs, so answer with `[]`.
    """

    __slots__ = ()

    @property
    def reason(self) -> str | None:
        """`playFailed` when the file could not be played; there are no times then. One of `"playCompleted"`,
        `"playFailed"`.
        """
        return text(self._raw, "reason")

    @property
    def playback_seconds(self) -> int | None:
        """Whole seconds that were heard, over all rounds of `loop`."""
        return whole(self._raw, "playback_seconds")

    @property
    def playback_milliseconds(self) -> int | None:
        """The same in milliseconds."""
        return whole(self._raw, "playback_milliseconds")

    @property
    def playback_last_offset_pos(self) -> str | None:
        """Where in the file playing ended, in samples and as text. Give it as `seekOffset` to go on from there."""
        return text(self._raw, "playback_last_offset_pos")

    @property
    def status(self) -> str | None:
        """Only there with `playFailed`. One of `"fail"`."""
        return text(self._raw, "status")


class DialResult(Bridged, HookPayload):
    """Sent to the actionHook of `dial`, after the conversation or when it never came about. After a
    conversation it says `completed` and 200, whoever hung up.
    """

    __slots__ = ()

    @property
    def dial_call_status(self) -> str | None:
        """Outcome of the called leg. A ring timeout should be `no-answer`; the open server reports the last state
        before it instead, `ringing` or `early-media`. After a declined confirmation it says `in-progress`. One
        of `"completed"`, `"failed"`, `"busy"`, `"no-answer"`, `"trying"`, `"ringing"`, `"early-media"`,
        `"in-progress"`.
        """
        return text(self._raw, "dial_call_status")

    @property
    def dial_sip_status(self) -> int | None:
        """SIP status of the called leg, such as 486 when busy."""
        return whole(self._raw, "dial_sip_status")

    @property
    def dial_call_sid(self) -> str | None:
        """The leg that was connected, or tried last."""
        return text(self._raw, "dial_call_sid")

    @property
    def dial_sbc_callid(self) -> str | None:
        """SIP Call-ID of the called leg on the carrier's side."""
        return text(self._raw, "dial_sbc_callid")


class DialConfirmData(HookPayload):
    """Call information of the called leg, sent as `dial:confirm` before it is connected with the caller. An
    empty answer accepts. Verbs run towards the called party first, who is connected if still there
    afterwards. Without an answer the leg is dropped.
    """

    __slots__ = ()

    @property
    def caller_id(self) -> str | None:
        """The number that the called party was shown."""
        return text(self._raw, "caller_id")


class DialDtmf(HookPayload):
    """Sent to the dtmfHook of `dial` when one of the sequences in `dtmfCapture` was pressed. Call information
    is that of the leg that pressed. To be acked; the answer is ignored.
    """

    __slots__ = ()

    @property
    def dtmf(self) -> str | None:
        """The sequence that matched. Keys that were pressed before it do not matter."""
        return text(self._raw, "dtmf")


class DialHold(HookPayload):
    """Sent to the onHoldHook of `dial`, about the call's own leg. The answer may hold `say`, `play` and
    `pause`, which the held party hears.
    """

    __slots__ = ()

    @property
    def hold_detail(self) -> HoldDetail:
        """Who put whom on hold."""
        return nested(self._raw, "hold_detail", HoldDetail)


class DialRefer(HookPayload):
    """Sent to the referHook of `dial` or of the session when a party sends REFER. Call information is that of
    the leg that asked. Verbs in the answer are the transfer: they replace the other leg's.
    """

    __slots__ = ()

    @property
    def refer_details(self) -> ReferDetails:
        """What the REFER asks for. Headers beginning with `X-` come along as `x_…`."""
        return nested(self._raw, "refer_details", ReferDetails)


class ConferenceResult(HookPayload):
    """Sent to the actionHook of `conference` when this participant has left, was removed, or the conference
    has ended. Which of these it was is not said.
    """

    __slots__ = ()


class ConferenceStatus(HookPayload):
    """Sent to the statusHook of `conference` for the events in `statusEvents`, on the session of each
    participant. To be acked; the answer is ignored.
    """

    __slots__ = ()

    @property
    def event(self) -> str | None:
        """What happened. The talking events are about this participant only. One of `"start"`, `"end"`, `"join"`,
        `"leave"`, `"start-talking"`, `"stop-talking"`.
        """
        return text(self._raw, "event")

    @property
    def conference_sid(self) -> str | None:
        """Id of the conference: `conf:`, the account and the name."""
        return text(self._raw, "conference_sid")

    @property
    def friendly_name(self) -> str | None:
        """Name of the conference as it was given to the verb."""
        return text(self._raw, "friendly_name")

    @property
    def duration(self) -> float | None:
        """Seconds since the conference began."""
        return number(self._raw, "duration")

    @property
    def members(self) -> int | None:
        """Participants after the event."""
        return whole(self._raw, "members")

    @property
    def time(self) -> str | None:
        """When it happened, by the server's clock."""
        return text(self._raw, "time")


class ConferenceWait(HookPayload):
    """Sent to the waitHook and the enterHook of `conference`. The answer must be an array of `say`, `play` and
    `pause`; it is played, and the waitHook is then asked again. An empty array ends the asking.
    """

    __slots__ = ()


class EnqueueResult(HookPayload):
    """Sent to the actionHook of `enqueue` when the caller is no longer in the queue, after the conversation if
    there was one.
    """

    __slots__ = ()

    @property
    def queue_sid(self) -> str | None:
        """Id of the queue: `queue:`, the account and the name."""
        return text(self._raw, "queue_sid")

    @property
    def queue_time(self) -> int | None:
        """Seconds spent in the queue."""
        return whole(self._raw, "queue_time")

    @property
    def queue_result(self) -> str | None:
        """`bridged`: somebody took the call, and that conversation is over. `hangup`: the caller gave up. `leave`:
        a `leave` verb. `error`: something broke. One of `"bridged"`, `"hangup"`, `"leave"`, `"error"`.
        """
        return text(self._raw, "queue_result")


class EnqueueWait(Payload):
    """Sent to the waitHook of `enqueue`, again after each pass. It carries hardly any call information. The
    answer must be an array of `say`, `play`, `pause`, `tag` and `leave`; an empty one ends the asking.
    """

    __slots__ = ()

    @property
    def queue_sid(self) -> str | None:
        """The queue, as its prefixed id."""
        return text(self._raw, "queue_sid")

    @property
    def queue_time(self) -> int | None:
        """Seconds of waiting so far."""
        return whole(self._raw, "queue_time")

    @property
    def queue_size(self) -> int | None:
        """Callers in the queue, this one included."""
        return whole(self._raw, "queue_size")

    @property
    def queue_position(self) -> int | None:
        """Place in the queue at this moment."""
        return whole(self._raw, "queue_position")

    @property
    def call_sid(self) -> str | None:
        """The caller who waits."""
        return text(self._raw, "call_sid")

    @property
    def call_id(self) -> str | None:
        """SIP Call-ID of the waiting leg."""
        return text(self._raw, "call_id")


class QueueStatus(Payload):
    """Posted over HTTP to the account's queue webhook when a caller enters or leaves a queue; it never travels
    on a control connection.
    """

    __slots__ = ()

    @property
    def event(self) -> str | None:
        """`join` when a caller was put into the queue, `leave` when the caller is no longer in it. One of
        `"join"`, `"leave"`.
        """
        return text(self._raw, "event")

    @property
    def queue(self) -> str | None:
        """Name of the queue as given to `enqueue`."""
        return text(self._raw, "queue")

    @property
    def length(self) -> int | None:
        """Callers in the queue after this event."""
        return whole(self._raw, "length")

    @property
    def join_time(self) -> str | None:
        """With `join`: when it happened."""
        return text(self._raw, "join_time")

    @property
    def leave_time(self) -> str | None:
        """With `leave`: when it happened."""
        return text(self._raw, "leave_time")

    @property
    def leave_reason(self) -> str | None:
        """With `leave`: `dequeued` when someone took the call, `abandoned` when the caller gave up. One of
        `"abandoned"`, `"dequeued"`.
        """
        return text(self._raw, "leave_reason")

    @property
    def dequeuer(self) -> str | None:
        """With `dequeued`: who took the call."""
        return text(self._raw, "dequeuer")


class DequeueResult(HookPayload):
    """Sent to the actionHook of `dequeue`. The verbs that follow do not wait for its answer, though verbs in
    the answer still replace them.
    """

    __slots__ = ()

    @property
    def dequeue_result(self) -> str | None:
        """`complete`: there was a conversation and it is over. `timeout`: nobody was in the queue in time.
        `hangup`: the caller was lost while being connected, within 20 seconds. One of `"complete"`,
        `"timeout"`, `"hangup"`.
        """
        return text(self._raw, "dequeue_result")


class ListenResult(HookPayload):
    """Sent to the actionHook of `listen`, unless it was nested in another verb."""

    __slots__ = ()

    @property
    def dial_call_duration(self) -> int | None:
        """Seconds that the stream lasted. Absent when the websocket could never be connected."""
        return whole(self._raw, "dial_call_duration")

    @property
    def digits(self) -> str | None:
        """The finishing key, if one ended it."""
        return text(self._raw, "digits")


class TranscribeEvent(Heard, HookPayload):
    """Sent to the transcriptionHook of `transcribe`, for every final transcript and, if asked for, interim
    ones. Each must be acked; verbs in the answer replace the verb unless it is nested. It carries `speech`,
    `speech_event`, or both.
    """

    __slots__ = ()

    @property
    def speech(self) -> Speech:
        """What was said; absent when the message is only about a `speech_event`."""
        return nested(self._raw, "speech", Speech)

    @property
    def speech_event(self) -> SpeechEvent:
        """Something other than words, such as Deepgram's end of an utterance."""
        return nested(self._raw, "speech_event", SpeechEvent)

    @property
    def stt_latency_ms(self) -> str | None:
        """With `notifySttLatency`: delays of the recognizer in milliseconds, as text separated by commas."""
        return text(self._raw, "stt_latency_ms")

    @property
    def stt_talkspurts(self) -> str | None:
        """With `notifySttLatency`: stretches of speech, as JSON text."""
        return text(self._raw, "stt_talkspurts")

    @property
    def stt_start_time(self) -> str | None:
        """With `notifySttLatency`: when recognition began, in seconds since 1970."""
        return text(self._raw, "stt_start_time")

    @property
    def stt_stop_time(self) -> str | None:
        """With `notifySttLatency`: when it ended, in seconds since 1970."""
        return text(self._raw, "stt_stop_time")

    @property
    def stt_usage(self) -> Any:
        """With `notifySttLatency`: what the vendor charges for, where it says so."""
        return self._raw.get("stt_usage")


class TranslationEvent(HookPayload):
    """Sent to the translationHook of `transcribe` for each translated piece. Each must be acked; verbs in the
    answer replace the verb unless it is nested.
    """

    __slots__ = ()

    @property
    def translation(self) -> Translation:
        """One piece in one language."""
        return nested(self._raw, "translation", Translation)


class AmdEvent(HookPayload):
    """Sent to the actionHook of `amd`, several times per call: a verdict, then `amd_stopped`, and for machines
    what happens after. Verbs in the answer replace what runs, so answer with `[]` to events that need
    nothing.
    """

    __slots__ = ()

    @property
    def type(self) -> str | None:
        """What was found. `amd_tone_timeout` and `amd_error` are documented, but the open server never sends them.
        One of `"amd_human_detected"`, `"amd_machine_detected"`, `"amd_no_speech_detected"`,
        `"amd_decision_timeout"`, `"amd_machine_stopped_speaking"`, `"amd_tone_detected"`, `"amd_tone_timeout"`,
        `"amd_error"`, `"amd_stopped"`.
        """
        return text(self._raw, "type")

    @property
    def reason(self) -> str | None:
        """Why it was decided so, such as `short greeting`, `long greeting`, `hint` or `digit count`."""
        return text(self._raw, "reason")

    @property
    def greeting(self) -> str | None:
        """What was heard of the greeting."""
        return text(self._raw, "greeting")

    @property
    def hint(self) -> str | None:
        """The phrase that gave the machine away, with the reason `hint`."""
        return text(self._raw, "hint")

    @property
    def language(self) -> str | None:
        """Language in which the greeting was transcribed."""
        return text(self._raw, "language")

    @property
    def frequency(self) -> float | None:
        """With a tone: its pitch in hertz."""
        return number(self._raw, "frequency")

    @property
    def variance(self) -> float | None:
        """With a tone: how steady the pitch was."""
        return number(self._raw, "variance")


class LlmResult(HookPayload):
    """Sent to the actionHook of `llm` and its shortcuts. It must be acked within 5 seconds: without an ack the
    call ends.
    """

    __slots__ = ()

    @property
    def completion_reason(self) -> str | None:
        """Why it ended. A verb that was replaced reports `normal conversation end` too, and so do some failures to
        set the session up. Ultravox may add text to `connection failure`. One of `"normal conversation end"`,
        `"connection failure"`, `"disconnect from remote end"`, `"server failure"`, `"server error"`, `"client
        error calling function"`, `"client error calling mcp function"`.
        """
        return text(self._raw, "completion_reason")

    @property
    def error(self) -> Any:
        """What the vendor said about the failure, in its own form."""
        return self._raw.get("error")


class LlmEventData(Payload):
    """What the eventHook of an `llm` verb receives as `llm:event`: the vendor's own event, with every key
    turned into snake_case (`serverContent` arrives as `server_content`), whatever the vendor's
    documentation says. Which ones come is set by the verb's `events`; nothing needs an answer.
    """

    __slots__ = ()

    @property
    def type(self) -> str | None:
        """The vendor's name for the event. Google's events have none: their kind is the key that is present."""
        return text(self._raw, "type")


class LlmToolCallData(Payload):
    """The model of an `llm` verb wants tools to run. Answer with the command `llm:tool-output`; the message
    itself is never acked. Tools of MCP servers are called by jambonz itself and do not show up here. Google
    sends one message for several calls, in a form of its own.
    """

    __slots__ = ()

    @property
    def tool_call_id(self) -> str | None:
        """Ties the output to this request."""
        return text(self._raw, "tool_call_id")

    @property
    def name(self) -> str | None:
        """Name of the tool as declared to the vendor."""
        return text(self._raw, "name")

    @property
    def args(self) -> dict[str, Any]:
        """Arguments, already parsed and with their own spelling: inside `args` no key is turned into snake_case."""
        return free(self._raw, "args")

    @property
    def type(self) -> str | None:
        """Marks Google's form."""
        return text(self._raw, "type")

    @property
    def function_calls(self) -> tuple[FunctionCall, ...]:
        """The calls, each of which wants its own entry in the answer."""
        return nested_items(self._raw, "function_calls", FunctionCall)


class AgentEventData(Replied):
    """What the eventHook of `agent` receives as `agent:event`, in every spelling that a server is known to
    use. The published `agent-turn` is the strict form of one of them; this schema takes both spellings of
    the latencies and both names of the model's answer, and tolerates fields that are new.
    """

    __slots__ = ()

    @property
    def type(self) -> str | None:
        """`turn_end` for this event."""
        return text(self._raw, "type")

    @property
    def transcript(self) -> str | None:
        """What the caller said in this turn; several finals of the recognizer are joined."""
        return text(self._raw, "transcript")

    @property
    def response(self) -> str | None:
        """What the model answered. After an interruption it may hold words that the caller did not hear."""
        return text(self._raw, "response")

    @property
    def interrupted(self) -> bool | None:
        """The caller spoke over the answer."""
        return flag(self._raw, "interrupted")

    @property
    def confidence(self) -> float | None:
        """How sure the recognizer was of the transcript, from 0 to 1; not every vendor reports it."""
        return number(self._raw, "confidence")

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """Tools that ran during the turn, in the order they were called."""
        return nested_items(self._raw, "tool_calls", ToolCall)

    @property
    def latency(self) -> Latency:
        """Where the time between the end of the caller's speech and the first sound of the answer went. One of two
        spellings, depending on the server's version.
        """
        return nested(self._raw, "latency", Latency)

    @property
    def turn(self) -> int | None:
        """Number of the turn after which it happened."""
        return whole(self._raw, "turn")

    @property
    def messages_dropped(self) -> int | None:
        """How many messages the summary stands for."""
        return whole(self._raw, "messages_dropped")

    @property
    def messages_kept(self) -> int | None:
        """How many of the latest messages the model still sees word by word."""
        return whole(self._raw, "messages_kept")

    @property
    def summary(self) -> str | None:
        """The summary itself. Later answers know the dropped part only through it."""
        return text(self._raw, "summary")


class AgentTurn(Replied):
    """What the eventHook of `agent` receives, in the one spelling that is published in full. Servers also send
    the latencies under other names, further fields and further types: check incoming events against
    `agent-event`, which is ours.
    """

    __slots__ = ()

    @property
    def type(self) -> str | None:
        """Marks the end of a turn."""
        return text(self._raw, "type")

    @property
    def transcript(self) -> str | None:
        """What the caller said in this turn."""
        return text(self._raw, "transcript")

    @property
    def response(self) -> str | None:
        """What the model answered; after an interruption possibly more than was heard."""
        return text(self._raw, "response")

    @property
    def interrupted(self) -> bool | None:
        """The caller cut the answer off. Left out: `false`."""
        return flag(self._raw, "interrupted")

    @property
    def latency(self) -> Latency:
        """Where the time went, in milliseconds. What did not take part is absent."""
        return nested(self._raw, "latency", Latency)


class AgentToolCallData(Payload):
    """The model of an `agent` verb wants one of its tools to run. Answer with the command `llm:tool-output`
    and the same `tool_call_id`; the message itself is never acked.
    """

    __slots__ = ()

    @property
    def tool_call_id(self) -> str | None:
        """Ties the output to this request; several calls can be open at once."""
        return text(self._raw, "tool_call_id")

    @property
    def name(self) -> str | None:
        """Name of the tool as it was declared in `llmOptions.tools`."""
        return text(self._raw, "name")

    @property
    def arguments(self) -> dict[str, Any]:
        """What the model wants the tool to be given, already parsed. Note the name: the `llm` verb calls the same
        thing `args`. A model can invent arguments, so check them.
        """
        return free(self._raw, "arguments")


class PipelineTurn(Replied):
    """What the eventHook of `pipeline` received before that verb became `agent`. It differs from `agent-turn`
    in one name.
    """

    __slots__ = ()

    @property
    def type(self) -> str | None:
        """Marks the end of a turn."""
        return text(self._raw, "type")

    @property
    def transcript(self) -> str | None:
        """What the caller said in this turn."""
        return text(self._raw, "transcript")

    @property
    def response(self) -> str | None:
        """What the model answered; after an interruption possibly more than was heard."""
        return text(self._raw, "response")

    @property
    def interrupted(self) -> bool | None:
        """The caller cut the answer off. Left out: `false`."""
        return flag(self._raw, "interrupted")

    @property
    def latency(self) -> Latency:
        """Where the time went, in milliseconds. What did not take part is absent."""
        return nested(self._raw, "latency", Latency)


class MessageResult(HookPayload):
    """Sent to the actionHook of `message`. It says whether a carrier took the message, not whether it arrived."""

    __slots__ = ()

    @property
    def message_sid(self) -> str | None:
        """Id of the message, either yours or made up by the server."""
        return text(self._raw, "message_sid")

    @property
    def message_status(self) -> str | None:
        """`success` when a carrier has taken it; the others say why not. One of `"success"`, `"failure"`, `"no
        carriers"`, `"smpp configuration error"`, `"system error"`.
        """
        return text(self._raw, "message_status")

    @property
    def carrier(self) -> str | None:
        """Carrier that took it."""
        return text(self._raw, "carrier")

    @property
    def carrier_message_id(self) -> str | None:
        """The carrier's own id, with which to follow it up there."""
        return text(self._raw, "carrier_message_id")

    @property
    def message_failure_reason(self) -> str | None:
        """What the carrier gave as the reason."""
        return text(self._raw, "message_failure_reason")


class ReferResult(HookPayload):
    """Sent to the actionHook of `sip:refer`, once."""

    __slots__ = ()

    @property
    def refer_status(self) -> int | None:
        """What the far end answered to the REFER: 202 for accepted, which says nothing yet about success."""
        return whole(self._raw, "refer_status")

    @property
    def final_referred_call_status(self) -> int | None:
        """SIP status of the call that the far end then placed, from its last report. Absent when no final report
        came within 15 seconds.
        """
        return whole(self._raw, "final_referred_call_status")


class ReferEvent(Payload):
    """Sent to the eventHook of `sip:refer` for each report of the far end, without call information. To be
    acked: if the last one is not, the action hook comes late.
    """

    __slots__ = ()

    @property
    def event(self) -> str | None:
        """The only kind that there is."""
        return text(self._raw, "event")

    @property
    def call_status(self) -> int | None:
        """SIP status of the new call so far, such as 180. A number here, where other messages have a word under
        this name.
        """
        return whole(self._raw, "call_status")


class SipRequestResult(HookPayload):
    """Sent to the actionHook of the verb `sip:request`. Left unanswered, it comes a second time as `failed`,
    and then the call ends.
    """

    __slots__ = ()

    @property
    def result(self) -> str | None:
        """`success` when a response came, whatever its status; `failed` when none did. One of `"success"`,
        `"failed"`.
        """
        return text(self._raw, "result")

    @property
    def sip_status(self) -> int | None:
        """Status of the response. It hides the call's own `sip_status` in this message."""
        return whole(self._raw, "sip_status")

    @property
    def err(self) -> str | None:
        """With `failed`: what went wrong."""
        return text(self._raw, "err")


class SipRequestWithinDialog(HookPayload):
    """The far end sent a SIP request inside the running call; comes to `sipRequestWithinDialogHook` of
    `config`. jambonz has answered the request already (INFO with 200, MESSAGE with 202).
    """

    __slots__ = ()

    @property
    def sip_method(self) -> str | None:
        """`INFO` or `MESSAGE`; `INVITE` for hold events, where the server was configured to report them."""
        return text(self._raw, "sip_method")

    @property
    def sip_body(self) -> str | None:
        """Body of the request exactly as received, also when it is JSON or XML."""
        return text(self._raw, "sip_body")

    @property
    def sip_headers(self) -> dict[str, Any]:
        """Headers of the request. Their names were turned into snake_case: `X-Case-Id` arrives as `x_case_id`."""
        return free(self._raw, "sip_headers")

    @property
    def event(self) -> str | None:
        """With `INVITE`: what the far end did. The answer to these is ignored. One of `"hold"`, `"unhold"`,
        `"reinvite"`.
        """
        return text(self._raw, "event")

    @property
    def on_hold(self) -> bool | None:
        """With `INVITE`: whether the far end holds the call now."""
        return flag(self._raw, "on_hold")


class TransferResult(HookPayload):
    """Sent to the actionHook of `transfer` or `handoff`. Since 10.3."""

    __slots__ = ()

    @property
    def transfer_result(self) -> str | None:
        """`bridged`: the person talked with the caller, and that is over. `returned`: nobody took the call, and it
        is yours again. `voicemail`: it was sent there. One of `"bridged"`, `"returned"`, `"voicemail"`,
        `"failed"`.
        """
        return text(self._raw, "transfer_result")

    @property
    def transfer_reason(self) -> str | None:
        """Why it ended so; `caller-abandoned` means that the caller did not wait. One of `"completed"`,
        `"no-answer"`, `"busy"`, `"declined"`, `"caller-abandoned"`, `"error"`.
        """
        return text(self._raw, "transfer_reason")

    @property
    def dial_call_sid(self) -> str | None:
        """The leg to the person, if one was placed."""
        return text(self._raw, "dial_call_sid")

    @property
    def sip_status(self) -> int | None:
        """SIP status of that leg; it hides the call's own."""
        return whole(self._raw, "sip_status")


class DialogflowResult(HookPayload):
    """Sent to the actionHook of `dialogflow` when the bot has finished or the caller is gone."""

    __slots__ = ()

    @property
    def dialogflow_result(self) -> str | None:
        """`completed`: the bot ended it. `caller hungup`: nobody is left to talk to. `redirect`: verbs returned by
        the eventHook took the call over, and those in this answer are ignored. One of `"completed"`, `"caller
        hungup"`, `"redirect"`.
        """
        return text(self._raw, "dialogflow_result")


class DialogflowEvent(HookPayload):
    """Sent to the eventHook of `dialogflow` while the bot talks. It must be acked; verbs in the ack take the
    call over once the current playback has ended.
    """

    __slots__ = ()

    @property
    def event(self) -> str | None:
        """By default `intent`, `transcription`, `dtmf`, `start-play`, `stop-play` and `no-input`;
        `interim-transcription` and `end-utterance` come only if asked for. The open server never sends `dtmf`.
        """
        return text(self._raw, "event")

    @property
    def data(self) -> Any:
        """Details as Dialogflow gave them, with keys in snake_case: the query result for `intent`, the text for a
        transcription.
        """
        return self._raw.get("data")


class LexResult(HookPayload):
    """Sent to the actionHook of `lex`, which exists on the open-source server only."""

    __slots__ = ()

    @property
    def lex_result(self) -> str | None:
        """`caller hungup`: the caller left, or the verb was replaced. `redirect`: verbs from the eventHook took
        over; those in this answer are ignored. One of `"caller hungup"`, `"redirect"`.
        """
        return text(self._raw, "lex_result")


class LexEvent(Payload):
    """Sent to the eventHook of `lex` while the bot talks, without call information. It must be acked; verbs in
    the ack end the conversation and run instead.
    """

    __slots__ = ()

    @property
    def event(self) -> str | None:
        """`intent`, `transcription`, `response-text`, `dtmf`, `start-play`, `stop-play` or `play-interrupted`."""
        return text(self._raw, "event")

    @property
    def data(self) -> dict[str, Any]:
        """What Lex or the media server said about it, with keys in snake_case."""
        return free(self._raw, "data")


class RasaResult(HookPayload):
    """Sent to the actionHook of `rasa`, which exists on the open-source server only."""

    __slots__ = ()

    @property
    def rasa_result(self) -> str | None:
        """`timeout`: the caller said nothing for ten seconds. `webhookError`: the assistant could not be asked.
        `redirect`: verbs from the eventHook took over; those in this answer are ignored. One of `"caller
        hungup"`, `"redirect"`, `"timeout"`, `"webhookError"`.
        """
        return text(self._raw, "rasa_result")


class RasaEvent(HookPayload):
    """Sent to the eventHook of `rasa` for each message in either direction. It must be acked; verbs in the ack
    end the conversation and run instead.
    """

    __slots__ = ()

    @property
    def event(self) -> str | None:
        """Who spoke: `userMessage` for the caller, `botMessage` for the assistant. One of `"userMessage"`,
        `"botMessage"`.
        """
        return text(self._raw, "event")

    @property
    def message(self) -> Any:
        """With `userMessage` the transcript; with `botMessage` the assistant's whole answer, usually an array of
        messages.
        """
        return self._raw.get("message")


class TtsStreamingEventData(Payload):
    """Tells how the speech vendor's stream and the text buffer are doing. There is no answer to it."""

    __slots__ = ()

    @property
    def event_type(self) -> str | None:
        """Text that was sent before this is spoken too."""
        return text(self._raw, "event_type")

    @property
    def text(self) -> str | None:
        """The text that reached the caller's ear, as far as the vendor's timing tells."""
        return text(self._raw, "text")

    @property
    def bargein(self) -> bool | None:
        """Whether the caller cut it off there."""
        return flag(self._raw, "bargein")


class TtsTokensResultData(Payload):
    """Whether the server took one piece of text that was sent with `tts:tokens`. Taken means buffered, not
    spoken. Match it by `id`: a refusal can overtake an acceptance that was asked for earlier.
    """

    __slots__ = ()

    @property
    def id(self) -> str | None:
        """The `id` of the command that this answers."""
        return text(self._raw, "id")

    @property
    def status(self) -> str | None:
        """`ok`: the text lies in the buffer, or was nothing but white space and was dropped. `failed`: none of it
        was taken. Absent when the call has no text buffer at all: then no stream was ever opened, or an inbound
        call is not quite set up yet. One of `"ok"`, `"failed"`.
        """
        return text(self._raw, "status")

    @property
    def reason(self) -> str | None:
        """With `failed`: `full` when the text would have taken the buffer above 1000 UTF-16 code units, `missing
        tokens`, or the name of the vendor that could not be reached.
        """
        return text(self._raw, "reason")


CALLBACKS: dict[str, type[Payload]] = {
    "base": HookPayload,
    "session-new": SessionData,
    "session-reconnect": SessionReconnectData,
    "session-redirect": SessionRedirectData,
    "session-adulting": SessionAdultingData,
    "call-status": CallStatusData,
    "verb-status": VerbStatusData,
    "jambonz-error": ErrorData,
    "gather": GatherResult,
    "gather-partial": GatherPartial,
    "play": PlayResult,
    "dial": DialResult,
    "dial-confirm": DialConfirmData,
    "dial-dtmf": DialDtmf,
    "dial-hold": DialHold,
    "dial-refer": DialRefer,
    "conference": ConferenceResult,
    "conference-status": ConferenceStatus,
    "conference-wait": ConferenceWait,
    "enqueue": EnqueueResult,
    "enqueue-wait": EnqueueWait,
    "queue-status": QueueStatus,
    "dequeue": DequeueResult,
    "listen": ListenResult,
    "transcribe": TranscribeEvent,
    "transcribe-translation": TranslationEvent,
    "amd": AmdEvent,
    "llm": LlmResult,
    "llm-event": LlmEventData,
    "llm-tool-call": LlmToolCallData,
    "agent-event": AgentEventData,
    "agent-turn": AgentTurn,
    "agent-tool-call": AgentToolCallData,
    "pipeline-turn": PipelineTurn,
    "message": MessageResult,
    "sip-refer": ReferResult,
    "sip-refer-event": ReferEvent,
    "sip-request": SipRequestResult,
    "sip-request-within-dialog": SipRequestWithinDialog,
    "transfer": TransferResult,
    "dialogflow": DialogflowResult,
    "dialogflow-event": DialogflowEvent,
    "lex": LexResult,
    "lex-event": LexEvent,
    "rasa": RasaResult,
    "rasa-event": RasaEvent,
    "tts-streaming-event": TtsStreamingEventData,
    "tts-tokens-result": TtsTokensResultData,
}
"""The class of each callback, by the name of its schema."""

RESULTS: dict[str, type[HookPayload]] = {
    "play": PlayResult,
    "gather": GatherResult,
    "dial": DialResult,
    "conference": ConferenceResult,
    "room": ConferenceResult,
    "enqueue": EnqueueResult,
    "dequeue": DequeueResult,
    "listen": ListenResult,
    "stream": ListenResult,
    "message": MessageResult,
    "sip:refer": ReferResult,
    "sip:request": SipRequestResult,
    "transfer": TransferResult,
    "dialogflow": DialogflowResult,
    "lex": LexResult,
    "rasa": RasaResult,
    "llm": LlmResult,
    "s2s": LlmResult,
    "agent": HookPayload,
    "pipeline": HookPayload,
    "deepgram_s2s": LlmResult,
    "elevenlabs_s2s": LlmResult,
    "google_s2s": LlmResult,
    "gptlive_s2s": LlmResult,
    "microsoft_s2s": LlmResult,
    "nova_s2s": LlmResult,
    "openai_s2s": LlmResult,
    "qwen_s2s": LlmResult,
    "ultravox_s2s": LlmResult,
    "voiceagent_s2s": LlmResult,
    "voicelive_s2s": LlmResult,
}
"""What the action hook of a verb delivers, by the verb's name on the wire."""
