"""Requests about stored applications, and about what an application wants to be told (its environment)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from jambonz_core.rest.errors import InvalidRequest
from jambonz_core.rest.fields import (
    Clear,
    Columns,
    Hook,
    Scope,
    checked_hook,
    checked_sid,
    checked_text,
    checked_url,
    path,
    query,
    required,
)
from jambonz_core.rest.paging import Page, Walk, checked_page, page_of
from jambonz_core.rest.reading import json_of, many, misshapen, nothing, one, sid
from jambonz_core.rest.request import CREATED, NO_CONTENT, OK, Pace, Request, Response, Rows
from jambonz_core.rest.secrecy import Record
from jambonz_core.rest.shapes import Application

_HOOKS = ("call_hook", "call_status_hook", "messaging_hook")
_COLUMNS = Columns(
    "an application",
    frozenset(
        {
            "name",
            *_HOOKS,
            "app_json",
            "speech_synthesis_vendor",
            "speech_synthesis_language",
            "speech_synthesis_voice",
            "speech_synthesis_label",
            "speech_recognizer_vendor",
            "speech_recognizer_language",
            "speech_recognizer_label",
            "use_for_fallback_speech",
            "fallback_speech_synthesis_vendor",
            "fallback_speech_synthesis_language",
            "fallback_speech_synthesis_voice",
            "fallback_speech_synthesis_label",
            "fallback_speech_recognizer_vendor",
            "fallback_speech_recognizer_language",
            "fallback_speech_recognizer_label",
            "env_vars",
            "record_all_calls",
        }
    ),
    read_only=frozenset({"application_sid", "account_sid", "service_provider_sid", "created_at"}),
    clearable=frozenset({"app_json", "env_vars", "speech_synthesis_label", "speech_recognizer_label"}),
)
_ENV_HINT = "env_vars are checked against what the application itself declares at call_hook's URL"
_HINTS_WRITE = {400: _ENV_HINT, 422: "the name is taken, or the account's quota is full"}


class ApplicationRequests:
    """Stored applications: which hooks are called for a call, and which speech it uses."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def create(
        self,
        name: str | None = None,
        *,
        call_hook: Hook | None = None,
        call_status_hook: Hook | None = None,
        messaging_hook: Hook | None = None,
        app_json: str | Sequence[Mapping[str, Any]] | None = None,
        env_vars: Mapping[str, Any] | None = None,
        record_all_calls: bool | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> Request[str]:
        """Store an application. `name`, `call_hook` and `call_status_hook` are needed.

        Args:
            name: Up to 64 characters; unique in the account.
            call_hook: Asked what to do with a call: a URL, http or ws, or a `Webhook`.
            call_status_hook: Told how a call goes.
            messaging_hook: Asked what to do with a text message.
            app_json: Verbs that are run instead of asking `call_hook`: a list of verbs, or its JSON text.
            env_vars: Values for the environment variables that the application declares. While the
                application cannot be reached, the server stores them unchecked.
            record_all_calls: Record every call.
            fields: More fields, by the server's names: speech settings, fallbacks.

        Returns:
            The application's sid.
        """
        keywords = {
            "name": name,
            "call_hook": call_hook,
            "call_status_hook": call_status_hook,
            "messaging_hook": messaging_hook,
            "app_json": app_json,
            "env_vars": env_vars,
            "record_all_calls": record_all_calls,
        }
        body = _checked(_COLUMNS.gather(fields, keywords))
        required(body, ("name", "call_hook", "call_status_hook"), "an application")
        return Request(
            "applications.create",
            "POST",
            path("Applications"),
            sid,
            body={**body, "account_sid": self._scope.account},
            expected=CREATED,
            hints=_HINTS_WRITE,
        )

    def list(self, name: str | None = None) -> Request[Rows[Application]]:
        """List all applications, or those with `name` in their name."""
        return Request(
            "applications.list", "GET", path("Applications"), many(Application), params=query(name=name)
        )

    def page(
        self, number: int = 1, *, page_size: int = 50, name: str | None = None
    ) -> Request[Page[Application]]:
        """One page of applications, by name."""
        checked_page(number, page_size)
        return Request(
            "applications.page",
            "GET",
            self._scope.account_path("Applications"),
            page_of(Application, number, page_size),
            params=query(page=number, page_size=page_size, name=name),
        )

    def iterate(self, *, name: str | None = None, page_size: int = 50) -> Walk[Application]:
        """All applications, fetched page by page as you go through them."""
        checked_page(1, page_size)
        return Walk(
            lambda number, size: self.page(number, page_size=size, name=name),
            page_size=page_size,
            identity=lambda row: row.get("application_sid"),
        )

    def get(self, application_sid: str) -> Request[Application]:
        """Look one application up, with its environment variables in clear."""
        return Request("applications.get", "GET", _one(application_sid), one(Application))

    def update(
        self,
        application_sid: str,
        fields: Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        call_hook: Hook | None = None,
        call_status_hook: Hook | None = None,
        messaging_hook: Hook | None = None,
        app_json: str | Sequence[Mapping[str, Any]] | Clear | None = None,
        env_vars: Mapping[str, Any] | Clear | None = None,
        record_all_calls: bool | None = None,
    ) -> Request[None]:
        """Change an application. What is not given stays as it is; `env_vars` are replaced as a whole.

        `fields` may be a row that was read: what is read-only in it is left out.
        """
        keywords = {
            "name": name,
            "call_hook": call_hook,
            "call_status_hook": call_status_hook,
            "messaging_hook": messaging_hook,
            "app_json": app_json,
            "env_vars": env_vars,
            "record_all_calls": record_all_calls,
        }
        body = _checked(_COLUMNS.changes(fields, keywords))
        if "call_status_hook" in body and "call_hook" not in body:
            raise InvalidRequest("call_status_hook needs call_hook beside it, changed or not")
        if all(key in _HOOKS for key in body):
            # Hooks with a webhook_sid are changed in place, which leaves nothing for the application's own
            # row, and that is a 500 after the fact. Without it the server makes a new hook and has
            # something to write.
            for hook in body.values():
                hook.pop("webhook_sid", None)
        return Request(
            "applications.update",
            "PUT",
            _one(application_sid),
            nothing,
            body=body,
            expected=NO_CONTENT,
            hints=_HINTS_WRITE | {403: "or there is no such application"},
        )

    def delete(self, application_sid: str) -> Request[None]:
        """Delete an application that no phone number is assigned to."""
        return Request(
            "applications.delete",
            "DELETE",
            _one(application_sid),
            nothing,
            expected=NO_CONTENT,
            hints={
                400: "there is no such application",
                422: "phone numbers are assigned, or it is not yours",
            },
        )


