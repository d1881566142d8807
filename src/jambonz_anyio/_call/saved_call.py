"""What one process leaves behind so that another one can go on with a call."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, NamedTuple

from jambonz_core.wire.codec import decode, encode
from jambonz_core.wire.errors import InvalidSnapshot, LocalProtocolError, RemoteProtocolError
from jambonz_core.wire.plain import NotPlain, plain

VERSION = 3


class CallKey(NamedTuple):
    """What tells calls apart.

    The id alone does not: whoever may open connections here may name the id of somebody else's call. And one
    call id may be known to two paths at once.
    """

    identity: Hashable
    """Whose call it is: the identity of its connections."""
    pattern: str
    """The pattern of its path."""
    call_sid: str

    @property
    def stored(self) -> str:
        """The key under which a store has the call: a digest, because an id from outside may be anything.

        Raises `LocalProtocolError` where there can be none.
        """
        text = f"{fingerprint(self.identity)}\n{self.pattern}\n{self.call_sid}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint(identity: Hashable) -> str:
    """What is kept of an identity: the same in every process, and no secret.

    Raises `LocalProtocolError` for an object of which nobody can say that it is the same elsewhere.
    """
    return "" if identity is None else hashlib.sha256(_canonical(identity)).hexdigest()


def _canonical(value: Hashable) -> bytes:
    """The value as bytes that no other value has."""
    match value:
        case None | bool() | int() | float():
            kind, content = type(value).__name__, repr(value).encode()
        case str():
            kind, content = "str", value.encode("utf-8", "surrogatepass")
        case bytes():
            kind, content = "bytes", value
        case tuple():
            kind, content = "tuple", b"".join(map(_canonical, value))
        case _:
            raise LocalProtocolError(
                f"a call cannot be saved whose identity is a {type(value).__name__}: have authorize return "
                "text, a number or a tuple of these"
            )
    return b"%b:%d:%b" % (kind.encode(), len(content), content)


@dataclass(frozen=True, slots=True)
class SavedCall:
    """The saved form of a call, as the store keeps it."""

    core: dict[str, Any] | None
    """The snapshot of the protocol core; None before the first answer, of which only the server knows whether
    it has arrived.
    """
    state: dict[str, Any]
    """The program's own `call.state`."""
    saved_at: float
    """When that was, by the clock of the process that saved it: seconds since 1970."""
    trace: str = ""
    """What who looks on at the call there wants known where it goes on."""

    def encode(self) -> bytes:
        """As the value for a store. Raises `LocalProtocolError` for a state that would come back changed."""
        return encode(
            {
                "version": VERSION,
                "core": self.core,
                "state": _plain_state(self.state),
                "saved_at": self.saved_at,
                **({"trace": self.trace} if self.trace else {}),
            }
        ).encode()

    @classmethod
    def decode(cls, value: bytes) -> SavedCall:
        """From the value of a store. Raises `InvalidSnapshot` for anything else."""
        try:
            saved = decode(value, bounded=False)
        except RemoteProtocolError as exc:
            raise InvalidSnapshot(f"the saved call is not JSON: {exc}") from exc
        if saved.get("version") != VERSION:
            raise InvalidSnapshot(f"the saved call is of version {saved.get('version')!r}, not {VERSION}")
        try:
            core = saved["core"]
            trace = str(saved.get("trace", ""))
            state, saved_at = dict(saved["state"]), float(saved["saved_at"])
            return cls(None if core is None else dict(core), state, saved_at, trace)
        except (KeyError, TypeError, ValueError) as exc:
            raise InvalidSnapshot(f"the saved call is incomplete: {exc}") from exc


def _plain_state(state: Any) -> dict[str, Any]:
    """The state, if it is what JSON can hold: what cannot be put back must not seem to be saved."""
    if not isinstance(state, dict):
        raise LocalProtocolError(f"call.state cannot be saved: it is a dict, and not {type(state).__name__}")
    try:
        copy: dict[str, Any] = plain(state)
    except NotPlain as error:
        where = "".join(f"[{part!r}]" for part in error.path)
        raise LocalProtocolError(f"call.state{where} cannot be saved: {error.reason}") from None
    except RecursionError:
        raise LocalProtocolError("call.state cannot be saved: it is nested too deeply") from None
    return copy
