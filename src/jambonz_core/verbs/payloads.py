# Generated from schemas/callbacks/ by `python scripts/generate.py`. Do not edit.
"""A class for each payload that the server sends; written from the schemas of callbacks."""

from __future__ import annotations

from typing import Any

from jambonz_core.verbs.payload_base import (
    Field, Payload, anything, flag, free, items, nested, nested_items, number, text, whole,
)
from jambonz_core.verbs.payload_extras import (
    Bridged, CallInfo, Heard, LatencyBase, Replied,
)


class HookPayload(CallInfo):
    """What nearly every message says about the call or leg that it concerns. Servers add fields freely, so
    take what is unknown for granted. All keys are snake_case.
    """

    __slots__ = ()
    call_sid: Field[str | None] = text("call_sid")
    """The leg that the message is about, which need not be the one that your connection belongs to."""
    account_sid: Field[str | None] = text("account_sid")
    """Account to which the call is charged."""
    application_sid: Field[str | None] = text("application_sid")
    """Application that handles the call; missing when it was addressed by its hook alone."""
    direction: Field[str | None] = text("direction")
    """`inbound` for a call that came in, `outbound` for one that was placed, dialled legs included. One of
    `"inbound"`, `"outbound"`.
    """
    from_: Field[str | None] = text("from")
    """Calling number or user, as it came from the carrier: with or without `+`."""
    to: Field[str | None] = text("to")
    """Called number or user, as it came from the carrier."""
    call_id: Field[str | None] = text("call_id")
    """SIP Call-ID on the side of the feature server. Changes nothing; useful to find the call in traces."""
    sbc_callid: Field[str | None] = text("sbc_callid")
    """SIP Call-ID on the carrier's side, which is the one that the carrier knows."""
    call_status: Field[str | None] = text("call_status")
    """State at the time of the message. `queued` is defined but never used. One of `"trying"`, `"ringing"`,
    `"early-media"`, `"in-progress"`, `"completed"`, `"failed"`, `"busy"`, `"no-answer"`, `"queued"`.
    """
    sip_status: Field[int | None] = whole("sip_status")
    """Latest SIP status of the leg, such as 100, 180 or 200."""
    sip_reason: Field[str | None] = text("sip_reason")
    """Reason phrase of that status."""
    sip_reason_header: Field[str | None] = text("sip_reason_header")
    """Value of the SIP Reason header, when the far end gave one."""
    trace_id: Field[str | None] = text("trace_id")
    """Trace of the whole call. It ties the call's messages and the server's own spans together."""
    originating_sip_ip: Field[str | None] = text("originating_sip_ip")
    """Address from which an inbound call reached the border element."""
    originating_sip_trunk_name: Field[str | None] = text("originating_sip_trunk_name")
    """Name of the carrier over which an inbound call came."""
    api_base_url: Field[str | None] = text("api_base_url")
    """Base address of the REST API of the server that handles the call."""


class SipRequest(Payload):
    """The INVITE as it came in, in its own spelling: no key in it was converted. Inbound calls only."""

    __slots__ = ()
    headers: Field[dict[str, Any]] = free("headers")
    """Headers of the INVITE by the name that the sender used. Data of your own that a carrier passes on is
    found here.
    """
    body: Field[str | None] = text("body")
    """Body of the INVITE, usually the SDP."""
    method: Field[str | None] = text("method")
    """`INVITE`, as nothing else starts a call."""
    uri: Field[str | None] = text("uri")
    """Request URI; its user part is what was called."""
    called_number: Field[str | None] = text("calledNumber")
    """User part of the To or request URI, without parameters."""
    calling_number: Field[str | None] = text("callingNumber")
    """User part of the caller's address. It may come from P-Asserted-Identity rather than From."""
    type: Field[str | None] = text("type")
    """`request`, as opposed to a response. One of `"request"`."""
    source: Field[str | None] = text("source")
    """Whether the request came from the network. One of `"network"`, `"application"`."""
    source_address: Field[str | None] = text("source_address")
    """Address of the next hop, normally the border element and not the carrier."""
    source_port: Field[str | None] = text("source_port")
    """Port of the next hop."""
    protocol: Field[str | None] = text("protocol")
    """Transport that was used, such as `udp`."""
    payload: Field[tuple[Any, ...]] = items("payload")
    """Parts of the body, when it has several."""


class DefaultsSynthesizer(Payload):
    """Voice that is used where a verb names none."""

    __slots__ = ()
    vendor: Field[str | None] = text("vendor")
    """Vendor of that voice."""
    language: Field[str | None] = text("language")
    """Language code of that voice."""
    voice: Field[str | None] = text("voice")
    """Name of that voice at the vendor."""


class DefaultsRecognizer(Payload):
    """Recognition that is used where a verb names none."""

    __slots__ = ()
    vendor: Field[str | None] = text("vendor")
    """Vendor that transcribes."""
    language: Field[str | None] = text("language")
    """Language code that is expected."""


class Defaults(Payload):
    """Speech settings that the application has without any `config`."""

    __slots__ = ()
    synthesizer: Field[DefaultsSynthesizer] = nested("synthesizer", DefaultsSynthesizer)
    """Voice that is used where a verb names none."""
    recognizer: Field[DefaultsRecognizer] = nested("recognizer", DefaultsRecognizer)
    """Recognition that is used where a verb names none."""