class AppEnvRequests:
    """What an application that runs somewhere declares as its environment variables."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def get(self, url: str) -> Request[Mapping[str, Any] | None]:
        """Have the server ask the application at `url`, as the portal does.

        Returns:
            The declarations by name, or None when the application declares none or cannot be reached: the
            server does not tell these apart.
        """
        return Request(
            "app_env.get",
            "GET",
            path("AppEnv"),
            _declarations,
            params=query(url=checked_url(url, "url")),
            expected=OK | {204},
            pace=Pace.SLOW,
            hints={
                400: "the application answered JSON that is no declaration: an empty object, a wrapper "
                "around it, or an entry without type or description",
                500: "the server could not use the URL",
            },
        )


def _declarations(response: Response) -> Mapping[str, Any] | None:
    if response.status == 204:
        return None
    value = json_of(response)
    if not isinstance(value, dict):
        raise misshapen(value, "an object")
    return Record(value)


def _one(application_sid: str) -> str:
    return path("Applications", checked_sid(application_sid, "application_sid"))


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    """Fields in the form that the server stores, checked as far as it does so with a bare 500."""
    for name in _HOOKS:
        if name in body:
            body[name] = checked_hook(body[name], name)
    if "name" in body:
        checked_text(body["name"], "name", longest=64)
    verbs = body.get("app_json")
    if verbs is not None and not isinstance(verbs, str):
        body["app_json"] = json.dumps(list(verbs), separators=(",", ":"))
    elif isinstance(verbs, str):
        try:
            parsed = json.loads(verbs)
        except ValueError:
            parsed = None
        if not isinstance(parsed, list):
            raise InvalidRequest(
                "app_json must be a list of verbs, or the JSON text of one", field="app_json"
            )
    if body.get("env_vars") is not None and not isinstance(body["env_vars"], Mapping):
        raise InvalidRequest("env_vars must be an object of values by name", field="env_vars")
    return body
