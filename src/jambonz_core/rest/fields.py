"""Request bodies from what a program gives: checked here, because the server tells so little.

It answers a bare 500 to an unknown column, to a null in the wrong place, to an empty update and to half of a
pair of fields that belong together. So: what is not given is not sent; `None` means not given; a null is sent
only for `CLEAR`, and only where the server takes one; a row that was read can be given back, without what is
read-only in it; and a name that the server does not know is refused with the nearest one that it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias, TypedDict
from urllib.parse import quote, urlsplit

from jambonz_core.rest.errors import InvalidRequest
from jambonz_core.rest.secrecy import is_secret
from jambonz_core.verbs.profiles import Profile
from jambonz_core.wire.errors import UnsupportedByProfile


class Clear(Enum):
    """The type of `CLEAR`, which empties a field of a row."""

    CLEAR = "clear"

    def __repr__(self) -> str:
        return "CLEAR"


CLEAR: Final = Clear.CLEAR
"""Given as a value, it empties the field, as in ``phone_numbers.update(sid, application_sid=CLEAR)``."""


class Webhook(TypedDict, total=False):
    """Where the server asks or tells an application. `url` is required."""

    url: str
    method: str
    """``POST`` (default) or ``GET``."""
    username: str
    """With `password`, HTTP Basic authentication."""
    password: str


Hook: TypeAlias = str | Mapping[str, Any]
"""A URL, which is called with POST, or a `Webhook`."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The account that a client works on, and the kind of its server."""

    account_sid: str
    profile: Profile

    @property
    def account(self) -> str:
        """The account's sid, which most requests need."""
        if not self.account_sid:
            raise InvalidRequest(
                "this needs the account's sid: pass account_sid, or set JAMBONZ_ACCOUNT_SID",
                field="account_sid",
            )
        return checked_sid(self.account_sid, "account_sid")

    def account_path(self, *segments: str) -> str:
        """The path of something that belongs to the account."""
        return path("Accounts", self.account, *segments)

    def needs_v10(self, what: str, hint: str) -> None:
        """Refuse what an open-source server does not have."""
        if self.profile.name == "0.9":
            raise UnsupportedByProfile(
                f"{what} is unknown to servers of profile 0.9. {hint}", verb=what, path=what, hint=hint
            )


def path(*segments: str) -> str:
    """A path below the base URL, each segment encoded: SIP Call-IDs hold "@", user names anything."""
    return "/v1/" + "/".join(quote(segment, safe="") for segment in segments)


_SID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def checked_sid(value: Any, name: str) -> str:
    """A sid, which on every jambonz server is a UUID. Anything else gets a 400 that does not say why."""
    if not _SID.fullmatch(str(value)):
        raise InvalidRequest(f"{name} must be a UUID such as the server gave out, not {value!r}", field=name)
    return str(value)


def checked_text(value: Any, name: str, *, longest: int | None = None) -> str:
    """Return the value if it is a string with something in it, or raise `InvalidRequest`."""
    if not isinstance(value, str) or not value.strip():
        raise InvalidRequest(f"{name} must be a text that is not empty, not {shown(value, name)}", field=name)
    if longest is not None and len(value) > longest:
        raise InvalidRequest(f"{name} has {len(value)} characters; the server takes {longest}", field=name)
    return value


def checked_choice(value: Any, name: str, choices: Iterable[str]) -> str:
    """Return the value if it is one of the choices, or raise `InvalidRequest`."""
    known = tuple(choices)
    if value not in known:
        raise InvalidRequest(
            f"{name} must be {_alternatives(known)}, not {shown(value, name)}{meant(str(value), known)}",
            field=name,
        )
    return str(value)


def checked_keys(value: Any, name: str, known: Iterable[str]) -> Mapping[str, Any]:
    """An object without keys that the server would refuse."""
    if not isinstance(value, Mapping):
        raise InvalidRequest(f"{name} must be an object, not {shown(value, name)}", field=name)
    names = tuple(known)
    for key in value:
        if key not in names:
            raise InvalidRequest(
                f"{name} has no {key!r}{meant(str(key), names)}; it may hold {', '.join(sorted(names))}",
                field=f"{name}.{key}",
            )
    return value