class SessionData(HookPayload):
    """The first payload of a call. For inbound calls it is sent before anything is answered, and its answer
    decides what happens; for outbound ones after the called party has answered. Only here does an
    application see its environment variables.
    """

    __slots__ = ()
    caller_name: Field[str | None] = text("caller_name")
    """Display name of the caller; often empty. Inbound calls only."""
    caller_id: Field[str | None] = text("caller_id")
    """Number that the called party was shown, on dialled legs."""
    service_provider_sid: Field[str | None] = text("service_provider_sid")
    """Service provider that the account belongs to. Inbound calls only."""
    fs_sip_address: Field[str | None] = text("fs_sip_address")
    """SIP address of the server that handles the call. Inbound calls name it `local_sip_address` here."""
    fs_public_ip: Field[str | None] = text("fs_public_ip")
    """Public address of that server, where it is known. Inbound calls name it `public_ip` here."""
    sip: Field[SipRequest] = nested("sip", SipRequest)
    """The INVITE as it came in, in its own spelling: no key in it was converted. Inbound calls only."""
    env_vars: Field[dict[str, Any]] = free("env_vars")
    """Values that were set for this application in the portal. They come in this message only, and values that
    have only a default there may be missing.
    """
    defaults: Field[Defaults] = nested("defaults", Defaults)
    """Speech settings that the application has without any `config`."""


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
    caller_name: Field[str | None] = text("caller_name")
    """Display name of the caller, where it is known."""
    caller_id: Field[str | None] = text("caller_id")
    """Shown number, on dialled legs."""
    fs_sip_address: Field[str | None] = text("fs_sip_address")
    """SIP address of the server that handles this call."""
    fs_public_ip: Field[str | None] = text("fs_public_ip")
    """Public address of that server, if it has told one."""


class SessionAdultingData(HookPayload):
    """A dialled leg has become a call of its own, because the other side was transferred away or was sent
    elsewhere with `child_call_hook`. Its verbs were decided beforehand, so the content of the ack does not
    matter, but an ack must come. The new call cannot stream text to speech.
    """

    __slots__ = ()
    parent_call_info: Field[dict[str, Any]] = free("parent_call_info")
    """What was known about that call at the moment of parting, with the fields of any other call information."""
    fs_sip_address: Field[str | None] = text("fs_sip_address")
    """SIP address of the media server that holds the leg."""


class CallStatusData(HookPayload):
    """Sent for each change of state of the call and of every leg it dials; `parent_call_sid` marks the latter.
    `completed` comes once per leg. An inbound call goes from `trying` straight to `in-progress`.
    """

    __slots__ = ()
    direction: Field[str | None] = text("direction")
    """Tells the call's own leg from dialled ones only together with `parent_call_sid`. One of `"inbound"`,
    `"outbound"`.
    """
    call_termination_by: Field[str | None] = text("call_termination_by")
    """With `completed`: who hung up. `jambonz` stands for your application too. One of `"caller"`,
    `"jambonz"`.
    """
    duration: Field[int | None] = whole("duration")
    """With `completed`: seconds since the leg was answered."""


class VerbStatusData(Payload):
    """Comes as `verb:status` after `config` with `notifyEvents`. `starting` and `finished` frame each verb;
    `finished` is missing when a verb failed or was skipped. No ack.
    """

    __slots__ = ()
    event: Field[str | None] = text("event")
    """What happened. A `say` that is cut off sends `stop-playback` and then `kill-playback`; `play` has no
    `stop-playback`. One of `"starting"`, `"finished"`, `"start-playback"`, `"stop-playback"`,
    `"kill-playback"`, `"dtmf-bargein-detected"`, `"speech-bargein-detected"`, `"synthesized-audio"`.
    """
    verb: Field[str | None] = text("verb")
    """Name of the verb, with every event but `starting` and `finished`."""
    name: Field[str | None] = text("name")
    """Name of the verb, with `starting` and `finished` only. For `llm` verbs it is the server's inner name,
    such as `Llm_OpenAI_s2s`.
    """
    id: Field[str | None] = text("id")
    """The `id` that the verb was sent with. Without one, verbs of the same kind cannot be told apart."""
    vendor: Field[str | None] = text("vendor")
    """With `synthesized-audio`: who rendered the speech."""
    language: Field[str | None] = text("language")
    """With `synthesized-audio`: in which language."""
    characters: Field[int | None] = whole("characters")
    """With `synthesized-audio`: how many characters were rendered, and billed. Absent when it came from the
    cache.
    """
    elapsed_time: Field[float | None] = number("elapsed_time")
    """With `synthesized-audio`: milliseconds that the rendering took. Absent when it came from the cache."""
    served_from_cache: Field[bool | None] = flag("served_from_cache")
    """With `synthesized-audio`: whether it had been rendered before."""


class ErrorData(Payload):
    """Something went wrong that jambonz tells the application about. Far from everything is reported: an
    unknown command, a command in the wrong state and a faulty verb array in a `redirect` are only logged by
    the server.
    """

    __slots__ = ()
    msg: Field[str | None] = text("msg")
    """What kind of trouble: `InvalidMessage` for something that the application sent, `ASR error` and `TTS
    error` for speech vendors, `invalid actionHook response` for a hook that was not answered or was
    answered with faulty verbs.
    """
    details: Field[Any] = anything("details")
    """The cause in words, or what the vendor said. Its form differs from case to case, so treat it as
    something to log.
    """
    content: Field[Any] = anything("content")
    """With `InvalidMessage`: what the application had sent."""
    failover: Field[str | None] = text("failover")
    """With speech errors: whether the fallback vendor takes over. After a switch the session stays with the
    fallback. One of `"in progress"`, `"not available"`.
    """
    verb: Field[str | None] = text("verb")
    """Name of the verb that met the error."""
    id: Field[str | None] = text("id")
    """The `id` of that verb, if it was sent with one."""


