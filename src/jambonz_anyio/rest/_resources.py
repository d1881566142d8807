"""What both clients have: every request of `jambonz_core.rest` as a method, one line each.

`Final` says that a name has the type of its value. Without it other type checkers may infer another one, and
`pyright --verifytypes` counts the client as not wholly typed.
"""

from __future__ import annotations

from typing import Final, Generic

from jambonz_anyio.rest._described_methods import Performer, Resource, sends, walks
from jambonz_core.rest.account import AccountRequests, ApiKeyRequests, LimitRequests
from jambonz_core.rest.applications import AppEnvRequests, ApplicationRequests
from jambonz_core.rest.calls import CallRequests
from jambonz_core.rest.carriers import CarrierRequests, GatewayRequests
from jambonz_core.rest.fields import Scope
from jambonz_core.rest.history import AlertRequests, RecentCallRequests
from jambonz_core.rest.lcr import LcrRequests
from jambonz_core.rest.live import ConferenceRequests, MessageRequests, QueueRequests, RegisteredUserRequests
from jambonz_core.rest.phone_numbers import PhoneNumberRequests
from jambonz_core.rest.sip_clients import SipClientRequests
from jambonz_core.rest.speech_credentials import SpeechCredentialRequests, TtsCacheRequests


class Calls(Resource[CallRequests, Performer]):
    """Live calls: place them, look them up, steer them, hang them up."""

    create: Final = sends(CallRequests.create)
    list: Final = sends(CallRequests.list)
    get: Final = sends(CallRequests.get)
    count: Final = sends(CallRequests.count)
    update: Final = sends(CallRequests.update)
    delete: Final = sends(CallRequests.delete)
    hang_up: Final = sends(CallRequests.hang_up)
    redirect: Final = sends(CallRequests.redirect)
    redirect_child: Final = sends(CallRequests.redirect_child)
    whisper: Final = sends(CallRequests.whisper)
    mute: Final = sends(CallRequests.mute)
    listen: Final = sends(CallRequests.listen)
    transcribe: Final = sends(CallRequests.transcribe)
    conference_mute: Final = sends(CallRequests.conference_mute)
    conference_hold: Final = sends(CallRequests.conference_hold)
    conference_participant: Final = sends(CallRequests.conference_participant)
    sip_request: Final = sends(CallRequests.sip_request)
    record: Final = sends(CallRequests.record)
    tag: Final = sends(CallRequests.tag)
    dtmf: Final = sends(CallRequests.dtmf)
    dub: Final = sends(CallRequests.dub)
    boost_audio_signal: Final = sends(CallRequests.boost_audio_signal)
    media_path: Final = sends(CallRequests.media_path)
    noise_isolation: Final = sends(CallRequests.noise_isolation)
    update_agent: Final = sends(CallRequests.update_agent)
    transfer: Final = sends(CallRequests.transfer)
    llm_status: Final = sends(CallRequests.llm_status)
    room_say: Final = sends(CallRequests.room_say)
    room_play: Final = sends(CallRequests.room_play)


class Conferences(Resource[ConferenceRequests, Performer]):
    """Conferences that somebody is in."""

    list: Final = sends(ConferenceRequests.list)
    details: Final = sends(ConferenceRequests.details)
    start_listen: Final = sends(ConferenceRequests.start_listen)
    stop_listen: Final = sends(ConferenceRequests.stop_listen)


class Queues(Resource[QueueRequests, Performer]):
    """Queues that somebody waits in."""

    list: Final = sends(QueueRequests.list)


class Messages(Resource[MessageRequests, Performer]):
    """Requests that send text messages."""

    create: Final = sends(MessageRequests.create)


class Applications(Resource[ApplicationRequests, Performer]):
    """Stored applications: which hooks are called for a call, and which speech it uses."""

    create: Final = sends(ApplicationRequests.create)
    list: Final = sends(ApplicationRequests.list)
    page: Final = sends(ApplicationRequests.page)
    iterate: Final = walks(ApplicationRequests.iterate)
    get: Final = sends(ApplicationRequests.get)
    update: Final = sends(ApplicationRequests.update)
    delete: Final = sends(ApplicationRequests.delete)