def checked_hook(value: Any, name: str) -> dict[str, Any]:
    """A hook as the server stores it: an object with an absolute URL."""
    given = {"url": value} if isinstance(value, str) else value
    if isinstance(given, Mapping) and "basicAuth" in given:
        raise InvalidRequest(
            f"{name}: hooks of the REST API take username and password beside url; basicAuth is for verbs",
            field=f"{name}.basicAuth",
        )
    # `webhook_sid` comes with rows that were read: the server then edits that hook in place.
    hook = {
        key: item
        for key, item in checked_keys(
            given, name, ("url", "method", "username", "password", "webhook_sid")
        ).items()
        if item is not None
    }
    checked_url(hook.get("url"), f"{name}.url")
    hook["method"] = checked_choice(
        str(hook.get("method", "POST")).upper(), f"{name}.method", ("POST", "GET")
    )
    if ("username" in hook) != ("password" in hook):
        raise InvalidRequest(f"{name}: username and password belong together", field=name)
    return hook


_HOSTNAME = re.compile(
    r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\.?"
)


def checked_url(value: Any, name: str) -> str:
    """An absolute URL as the server accepts one: http or ws, with a host name that DNS could know."""
    if not isinstance(value, str) or not value:
        raise InvalidRequest(f"{name} is missing: an absolute URL", field=name)
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - reading it raises ValueError for a port that is no number
    except ValueError:
        raise InvalidRequest(f"{name} is not a URL", field=name) from None
    if value != value.strip() or parts.scheme not in ("http", "https", "ws", "wss"):
        raise InvalidRequest(
            f"{name} must be absolute, with http, https, ws or wss: there is nothing to be relative to",
            field=name,
        )
    if ":" not in host and not _HOSTNAME.fullmatch(host):
        raise InvalidRequest(
            f"{name}: {host!r} is not a host name that the server accepts (letters, digits and hyphens)",
            field=name,
        )
    return value


@dataclass(frozen=True, slots=True)
class Columns:
    """The fields of one kind of row, as far as writing goes."""

    kind: str
    """What a row is, with its article: ``an application``."""
    writable: frozenset[str]
    read_only: frozenset[str] = frozenset()
    """In rows that are read; left out when one is given back."""
    clearable: frozenset[str] = frozenset()
    """Where the server takes a null."""

    def gather(self, fields: Mapping[str, Any] | None, given: Mapping[str, Any]) -> dict[str, Any]:
        """What to send: a dict of fields, such as a row that was read, with the keyword arguments over it."""
        found: dict[str, Any] = {}
        for key, value in {**(fields or {}), **present(given)}.items():
            if key in self.read_only or value is None:
                continue
            if key not in self.writable:
                raise InvalidRequest(
                    f"{self.kind} has no field {key!r}{meant(key, self.writable)}", field=key
                )
            if value is CLEAR and key not in self.clearable:
                raise InvalidRequest(f"{key} of {self.kind} cannot be cleared", field=key)
            found[key] = None if value is CLEAR else value
        return found

    def changes(self, fields: Mapping[str, Any] | None, given: Mapping[str, Any]) -> dict[str, Any]:
        """The same for an update, which must change something: an empty one is an SQL error to the server."""
        found = self.gather(fields, given)
        if not found:
            raise InvalidRequest(f"there is nothing to change: give at least one field of {self.kind}")
        return found


def joined(fields: Mapping[str, Any] | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """The dict form and the keyword form of the same arguments together."""
    both = dict(fields or {})
    for key, value in present(given).items():
        if both.get(key) is not None and both[key] != value:
            raise InvalidRequest(f"{key} is given twice, with different values", field=key)
        both[key] = value
    return both


def required(body: Mapping[str, Any], names: Iterable[str], kind: str) -> None:
    """Insist on fields, naming all that are missing."""
    missing = [name for name in names if body.get(name) is None]
    if missing:
        raise InvalidRequest(f"{kind} needs {_listed(missing)}", field=missing[0])


def query(**params: str | int | bool | None) -> tuple[tuple[str, str], ...]:
    """Query parameters in the order given, without those that are None."""
    return tuple(
        (name.rstrip("_"), str(value).lower() if isinstance(value, bool) else str(value))
        for name, value in params.items()
        if value is not None
    )


def present(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that were given: None means not given, everywhere."""
    return {key: value for key, value in given.items() if value is not None}


def meant(name: str, known: Iterable[str]) -> str:
    """A question to put after a name that is not known, when there is one near it."""
    from jambonz_core.validation.spelling import nearest  # only needed once something is wrong

    near = nearest(name, sorted(known))
    return f" (did you mean {near!r}?)" if near else ""


def _alternatives(words: tuple[str, ...]) -> str:
    quoted = [repr(word) for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def shown(value: Any, name: str) -> str:
    """A wrong value for a message, when it is small and not a secret."""
    if is_secret(name) or (isinstance(value, str) and len(value) > 40):
        return f"a {type(value).__name__}"
    return (
        repr(value)
        if value is None or isinstance(value, (bool, int, float, str))
        else f"a {type(value).__name__}"
    )
