"""Requests about what is going on beside calls: conferences, queues, messages, registered SIP users."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jambonz_core.rest.errors import InvalidRequest
from jambonz_core.rest.fields import Scope, checked_text, present, query
from jambonz_core.rest.reading import many, one
from jambonz_core.rest.request import CREATED, Request, Rows
from jambonz_core.rest.shapes import MessageResult, Queue, RegisteredUser


class ConferenceRequests:
    """Conferences that somebody is in."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def list(self) -> Request[Rows[str]]:
        """List their names. Of a name with colons in it, the server tells what is behind the last one."""
        return Request("conferences.list", "GET", self._scope.account_path("Conferences"), many(str))


class QueueRequests:
    """Queues that somebody waits in."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def list(self, search: str | None = None) -> Request[Rows[Queue]]:
        """List queues with their lengths; `search` is a whole name, or a pattern such as ``sales*``."""
        return Request(
            "queues.list", "GET", self._scope.account_path("Queues"), many(Queue), params=query(search=search)
        )


class MessageRequests:
    """Text messages."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def create(
        self,
        from_: str,
        to: str,
        text: str | None = None,
        *,
        media: str | Iterable[str] | None = None,
        carrier: str | None = None,
    ) -> Request[MessageResult]:
        """Send a message: `text`, `media` URLs, or both.

        The open-source server up to 0.9.8 routes this to the wrong place and answers 500, whatever is sent.
        """
        checked_text(from_, "from_")
        checked_text(to, "to")
        if not text and not media:
            raise InvalidRequest("a message needs text or media", field="text")
        urls = media if media is None or isinstance(media, str) else list(media)
        body = present(
            {"from": from_, "to": to, "text": text or None, "media": urls or None, "carrier": carrier}
        )
        return Request(
            "messages.create",
            "POST",
            self._scope.account_path("Messages"),
            one(MessageResult),
            body=body,
            expected=CREATED,
            hints={
                500: "open-source servers route messages to the wrong place; no request can succeed there"
            },
        )


class RegisteredUserRequests:
    """SIP users that are registered now."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def list(self) -> Request[Rows[str]]:
        """List them as ``user@realm``."""
        return Request("registered_users.list", "GET", self._path(), many(str), hints=_NO_REALM)

    def details(self, usernames: Iterable[str] = ()) -> Request[Rows[RegisteredUser]]:
        """Look several users up at once; without names, all that are registered.

        Only for users asked for by name it is told whether they are registered, as `registered_status`.
        """
        names = [checked_text(name, "usernames") for name in usernames]
        return Request(
            "registered_users.details",
            "POST",
            self._path(),
            many(RegisteredUser),
            body=names,
            hints=_NO_REALM,
        )

    def get(self, username: str) -> Request[RegisteredUser]:
        """Look one user up. An unknown one is answered, too: as ``inactive``."""
        return Request(
            "registered_users.get",
            "GET",
            self._path(checked_text(username, "username")),
            one(RegisteredUser),
            hints=_NO_REALM,
        )

    def _path(self, *segments: str) -> str:
        return self._scope.account_path("RegisteredSipUsers", *segments)


_NO_REALM: Mapping[int, str] = {400: "the account has no sip realm"}