class Alternative(Payload):
    """Readings of what was said, the best first. Mostly there is one."""

    __slots__ = ()
    transcript: Field[str | None] = text("transcript")
    """The words. Punctuation and capitals depend on vendor and settings."""
    confidence: Field[float | None] = number("confidence")
    """From 0 to 1; 0 where the vendor reports none, and an average when several finals were joined."""


class SpeechVendor(Payload):
    """What lies behind the transcript."""

    __slots__ = ()
    name: Field[str | None] = text("name")
    """Vendor that transcribed; after a failure the fallback's."""
    evt: Field[Any] = anything("evt")
    """The vendor's own event, with its keys in snake_case; an array when several finals were joined into this
    one.
    """


class Speech(Payload):
    """The transcript, with `speechDetected` and `stt-low-confidence`."""

    __slots__ = ()
    language_code: Field[str | None] = text("language_code")
    """Language of the transcript, as the vendor spells it."""
    channel_tag: Field[int | None] = whole("channel_tag")
    """1 for the caller, 2 for the other side; always 1 unless channels were told apart."""
    is_final: Field[bool | None] = flag("is_final")
    """Always true in a result; interim transcripts go to `partialResultHook`."""
    alternatives: Field[tuple[Alternative, ...]] = nested_items("alternatives", Alternative)
    """Readings of what was said, the best first. Mostly there is one."""
    vendor: Field[SpeechVendor] = nested("vendor", SpeechVendor)
    """What lies behind the transcript."""


class GatherResult(Heard, HookPayload):
    """Sent to the actionHook of `gather`, and in the same form to that of background barge-in. `reason`
    decides which of the other fields are there.
    """

    __slots__ = ()
    reason: Field[str | None] = text("reason")
    """`speechDetected` brings `speech`, `dtmfDetected` brings `digits`, `timeout` brings neither, `error`
    brings `details`. `stt-low-confidence` brings a transcript below the recognizer's `minConfidence`. One
    of `"speechDetected"`, `"dtmfDetected"`, `"timeout"`, `"error"`, `"stt-low-confidence"`.
    """
    speech: Field[Speech] = nested("speech", Speech)
    """The transcript, with `speechDetected` and `stt-low-confidence`."""
    digits: Field[str | None] = text("digits")
    """Keys in the order they were pressed, without the finishing key; empty when only that was pressed. Digits
    collected when the time ran out come as `dtmfDetected` if `minDigits` was set and met; otherwise they
    are lost.
    """
    details: Field[Any] = anything("details")
    """What went wrong. The open server sends text here, although an object is documented."""


class GatherPartial(Heard, HookPayload):
    """Sent to the partialResultHook of `gather` while the caller speaks, and corrected by later ones. Every
    one must be acked; the answer is ignored.
    """

    __slots__ = ()
    b3: Field[str | None] = text("b3")
    """Trace context of this very request, as `<trace>-<span>-1`."""
    caller_name: Field[str | None] = text("caller_name")
    """Display name that the caller sent."""
    speech: Field[Speech] = nested("speech", Speech)
    """What was heard so far."""


class PlayResult(HookPayload):
    """Sent to the actionHook of `play`, also when the verb was replaced: a non-empty answer would then replace
    the new verbs, so answer with `[]`.
    """

    __slots__ = ()
    reason: Field[str | None] = text("reason")
    """`playFailed` when the file could not be played; there are no times then. One of `"playCompleted"`,
    `"playFailed"`.
    """
    playback_seconds: Field[int | None] = whole("playback_seconds")
    """Whole seconds that were heard, over all rounds of `loop`."""
    playback_milliseconds: Field[int | None] = whole("playback_milliseconds")
    """The same in milliseconds."""
    playback_last_offset_pos: Field[str | None] = text("playback_last_offset_pos")
    """Where in the file playing ended, in samples and as text. Give it as `seekOffset` to go on from there."""
    status: Field[str | None] = text("status")
    """Only there with `playFailed`. One of `"fail"`."""


class DialResult(Bridged, HookPayload):
    """Sent to the actionHook of `dial`, after the conversation or when it never came about. After a
    conversation it says `completed` and 200, whoever hung up.
    """

    __slots__ = ()
    dial_call_status: Field[str | None] = text("dial_call_status")
    """Outcome of the called leg. A ring timeout should be `no-answer`; the open server reports the last state
    before it instead, `ringing` or `early-media`. After a declined confirmation it says `in-progress`. One
    of `"completed"`, `"failed"`, `"busy"`, `"no-answer"`, `"trying"`, `"ringing"`, `"early-media"`,
    `"in-progress"`.
    """
    dial_sip_status: Field[int | None] = whole("dial_sip_status")
    """SIP status of the called leg, such as 486 when busy."""
    dial_call_sid: Field[str | None] = text("dial_call_sid")
    """The leg that was connected, or tried last."""
    dial_sbc_callid: Field[str | None] = text("dial_sbc_callid")
    """SIP Call-ID of the called leg on the carrier's side."""


class DialConfirmData(HookPayload):
    """Call information of the called leg, sent as `dial:confirm` before it is connected with the caller. An
    empty answer accepts. Verbs run towards the called party first, who is connected if still there
    afterwards. Without an answer the leg is dropped.
    """

    __slots__ = ()
    caller_id: Field[str | None] = text("caller_id")
    """The number that the called party was shown."""


class DialDtmf(HookPayload):
    """Sent to the dtmfHook of `dial` when one of the sequences in `dtmfCapture` was pressed. Call information
    is that of the leg that pressed. To be acked; the answer is ignored.
    """

    __slots__ = ()
    dtmf: Field[str | None] = text("dtmf")
    """The sequence that matched. Keys that were pressed before it do not matter."""


