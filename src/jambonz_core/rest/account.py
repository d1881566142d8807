"""Requests about the account itself: settings, webhook secret, limits, API keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jambonz_core.rest.errors import InvalidRequest
from jambonz_core.rest.fields import (
    Clear,
    Columns,
    Hook,
    Scope,
    checked_choice,
    checked_hook,
    checked_sid,
    path,
    query,
)
from jambonz_core.rest.reading import json_of, many, misshapen, nothing, one, sid
from jambonz_core.rest.request import CREATED, NO_CONTENT, Pace, Request, Response, Retry, Rows
from jambonz_core.rest.shapes import Account, ApiKey, BucketTest, Limit, NewApiKey

_COLUMNS = Columns(
    "the account",
    frozenset(
        {
            "name",
            "registration_hook",
            "queue_event_hook",
            "device_calling_application_sid",
            "disable_cdrs",
            "record_all_calls",
            "record_format",
            "bucket_credential",
            "enable_debug_log",
        }
    ),
    read_only=frozenset(
        {
            "account_sid",
            "sip_realm",
            "service_provider_sid",
            "webhook_secret",
            "created_at",
            "is_active",
            "plan_type",
        }
    ),
    clearable=frozenset({"registration_hook", "queue_event_hook", "device_calling_application_sid"}),
)
_BUCKETS = ("aws_s3", "s3_compatible", "google", "azure", "none")


class AccountRequests:
    """Requests about the account itself."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def list(self) -> Request[Rows[Account]]:
        """List the accounts that the API key is for; with a key of an account that is one.

        This needs no account sid, so it is a way to find it out.
        """
        return Request("account.list", "GET", path("Accounts"), many(Account))

    def get(self) -> Request[Account]:
        """Look the account up. The row holds the webhook secret in clear."""
        return Request("account.get", "GET", self._scope.account_path(), one(Account))

    def update(
        self,
        fields: Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        registration_hook: Hook | Clear | None = None,
        queue_event_hook: Hook | Clear | None = None,
        device_calling_application_sid: str | Clear | None = None,
        record_all_calls: bool | None = None,
        record_format: str | None = None,
        bucket_credential: Mapping[str, Any] | None = None,
        enable_debug_log: bool | None = None,
    ) -> Request[None]:
        """Change the account's settings. The SIP realm has a request of its own, `set_sip_realm`.

        `fields` may be a row that was read, but its bucket_credential is masked: leave that out.
        """
        keywords = {
            "name": name,
            "registration_hook": registration_hook,
            "queue_event_hook": queue_event_hook,
            "device_calling_application_sid": device_calling_application_sid,
            "record_all_calls": record_all_calls,
            "record_format": record_format,
            "bucket_credential": bucket_credential,
            "enable_debug_log": enable_debug_log,
        }
        body = _COLUMNS.changes(fields, keywords)
        for hook in ("registration_hook", "queue_event_hook"):
            if body.get(hook) is not None:
                body[hook] = checked_hook(body[hook], hook)
        if "bucket_credential" in body:
            _check_bucket(body["bucket_credential"])
        return Request(
            "account.update",
            "PUT",
            self._scope.account_path(),
            nothing,
            body=body,
            expected=NO_CONTENT,
            hints={500: "an incomplete bucket_credential is one reason"},
        )

    def delete(self) -> Request[None]:
        """Delete the account with all that is in it."""
        return Request(
            "account.delete",
            "DELETE",
            self._scope.account_path(),
            nothing,
            expected=NO_CONTENT,
            retry=Retry.NEVER,
        )

    def webhook_secret(self) -> Request[str]:
        """The secret with which the server signs what it sends to webhooks."""
        return Request(
            "account.webhook_secret", "GET", self._scope.account_path("WebhookSecret"), _webhook_secret
        )

    def rotate_webhook_secret(self) -> Request[str]:
        """Make a new webhook secret and return it. Signatures are made with it at once; never retried."""
        return Request(
            "account.rotate_webhook_secret",
            "GET",
            self._scope.account_path("WebhookSecret"),
            _webhook_secret,
            params=query(regenerate=True),  # any value rotates, even "false": so it is never sent otherwise
            retry=Retry.NEVER,
        )

    def set_sip_realm(self, realm: str) -> Request[None]:
        """Choose the account's SIP realm, such as ``acme.sip.example.com``."""
        if realm.count(".") < 2:
            raise InvalidRequest("a sip realm has at least two dots", field="realm")
        return Request(
            "account.set_sip_realm",
            "POST",
            self._scope.account_path("SipRealms", realm),
            nothing,
            expected=CREATED | NO_CONTENT,
            retry=Retry.NEVER,
            hints={
                422: "the realm is taken",
                500: "servers without DNS hosting fail after they have stored the realm: look the account up",
            },
        )

    def test_bucket(self, credential: Mapping[str, Any]) -> Request[BucketTest]:
        """Have the server try whether recordings can be stored. It answers ``failed`` with a reason."""
        _check_bucket(credential)
        return Request(
            "account.test_bucket",
            "POST",
            self._scope.account_path("BucketCredentialTest"),
            one(BucketTest),
            body=dict(credential),
            expected=CREATED,
            pace=Pace.SLOW,
        )


