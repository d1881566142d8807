"""Who is called: the `to` of a call, in its four kinds.

The server checks a target only after it has answered for everything else, and then with a bare 500, so every
rule stands here: which fields a kind has, which of them it needs, and that all of them are texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from jambonz_core.rest.errors import InvalidRequest
from jambonz_core.rest.fields import checked_choice, checked_keys, checked_text, present, shown

Target: TypeAlias = Mapping[str, Any]
"""``{"type": "phone", "number": "+15085551212"}`` and its like; the functions here make them."""

# kind -> (the field it needs, the fields it may have)
_KINDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "phone": ("number", frozenset({"trunk"})),
    "user": ("name", frozenset({"overrideTo"})),
    "sip": ("sipUri", frozenset({"auth"})),
    "teams": ("number", frozenset({"tenant", "vmail"})),
}
_EVERYWHERE = frozenset({"type", "headers", "proxy"})


def phone(
    number: str,
    *,
    trunk: str | None = None,
    headers: Mapping[str, str] | None = None,
    proxy: str | None = None,
) -> Target:
    """A telephone number, called over a carrier: `trunk` names it, else the server's routing chooses."""
    return present({"type": "phone", "number": number, "trunk": trunk, "headers": headers, "proxy": proxy})


def user(
    name: str,
    *,
    override_to: str | None = None,
    headers: Mapping[str, str] | None = None,
    proxy: str | None = None,
) -> Target:
    """A registered SIP user, ``alice`` or ``alice@sip.example.com``; a bare name gets the account's realm."""
    return present(
        {"type": "user", "name": name, "overrideTo": override_to, "headers": headers, "proxy": proxy}
    )


def sip(
    uri: str,
    *,
    username: str | None = None,
    password: str | None = None,
    headers: Mapping[str, str] | None = None,
    proxy: str | None = None,
) -> Target:
    """A SIP address, ``sip:alice@example.com``; user name and password when it asks for them."""
    auth = present({"username": username, "password": password})
    return present({"type": "sip", "sipUri": uri, "auth": auth or None, "headers": headers, "proxy": proxy})


def teams(
    number: str,
    *,
    tenant: str | None = None,
    voicemail: bool | None = None,
    headers: Mapping[str, str] | None = None,
    proxy: str | None = None,
) -> Target:
    """A Microsoft Teams user by number."""
    return present(
        {
            "type": "teams",
            "number": number,
            "tenant": tenant,
            "vmail": voicemail,
            "headers": headers,
            "proxy": proxy,
        }
    )


_NUMBER = re.compile(r"\+?[0-9]([0-9 ().-]*[0-9])?")


def checked_target(to: Target | str) -> dict[str, Any]:
    """The `to` of a call as the server takes it. A text is read as what it looks like.

    >>> checked_target("+1 508 555 1212")
    {'type': 'phone', 'number': '+15085551212'}
    """
    if isinstance(to, str):
        to = _from_text(to)
    if not isinstance(to, Mapping):
        raise InvalidRequest(f"to must be a target or a text, not {shown(to, 'to')}", field="to")
    kind = checked_choice(to.get("type"), "to.type", _KINDS)
    needed, optional = _KINDS[kind]
    target = {
        key: value
        for key, value in checked_keys(to, "to", {needed} | optional | _EVERYWHERE).items()
        if value is not None
    }
    checked_text(target.get(needed), f"to.{needed}")
    for name in ("trunk", "overrideTo", "tenant", "proxy"):
        if name in target:
            checked_text(target[name], f"to.{name}")
    if not isinstance(target.get("vmail", False), bool):
        raise InvalidRequest("to.vmail must be True or False", field="to.vmail")
    if "auth" in target:
        auth = checked_keys(target["auth"], "to.auth", ("username", "password"))
        for name in ("username", "password"):
            if not isinstance(auth.get(name), str) or not auth[name]:
                raise InvalidRequest(
                    f"to.auth needs username and password; {name} is missing", field=f"to.auth.{name}"
                )
    if "headers" in target:
        checked_headers(target["headers"], "to.headers")
    return target


def checked_headers(value: Any, name: str) -> dict[str, Any]:
    """SIP headers: an object of texts."""
    if not isinstance(value, Mapping) or not all(
        isinstance(key, str) and isinstance(item, (str, int, float)) for key, item in value.items()
    ):
        raise InvalidRequest(f"{name} must be an object of texts, one for each SIP header", field=name)
    return dict(value)


def _from_text(to: str) -> Target:
    text = to.strip()
    if text.lower().startswith(("sip:", "sips:")):
        return sip(text)
    if _NUMBER.fullmatch(text):
        return phone(re.sub(r"[^+0-9]", "", text))
    if re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        return user(text)
    raise InvalidRequest(
        f"to: {shown(to, 'to')} is neither a number, nor sip:…, nor user@realm; give an object such as "
        '{"type": "user", "name": "alice"}',
        field="to",
    )