class HoldDetail(Payload):
    """Who put whom on hold."""

    __slots__ = ()
    from_: Field[str | None] = text("from")
    """The party that put the other on hold."""
    to: Field[str | None] = text("to")
    """The party that is held, and hears the answer."""


class DialHold(HookPayload):
    """Sent to the onHoldHook of `dial`, about the call's own leg. The answer may hold `say`, `play` and
    `pause`, which the held party hears.
    """

    __slots__ = ()
    hold_detail: Field[HoldDetail] = nested("hold_detail", HoldDetail)
    """Who put whom on hold."""


class ReferDetails(Payload):
    """What the REFER asks for. Headers beginning with `X-` come along as `x_…`."""

    __slots__ = ()
    sip_refer_to: Field[str | None] = text("sip_refer_to")
    """The Refer-To header, whole."""
    refer_to_user: Field[str | None] = text("refer_to_user")
    """User or number out of it: whom to transfer to."""
    sip_referred_by: Field[str | None] = text("sip_referred_by")
    """The Referred-By header, if one was sent."""
    referred_by_user: Field[str | None] = text("referred_by_user")
    """User or number out of that header."""
    sip_user_agent: Field[str | None] = text("sip_user_agent")
    """What software or phone sent the REFER."""
    referring_call_sid: Field[str | None] = text("referring_call_sid")
    """The leg that sent the REFER."""
    referred_call_sid: Field[str | None] = text("referred_call_sid")
    """The leg that is to be transferred; null when the REFER came outside a `dial`."""


class DialRefer(HookPayload):
    """Sent to the referHook of `dial` or of the session when a party sends REFER. Call information is that of
    the leg that asked. Verbs in the answer are the transfer: they replace the other leg's.
    """

    __slots__ = ()
    refer_details: Field[ReferDetails] = nested("refer_details", ReferDetails)
    """What the REFER asks for. Headers beginning with `X-` come along as `x_…`."""


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
    event: Field[str | None] = text("event")
    """What happened. The talking events are about this participant only. One of `"start"`, `"end"`, `"join"`,
    `"leave"`, `"start-talking"`, `"stop-talking"`.
    """
    conference_sid: Field[str | None] = text("conference_sid")
    """Id of the conference: `conf:`, the account and the name."""
    friendly_name: Field[str | None] = text("friendly_name")
    """Name of the conference as it was given to the verb."""
    duration: Field[float | None] = number("duration")
    """Seconds since the conference began."""
    members: Field[int | None] = whole("members")
    """Participants after the event."""
    time: Field[str | None] = text("time")
    """When it happened, by the server's clock."""


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
    queue_sid: Field[str | None] = text("queue_sid")
    """Id of the queue: `queue:`, the account and the name."""
    queue_time: Field[int | None] = whole("queue_time")
    """Seconds spent in the queue."""
    queue_result: Field[str | None] = text("queue_result")
    """`bridged`: somebody took the call, and that conversation is over. `hangup`: the caller gave up. `leave`:
    a `leave` verb. `error`: something broke. One of `"bridged"`, `"hangup"`, `"leave"`, `"error"`.
    """


class EnqueueWait(Payload):
    """Sent to the waitHook of `enqueue`, again after each pass. It carries hardly any call information. The
    answer must be an array of `say`, `play`, `pause`, `tag` and `leave`; an empty one ends the asking.
    """

    __slots__ = ()
    queue_sid: Field[str | None] = text("queue_sid")
    """The queue, as its prefixed id."""
    queue_time: Field[int | None] = whole("queue_time")
    """Seconds of waiting so far."""
    queue_size: Field[int | None] = whole("queue_size")
    """Callers in the queue, this one included."""
    queue_position: Field[int | None] = whole("queue_position")
    """Place in the queue at this moment."""
    call_sid: Field[str | None] = text("call_sid")
    """The caller who waits."""
    call_id: Field[str | None] = text("call_id")
    """SIP Call-ID of the waiting leg."""


class QueueStatus(Payload):
    """Posted over HTTP to the account's queue webhook when a caller enters or leaves a queue; it never travels
    on a control connection.
    """

    __slots__ = ()
    event: Field[str | None] = text("event")
    """`join` when a caller was put into the queue, `leave` when the caller is no longer in it. One of
    `"join"`, `"leave"`.
    """
    queue: Field[str | None] = text("queue")
    """Name of the queue as given to `enqueue`."""
    length: Field[int | None] = whole("length")
    """Callers in the queue after this event."""
    join_time: Field[str | None] = text("join_time")
    """With `join`: when it happened."""
    leave_time: Field[str | None] = text("leave_time")
    """With `leave`: when it happened."""
    leave_reason: Field[str | None] = text("leave_reason")
    """With `leave`: `dequeued` when someone took the call, `abandoned` when the caller gave up. One of
    `"abandoned"`, `"dequeued"`.
    """
    dequeuer: Field[str | None] = text("dequeuer")
    """With `dequeued`: who took the call."""


class DequeueResult(HookPayload):
    """Sent to the actionHook of `dequeue`. The verbs that follow do not wait for its answer, though verbs in
    the answer still replace them.
    """

    __slots__ = ()
    dequeue_result: Field[str | None] = text("dequeue_result")
    """`complete`: there was a conversation and it is over. `timeout`: nobody was in the queue in time.
    `hangup`: the caller was lost while being connected, within 20 seconds. One of `"complete"`,
    `"timeout"`, `"hangup"`.
    """


