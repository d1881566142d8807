"""Requests about what is going on beside calls: conferences, queues, messages, registered SIP users."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jambonz_core.rest.errors import InvalidRequest, Misshapen
from jambonz_core.rest.fields import Scope, checked_keys, checked_text, checked_url, present, query
from jambonz_core.rest.reading import json_of, many, nothing, one
from jambonz_core.rest.request import CREATED, NO_CONTENT, Request, Response, Rows
from jambonz_core.rest.shapes import Conference, ConferenceFork, MessageResult, Queue, RegisteredUser

_NO_FORKS = "There, a participant's own listen verb hears the conference."


class ConferenceRequests:
    """Conferences that somebody is in."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def list(self) -> Request[Rows[str]]:
        """List their names. Of a name with colons in it, the server tells what is behind the last one."""
        return Request("conferences.list", "GET", self._scope.account_path("Conferences"), many(str))

    def details(self) -> Request[Rows[Conference]]:
        """List them with their ages and participants. Only v10 has it.

        Participants are calls that are up: ``calls.conference_participant`` tags and coaches them.
        """
        self._scope.needs_v10("conferences.details", "There, conferences.list tells the names.")
        return Request(
            "conferences.details",
            "GET",
            self._scope.account_path("Conferences"),
            _with_participants,
            params=query(expand="participants"),
        )

    def start_listen(
        self,
        conference: str,
        url: str,
        *,
        sample_rate: int | None = None,
        ws_auth: Mapping[str, str] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Request[ConferenceFork]:
        """Send what is heard in a conference to a websocket, without a call of its own. Only v10 has it.

        It counts as no participant, and ends with the conference. Where it runs already, nothing changes.

        Args:
            conference: The conference's name.
            url: Where the sound goes: ``ws://`` or ``wss://``.
            sample_rate: Samples per second of the 16-bit PCM, such as 8000 or 16000.
            ws_auth: `username` and `password` for that websocket.
            metadata: Your own data: the first text frame there.
        """
        self._scope.needs_v10("conferences.start_listen", _NO_FORKS)
        if not checked_url(url, "url").startswith(("ws://", "wss://")):
            raise InvalidRequest("url must begin with ws:// or wss://: it is a websocket", field="url")
        if sample_rate is not None and (isinstance(sample_rate, bool) or sample_rate < 1):
            raise InvalidRequest("sample_rate must be samples per second, such as 16000", field="sample_rate")
        if ws_auth is not None:
            for name in ("username", "password"):
                auth = checked_keys(ws_auth, "ws_auth", ("username", "password"))
                checked_text(auth.get(name), f"ws_auth.{name}")
        wanted = {"url": url, "sampleRate": sample_rate, "wsAuth": ws_auth, "metadata": metadata}
        return Request(
            "conferences.start_listen",
            "POST",
            self._listen(conference),
            one(ConferenceFork),
            body=present(wanted),
            expected=CREATED,
            hints={404: _NOBODY, 502: "the media server could not be reached, or did not do it"},
        )

    def stop_listen(self, conference: str) -> Request[None]:
        """Stop sending what is heard in a conference. Only v10 has it."""
        self._scope.needs_v10("conferences.stop_listen", _NO_FORKS)
        return Request(
            "conferences.stop_listen",
            "DELETE",
            self._listen(conference),
            nothing,
            expected=NO_CONTENT,
            hints={404: f"nothing is sent from there, or {_NOBODY}"},
        )

    def _listen(self, conference: str) -> str:
        return self._scope.account_path("Conferences", checked_text(conference, "conference"), "listen")


_NOBODY = "nobody is in a conference of that name"
_conferences = many(Conference)


def _with_participants(response: Response) -> Rows[Conference]:
    value = json_of(response)
    if isinstance(value, list) and any(isinstance(item, str) for item in value):
        raise Misshapen("names only: this server is too old to tell who is in a conference")
    return _conferences(response)


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
    """Requests that send text messages."""

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
        """List the registered users as ``user@realm``."""
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
