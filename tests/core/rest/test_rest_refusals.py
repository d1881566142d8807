"""What is refused before it is sent, and what the refusal says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from jambonz_core.rest import (
    CLEAR,
    AccountRequests,
    AlertRequests,
    AppEnvRequests,
    ApplicationRequests,
    CallRequests,
    CarrierRequests,
    ConferenceRequests,
    GatewayRequests,
    InvalidRequest,
    LcrRequests,
    LimitRequests,
    MessageRequests,
    PhoneNumberRequests,
    RecentCallRequests,
    Scope,
    SipClientRequests,
    SpeechCredentialRequests,
)
from jambonz_core.verbs.profiles import V0_9, V10
from jambonz_core.wire.errors import LocalProtocolError, MessageTooLarge, UnsupportedByProfile

SID = "00000000-0000-4000-8000-000000000000"
SCOPE = Scope(SID, V10)
HOOK = "https://app.example.com/hook"

calls = CallRequests(SCOPE)
applications = ApplicationRequests(SCOPE)
carriers = CarrierRequests(SCOPE)
gateways = GatewayRequests(SCOPE)
speech = SpeechCredentialRequests(SCOPE)
lcr = LcrRequests(SCOPE)
conferences = ConferenceRequests(SCOPE)
sip_clients = SipClientRequests(SCOPE)
SPEECH = dict.fromkeys(
    (
        "speech_synthesis_vendor",
        "speech_synthesis_language",
        "speech_synthesis_voice",
        "speech_recognizer_vendor",
        "speech_recognizer_language",
    ),
    "x",
)


def create(**fields: Any) -> Any:
    return calls.create({"from": "+1", "to": "+15085551212", "application_sid": SID} | fields)


NEW_CALLS: list[tuple[dict[str, Any], str]] = [
    ({"from": None}, "a call needs from"),
    ({"from": None, "to": None}, "a call needs from and to"),
    ({"from": " "}, "from must be a text that is not empty"),
    ({"from": "x" * 257}, "from has 257 characters; the server takes 256"),
    ({"from": 15085551212}, "from must be a text that is not empty, not 15085551212"),
    ({"to": "somebody"}, "neither a number, nor sip"),
    ({"to": 15085551212}, "to must be a target or a text, not 15085551212"),
    ({"to": {}}, "to.type must be 'phone', 'user', 'sip' or 'teams', not None"),
    ({"to": {"type": "phon", "number": "1"}}, "did you mean 'phone'"),
    ({"to": {"type": "phone", "number": 1}}, "to.number must be a text"),
    ({"to": {"type": "phone"}}, "to.number must be a text that is not empty, not None"),
    ({"to": {"type": "phone", "number": "1", "trunk": 7}}, "to.trunk must be a text"),
    ({"to": {"type": "sip", "sipUri": "sip:a@b", "trunk": "t"}}, "to has no 'trunk'"),
    ({"to": {"type": "sip", "sipUri": "sip:a@b", "auth": {"username": "u"}}}, "password is missing"),
    ({"to": {"type": "sip", "sipUri": "sip:a@b", "auth": "u:p"}}, "to.auth must be an object"),
    ({"to": {"type": "user", "name": "a", "headers": {"X": None}}}, "to.headers must be an object of texts"),
    ({"to": {"type": "teams", "number": "1", "vmail": "yes"}}, "to.vmail must be True or False"),
    ({"application_sid": "app"}, "application_sid must be a UUID"),
    ({"application_sid": None}, "a call needs application_sid, or else call_hook and all five"),
    ({"application_sid": None, "call_hook": HOOK}, "missing: speech_synthesis_vendor, speech_synthesis_lang"),
    ({"call_hook": HOOK}, "call_hook has no effect beside application_sid"),
    ({"speech_synthesis_voice": "v"}, "speech_synthesis_voice has no effect beside application_sid"),
    ({"call_status_hook": "/status"}, "must be absolute"),
    ({"call_status_hook": {"url": HOOK, "method": "PUT"}}, "method must be 'POST', 'GET' or 'WS'"),
    ({"call_status_hook": {"uri": HOOK}}, "did you mean 'url'"),
    ({"call_status_hook": 7}, "call_status_hook must be an object"),
    ({"timeout": "30"}, "timeout must be whole seconds, 1 or more, not '30'"),
    ({"timeout": True}, "timeout must be whole seconds"),
    ({"timeLimit": 0}, "timeLimit must be whole seconds"),
    ({"time_limit": 1.5}, "timeLimit must be whole seconds"),
    ({"headers": ["X: 1"]}, "headers must be an object of texts"),
    ({"tag": ["a"]}, "tag must be an object, not a list"),
    ({"tag": "a"}, "tag must be an object, not 'a'"),
    ({"tag": CLEAR}, "cannot be cleared"),
    ({"amd": {"digitCount": 3}}, "amd needs actionHook"),
    ({"amd": {"actionHook": "/amd", "thresholdWords": 3}}, "did you mean 'thresholdWordCount'"),
    ({"amd": {"actionHook": "/amd", "timers": {"noSpeech": 3}}}, "amd.timers has no 'noSpeech'"),
    ({"dual_streams": "yes"}, "dual_streams must be True or False"),
    ({"sipRequestWithinDialogHook": {"url": HOOK}}, "the server takes no object here"),
    ({"refer_hook": ""}, "referHook must be a text"),
    ({"answerOnBridge": True}, "only the dial verb has it"),
    ({"trunk": "t"}, "belongs inside `to`"),
    ({"env_vars": {}}, "come from the application"),
    ({"speech_synthesis_label": "l"}, "labels come from the application"),
    ({"callername": "x"}, r"did you mean 'callerName'.*bare 500"),
    ({"callerName": "x", "caller_name": "y"}, "callerName is given twice"),
]


@pytest.mark.parametrize(("fields", "said"), NEW_CALLS, ids=[said[:50] for _, said in NEW_CALLS])
def test_a_call_that_the_server_would_refuse_is_not_sent(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        create(**fields)


def test_what_a_new_call_may_have() -> None:
    request = create(
        to={"type": "teams", "number": "1", "vmail": True, "tenant": None, "headers": {"X-A": 1}},
        caller_name="Me",
        timeout=30.0,
        timeLimit=60,
        dual_streams=True,
        sip_request_within_dialog_hook="/sip",
        refer_hook={"url": "/refer"},
        amd={"actionHook": "/amd", "timers": {"noSpeechTimeoutMs": 1}, "digitCount": None},
        call_status_hook={"url": "wss://a.example.com", "method": "ws", "username": None},
        headers={"X-B": "2"},
    )
    assert request.body == {
        "from": "+1",
        "to": {"type": "teams", "number": "1", "vmail": True, "headers": {"X-A": 1}},
        "application_sid": SID,
        "callerName": "Me",
        "timeout": 30,
        "timeLimit": 60,
        "dual_streams": True,
        "sipRequestWithinDialogHook": "/sip",
        "referHook": {"url": "/refer"},
        "amd": {"actionHook": "/amd", "timers": {"noSpeechTimeoutMs": 1}},
        "call_status_hook": {"url": "wss://a.example.com", "method": "WS"},
        "headers": {"X-B": "2"},
    }


def test_extra_fields_go_out_unchecked() -> None:
    request = calls.create(
        from_="+1", to="sip:a@b.c", application_sid=SID, extra={"answerOnBridge": True, "from": "other"}
    )
    assert request.body["answerOnBridge"] is True
    assert request.body["from"] == "other"


def test_a_keyword_and_the_dict_must_agree() -> None:
    assert calls.create({"from": "+1", "to": "+12", "application_sid": SID}, from_="+1").body["from"] == "+1"
    with pytest.raises(InvalidRequest, match="from is given twice"):
        calls.create({"from": "+1", "to": "+12", "application_sid": SID}, from_="+2")
    with pytest.raises(InvalidRequest, match="tag is given twice"):
        calls.create({"from": "+1", "to": "+12", "application_sid": SID, "tag": {}}, tag={"a": 1})


UPDATES: list[tuple[dict[str, Any], str]] = [
    ({}, "an update needs an action"),
    ({"call_status": None}, "an update needs an action"),
    ({"call_status_hook": HOOK}, "call_status_hook only goes together with call_hook"),
    ({"wait_hook": "/w"}, "wait_hook only goes together with conf_hold_status"),
    ({"noise_isolation_level": 5}, "only goes together with noise_isolation_status"),
    ({"mute_status": "mute", "listen_status": "pause"}, "one action, not 2"),
    ({"call_hook": "/a", "child_call_hook": "/b", "mute_status": "mute"}, "one action, not 3"),
    ({"mutestatus": "mute"}, "did you mean 'mute_status'"),
    ({"call_status": "hangup"}, "call_status must be 'completed' or 'no-answer'"),
    ({"call_hook": ""}, "call_hook must be a text that is not empty"),
    ({"call_hook": {"method": "POST"}}, "call_hook.url must be a text"),
    ({"conferenceParticipantAction": {"action": "kick"}}, "the API has no kick"),
    ({"conferenceParticipantAction": {"action": "tag"}}, "conferenceParticipantAction.tag must be a text"),
    ({"conferenceParticipantAction": "mute"}, "must be an object"),
    ({"sip_request": {"method": "INFO", "content": ""}}, "missing: content_type, content"),
    ({"sip_request": {"method": "I", "content": "c", "content_type": "t", "headers": 1}}, "object of texts"),
    ({"record": {"action": "stop"}}, "needs siprecServerURL, or type 'cloud': also to stop"),
    ({"record": {"action": "begin", "type": "cloud"}}, "record.action must be"),
    ({"record": {"action": "start", "type": "tape"}}, "record.type must be"),
    ({"record": {"action": "pause", "siprecServerURL": "s", "silence": True}}, "only for recordings of type"),
    ({"dtmf": {"digit": ""}}, "dtmf.digit must be of 0-9"),
    ({"dtmf": {"digit": "12x"}}, "dtmf.digit must be of 0-9"),
    ({"dtmf": {"digit": True}}, "dtmf.digit must be of 0-9"),
    ({"dtmf": {"digit": 10}}, "dtmf.digit must be of 0-9"),
    ({"dub": {"action": "add", "track": "t"}}, "dub.action must be 'addTrack'"),
    ({"dub": {"action": "addTrack"}}, "dub.track must be a text"),
    ({"dub": {"action": "playOnTrack", "track": "t"}}, "with action playOnTrack needs play"),
    ({"dub": {"action": "sayOnTrack", "track": "t"}}, "with action sayOnTrack needs say"),
    ({"boostAudioSignal": ""}, "boostAudioSignal must be a text"),
    ({"boostAudioSignal": True}, "boostAudioSignal must be a text"),
    ({"whisper": "hello"}, "must be a say or play verb, or a list"),
    ({"whisper": []}, "must be a say or play verb, or a list"),
    ({"whisper": ["hello"]}, r"whisper\[0\] must be a verb"),
    ({"whisper": {"verb": "dial"}}, "whisper.verb must be 'say' or 'play'"),
    ({"whisper": {"say": "hello"}}, "whisper.say must be an object"),
    ({"tag": "x"}, "tag must be an object"),
    ({"transfer": {}}, "transfer must be an object with something in it"),
    ({"transfer": {"verb": "dial", "x": 1}}, "transfer.verb must be 'transfer'"),
    ({"agent_update": {"type": "say"}}, "agent_update.type must be"),
    ({"room_say": {"id": "x"}}, "room_say needs text"),
    ({"room_say": {"text": "x", "stream": True}}, "cannot stream"),
    ({"room_play": {"id": "x"}}, "room_play.url must be a text"),
]


@pytest.mark.parametrize(("fields", "said"), UPDATES, ids=[said[:50] for _, said in UPDATES])
def test_an_update_that_the_server_would_refuse_is_not_sent(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        calls.update(SID, fields)


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({"whisper": {"say": {"text": "x"}}}, {"whisper": {"verb": "say", "text": "x"}}),
        (
            {"record": {"action": "stop", "type": "cloud"}},
            {"record": {"action": "stopCallRecording", "type": "cloud"}},
        ),
        (
            {"dub": {"verb": "dub", "action": "removeTrack", "track": "t"}},
            {"dub": {"action": "removeTrack", "track": "t"}},
        ),
        ({"boostAudioSignal": "6 dB"}, {"boostAudioSignal": "6 dB"}),
        ({"boostAudioSignal": -1.5}, {"boostAudioSignal": "-1.5 dB"}),
        ({"room_play": {"verb": "play", "url": "u"}}, {"room_play": {"url": "u"}}),
        ({"call_hook": "/a", "child_call_hook": "/b"}, {"call_hook": "/a", "child_call_hook": "/b"}),
        (
            {"conferenceParticipantAction": {"action": "mute"}},
            {"conferenceParticipantAction": {"action": "mute"}},
        ),
    ],
)
def test_updates_are_brought_into_the_form_that_the_server_sees(fields: Any, sent: Any) -> None:
    assert calls.update(SID, fields).body == sent


@pytest.mark.parametrize(
    "make",
    [
        lambda old: old.noise_isolation(SID, "enable"),
        lambda old: old.update_agent(SID, {"type": "generate_reply"}),
        lambda old: old.transfer(SID, {"mode": "blind"}),
        lambda old: old.llm_status(SID, "stop"),
        lambda old: old.room_say(SID, "Hello"),
        lambda old: old.room_play(SID, "https://x/y.mp3"),
        lambda old: old.update(SID, {"llm_status": "stop"}),
    ],
)
def test_what_only_v10_has_is_refused_under_the_open_profile(make: Callable[[CallRequests], Any]) -> None:
    make(CallRequests(Scope(SID, V10)))
    with pytest.raises(UnsupportedByProfile, match=r"unknown to servers of profile 0\.9") as caught:
        make(CallRequests(Scope(SID, V0_9)))
    assert caught.value.hint


@pytest.mark.parametrize(
    "make",
    [
        lambda old: old.details(),
        lambda old: old.start_listen("room", "wss://a.b"),
        lambda old: old.stop_listen("room"),
    ],
)
def test_open_servers_tell_only_the_names_of_conferences(make: Callable[[ConferenceRequests], Any]) -> None:
    make(ConferenceRequests(Scope(SID, V10)))
    with pytest.raises(UnsupportedByProfile, match=r"unknown to servers of profile 0\.9") as caught:
        make(ConferenceRequests(Scope(SID, V0_9)))
    assert caught.value.hint


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: calls.get("abc"), "call_sid must be a UUID such as the server gave out, not 'abc'"),
    (lambda: calls.get(f"{SID}?x=1"), "call_sid must be a UUID"),
    (lambda: calls.list({"callstatus": "x"}), "did you mean 'call_status'"),
    (lambda: calls.record(SID, "start", cloud=True, siprec_server_url="s"), "not to both"),
    (lambda: calls.record(SID, "erase"), "action must be"),  # type: ignore[arg-type]  # the mistake is the point
    (lambda: calls.llm_status(SID, "move-to-conference"), "needs conference"),
    (lambda: conferences.start_listen("", "wss://a.b"), "conference must be a text"),
    (lambda: conferences.stop_listen(" "), "conference must be a text"),
    (lambda: conferences.start_listen("room", "https://a.b"), "url must begin with ws:// or wss://"),
    (lambda: conferences.start_listen("room", "/fork"), "url must be absolute"),
    (lambda: conferences.start_listen("room", "wss://a.b", sample_rate=0), "sample_rate must be"),
    (lambda: conferences.start_listen("room", "wss://a.b", sample_rate=True), "sample_rate must be"),
    (
        lambda: conferences.start_listen("room", "wss://a.b", ws_auth={"username": "u"}),
        "ws_auth.password must",
    ),
    (lambda: conferences.start_listen("room", "wss://a.b", ws_auth={"user": "u"}), "ws_auth has no 'user'"),
    (lambda: sip_clients.create("", "pw"), "username must be a text"),
    (lambda: sip_clients.create("alice", ""), "password must be a text that is not empty, not a str"),
    (lambda: sip_clients.get("alice"), "client_sid must be a UUID"),
    (lambda: sip_clients.update(SID), "there is nothing to change: give at least one field of a SIP client"),
    (lambda: sip_clients.update(SID, {"password": "pxx"}), "there is nothing to change"),
    (lambda: sip_clients.update(SID, username=""), "username must be a text"),
    (lambda: sip_clients.update(SID, {"user_name": "a"}), "did you mean 'username'"),
    (lambda: MessageRequests(SCOPE).create("+1", "+2"), "needs text or media"),
    (lambda: MessageRequests(SCOPE).create("+1", "", "x"), "to must be a text"),
    (lambda: applications.create("a"), "an application needs call_hook and call_status_hook"),
    (lambda: applications.create(), "an application needs name, call_hook and call_status_hook"),
    (lambda: applications.create("a", call_hook=HOOK), "an application needs call_status_hook"),
    (lambda: applications.create("n" * 65), "name has 65 characters; the server takes 64"),
    (lambda: applications.create("a", app_json="{}"), "app_json must be a list of verbs"),
    (lambda: applications.create("a", app_json="[oops"), "app_json must be a list of verbs"),
    (lambda: applications.create("a", env_vars=[1]), "env_vars must be an object"),  # type: ignore[arg-type]  # the point
    (
        lambda: applications.create("a", fields={"speech_vendor": 1}),
        "an application has no field 'speech_vendor'",
    ),
    (lambda: applications.create("a", call_hook={"url": HOOK, "basicAuth": {}}), "basicAuth is for verbs"),
    (lambda: applications.create("a", call_hook={"url": HOOK, "username": "u"}), "belong together"),
    (lambda: applications.create("a", call_hook={"url": HOOK, "method": "WS"}), "call_hook.method must be"),
    (lambda: applications.create("a", call_hook={}), "call_hook.url is missing"),
    (lambda: applications.create("a", call_hook="ftp://x"), "must be absolute"),
    (lambda: applications.create("a", call_hook=f" {HOOK}"), "must be absolute"),
    (lambda: applications.create("a", call_hook="https://under_score.example.com"), "not a host name"),
    (lambda: applications.create("a", call_hook="https:///path"), "not a host name"),
    (lambda: applications.create("a", call_hook="https://a.b:port/"), "is not a URL"),
    (lambda: applications.create("a", call_hook="https://[::1/"), "is not a URL"),
    (lambda: applications.update(SID), "there is nothing to change"),
    (lambda: applications.update(SID, {"created_at": "x"}), "there is nothing to change"),
    (lambda: applications.update(SID, call_status_hook=HOOK), "call_status_hook needs call_hook"),
    (lambda: applications.update(SID, {"call_hook": CLEAR}), "call_hook of an application cannot be cleared"),
    (lambda: applications.page(0), "page must be 1 or more"),
    (lambda: applications.iterate(page_size=0), "a page must have 1 or more, not 0 rows"),
    (lambda: AppEnvRequests(SCOPE).get("app.example.com"), "must be absolute"),
    (lambda: PhoneNumberRequests(SCOPE).create("1 508"), "must not hold spaces"),
    (lambda: carriers.create(), "a carrier needs name"),
    (
        lambda: carriers.create("c", requires_register=True, register_username="u"),
        "register_password is missing",
    ),
    (lambda: carriers.create("c", register_username="u u"), "register_username must not hold spaces"),
    (lambda: carriers.create("c", register_sip_realm=""), "register_sip_realm must be a domain"),
    (lambda: carriers.create("c", register_sip_realm="sip:a.b"), "register_sip_realm must be a domain"),
    (lambda: carriers.create("c", register_from_domain="localhost"), "register_from_domain must be a domain"),
    (lambda: carriers.create("c", dtmf_type="inband"), "dtmf_type must be"),
    (lambda: carriers.create("c", trunk_type="x"), "trunk_type must be"),
    (lambda: carriers.create("c", register_use_tls=True), "a carrier has no field 'register_use_tls'"),
    (lambda: carriers.list(name="x"), "only with shared=True"),
    (lambda: gateways.create(SID, "sip.telco.com", inbound=True, outbound=True), "an address of numbers"),
    (lambda: gateways.create(SID, "10.0.0.256", inbound=True, outbound=True), "an address of numbers"),
    (lambda: gateways.create(SID, "telco.com", inbound=False, outbound=True, netmask=24), "has netmask 32"),
    (lambda: gateways.create(SID, "1.2.3.4", inbound=True, outbound=True, protocol="sctp"), "protocol must"),  # type: ignore[arg-type]  # the point
    (lambda: gateways.update(SID, inbound=True), "needs ipv4"),
    (lambda: speech.create("google"), "a credential for google needs service_key"),
    (lambda: speech.create("google", service_key="{}"), "JSON of a Google service account"),
    (lambda: speech.create("google", service_key="no json"), "JSON of a Google service account"),
    (lambda: speech.create("microsoft", region="r"), "a credential for microsoft needs api_key"),
    (lambda: speech.create("deepgram", deepgram_stt_uri="u"), "a credential for deepgram needs api_key"),
    (lambda: speech.create("cartesia", api_key="k", use_for_tts=True), "needs model_id"),
    (lambda: speech.create("cartesia", api_key="k", use_for_stt=True), "needs stt_model_id"),
    (lambda: speech.create(""), "vendor must be a text"),
    (lambda: speech.update(SID, region="r"), "needs use_for_tts or use_for_stt"),
    (lambda: speech.update(SID, use_for_tts=True, api_key="k"), "api_key of a credential cannot be changed"),
    (lambda: speech.update(SID, use_for_tts=True, label="l"), "label of a credential cannot be changed"),
    (lambda: RecentCallRequests(SCOPE).iterate(page_size=501), "from 1 to 500, not 501 rows"),
    (lambda: RecentCallRequests(SCOPE).page(True), "page must be 1 or more"),
    (lambda: RecentCallRequests(SCOPE).iterate(days=31), "days must be from 1 to 30"),
    (lambda: RecentCallRequests(SCOPE).iterate(days=True), "days must be from 1 to 30"),
    (lambda: AlertRequests(SCOPE).iterate(days=1, end="x"), "ignore start and end"),
    (lambda: AlertRequests(SCOPE).iterate(start=datetime(2024, 5, 1)), "start needs a time zone"),
    (lambda: RecentCallRequests(SCOPE).pcap("x", "bye"), "method must be"),  # type: ignore[arg-type]  # the point
    (lambda: AccountRequests(SCOPE).update(sip_realm="x"), "unexpected keyword"),  # type: ignore[call-arg]  # the point
    (
        lambda: AccountRequests(SCOPE).update(bucket_credential={"vendor": "s3"}),
        "bucket_credential.vendor must",
    ),
    (
        lambda: AccountRequests(SCOPE).update({"bucket_credential": "x"}),
        "bucket_credential must be an object",
    ),
    (lambda: AccountRequests(SCOPE).set_sip_realm("example.com"), "at least two dots"),
    (lambda: LimitRequests(SCOPE).set("api_limit", 1), "category must be 'api_rate'"),
    (lambda: LimitRequests(SCOPE).set("device", -1), "quantity must be 0 or more"),
    (lambda: LimitRequests(SCOPE).list("devices"), "did you mean 'device'"),
    (lambda: lcr.update(SID), "give name, is_active"),
    (lambda: lcr.add_routes(SID, []), "there are no routes"),
    (lambda: lcr.add_routes(SID, [{"regex": "^1", "priority": 1}]), "at least one carrier"),
    (lambda: lcr.add_routes(SID, [{"lcr_route_sid": SID}]), r"routes\[0\] has no 'lcr_route_sid'"),
    (
        lambda: lcr.add_routes(
            SID, [{"regex": "^1", "lcr_carrier_set_entries": [{"voip_carrier_sid": "c"}]}]
        ),
        r"lcr_carrier_set_entries\[0\]\.voip_carrier_sid must be a UUID",
    ),
    (lambda: lcr.create_route(SID, "1" * 33, 0), "the server takes 32"),
    (lambda: ApplicationRequests(Scope("", V10)).page(), "set JAMBONZ_ACCOUNT_SID"),
    (lambda: ApplicationRequests(Scope("mine", V10)).page(), "account_sid must be a UUID"),
    (lambda: calls.tag(SID, {"x": object()}), "the body is not JSON"),
    (lambda: calls.tag(SID, {"x": float("nan")}), "the body is not JSON"),
]


@pytest.mark.parametrize(
    ("make", "said"), REFUSED, ids=[f"{i}-{said[:40]}" for i, (_, said) in enumerate(REFUSED)]
)
def test_a_refusal_says_what_is_wrong(make: Callable[[], Any], said: str) -> None:
    with pytest.raises((InvalidRequest, TypeError), match=said) as caught:
        make()
    assert isinstance(caught.value, LocalProtocolError | TypeError)


def test_settings_of_ones_own_speech_server_stand_in_for_credentials() -> None:
    vendors: list[tuple[str, dict[str, Any]]] = [
        ("microsoft", {"custom_tts_endpoint_url": "https://x"}),
        ("nuance", {"nuance_stt_uri": "https://x"}),
        ("deepgram", {"deepgram_stt_uri": "https://x", "deepgram_tts_uri": "https://y"}),
        ("custom:mine", {"auth_token": "t"}),
        ("aws", {"aws_region": "eu"}),
        ("cartesia", {"api_key": "k"}),
    ]
    for vendor, settings in vendors:
        assert speech.create(vendor, **settings).body == {"vendor": vendor, **settings}


def test_hooks_that_were_read_are_changed_in_place_when_something_else_changes_too() -> None:
    hook = {"webhook_sid": SID, "url": HOOK, "method": "POST", "username": None, "password": None}
    both = applications.update(SID, {"name": "n", "call_hook": hook}).body
    assert both == {"name": "n", "call_hook": {"webhook_sid": SID, "url": HOOK, "method": "POST"}}
    alone = applications.update(SID, {"call_hook": hook, "call_status_hook": HOOK}).body
    assert alone["call_hook"] == {"url": HOOK, "method": "POST"}


def test_numbers_as_host_names_and_ports_are_fine() -> None:
    for url in ("http://10.0.0.1:3000/x", "ws://[::1]:3000/", "https://a-b.example.com./"):
        assert AppEnvRequests(SCOPE).get(url).params == (("url", url),)


def test_a_body_that_the_server_would_not_read_is_too_large() -> None:
    calls.tag(SID, {"x": "y" * 100_000})
    with pytest.raises(MessageTooLarge, match="the API accepts 102400") as caught:
        calls.tag(SID, {"x": "y" * 103_000})
    assert caught.value.limit == 102_400 < caught.value.size


def test_a_request_shows_nothing_of_its_body() -> None:
    request = speech.create("whisper", api_key="very-secret", model_id="m")
    assert "very-secret" not in repr(request)
    assert repr(CLEAR) == "CLEAR"
