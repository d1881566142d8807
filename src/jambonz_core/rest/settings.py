"""Where the API is, and with which key: from arguments, or from the environment that an adapter hands in.

* `base_url`, else `JAMBONZ_REST_API_BASE_URL`, else `JAMBONZ_BASE_URL`: scheme and host of the API, with or
  without `/v1`
* `account_sid`, else `JAMBONZ_ACCOUNT_SID`: the account that is worked on
* `api_key`, else `JAMBONZ_API_KEY`: an API key of that account
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from jambonz_core.rest.errors import InvalidRequest
from jambonz_core.rest.request import Pace
from jambonz_core.wire.errors import LocalProtocolError

BASE_URL_VARIABLES = ("JAMBONZ_REST_API_BASE_URL", "JAMBONZ_BASE_URL")
ACCOUNT_SID_VARIABLE = "JAMBONZ_ACCOUNT_SID"
API_KEY_VARIABLE = "JAMBONZ_API_KEY"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long each step of a request may take, in seconds."""

    connect: float = 5.0
    """To reach the server, TLS included."""
    write: float = 10.0
    """Between two pieces of the request."""
    read: float = 30.0
    """Between two pieces of the answer."""
    slow: float = 90.0
    """Instead of `read`, where the server asks somebody else first: a speech vendor, an application."""
    pool: float = 10.0
    """For a free connection, when all of them are in use."""
    total: float = 120.0
    """For one try from beginning to end, however slowly the pieces come."""

    def __post_init__(self) -> None:
        for name in ("connect", "write", "read", "slow", "pool", "total"):
            if not 0 < getattr(self, name) < float("inf"):
                raise LocalProtocolError(f"the time-out {name} must be a finite number of seconds above 0")

    def reading(self, pace: Pace) -> tuple[str, float]:
        """The time-out for the answer to a request of that pace, and its name."""
        return ("slow", self.slow) if pace is Pace.SLOW else ("read", self.read)


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the API is and how to prove who one is. The key is not in the repr."""

    base_url: str
    """Without a slash at the end and without ``/v1``."""
    account_sid: str = ""
    api_key: str = field(default="", repr=False)

    @classmethod
    def choose(
        cls,
        environ: Mapping[str, str],
        *,
        base_url: str | None = None,
        account_sid: str | None = None,
        api_key: str | None = None,
    ) -> Connection:
        """Arguments first, then the environment. What is missing or cannot work is told by name."""
        where = base_url or next((environ[name] for name in BASE_URL_VARIABLES if environ.get(name)), "")
        key = api_key or environ.get(API_KEY_VARIABLE, "")
        for value, argument, variable in (
            (where, "base_url", BASE_URL_VARIABLES[0]),
            (key, "api_key", API_KEY_VARIABLE),
        ):
            if not value:
                raise InvalidRequest(f"{argument} is missing: pass it, or set {variable}", field=argument)
        # A key with a line break or a space in it would be a broken header; the error must not show it.
        if not re.fullmatch(r"[\x21-\x7e]+", key):
            raise InvalidRequest(
                "api_key holds what no HTTP header can carry: look for spaces and line ends around it",
                field="api_key",
            )
        return cls(
            _checked_base(where.strip()),
            (account_sid or environ.get(ACCOUNT_SID_VARIABLE, "")).strip(),
            key,
        )

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {"authorization": f"Bearer {self.api_key}", "accept": "application/json, */*;q=0.5"}


def _checked_base(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InvalidRequest("base_url is not a URL", field="base_url") from None
    if parts.scheme not in ("http", "https") or not host:
        raise InvalidRequest("base_url must begin with https:// or http:// and name a host", field="base_url")
    if parts.username is not None or parts.password is not None:
        raise InvalidRequest(
            "base_url must not hold a user name or password: it shows up in logs", field="base_url"
        )
    if parts.query or parts.fragment:
        raise InvalidRequest("base_url must end with the path: no query, no fragment", field="base_url")
    # Other clients want /v1 at the end, so people have it in their settings.
    return re.sub(r"/v1$", "", url.rstrip("/")).rstrip("/")
