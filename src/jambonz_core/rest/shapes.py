"""The shapes of answers, as far as they are known. Rows are dicts; fields that are not named here come along.

What is not marked `NotRequired` was there on every server that was looked at (0.9.6); for others `.get()` is
the cautious way to read. Where the name on the wire is a Python keyword the shape is written as a call.
Numbers and flags come as what is said here, whichever way the server wrote them.
"""

from __future__ import annotations

from typing import Any, NotRequired, Self, TypedDict

CallInfo = TypedDict(
    "CallInfo",
    {
        "call_sid": str,
        "account_sid": str,
        "application_sid": NotRequired[str],
        "parent_call_sid": NotRequired[str],
        "call_id": str,
        "sbc_callid": NotRequired[str],
        "direction": str,
        "from": str,
        "to": str,
        "call_status": str,
        "sip_status": int,
        "sip_reason": NotRequired[str],
        "duration": NotRequired[int],
        "caller_id": NotRequired[str],
        "caller_name": NotRequired[str],
        "trace_id": NotRequired[str],
        "originating_sip_ip": NotRequired[str],
        "originating_sip_trunk_name": NotRequired[str],
        "call_termination_by": NotRequired[str],
        "fs_sip_address": NotRequired[str],
        "fs_public_ip": NotRequired[str],
        "api_base_url": NotRequired[str],
        "service_url": NotRequired[str],
    },
)
"""A live call, or one that ended up to an hour ago. Tags and SIP headers do not come back."""


class CallCount(TypedDict):
    """How many calls are up, as the session border controllers count them; 0 where nobody counts."""

    inbound: int
    outbound: int


class SipResult(TypedDict):
    """What the far end answered to a SIP request."""

    status: int
    reason: str


class Participant(TypedDict):
    """A participant of a conference."""

    call_sid: str
    label: NotRequired[str | None]
    memberTag: NotRequired[str | None]
    """What `calls.conference_participant` tagged the call with, or the conference verb."""
    isAgent: NotRequired[bool]


class Conference(TypedDict):
    """A conference, and who is in it."""

    id: NotRequired[str]
    name: str
    durationSec: NotRequired[int]
    participants: list[Participant]


class ConferenceFork(TypedDict):
    """What sends the sound of a conference elsewhere."""

    botId: NotRequired[str]
    botMemberId: NotRequired[int]


class Queue(TypedDict):
    """A queue with somebody in it."""

    name: str
    length: int


class MessageResult(TypedDict, total=False):
    """What became of a text message."""

    sid: str
    carrierResponse: Any
    providerResponse: Any


class StoredHook(TypedDict):
    """A hook as the server keeps it. Given back with its `webhook_sid`, it is changed in place."""

    webhook_sid: NotRequired[str]
    url: str
    method: str
    username: str | None
    password: str | None


class Application(TypedDict):
    """A stored application: which hooks are called for its calls, and which speech is used."""

    application_sid: str
    account_sid: str
    service_provider_sid: str | None
    name: str
    call_hook: StoredHook | None
    call_status_hook: StoredHook | None
    messaging_hook: StoredHook | None
    app_json: str | None
    speech_synthesis_vendor: str | None
    speech_synthesis_language: str | None
    speech_synthesis_voice: str | None
    speech_synthesis_label: str | None
    speech_recognizer_vendor: str | None
    speech_recognizer_language: str | None
    speech_recognizer_label: str | None
    use_for_fallback_speech: bool
    env_vars: dict[str, Any] | None
    record_all_calls: bool
    created_at: str


class PhoneNumber(TypedDict):
    """A number, the carrier it comes from and the application that takes its calls."""

    phone_number_sid: str
    number: str
    voip_carrier_sid: str | None
    account_sid: str | None
    application_sid: str | None
    service_provider_sid: str | None


class Carrier(TypedDict):
    """A carrier, also called SIP trunk. Passwords come in clear; the row's repr covers them."""

    voip_carrier_sid: str
    name: str
    description: str | None
    account_sid: str | None
    service_provider_sid: str | None
    application_sid: str | None
    e164_leading_plus: bool
    requires_register: bool
    register_username: str | None
    register_password: str | None
    register_sip_realm: str | None
    register_from_user: str | None
    register_from_domain: str | None
    register_public_ip_in_contact: bool
    register_status: NotRequired[dict[str, Any] | None]
    tech_prefix: str | None
    inbound_auth_username: str | None
    inbound_auth_password: str | None
    diversion: str | None
    is_active: bool
    dtmf_type: str
    outbound_sip_proxy: str | None
    trunk_type: str
    created_at: str


class Gateway(TypedDict):
    """An address of a carrier: calls come from it, go to it, or both."""

    sip_gateway_sid: str
    voip_carrier_sid: str
    ipv4: str
    port: int | None
    netmask: int
    inbound: bool
    outbound: bool
    is_active: bool
    protocol: str
    send_options_ping: bool
    use_sips_scheme: bool
    pad_crypto: bool
    remove_ice: bool
    dtls_off: bool


class SpeechCredential(TypedDict):
    """A speech vendor's credential. What is secret in it is masked by the server already."""

    speech_credential_sid: str
    account_sid: str | None
    service_provider_sid: str | None
    vendor: str
    label: str | None
    use_for_tts: bool
    use_for_stt: bool
    tts_tested_ok: bool | None
    stt_tested_ok: bool | None
    last_used: str | None
    last_tested: str | None
    created_at: str


