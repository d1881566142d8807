"""The `Jambonz-Signature` header: making it, and checking that a request comes from jambonz.

    Jambonz-Signature: t=1700000000,v1=<hex>[,v1=<hex>…]

Each `v1` is an HMAC-SHA256 over the text of `t`, a full stop and the raw body, with the account's webhook
secret. The rules here:

1. The bytes that came in are what is signed. JSON that was parsed and written again differs in its spaces.
2. Several secrets may be valid at once, while one is being replaced, and several `v1` may be sent. Every pair
   is compared, in constant time and without stopping at a match.
3. The time must be near, before or after: clocks differ both ways.
4. A hook that is called with GET has no body but is signed over the JSON that a POST would have carried.
   Nothing can be proven of it, so it is refused unless the program allows it.
5. Without a secret nothing is checked, so nothing is believed: an empty list, an iterator that is used up, a
   secret that is blank are refused before anything else is looked at.
6. The fault is a word out of a fixed list. It holds nothing of the request, and may be logged.

There is no clock here: `now` is an argument, such as ``time.time()``.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from jambonz_core.wire.errors import InvalidWebhook, LocalProtocolError

HEADER: Final = "Jambonz-Signature"

TOLERANCE_SECONDS: Final = 300.0
"""How far the clock of the server may be from ours, either way."""

LONGEST_HEADER: Final = 4096
"""Characters. An honest header has about a hundred; a hostile one must not make us compute for long."""


class SignatureFault(StrEnum):
    """Why a request is not believed."""

    MISSING = "missing"
    """The request carries no signature."""
    MALFORMED = "malformed"
    """The header is not of the form ``t=…,v1=…``."""
    TOO_OLD = "too-old"
    """The request was signed too long ago: perhaps it is played back."""
    IN_THE_FUTURE = "in-the-future"
    """The request was signed too far ahead of our clock."""
    MISMATCH = "mismatch"
    """None of the secrets makes one of the signatures: another secret, or another body."""
    UNVERIFIABLE_METHOD = "unverifiable-method"
    """The request came with GET, whose signature covers a body that is not there."""


_EXPLAINED = {
    SignatureFault.MISSING: f"the request has no {HEADER} header",
    SignatureFault.MALFORMED: f"the {HEADER} header cannot be read",
    SignatureFault.TOO_OLD: "the request was signed too long ago; are both clocks right?",
    SignatureFault.IN_THE_FUTURE: "the request was signed in the future; are both clocks right?",
    SignatureFault.MISMATCH: "the signature does not match the body: is this the account's secret, and are "
    "these the bytes as they came in?",
    SignatureFault.UNVERIFIABLE_METHOD: "a hook called with GET cannot be verified; configure it as POST",
}


def sign(body: bytes, secret: str | bytes, *, timestamp: int) -> str:
    """The header for a body, as jambonz makes it.

    >>> sign(b"{}", "secret", timestamp=1700000000)[:16]
    't=1700000000,v1='
    """
    return f"t={timestamp},v1={_digest(_key(secret), str(timestamp), body)}"


def checked_secrets(secrets: str | bytes | Iterable[str | bytes]) -> tuple[bytes, ...]:
    """What requests can be checked with: at least one secret, and none that anybody could guess.

    An iterator is used up here, so keep what comes out of it. The errors show nothing of a secret.

    >>> checked_secrets("one"), checked_secrets(iter(["new", b"old"]))
    ((b'one',), (b'new', b'old'))
    """
    if isinstance(secrets, (str, bytes, bytearray)):
        return (_key(secrets),)
    if not isinstance(secrets, Iterable):
        raise LocalProtocolError(f"webhook secrets must be text or bytes, not {type(secrets).__name__}")
    keys = tuple(_key(secret) for secret in secrets)
    if not keys:
        raise LocalProtocolError("there is no webhook secret to check with")
    return keys


def check_signature(
    header: str | None,
    body: bytes,
    secrets: str | bytes | Iterable[str | bytes],
    *,
    now: float,
    method: str = "POST",
    tolerance: float = TOLERANCE_SECONDS,
    allow_get: bool = False,
) -> SignatureFault | None:
    """Check a request; return what is wrong with it, or None when it is proven to come from jambonz.

    Args:
        header: The value of `Jambonz-Signature`; None when there is none.
        body: The body's bytes as they came in, before any parsing.
        secrets: The webhook secret, or all that are valid now. With none, or with a blank one, this raises.
        now: The time in seconds since 1970.
        method: The request's method.
        tolerance: How many seconds the signature's time may be off, either way.
        allow_get: Let GET requests pass, *unproven*.
    """
    if not isinstance(body, (bytes, bytearray, memoryview)):
        raise LocalProtocolError(
            "the signature covers the raw body: pass the bytes as they came in, not parsed or decoded"
        )
    keys = checked_secrets(secrets)
    if method.upper() == "GET":
        return None if allow_get else SignatureFault.UNVERIFIABLE_METHOD
    if not header:
        return SignatureFault.MISSING
    parsed = _parse(header)
    if parsed is None:
        return SignatureFault.MALFORMED
    timestamp, signatures = parsed
    age = now - int(timestamp)
    if age > tolerance:
        return SignatureFault.TOO_OLD
    if -age > tolerance:
        return SignatureFault.IN_THE_FUTURE
    matched = False
    for key in keys:
        expected = _digest(key, timestamp, bytes(body))
        for signature in signatures:
            # No short cut: how long this takes tells nothing about which pair came how near.
            matched |= hmac.compare_digest(expected, signature)
    return None if matched else SignatureFault.MISMATCH


def verify_signature(
    header: str | None,
    body: bytes,
    secrets: str | bytes | Iterable[str | bytes],
    *,
    now: float,
    method: str = "POST",
    tolerance: float = TOLERANCE_SECONDS,
    allow_get: bool = False,
) -> None:
    """Check like `check_signature`, and raise `InvalidWebhook` with the fault in `.fault`."""
    fault = check_signature(
        header, body, secrets, now=now, method=method, tolerance=tolerance, allow_get=allow_get
    )
    if fault is not None:
        raise InvalidWebhook(_EXPLAINED[fault], fault=fault)


_TIME = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")


def _parse(header: str) -> tuple[str, list[str]] | None:
    """The time, as it is written and therefore signed, and the signatures of the version that we know."""
    if len(header) > LONGEST_HEADER:
        return None
    times: list[str] = []
    signatures: list[str] = []
    for part in header.split(","):
        name, separator, value = part.strip().partition("=")
        if not separator:
            return None
        if name == "t":
            times.append(value)
        elif name == "v1" and _SIGNATURE.fullmatch(value):
            signatures.append(value)
        # Other names are versions to come.
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or not signatures:
        return None
    return times[0], signatures


def _digest(key: bytes, timestamp: str, body: bytes) -> str:
    return hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _key(secret: str | bytes | bytearray) -> bytes:
    if not isinstance(secret, (str, bytes, bytearray)):
        raise LocalProtocolError(f"a webhook secret must be text or bytes, not {type(secret).__name__}")
    if not secret.strip():
        raise LocalProtocolError("a webhook secret is blank: anybody could sign with it")
    return secret.encode() if isinstance(secret, str) else bytes(secret)