class ListenResult(HookPayload):
    """Sent to the actionHook of `listen`, unless it was nested in another verb."""

    __slots__ = ()
    dial_call_duration: Field[int | None] = whole("dial_call_duration")
    """Seconds that the stream lasted. Absent when the websocket could never be connected."""
    digits: Field[str | None] = text("digits")
    """The finishing key, if one ended it."""


class SpeechEvent(Payload):
    """Something other than words, such as Deepgram's end of an utterance."""

    __slots__ = ()
    type: Field[str | None] = text("type")
    """What it is, by the vendor's name for it, such as `UtteranceEnd`."""


class TranscribeEvent(Heard, HookPayload):
    """Sent to the transcriptionHook of `transcribe`, for every final transcript and, if asked for, interim
    ones. Each must be acked; verbs in the answer replace the verb unless it is nested. It carries `speech`,
    `speech_event`, or both.
    """

    __slots__ = ()
    speech: Field[Speech] = nested("speech", Speech)
    """What was said; absent when the message is only about a `speech_event`."""
    speech_event: Field[SpeechEvent] = nested("speech_event", SpeechEvent)
    """Something other than words, such as Deepgram's end of an utterance."""
    stt_latency_ms: Field[str | None] = text("stt_latency_ms")
    """With `notifySttLatency`: delays of the recognizer in milliseconds, as text separated by commas."""
    stt_talkspurts: Field[str | None] = text("stt_talkspurts")
    """With `notifySttLatency`: stretches of speech, as JSON text."""
    stt_start_time: Field[str | None] = text("stt_start_time")
    """With `notifySttLatency`: when recognition began, in seconds since 1970."""
    stt_stop_time: Field[str | None] = text("stt_stop_time")
    """With `notifySttLatency`: when it ended, in seconds since 1970."""
    stt_usage: Field[Any] = anything("stt_usage")
    """With `notifySttLatency`: what the vendor charges for, where it says so."""


class Translation(Payload):
    """One piece in one language."""

    __slots__ = ()
    channel: Field[int | None] = whole("channel")
    """Which side spoke: 1 is the caller."""
    language: Field[str | None] = text("language")
    """Language that it was translated into."""
    translation: Field[str | None] = text("translation")
    """The text in that language."""


class TranslationEvent(HookPayload):
    """Sent to the translationHook of `transcribe` for each translated piece. Each must be acked; verbs in the
    answer replace the verb unless it is nested.
    """

    __slots__ = ()
    translation: Field[Translation] = nested("translation", Translation)
    """One piece in one language."""


class AmdEvent(HookPayload):
    """Sent to the actionHook of `amd`, several times per call: a verdict, then `amd_stopped`, and for machines
    what happens after. Verbs in the answer replace what runs, so answer with `[]` to events that need
    nothing.
    """

    __slots__ = ()
    type: Field[str | None] = text("type")
    """What was found. `amd_tone_timeout` and `amd_error` are documented, but the open server never sends them.
    One of `"amd_human_detected"`, `"amd_machine_detected"`, `"amd_no_speech_detected"`,
    `"amd_decision_timeout"`, `"amd_machine_stopped_speaking"`, `"amd_tone_detected"`, `"amd_tone_timeout"`,
    `"amd_error"`, `"amd_stopped"`.
    """
    reason: Field[str | None] = text("reason")
    """Why it was decided so, such as `short greeting`, `long greeting`, `hint` or `digit count`."""
    greeting: Field[str | None] = text("greeting")
    """What was heard of the greeting."""
    hint: Field[str | None] = text("hint")
    """The phrase that gave the machine away, with the reason `hint`."""
    language: Field[str | None] = text("language")
    """Language in which the greeting was transcribed."""
    frequency: Field[float | None] = number("frequency")
    """With a tone: its pitch in hertz."""
    variance: Field[float | None] = number("variance")
    """With a tone: how steady the pitch was."""


class LlmResult(HookPayload):
    """Sent to the actionHook of `llm` and its shortcuts. It must be acked within 5 seconds: without an ack the
    call ends.
    """

    __slots__ = ()
    completion_reason: Field[str | None] = text("completion_reason")
    """Why it ended. A verb that was replaced reports `normal conversation end` too, and so do some failures to
    set the session up. Ultravox may add text to `connection failure`. One of `"normal conversation end"`,
    `"connection failure"`, `"disconnect from remote end"`, `"server failure"`, `"server error"`, `"client
    error calling function"`, `"client error calling mcp function"`.
    """
    error: Field[Any] = anything("error")
    """What the vendor said about the failure, in its own form."""


class LlmEventData(Payload):
    """What the eventHook of an `llm` verb receives as `llm:event`: the vendor's own event, with every key
    turned into snake_case (`serverContent` arrives as `server_content`), whatever the vendor's
    documentation says. Which ones come is set by the verb's `events`; nothing needs an answer.
    """

    __slots__ = ()
    type: Field[str | None] = text("type")
    """The vendor's name for the event. Google's events have none: their kind is the key that is present."""


class FunctionCall(Payload):
    """One function to run."""

    __slots__ = ()
    id: Field[str | None] = text("id")
    """Goes into the `id` of the matching entry of `functionResponses`."""
    name: Field[str | None] = text("name")
    """Name of the function as declared to Google."""
    args: Field[dict[str, Any]] = free("args")
    """Arguments of the function, by parameter name."""


