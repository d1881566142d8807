"""Requests about SIP clients: who may register with the account's realm, such as telephones and browsers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jambonz_core.rest.fields import Columns, Scope, checked_sid, checked_text, path, present
from jambonz_core.rest.reading import many, nothing, one, sid
from jambonz_core.rest.request import CREATED, NO_CONTENT, Request, Rows
from jambonz_core.rest.shapes import SipClient

_PATH = path("Clients")
_TAKEN = {400: "the account has a client of that user name already"}
_CLIENT = Columns(
    "a SIP client",
    frozenset(
        {
            "username",
            "is_active",
            "allow_direct_app_calling",
            "allow_direct_queue_calling",
            "allow_direct_user_calling",
        }
    ),
    # In a row that was read the password is a mask; given back, it would become the password.
    read_only=frozenset({"client_sid", "account_sid", "password", "created_at"}),
)


class SipClientRequests:
    """SIP clients: user names and passwords with which telephones and browsers register.

    `registered_users` tells which of them are registered now.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def create(
        self,
        username: str,
        password: str,
        *,
        is_active: bool | None = None,
        allow_direct_app_calling: bool | None = None,
        allow_direct_queue_calling: bool | None = None,
        allow_direct_user_calling: bool | None = None,
    ) -> Request[str]:
        """Let a client register.

        Args:
            username: The part before the ``@``.
            password: What it registers with.
            is_active: Whether it may register now; the server's default is yes.
            allow_direct_app_calling: Whether it may call applications by their sid.
            allow_direct_queue_calling: Whether it may call into queues.
            allow_direct_user_calling: Whether it may call other clients.

        Returns:
            The client's sid.
        """
        body = {
            "account_sid": self._scope.account,
            "username": checked_text(username, "username"),
            "password": checked_text(password, "password"),
            "is_active": is_active,
            "allow_direct_app_calling": allow_direct_app_calling,
            "allow_direct_queue_calling": allow_direct_queue_calling,
            "allow_direct_user_calling": allow_direct_user_calling,
        }
        return Request(
            "sip_clients.create", "POST", _PATH, sid, body=present(body), expected=CREATED, hints=_TAKEN
        )

    def list(self) -> Request[Rows[SipClient]]:
        """List all clients."""
        return Request("sip_clients.list", "GET", _PATH, many(SipClient))

    def get(self, client_sid: str) -> Request[SipClient]:
        """Look one client up."""
        return Request("sip_clients.get", "GET", _one(client_sid), one(SipClient))

    def update(
        self,
        client_sid: str,
        fields: Mapping[str, Any] | None = None,
        *,
        username: str | None = None,
        password: str | None = None,
        is_active: bool | None = None,
        allow_direct_app_calling: bool | None = None,
        allow_direct_queue_calling: bool | None = None,
        allow_direct_user_calling: bool | None = None,
    ) -> Request[None]:
        """Change a client. `fields` may be a row that was read: the masked password in it is left out."""
        given = {
            "username": None if username is None else checked_text(username, "username"),
            "is_active": is_active,
            "allow_direct_app_calling": allow_direct_app_calling,
            "allow_direct_queue_calling": allow_direct_queue_calling,
            "allow_direct_user_calling": allow_direct_user_calling,
        }
        if password is None:
            body = _CLIENT.changes(fields, given)
        else:
            body = _CLIENT.gather(fields, given) | {"password": checked_text(password, "password")}
        return Request(
            "sip_clients.update",
            "PUT",
            _one(client_sid),
            nothing,
            body=body,
            expected=NO_CONTENT,
            hints=_TAKEN,
        )

    def delete(self, client_sid: str) -> Request[None]:
        """Delete a client: it cannot register any more."""
        return Request("sip_clients.delete", "DELETE", _one(client_sid), nothing, expected=NO_CONTENT)


def _one(client_sid: str) -> str:
    return path("Clients", checked_sid(client_sid, "client_sid"))
