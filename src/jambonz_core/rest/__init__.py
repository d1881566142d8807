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

from typing import TYPE_CHECKING

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
    from jambonz_core.rest.sip_clients import SipClientRequests
    from jambonz_core.rest.speech_credentials import SpeechCredentialRequests, TtsCacheRequests
    from jambonz_core.rest.targets import Target, phone, sip, teams, user
else:
    from jambonz_core.lazy_exports import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            "jambonz_core.rest.account": "AccountRequests ApiKeyRequests LimitRequests",
            "jambonz_core.rest.applications": "AppEnvRequests ApplicationRequests",
            "jambonz_core.rest.calls": "CallRequests",
            "jambonz_core.rest.carriers": "CarrierRequests GatewayRequests",
            "jambonz_core.rest.errors": (
                "BadRequest CallFailed Conflict InvalidRequest NoAnswer NoFeatureServer NotAllowed "
                "NotAuthenticated NotFound NotSent OutcomeUnknown RateLimited ServerFailed "
                "UnexpectedAnswer"
            ),
            "jambonz_core.rest.fields": "CLEAR Clear Hook Scope Webhook",
            "jambonz_core.rest.history": "AlertRequests RecentCallRequests",
            "jambonz_core.rest.lcr": "LcrRequests",
            "jambonz_core.rest.live": (
                "ConferenceRequests MessageRequests QueueRequests RegisteredUserRequests"
            ),
            "jambonz_core.rest.paging": "Page Walk",
            "jambonz_core.rest.performing": "Performance Wait",
            "jambonz_core.rest.phone_numbers": "PhoneNumberRequests",
            "jambonz_core.rest.request": "Pace Request Response Retry Steps",
            "jambonz_core.rest.resources": "RESOURCES",
            "jambonz_core.rest.retry": "NO_RETRIES Attempts RetryPolicy",
            "jambonz_core.rest.secrecy": "Record",
            "jambonz_core.rest.settings": "Connection Timeouts",
            "jambonz_core.rest.shapes": "NewApiKey NewCall",
            "jambonz_core.rest.sip_clients": "SipClientRequests",
            "jambonz_core.rest.speech_credentials": "SpeechCredentialRequests TtsCacheRequests",
            "jambonz_core.rest.targets": "Target phone sip teams user",
        },
    )

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
    "SipClientRequests",
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
