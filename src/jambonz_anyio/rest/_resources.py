"""What both clients have: every request of `jambonz_core.rest` as a method, one line each."""

from __future__ import annotations

from typing import Generic

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

    create = sends(CallRequests.create)
    list = sends(CallRequests.list)
    get = sends(CallRequests.get)
    count = sends(CallRequests.count)
    update = sends(CallRequests.update)
    delete = sends(CallRequests.delete)
    hang_up = sends(CallRequests.hang_up)
    redirect = sends(CallRequests.redirect)
    redirect_child = sends(CallRequests.redirect_child)
    whisper = sends(CallRequests.whisper)
    mute = sends(CallRequests.mute)
    listen = sends(CallRequests.listen)
    transcribe = sends(CallRequests.transcribe)
    conference_mute = sends(CallRequests.conference_mute)
    conference_hold = sends(CallRequests.conference_hold)
    conference_participant = sends(CallRequests.conference_participant)
    sip_request = sends(CallRequests.sip_request)
    record = sends(CallRequests.record)
    tag = sends(CallRequests.tag)
    dtmf = sends(CallRequests.dtmf)
    dub = sends(CallRequests.dub)
    boost_audio_signal = sends(CallRequests.boost_audio_signal)
    media_path = sends(CallRequests.media_path)
    noise_isolation = sends(CallRequests.noise_isolation)
    update_agent = sends(CallRequests.update_agent)
    transfer = sends(CallRequests.transfer)
    llm_status = sends(CallRequests.llm_status)
    room_say = sends(CallRequests.room_say)
    room_play = sends(CallRequests.room_play)


class Conferences(Resource[ConferenceRequests, Performer]):
    """Conferences that somebody is in."""

    list = sends(ConferenceRequests.list)
    details = sends(ConferenceRequests.details)
    start_listen = sends(ConferenceRequests.start_listen)
    stop_listen = sends(ConferenceRequests.stop_listen)


class Queues(Resource[QueueRequests, Performer]):
    """Queues that somebody waits in."""

    list = sends(QueueRequests.list)


class Messages(Resource[MessageRequests, Performer]):
    """Text messages."""

    create = sends(MessageRequests.create)


class Applications(Resource[ApplicationRequests, Performer]):
    """Stored applications: which hooks are called for a call, and which speech it uses."""

    create = sends(ApplicationRequests.create)
    list = sends(ApplicationRequests.list)
    page = sends(ApplicationRequests.page)
    iterate = walks(ApplicationRequests.iterate)
    get = sends(ApplicationRequests.get)
    update = sends(ApplicationRequests.update)
    delete = sends(ApplicationRequests.delete)


class PhoneNumbers(Resource[PhoneNumberRequests, Performer]):
    """Phone numbers, and the applications that take their calls."""

    create = sends(PhoneNumberRequests.create)
    list = sends(PhoneNumberRequests.list)
    page = sends(PhoneNumberRequests.page)
    iterate = walks(PhoneNumberRequests.iterate)
    get = sends(PhoneNumberRequests.get)
    update = sends(PhoneNumberRequests.update)
    delete = sends(PhoneNumberRequests.delete)


class Carriers(Resource[CarrierRequests, Performer]):
    """Carriers, also called SIP trunks."""

    create = sends(CarrierRequests.create)
    templates = sends(CarrierRequests.templates)
    create_from_template = sends(CarrierRequests.create_from_template)
    list = sends(CarrierRequests.list)
    page = sends(CarrierRequests.page)
    get = sends(CarrierRequests.get)
    update = sends(CarrierRequests.update)
    delete = sends(CarrierRequests.delete)


class Gateways(Resource[GatewayRequests, Performer]):
    """Gateways: the addresses from which a carrier's calls come and to which they go."""

    create = sends(GatewayRequests.create)
    list = sends(GatewayRequests.list)
    get = sends(GatewayRequests.get)
    update = sends(GatewayRequests.update)
    delete = sends(GatewayRequests.delete)


class SpeechCredentials(Resource[SpeechCredentialRequests, Performer]):
    """Credentials for speech vendors."""

    create = sends(SpeechCredentialRequests.create)
    list = sends(SpeechCredentialRequests.list)
    get = sends(SpeechCredentialRequests.get)
    update = sends(SpeechCredentialRequests.update)
    delete = sends(SpeechCredentialRequests.delete)
    test = sends(SpeechCredentialRequests.test)
    offer = sends(SpeechCredentialRequests.offer)


class RecentCalls(Resource[RecentCallRequests, Performer]):
    """Calls that are over, newest first."""

    page = sends(RecentCallRequests.page)
    iterate = walks(RecentCallRequests.iterate)
    sip_trace = sends(RecentCallRequests.sip_trace)
    pcap = sends(RecentCallRequests.pcap)
    trace = sends(RecentCallRequests.trace)
    logs = sends(RecentCallRequests.logs)
    recording = sends(RecentCallRequests.recording)
    delete_recording = sends(RecentCallRequests.delete_recording)


