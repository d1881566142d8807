"""The REST API of jambonz as requests that somebody else performs.

| module | what it holds | | --- | --- | | `request` | `Request`, `Response`, and how an answer becomes a
result or an error | | `errors` | what failures mean | | `retry`, `paging`, `settings` | when to ask again;
pages behind one walk; where and with which key | | `fields`, `targets`, `shapes`, `reading`, `secrecy` |
what goes out, what comes back, and what is not shown | | `calls`, `live`, `applications`, `phone_numbers`,
… | the requests, one class for each kind of thing |

`RESOURCES` names those classes as the clients do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jambonz_core.rest.account import AccountRequests, ApiKeyRequests, LimitRequests
from jambonz_core.rest.applications import AppEnvRequests, ApplicationRequests
from jambonz_core.rest.calls import CallRequests
from jambonz_core.rest.carriers import CarrierRequests, GatewayRequests
from jambonz_core.rest.errors import (
    BadRequest,
    CallFailed,
    Conflict,
    InvalidRequest,
    NoFeatureServer,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    ServerFailed,
    UnexpectedAnswer,
)
from jambonz_core.rest.fields import CLEAR, Clear, Hook, Scope, Webhook
from jambonz_core.rest.history import AlertRequests, RecentCallRequests
from jambonz_core.rest.lcr import LcrRequests
from jambonz_core.rest.live import (
    ConferenceRequests,
    MessageRequests,
    QueueRequests,
    RegisteredUserRequests,
)
from jambonz_core.rest.paging import Page, Walk
from jambonz_core.rest.phone_numbers import PhoneNumberRequests
from jambonz_core.rest.request import Pace, Request, Response, Retry, Steps
from jambonz_core.rest.retry import NO_RETRIES, Attempts, RetryPolicy
from jambonz_core.rest.secrecy import Record
from jambonz_core.rest.settings import Connection, Timeouts
from jambonz_core.rest.shapes import NewApiKey, NewCall
from jambonz_core.rest.speech_credentials import SpeechCredentialRequests, TtsCacheRequests
from jambonz_core.rest.targets import Target, phone, sip, teams, user

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
    "tts_cache": TtsCacheRequests,
    "app_env": AppEnvRequests,
    "account": AccountRequests,
    "limits": LimitRequests,
    "api_keys": ApiKeyRequests,
    "lcr": LcrRequests,
}
"""What a client has, by the name it has there. Each class is made with a `Scope`."""

__all__ = [
    # exchanges
    "Request",
    "Response",
    "Steps",
    "Walk",
    "Page",
    "Retry",
    "Pace",
    "Scope",
    "RESOURCES",
    # settings
    "Connection",
    "Timeouts",
    "RetryPolicy",
    "Attempts",
    "NO_RETRIES",
    # values
    "CLEAR",
    "Clear",
    "Hook",
    "Webhook",
    "Target",
    "phone",
    "user",
    "sip",
    "teams",
    "NewCall",
    "NewApiKey",
    "Record",
    # failures
    "InvalidRequest",
    "BadRequest",
    "NotAuthenticated",
    "NotAllowed",
    "NotFound",
    "Conflict",
    "RateLimited",
    "NoFeatureServer",
    "ServerFailed",
    "UnexpectedAnswer",
    "NotSent",
    "OutcomeUnknown",
    "CallFailed",
    # requests
    "CallRequests",
    "ConferenceRequests",
    "QueueRequests",
    "MessageRequests",
    "RegisteredUserRequests",
    "ApplicationRequests",
    "AppEnvRequests",
    "PhoneNumberRequests",
    "CarrierRequests",
    "GatewayRequests",
    "SpeechCredentialRequests",
    "TtsCacheRequests",
    "RecentCallRequests",
    "AlertRequests",
    "AccountRequests",
    "LimitRequests",
    "ApiKeyRequests",
    "LcrRequests",
]