class LlmToolCallData(Payload):
    """The model of an `llm` verb wants tools to run. Answer with the command `llm:tool-output`; the message
    itself is never acked. Tools of MCP servers are called by jambonz itself and do not show up here. Google
    sends one message for several calls, in a form of its own.
    """

    __slots__ = ()
    tool_call_id: Field[str | None] = text("tool_call_id")
    """Ties the output to this request."""
    name: Field[str | None] = text("name")
    """Name of the tool as declared to the vendor."""
    args: Field[dict[str, Any]] = free("args")
    """Arguments, already parsed and with their own spelling: inside `args` no key is turned into snake_case."""
    type: Field[str | None] = text("type")
    """Marks Google's form."""
    function_calls: Field[tuple[FunctionCall, ...]] = nested_items("function_calls", FunctionCall)
    """The calls, each of which wants its own entry in the answer."""


class ToolCall(Payload):
    """One run of one tool."""

    __slots__ = ()
    name: Field[str | None] = text("name")
    """The tool's name as given to the model."""
    rtt_ms: Field[float | None] = number("rtt_ms")
    """From the call to the arrival of the tool's output, in milliseconds."""


class Preflight(Payload):
    """How the early start of the model's answer fared (`earlyGeneration`)."""

    __slots__ = ()
    result: Field[str | None] = text("result")
    """`hit`: the early answer was used. `miss`: the caller went on speaking and it was thrown away. `pending`:
    not settled when the turn ended. One of `"hit"`, `"miss"`, `"pending"`.
    """
    tokens: Field[int | None] = whole("tokens")
    """Tokens that the model had produced when this was settled; what a `miss` cost."""


class Latency(LatencyBase):
    """Where the time between the end of the caller's speech and the first sound of the answer went. One of two
    spellings, depending on the server's version.
    """

    __slots__ = ()
    transcriber_latency: Field[float | None] = number("transcriber_latency")
    """Until the recognizer had delivered its final transcript. In milliseconds; absent when this step did not
    take part in the turn.
    """
    turn_detection_latency: Field[float | None] = number("turn_detection_latency")
    """Until the end of the turn was decided. In milliseconds; absent when this step did not take part in the
    turn.
    """
    model_latency: Field[float | None] = number("model_latency")
    """Until the language model had produced its first token. In milliseconds; absent when this step did not
    take part in the turn.
    """
    voice_latency: Field[float | None] = number("voice_latency")
    """Until the synthesizer had produced its first audio. In milliseconds; absent when this step did not take
    part in the turn.
    """
    preflight: Field[Preflight] = nested("preflight", Preflight)
    """How the early start of the model's answer fared (`earlyGeneration`)."""
    stt_ms: Field[float | None] = number("stt_ms")
    """Speech to text, until the final transcript. In milliseconds; absent when this step did not take part in
    the turn.
    """
    eot_ms: Field[float | None] = number("eot_ms")
    """Deciding that the caller's turn had ended. In milliseconds; absent when this step did not take part in
    the turn.
    """
    llm_ms: Field[float | None] = number("llm_ms")
    """The language model, until its first token. In milliseconds; absent when this step did not take part in
    the turn.
    """
    tool_ms: Field[float | None] = number("tool_ms")
    """Tools that ran before the answer, all together. In milliseconds; absent when this step did not take part
    in the turn.
    """
    tts_ms: Field[float | None] = number("tts_ms")
    """Text to speech, until its first audio. In milliseconds; absent when this step did not take part in the
    turn.
    """


class AgentEventData(Replied):
    """What the eventHook of `agent` receives as `agent:event`, in every spelling that a server is known to
    use. The published `agent-turn` is the strict form of one of them; this schema takes both spellings of
    the latencies and both names of the model's answer, and tolerates fields that are new.
    """

    __slots__ = ()
    type: Field[str | None] = text("type")
    """`turn_end` for this event."""
    transcript: Field[str | None] = text("transcript")
    """What the caller said in this turn; several finals of the recognizer are joined."""
    response: Field[str | None] = text("response")
    """What the model answered. After an interruption it may hold words that the caller did not hear."""
    interrupted: Field[bool | None] = flag("interrupted")
    """The caller spoke over the answer."""
    confidence: Field[float | None] = number("confidence")
    """How sure the recognizer was of the transcript, from 0 to 1; not every vendor reports it."""
    tool_calls: Field[tuple[ToolCall, ...]] = nested_items("tool_calls", ToolCall)
    """Tools that ran during the turn, in the order they were called."""
    latency: Field[Latency] = nested("latency", Latency)
    """Where the time between the end of the caller's speech and the first sound of the answer went. One of two
    spellings, depending on the server's version.
    """
    turn: Field[int | None] = whole("turn")
    """Number of the turn after which it happened."""
    messages_dropped: Field[int | None] = whole("messages_dropped")
    """How many messages the summary stands for."""
    messages_kept: Field[int | None] = whole("messages_kept")
    """How many of the latest messages the model still sees word by word."""
    summary: Field[str | None] = text("summary")
    """The summary itself. Later answers know the dropped part only through it."""


class AgentTurn(Replied):
    """What the eventHook of `agent` receives, in the one spelling that is published in full. Servers also send
    the latencies under other names, further fields and further types: check incoming events against
    `agent-event`, which is ours.
    """

    __slots__ = ()
    type: Field[str | None] = text("type")
    """Marks the end of a turn."""
    transcript: Field[str | None] = text("transcript")
    """What the caller said in this turn."""
    response: Field[str | None] = text("response")
    """What the model answered; after an interruption possibly more than was heard."""
    interrupted: Field[bool | None] = flag("interrupted")
    """The caller cut the answer off. Left out: `false`."""
    latency: Field[Latency] = nested("latency", Latency)
    """Where the time went, in milliseconds. What did not take part is absent."""