class PhoneNumbers(Resource[PhoneNumberRequests, Performer]):
    """Phone numbers, and the applications that take their calls."""

    create: Final = sends(PhoneNumberRequests.create)
    list: Final = sends(PhoneNumberRequests.list)
    page: Final = sends(PhoneNumberRequests.page)
    iterate: Final = walks(PhoneNumberRequests.iterate)
    get: Final = sends(PhoneNumberRequests.get)
    update: Final = sends(PhoneNumberRequests.update)
    delete: Final = sends(PhoneNumberRequests.delete)


class Carriers(Resource[CarrierRequests, Performer]):
    """Carriers, also called SIP trunks."""

    create: Final = sends(CarrierRequests.create)
    templates: Final = sends(CarrierRequests.templates)
    create_from_template: Final = sends(CarrierRequests.create_from_template)
    list: Final = sends(CarrierRequests.list)
    page: Final = sends(CarrierRequests.page)
    get: Final = sends(CarrierRequests.get)
    update: Final = sends(CarrierRequests.update)
    delete: Final = sends(CarrierRequests.delete)


class Gateways(Resource[GatewayRequests, Performer]):
    """Gateways: the addresses from which a carrier's calls come and to which they go."""

    create: Final = sends(GatewayRequests.create)
    list: Final = sends(GatewayRequests.list)
    get: Final = sends(GatewayRequests.get)
    update: Final = sends(GatewayRequests.update)
    delete: Final = sends(GatewayRequests.delete)


class SpeechCredentials(Resource[SpeechCredentialRequests, Performer]):
    """Credentials for speech vendors."""

    create: Final = sends(SpeechCredentialRequests.create)
    list: Final = sends(SpeechCredentialRequests.list)
    get: Final = sends(SpeechCredentialRequests.get)
    update: Final = sends(SpeechCredentialRequests.update)
    delete: Final = sends(SpeechCredentialRequests.delete)
    test: Final = sends(SpeechCredentialRequests.test)
    offer: Final = sends(SpeechCredentialRequests.offer)


class RecentCalls(Resource[RecentCallRequests, Performer]):
    """Calls that are over, newest first."""

    page: Final = sends(RecentCallRequests.page)
    iterate: Final = walks(RecentCallRequests.iterate)
    sip_trace: Final = sends(RecentCallRequests.sip_trace)
    pcap: Final = sends(RecentCallRequests.pcap)
    trace: Final = sends(RecentCallRequests.trace)
    logs: Final = sends(RecentCallRequests.logs)
    recording: Final = sends(RecentCallRequests.recording)
    delete_recording: Final = sends(RecentCallRequests.delete_recording)


class Alerts(Resource[AlertRequests, Performer]):
    """What went wrong on the platform's side: hooks that failed, speech vendors that did not answer."""

    page: Final = sends(AlertRequests.page)
    iterate: Final = walks(AlertRequests.iterate)


class RegisteredUsers(Resource[RegisteredUserRequests, Performer]):
    """SIP users that are registered now."""

    list: Final = sends(RegisteredUserRequests.list)
    details: Final = sends(RegisteredUserRequests.details)
    get: Final = sends(RegisteredUserRequests.get)


class SipClients(Resource[SipClientRequests, Performer]):
    """SIP clients: user names and passwords with which telephones and browsers register."""

    create: Final = sends(SipClientRequests.create)
    list: Final = sends(SipClientRequests.list)
    get: Final = sends(SipClientRequests.get)
    update: Final = sends(SipClientRequests.update)
    delete: Final = sends(SipClientRequests.delete)


class TtsCache(Resource[TtsCacheRequests, Performer]):
    """Rendered speech: what the server has cached, and rendering on request."""

    size: Final = sends(TtsCacheRequests.size)
    clear: Final = sends(TtsCacheRequests.clear)
    synthesize: Final = sends(TtsCacheRequests.synthesize)


class AppEnv(Resource[AppEnvRequests, Performer]):
    """What an application that runs somewhere declares as its environment variables."""

    get: Final = sends(AppEnvRequests.get)