class Alerts(Resource[AlertRequests, Performer]):
    """What went wrong on the platform's side: hooks that failed, speech vendors that did not answer."""

    page = sends(AlertRequests.page)
    iterate = walks(AlertRequests.iterate)


class RegisteredUsers(Resource[RegisteredUserRequests, Performer]):
    """SIP users that are registered now."""

    list = sends(RegisteredUserRequests.list)
    details = sends(RegisteredUserRequests.details)
    get = sends(RegisteredUserRequests.get)


class SipClients(Resource[SipClientRequests, Performer]):
    """SIP clients: user names and passwords with which telephones and browsers register."""

    create = sends(SipClientRequests.create)
    list = sends(SipClientRequests.list)
    get = sends(SipClientRequests.get)
    update = sends(SipClientRequests.update)
    delete = sends(SipClientRequests.delete)


class TtsCache(Resource[TtsCacheRequests, Performer]):
    """Rendered speech: what the server has cached, and rendering on request."""

    size = sends(TtsCacheRequests.size)
    clear = sends(TtsCacheRequests.clear)
    synthesize = sends(TtsCacheRequests.synthesize)


class AppEnv(Resource[AppEnvRequests, Performer]):
    """What an application that runs somewhere declares as its environment variables."""

    get = sends(AppEnvRequests.get)


class Account(Resource[AccountRequests, Performer]):
    """The account."""

    list = sends(AccountRequests.list)
    get = sends(AccountRequests.get)
    update = sends(AccountRequests.update)
    delete = sends(AccountRequests.delete)
    webhook_secret = sends(AccountRequests.webhook_secret)
    rotate_webhook_secret = sends(AccountRequests.rotate_webhook_secret)
    set_sip_realm = sends(AccountRequests.set_sip_realm)
    test_bucket = sends(AccountRequests.test_bucket)


class Limits(Resource[LimitRequests, Performer]):
    """How much the account may use."""

    list = sends(LimitRequests.list)
    set = sends(LimitRequests.set)
    delete = sends(LimitRequests.delete)
    delete_all = sends(LimitRequests.delete_all)


class ApiKeys(Resource[ApiKeyRequests, Performer]):
    """Keys to this API."""

    list = sends(ApiKeyRequests.list)
    create = sends(ApiKeyRequests.create)
    delete = sends(ApiKeyRequests.delete)


class Lcr(Resource[LcrRequests, Performer]):
    """Least-cost routing. An account has one table of routes; each route sends numbers to carriers."""

    create = sends(LcrRequests.create)
    list = sends(LcrRequests.list)
    get = sends(LcrRequests.get)
    update = sends(LcrRequests.update)
    delete = sends(LcrRequests.delete)
    add_routes = sends(LcrRequests.add_routes)
    update_routes = sends(LcrRequests.update_routes)
    list_routes = sends(LcrRequests.list_routes)
    create_route = sends(LcrRequests.create_route)
    get_route = sends(LcrRequests.get_route)
    update_route = sends(LcrRequests.update_route)
    delete_route = sends(LcrRequests.delete_route)
    list_carriers = sends(LcrRequests.list_carriers)
    create_carrier = sends(LcrRequests.create_carrier)
    get_carrier = sends(LcrRequests.get_carrier)
    update_carrier = sends(LcrRequests.update_carrier)
    delete_carrier = sends(LcrRequests.delete_carrier)


class Resources(Generic[Performer]):
    """Every kind of thing that the API has, by name."""

    def __init__(self, scope: Scope, performer: Performer) -> None:
        self.calls = Calls(CallRequests(scope), performer)
        self.conferences = Conferences(ConferenceRequests(scope), performer)
        self.queues = Queues(QueueRequests(scope), performer)
        self.messages = Messages(MessageRequests(scope), performer)
        self.applications = Applications(ApplicationRequests(scope), performer)
        self.phone_numbers = PhoneNumbers(PhoneNumberRequests(scope), performer)
        self.carriers = Carriers(CarrierRequests(scope), performer)
        self.gateways = Gateways(GatewayRequests(scope), performer)
        self.speech_credentials = SpeechCredentials(SpeechCredentialRequests(scope), performer)
        self.recent_calls = RecentCalls(RecentCallRequests(scope), performer)
        self.alerts = Alerts(AlertRequests(scope), performer)
        self.registered_users = RegisteredUsers(RegisteredUserRequests(scope), performer)
        self.sip_clients = SipClients(SipClientRequests(scope), performer)
        self.tts_cache = TtsCache(TtsCacheRequests(scope), performer)
        self.app_env = AppEnv(AppEnvRequests(scope), performer)
        self.account = Account(AccountRequests(scope), performer)
        self.limits = Limits(LimitRequests(scope), performer)
        self.api_keys = ApiKeys(ApiKeyRequests(scope), performer)
        self.lcr = Lcr(LcrRequests(scope), performer)
