"""Every class of requests by the name that clients give it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jambonz_core.rest.account import AccountRequests, ApiKeyRequests, LimitRequests
from jambonz_core.rest.applications import AppEnvRequests, ApplicationRequests
from jambonz_core.rest.calls import CallRequests
from jambonz_core.rest.carriers import CarrierRequests, GatewayRequests
from jambonz_core.rest.history import AlertRequests, RecentCallRequests
from jambonz_core.rest.lcr import LcrRequests
from jambonz_core.rest.live import ConferenceRequests, MessageRequests, QueueRequests, RegisteredUserRequests
from jambonz_core.rest.phone_numbers import PhoneNumberRequests
from jambonz_core.rest.sip_clients import SipClientRequests
from jambonz_core.rest.speech_credentials import SpeechCredentialRequests, TtsCacheRequests

RESOURCES: Final[Mapping[str, type[Any]]] = {
    "calls": CallRequests,
    "conferences": ConferenceRequests,
    "queues": QueueRequests,
    "messages": MessageRequests,
    "applications": ApplicationRequests,
    "phone_numbers": PhoneNumberRequests,
    "carriers": CarrierRequests,
    "gateways": GatewayRequests,
    "speech_credentials": SpeechCredentialRequests,
    "recent_calls": RecentCallRequests,
    "alerts": AlertRequests,
    "registered_users": RegisteredUserRequests,
    "sip_clients": SipClientRequests,
    "tts_cache": TtsCacheRequests,
    "app_env": AppEnvRequests,
    "account": AccountRequests,
    "limits": LimitRequests,
    "api_keys": ApiKeyRequests,
    "lcr": LcrRequests,
}
"""What a client has, by the name it has there. Each class is made with a `Scope`."""

__all__ = ["RESOURCES"]
