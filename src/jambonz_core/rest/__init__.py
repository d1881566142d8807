"""The REST API of jambonz as requests that somebody else performs.

* `request`: `Request`, `Response`, and how an answer becomes a result or an error
* `errors`: what failures mean
* `performing`, `retry`: what comes next, and when to ask again
* `paging`: pages behind one walk
* `settings`: where, and with which key
* `fields`, `targets`, `shapes`, `reading`, `secrecy`: what goes out, what comes back, and what is not shown
* `calls`, `live`, `applications`, `phone_numbers`, …: the requests, one class for each kind of thing

`RESOURCES` names those classes as the clients do. Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jambonz_core.rest.account import AccountRequests, ApiKeyRequests, LimitRequests
    from jambonz_core.rest.applications import AppEnvRequests, ApplicationRequests
    from jambonz_core.rest.calls import CallRequests
    from jambonz_core.rest.carriers import CarrierRequests, GatewayRequests
    from jambonz_core.rest.errors import (
        BadRequest,
        CallFailed,
        Conflict,
        InvalidRequest,
        NoAnswer,
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
    from jambonz_core.rest.performing import Performance, Wait
    from jambonz_core.rest.phone_numbers import PhoneNumberRequests
    from jambonz_core.rest.request import Pace, Request, Response, Retry, Steps
    from jambonz_core.rest.resources import RESOURCES
    from jambonz_core.rest.retry import NO_RETRIES, Attempts, RetryPolicy
    from jambonz_core.rest.secrecy import Record
    from jambonz_core.rest.settings import Connection, Timeouts
    from jambonz_core.rest.shapes import NewApiKey, NewCall
    from jambonz_core.rest.speech_credentials import SpeechCredentialRequests, TtsCacheRequests
    from jambonz_core.rest.targets import Target, phone, sip, teams, user

_HOMES = {
    "Request": "request",
    "Response": "request",
    "Steps": "request",
    "Walk": "paging",
    "Page": "paging",
    "Retry": "request",
    "Pace": "request",
    "Scope": "fields",
    "RESOURCES": "resources",
    "Performance": "performing",
    "Wait": "performing",
    "Connection": "settings",
    "Timeouts": "settings",
    "RetryPolicy": "retry",
    "Attempts": "retry",
    "NO_RETRIES": "retry",
    "CLEAR": "fields",
    "Clear": "fields",
    "Hook": "fields",
    "Webhook": "fields",
    "Target": "targets",
    "phone": "targets",
    "user": "targets",
    "sip": "targets",
    "teams": "targets",
    "NewCall": "shapes",
    "NewApiKey": "shapes",
    "Record": "secrecy",
    "InvalidRequest": "errors",
    "BadRequest": "errors",
    "NotAuthenticated": "errors",
    "NotAllowed": "errors",
    "NotFound": "errors",
    "Conflict": "errors",
    "RateLimited": "errors",
    "NoFeatureServer": "errors",
    "ServerFailed": "errors",
    "UnexpectedAnswer": "errors",
    "NoAnswer": "errors",
    "NotSent": "errors",
    "OutcomeUnknown": "errors",
    "CallFailed": "errors",
    "CallRequests": "calls",
    "ConferenceRequests": "live",
    "QueueRequests": "live",
    "MessageRequests": "live",
    "RegisteredUserRequests": "live",
    "ApplicationRequests": "applications",
    "AppEnvRequests": "applications",
    "PhoneNumberRequests": "phone_numbers",
    "CarrierRequests": "carriers",
    "GatewayRequests": "carriers",
    "SpeechCredentialRequests": "speech_credentials",
    "TtsCacheRequests": "speech_credentials",
    "RecentCallRequests": "history",
    "AlertRequests": "history",
    "AccountRequests": "account",
    "LimitRequests": "account",
    "ApiKeyRequests": "account",
    "LcrRequests": "lcr",
}
"""The module that each name comes from."""

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
    "Performance",
    "Wait",
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
    "NoAnswer",
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


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