class Account(Resource[AccountRequests, Performer]):
    """Requests about the account itself."""

    list: Final = sends(AccountRequests.list)
    get: Final = sends(AccountRequests.get)
    update: Final = sends(AccountRequests.update)
    delete: Final = sends(AccountRequests.delete)
    webhook_secret: Final = sends(AccountRequests.webhook_secret)
    rotate_webhook_secret: Final = sends(AccountRequests.rotate_webhook_secret)
    set_sip_realm: Final = sends(AccountRequests.set_sip_realm)
    test_bucket: Final = sends(AccountRequests.test_bucket)


class Limits(Resource[LimitRequests, Performer]):
    """Requests about how much the account may use."""

    list: Final = sends(LimitRequests.list)
    set: Final = sends(LimitRequests.set)
    delete: Final = sends(LimitRequests.delete)
    delete_all: Final = sends(LimitRequests.delete_all)


class ApiKeys(Resource[ApiKeyRequests, Performer]):
    """Requests about the account's keys to the REST API."""

    list: Final = sends(ApiKeyRequests.list)
    create: Final = sends(ApiKeyRequests.create)
    delete: Final = sends(ApiKeyRequests.delete)


class Lcr(Resource[LcrRequests, Performer]):
    """Least-cost routing. An account has one table of routes; each route sends numbers to carriers."""

    create: Final = sends(LcrRequests.create)
    list: Final = sends(LcrRequests.list)
    get: Final = sends(LcrRequests.get)
    update: Final = sends(LcrRequests.update)
    delete: Final = sends(LcrRequests.delete)
    add_routes: Final = sends(LcrRequests.add_routes)
    update_routes: Final = sends(LcrRequests.update_routes)
    list_routes: Final = sends(LcrRequests.list_routes)
    create_route: Final = sends(LcrRequests.create_route)
    get_route: Final = sends(LcrRequests.get_route)
    update_route: Final = sends(LcrRequests.update_route)
    delete_route: Final = sends(LcrRequests.delete_route)
    list_carriers: Final = sends(LcrRequests.list_carriers)
    create_carrier: Final = sends(LcrRequests.create_carrier)
    get_carrier: Final = sends(LcrRequests.get_carrier)
    update_carrier: Final = sends(LcrRequests.update_carrier)
    delete_carrier: Final = sends(LcrRequests.delete_carrier)


class Resources(Generic[Performer]):
    """Every kind of thing that the API has, by name."""

    def __init__(self, scope: Scope, performer: Performer) -> None:
        self.calls: Final = Calls(CallRequests(scope), performer)
        self.conferences: Final = Conferences(ConferenceRequests(scope), performer)
        self.queues: Final = Queues(QueueRequests(scope), performer)
        self.messages: Final = Messages(MessageRequests(scope), performer)
        self.applications: Final = Applications(ApplicationRequests(scope), performer)
        self.phone_numbers: Final = PhoneNumbers(PhoneNumberRequests(scope), performer)
        self.carriers: Final = Carriers(CarrierRequests(scope), performer)
        self.gateways: Final = Gateways(GatewayRequests(scope), performer)
        self.speech_credentials: Final = SpeechCredentials(SpeechCredentialRequests(scope), performer)
        self.recent_calls: Final = RecentCalls(RecentCallRequests(scope), performer)
        self.alerts: Final = Alerts(AlertRequests(scope), performer)
        self.registered_users: Final = RegisteredUsers(RegisteredUserRequests(scope), performer)
        self.sip_clients: Final = SipClients(SipClientRequests(scope), performer)
        self.tts_cache: Final = TtsCache(TtsCacheRequests(scope), performer)
        self.app_env: Final = AppEnv(AppEnvRequests(scope), performer)
        self.account: Final = Account(AccountRequests(scope), performer)
        self.limits: Final = Limits(LimitRequests(scope), performer)
        self.api_keys: Final = ApiKeys(ApiKeyRequests(scope), performer)
        self.lcr: Final = Lcr(LcrRequests(scope), performer)