class AgentToolCallData(Payload):
    """The model of an `agent` verb wants one of its tools to run. Answer with the command `llm:tool-output`
    and the same `tool_call_id`; the message itself is never acked.
    """

    __slots__ = ()
    tool_call_id: Field[str | None] = text("tool_call_id")
    """Ties the output to this request; several calls can be open at once."""
    name: Field[str | None] = text("name")
    """Name of the tool as it was declared in `llmOptions.tools`."""
    arguments: Field[dict[str, Any]] = free("arguments")
    """What the model wants the tool to be given, already parsed. Note the name: the `llm` verb calls the same
    thing `args`. A model can invent arguments, so check them.
    """


class PipelineTurn(Replied):
    """What the eventHook of `pipeline` received before that verb became `agent`. It differs from `agent-turn`
    in one name.
    """

    __slots__ = ()
    type: Field[str | None] = text("type")
    """Marks the end of a turn."""
    transcript: Field[str | None] = text("transcript")
    """What the caller said in this turn."""
    response: Field[str | None] = text("response")
    """What the model answered; after an interruption possibly more than was heard."""
    interrupted: Field[bool | None] = flag("interrupted")
    """The caller cut the answer off. Left out: `false`."""
    latency: Field[Latency] = nested("latency", Latency)
    """Where the time went, in milliseconds. What did not take part is absent."""


class MessageResult(HookPayload):
    """Sent to the actionHook of `message`. It says whether a carrier took the message, not whether it arrived."""

    __slots__ = ()
    message_sid: Field[str | None] = text("message_sid")
    """Id of the message, either yours or made up by the server."""
    message_status: Field[str | None] = text("message_status")
    """`success` when a carrier has taken it; the others say why not. One of `"success"`, `"failure"`, `"no
    carriers"`, `"smpp configuration error"`, `"system error"`.
    """
    carrier: Field[str | None] = text("carrier")
    """Carrier that took it."""
    carrier_message_id: Field[str | None] = text("carrier_message_id")
    """The carrier's own id, with which to follow it up there."""
    message_failure_reason: Field[str | None] = text("message_failure_reason")
    """What the carrier gave as the reason."""


class ReferResult(HookPayload):
    """Sent to the actionHook of `sip:refer`, once."""

    __slots__ = ()
    refer_status: Field[int | None] = whole("refer_status")
    """What the far end answered to the REFER: 202 for accepted, which says nothing yet about success."""
    final_referred_call_status: Field[int | None] = whole("final_referred_call_status")
    """SIP status of the call that the far end then placed, from its last report. Absent when no final report
    came within 15 seconds.
    """


class ReferEvent(Payload):
    """Sent to the eventHook of `sip:refer` for each report of the far end, without call information. To be
    acked: if the last one is not, the action hook comes late.
    """

    __slots__ = ()
    event: Field[str | None] = text("event")
    """The only kind that there is."""
    call_status: Field[int | None] = whole("call_status")
    """SIP status of the new call so far, such as 180. A number here, where other messages have a word under
    this name.
    """


class SipRequestResult(HookPayload):
    """Sent to the actionHook of the verb `sip:request`. Left unanswered, it comes a second time as `failed`,
    and then the call ends.
    """

    __slots__ = ()
    result: Field[str | None] = text("result")
    """`success` when a response came, whatever its status; `failed` when none did. One of `"success"`,
    `"failed"`.
    """
    sip_status: Field[int | None] = whole("sip_status")
    """Status of the response. It hides the call's own `sip_status` in this message."""
    err: Field[str | None] = text("err")
    """With `failed`: what went wrong."""


class SipRequestWithinDialog(HookPayload):
    """The far end sent a SIP request inside the running call; comes to `sipRequestWithinDialogHook` of
    `config`. jambonz has answered the request already (INFO with 200, MESSAGE with 202).
    """

    __slots__ = ()
    sip_method: Field[str | None] = text("sip_method")
    """`INFO` or `MESSAGE`; `INVITE` for hold events, where the server was configured to report them."""
    sip_body: Field[str | None] = text("sip_body")
    """Body of the request exactly as received, also when it is JSON or XML."""
    sip_headers: Field[dict[str, Any]] = free("sip_headers")
    """Headers of the request. Their names were turned into snake_case: `X-Case-Id` arrives as `x_case_id`."""
    event: Field[str | None] = text("event")
    """With `INVITE`: what the far end did. The answer to these is ignored. One of `"hold"`, `"unhold"`,
    `"reinvite"`.
    """
    on_hold: Field[bool | None] = flag("on_hold")
    """With `INVITE`: whether the far end holds the call now."""


class TransferResult(HookPayload):
    """Sent to the actionHook of `transfer` or `handoff`. Since 10.3."""

    __slots__ = ()
    transfer_result: Field[str | None] = text("transfer_result")
    """`bridged`: the person talked with the caller, and that is over. `returned`: nobody took the call, and it
    is yours again. `voicemail`: it was sent there. One of `"bridged"`, `"returned"`, `"voicemail"`,
    `"failed"`.
    """
    transfer_reason: Field[str | None] = text("transfer_reason")
    """Why it ended so; `caller-abandoned` means that the caller did not wait. One of `"completed"`,
    `"no-answer"`, `"busy"`, `"declined"`, `"caller-abandoned"`, `"error"`.
    """
    dial_call_sid: Field[str | None] = text("dial_call_sid")
    """The leg to the person, if one was placed."""
    sip_status: Field[int | None] = whole("sip_status")
    """SIP status of that leg; it hides the call's own."""


