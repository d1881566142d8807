"""The shapes of answers, as far as they are known. Rows are dicts; fields that are not named here come along.

No key is certain: a robust program reads with `.get()`. Where the name on the wire is a Python keyword the
shape is written as a call. Numbers and flags come as what is said here, whichever way the server wrote them.
"""

from __future__ import annotations

from typing import Any, Self, TypedDict

CallInfo = TypedDict(
    "CallInfo",
    {
        "call_sid": str,
        "account_sid": str,
        "application_sid": str,
        "parent_call_sid": str,
        "call_id": str,
        "sbc_callid": str,
        "direction": str,
        "from": str,
        "to": str,
        "call_status": str,
        "sip_status": int,
        "sip_reason": str,
        "duration": int,
        "caller_id": str,
        "caller_name": str,
        "trace_id": str,
        "originating_sip_ip": str,
        "originating_sip_trunk_name": str,
        "call_termination_by": str,
        "fs_sip_address": str,
        "fs_public_ip": str,
        "api_base_url": str,
        "service_url": str,
    },
    total=False,
)
"""A live call, or one that ended up to an hour ago. Tags and SIP headers do not come back."""


class CallCount(TypedDict):
    """How many calls are up, as the session border controllers count them; 0 where nobody counts."""

    inbound: int
    outbound: int


class SipResult(TypedDict, total=False):
    """What the far end answered to a SIP request."""

    status: int
    reason: str


class Queue(TypedDict):
    """A queue with somebody in it."""

    name: str
    length: int


class MessageResult(TypedDict, total=False):
    """What became of a text message."""

    sid: str
    carrierResponse: Any
    providerResponse: Any


class StoredHook(TypedDict, total=False):
    """A hook as the server keeps it. Given back with its `webhook_sid`, it is changed in place."""

    webhook_sid: str
    url: str
    method: str
    username: str | None
    password: str | None


class Application(TypedDict, total=False):
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


class PhoneNumber(TypedDict, total=False):
    """A number, the carrier it comes from and the application that takes its calls."""

    phone_number_sid: str
    number: str
    voip_carrier_sid: str | None
    account_sid: str | None
    application_sid: str | None
    service_provider_sid: str | None


class Carrier(TypedDict, total=False):
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
    register_status: dict[str, Any] | None
    tech_prefix: str | None
    inbound_auth_username: str | None
    inbound_auth_password: str | None
    diversion: str | None
    is_active: bool
    dtmf_type: str
    outbound_sip_proxy: str | None
    trunk_type: str
    created_at: str


class Gateway(TypedDict, total=False):
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


class SpeechCredential(TypedDict, total=False):
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


class SpeechVerdict(TypedDict, total=False):
    """How one half of a speech test went: ``ok``, ``fail`` or ``not tested``."""

    status: str
    reason: str


class SpeechTest(TypedDict, total=False):
    """How a speech credential did."""

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
    total=False,
)
"""A record of a call that is over. Times are ISO 8601 texts; one that is missing may read 1970-01-01."""


class Alert(TypedDict, total=False):
    """Something that went wrong on the platform's side. `alert_type` is an open set."""

    time: str
    account_sid: str | None
    service_provider_sid: str | None
    alert_type: str
    message: str | None
    detail: str | None
    target_sid: str | None
    vendor: str | None


class RegisteredUser(TypedDict, total=False):
    """A SIP user's registration."""

    name: str
    contact: str | None
    protocol: str | None
    proxy: str | None
    sbcAddress: str | None
    expiryTime: int
    """Milliseconds since 1970; 0 when there is no registration."""
    registered_status: str
    allow_direct_app_calling: bool
    allow_direct_queue_calling: bool
    allow_direct_user_calling: bool


class TtsCacheSize(TypedDict):
    """How many renderings are cached."""

    size: int


class Account(TypedDict, total=False):
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
    plan_type: str | None
    disable_cdrs: bool
    record_all_calls: bool
    record_format: str | None
    enable_debug_log: bool
    bucket_credential: dict[str, Any] | None
    created_at: str


class BucketTest(TypedDict, total=False):
    """Whether recordings can be stored: `status` is ``ok`` or ``failed``."""

    status: str
    reason: str


class Limit(TypedDict, total=False):
    """How much of something the account may use."""

    account_limits_sid: str
    account_sid: str
    category: str
    quantity: int


class ApiKey(TypedDict, total=False):
    """A key to this API. The token comes in clear; the row's repr covers it."""

    api_key_sid: str
    token: str
    account_sid: str | None
    service_provider_sid: str | None
    expires_at: str | None
    last_used: str | None
    created_at: str


class Lcr(TypedDict, total=False):
    """Least-cost routing: which carrier gets which numbers."""

    lcr_sid: str
    name: str | None
    is_active: bool
    default_carrier_set_entry_sid: str | None
    account_sid: str | None
    service_provider_sid: str | None
    number_routes: int


class LcrCarrier(TypedDict, total=False):
    """A carrier of a route."""

    lcr_carrier_set_entry_sid: str
    lcr_route_sid: str
    voip_carrier_sid: str
    workload: int
    priority: int


class LcrRoute(TypedDict, total=False):
    """Numbers that match `regex` go to the route's carriers."""

    lcr_route_sid: str
    lcr_sid: str
    regex: str
    description: str | None
    priority: int
    lcr_carrier_set_entries: list[LcrCarrier]


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
        """The same text, as a plain one."""
        return str(self)


class NewApiKey(str):
    """The sid of a key that was just made: a text, with the key itself beside it. It is not shown again."""

    __slots__ = ("token",)

    token: str
    """The key. Not in the repr."""

    def __new__(cls, api_key_sid: str, token: str) -> Self:
        new = super().__new__(cls, api_key_sid)
        new.token = token
        return new