def _check_bucket(credential: Any) -> None:
    if not isinstance(credential, Mapping):
        raise InvalidRequest("bucket_credential must be an object", field="bucket_credential")
    checked_choice(credential.get("vendor"), "bucket_credential.vendor", _BUCKETS)


def _webhook_secret(response: Response) -> str:
    value = json_of(response)
    secret = value.get("webhook_secret") if isinstance(value, dict) else None
    if not isinstance(secret, str) or not secret:
        raise misshapen(value, 'an object with "webhook_secret"')
    return secret


_CATEGORIES = (
    "api_rate",
    "voice_call_session",
    "device",
    "voice_call_minutes",
    "voice_call_session_license",
    "voice_call_minutes_license",
)


class LimitRequests:
    """Requests about how much the account may use."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def list(self, category: str | None = None) -> Request[Rows[Limit]]:
        """List limits, or the one of a category."""
        return Request("limits.list", "GET", self._path(), many(Limit), params=_category(category))

    def set(self, category: str, quantity: int) -> Request[str]:
        """Set a limit. Returns its sid."""
        checked_choice(category, "category", _CATEGORIES)
        if isinstance(quantity, bool) or quantity < 0:
            raise InvalidRequest(f"quantity must be 0 or more, not {quantity!r}", field="quantity")
        body = {"category": category, "quantity": quantity}
        return Request("limits.set", "POST", self._path(), sid, body=body, expected=CREATED)

    def delete(self, category: str) -> Request[None]:
        """Remove the limit of one category."""
        params = _category(checked_choice(category, "category", _CATEGORIES))
        return Request("limits.delete", "DELETE", self._path(), nothing, params=params, expected=NO_CONTENT)

    def delete_all(self) -> Request[None]:
        """Remove all limits of the account."""
        return Request("limits.delete_all", "DELETE", self._path(), nothing, expected=NO_CONTENT)

    def _path(self) -> str:
        return self._scope.account_path("Limits")


def _category(category: str | None) -> tuple[tuple[str, str], ...]:
    if category is not None:
        checked_choice(category, "category", _CATEGORIES)
    return query(category=category)


class ApiKeyRequests:
    """Requests about the account's keys to the REST API."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def list(self) -> Request[Rows[ApiKey]]:
        """List the account's keys. The rows hold them in clear."""
        return Request("api_keys.list", "GET", self._scope.account_path("ApiKeys"), many(ApiKey))

    def create(self) -> Request[NewApiKey]:
        """Make a key for the account. Returns its sid, with the key as `.token`."""
        return Request(
            "api_keys.create",
            "POST",
            path("ApiKeys"),
            _new_key,
            body={"account_sid": self._scope.account},
            expected=CREATED,
        )

    def delete(self, api_key_sid: str) -> Request[None]:
        """Delete an API key: the server refuses it from then on."""
        where = path("ApiKeys", checked_sid(api_key_sid, "api_key_sid"))
        return Request("api_keys.delete", "DELETE", where, nothing, expected=NO_CONTENT)


def _new_key(response: Response) -> NewApiKey:
    key_sid = sid(response)
    token = json_of(response).get("token")
    if not isinstance(token, str):
        raise misshapen(token, "a token")
    return NewApiKey(key_sid, token)