class DialogflowResult(HookPayload):
    """Sent to the actionHook of `dialogflow` when the bot has finished or the caller is gone."""

    __slots__ = ()
    dialogflow_result: Field[str | None] = text("dialogflow_result")
    """`completed`: the bot ended it. `caller hungup`: nobody is left to talk to. `redirect`: verbs returned by
    the eventHook took the call over, and those in this answer are ignored. One of `"completed"`, `"caller
    hungup"`, `"redirect"`.
    """


class DialogflowEvent(HookPayload):
    """Sent to the eventHook of `dialogflow` while the bot talks. It must be acked; verbs in the ack take the
    call over once the current playback has ended.
    """

    __slots__ = ()
    event: Field[str | None] = text("event")
    """By default `intent`, `transcription`, `dtmf`, `start-play`, `stop-play` and `no-input`;
    `interim-transcription` and `end-utterance` come only if asked for. The open server never sends `dtmf`.
    """
    data: Field[Any] = anything("data")
    """Details as Dialogflow gave them, with keys in snake_case: the query result for `intent`, the text for a
    transcription.
    """


class LexResult(HookPayload):
    """Sent to the actionHook of `lex`, which exists on the open-source server only."""

    __slots__ = ()
    lex_result: Field[str | None] = text("lex_result")
    """`caller hungup`: the caller left, or the verb was replaced. `redirect`: verbs from the eventHook took
    over; those in this answer are ignored. One of `"caller hungup"`, `"redirect"`.
    """


class LexEvent(Payload):
    """Sent to the eventHook of `lex` while the bot talks, without call information. It must be acked; verbs in
    the ack end the conversation and run instead.
    """

    __slots__ = ()
    event: Field[str | None] = text("event")
    """`intent`, `transcription`, `response-text`, `dtmf`, `start-play`, `stop-play` or `play-interrupted`."""
    data: Field[dict[str, Any]] = free("data")
    """What Lex or the media server said about it, with keys in snake_case."""


class RasaResult(HookPayload):
    """Sent to the actionHook of `rasa`, which exists on the open-source server only."""

    __slots__ = ()
    rasa_result: Field[str | None] = text("rasa_result")
    """`timeout`: the caller said nothing for ten seconds. `webhookError`: the assistant could not be asked.
    `redirect`: verbs from the eventHook took over; those in this answer are ignored. One of `"caller
    hungup"`, `"redirect"`, `"timeout"`, `"webhookError"`.
    """


class RasaEvent(HookPayload):
    """Sent to the eventHook of `rasa` for each message in either direction. It must be acked; verbs in the ack
    end the conversation and run instead.
    """

    __slots__ = ()
    event: Field[str | None] = text("event")
    """Who spoke: `userMessage` for the caller, `botMessage` for the assistant. One of `"userMessage"`,
    `"botMessage"`.
    """
    message: Field[Any] = anything("message")
    """With `userMessage` the transcript; with `botMessage` the assistant's whole answer, usually an array of
    messages.
    """


class TtsStreamingEventData(Payload):
    """Tells how the speech vendor's stream and the text buffer are doing. There is no answer to it."""

    __slots__ = ()
    event_type: Field[str | None] = text("event_type")
    """Text that was sent before this is spoken too."""
    text: Field[str | None] = text("text")
    """The text that reached the caller's ear, as far as the vendor's timing tells."""
    bargein: Field[bool | None] = flag("bargein")
    """Whether the caller cut it off there."""


class TtsTokensResultData(Payload):
    """Whether the server took one piece of text that was sent with `tts:tokens`. Taken means buffered, not
    spoken. Match it by `id`: a refusal can overtake an acceptance that was asked for earlier.
    """

    __slots__ = ()
    id: Field[str | None] = text("id")
    """The `id` of the command that this answers."""
    status: Field[str | None] = text("status")
    """`ok`: the text lies in the buffer, or was nothing but white space and was dropped. `failed`: none of it
    was taken. Absent when the call has no text buffer at all: then no stream was ever opened, or an inbound
    call is not quite set up yet. One of `"ok"`, `"failed"`.
    """
    reason: Field[str | None] = text("reason")
    """With `failed`: `full` when the text would have taken the buffer above 1000 UTF-16 code units, `missing
    tokens`, or the name of the vendor that could not be reached.
    """


__all__ = [
    "AgentEventData", "AgentToolCallData", "AgentTurn", "Alternative", "AmdEvent", "CallStatusData",
    "ConferenceResult", "ConferenceStatus", "ConferenceWait", "Defaults", "DefaultsRecognizer",
    "DefaultsSynthesizer", "DequeueResult", "DialConfirmData", "DialDtmf", "DialHold", "DialRefer",
    "DialResult", "DialogflowEvent", "DialogflowResult", "EnqueueResult", "EnqueueWait", "ErrorData",
    "FunctionCall", "GatherPartial", "GatherResult", "HoldDetail", "HookPayload", "Latency", "LexEvent",
    "LexResult", "ListenResult", "LlmEventData", "LlmResult", "LlmToolCallData", "MessageResult",
    "PipelineTurn", "PlayResult", "Preflight", "QueueStatus", "RasaEvent", "RasaResult", "ReferDetails",
    "ReferEvent", "ReferResult", "SessionAdultingData", "SessionData", "SessionReconnectData",
    "SessionRedirectData", "SipRequest", "SipRequestResult", "SipRequestWithinDialog", "Speech",
    "SpeechEvent", "SpeechVendor", "ToolCall", "TranscribeEvent", "TransferResult", "Translation",
    "TranslationEvent", "TtsStreamingEventData", "TtsTokensResultData", "VerbStatusData",
]

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