class SpeechVerdict(TypedDict):
    """How one half of a speech test went: ``ok``, ``fail`` or ``not tested``."""

    status: str
    reason: NotRequired[str]


class SpeechTest(TypedDict):
    """What a test of a speech credential found."""

    tts: SpeechVerdict
    stt: SpeechVerdict


class SpeechOffer(TypedDict, total=False):
    """What a speech vendor has: languages with their voices, and models."""

    tts: list[dict[str, Any]]
    stt: list[dict[str, Any]]
    models: list[dict[str, Any]]
    sttModels: list[dict[str, Any]]


RecentCall = TypedDict(
    "RecentCall",
    {
        "call_sid": str,
        "account_sid": str | None,
        "service_provider_sid": str | None,
        "application_sid": str | None,
        "from": str | None,
        "to": str | None,
        "direction": str | None,
        "answered": bool,
        "attempted_at": str | None,
        "answered_at": str | None,
        "terminated_at": str | None,
        "duration": int | None,
        "sip_status": int | None,
        "sip_callid": str | None,
        "sip_parent_callid": str | None,
        "host": str | None,
        "remote_host": str | None,
        "trunk": str | None,
        "termination_reason": str | None,
        "trace_id": str | None,
        "recording_url": str | None,
    },
)
"""A record of a call that is over. Times are ISO 8601 texts; one that is missing may read 1970-01-01."""


class Alert(TypedDict):
    """Something that went wrong on the platform's side. `alert_type` is an open set."""

    time: str
    account_sid: str | None
    service_provider_sid: str | None
    alert_type: str
    message: str | None
    detail: str | None
    target_sid: str | None
    vendor: str | None


class RegisteredUser(TypedDict):
    """A SIP user's registration."""

    name: str
    contact: str | None
    protocol: str | None
    proxy: NotRequired[str | None]
    sbcAddress: NotRequired[str | None]
    expiryTime: int
    """Milliseconds since 1970; 0 when there is no registration."""
    registered_status: NotRequired[str]
    allow_direct_app_calling: NotRequired[bool]
    allow_direct_queue_calling: NotRequired[bool]
    allow_direct_user_calling: NotRequired[bool]


class SipClient(TypedDict):
    """A SIP user that may register. The server masks the password, or leaves it out."""

    client_sid: str
    account_sid: str
    username: str
    password: NotRequired[str]
    is_active: bool
    allow_direct_app_calling: bool
    allow_direct_queue_calling: bool
    allow_direct_user_calling: bool


class TtsCacheSize(TypedDict):
    """How many renderings are cached."""

    size: int


class Account(TypedDict):
    """The account. It holds the webhook secret in clear; the row's repr covers it."""

    account_sid: str
    name: str
    sip_realm: str | None
    service_provider_sid: str | None
    webhook_secret: str
    registration_hook: StoredHook | None
    queue_event_hook: StoredHook | None
    device_calling_application_sid: str | None
    is_active: bool
    plan_type: NotRequired[str | None]
    disable_cdrs: NotRequired[bool]
    record_all_calls: bool
    record_format: NotRequired[str | None]
    enable_debug_log: NotRequired[bool]
    bucket_credential: NotRequired[dict[str, Any] | None]
    created_at: str


class BucketTest(TypedDict):
    """Whether recordings can be stored: `status` is ``ok`` or ``failed``."""

    status: str
    reason: NotRequired[str]


class Limit(TypedDict):
    """How much of something the account may use."""

    account_limits_sid: str
    account_sid: str
    category: str
    quantity: int


class ApiKey(TypedDict):
    """A key to this API. The token comes in clear; the row's repr covers it."""

    api_key_sid: str
    token: str
    account_sid: str | None
    service_provider_sid: str | None
    expires_at: str | None
    last_used: str | None
    created_at: str


class Lcr(TypedDict):
    """Least-cost routing: which carrier gets which numbers."""

    lcr_sid: str
    name: str | None
    is_active: bool
    default_carrier_set_entry_sid: str | None
    account_sid: str | None
    service_provider_sid: str | None
    number_routes: NotRequired[int]


class LcrCarrier(TypedDict):
    """A carrier that a route of the routing table may use."""

    lcr_carrier_set_entry_sid: str
    lcr_route_sid: str
    voip_carrier_sid: str
    workload: int
    priority: int


class LcrRoute(TypedDict):
    """Numbers that match `regex` go to the route's carriers."""

    lcr_route_sid: str
    lcr_sid: str
    regex: str
    description: str | None
    priority: int
    lcr_carrier_set_entries: NotRequired[list[LcrCarrier]]


class NewCall(str):
    """The sid of a call that was just placed: a text, with the SIP Call-ID beside it."""

    __slots__ = ("call_id",)

    call_id: str
    """The Call-ID of the INVITE that went out; empty if the server did not tell."""

    def __new__(cls, call_sid: str, call_id: str = "") -> Self:
        new = super().__new__(cls, call_sid)
        new.call_id = call_id
        return new

    @property
    def call_sid(self) -> str:
        """The call's sid as a plain string."""
        return str(self)


class NewApiKey(str):
    """The sid of a key that was just made: a text, with the key itself beside it. It is not shown again."""

    __slots__ = ("token",)

    token: str
    """The key itself, which the server shows only once. `repr` leaves it out."""

    def __new__(cls, api_key_sid: str, token: str) -> Self:
        new = super().__new__(cls, api_key_sid)
        new.token = token
        return new
