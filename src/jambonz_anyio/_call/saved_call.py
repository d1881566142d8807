"""What one process leaves behind so that another one can go on with a call."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from jambonz_core.wire.codec import decode, encode
from jambonz_core.wire.errors import InvalidSnapshot, LocalProtocolError, RemoteProtocolError
from jambonz_core.wire.plain import NotPlain, plain

VERSION = 1


def store_key(call_sid: str, pattern: str) -> str:
    """The key under which a store has a call: a call id may be known to two paths at once."""
    return f"{pattern}\n{call_sid}"


def fingerprint(credentials: tuple[str, str] | None) -> str:
    """What is kept of the credentials of a connection: enough to recognise them, and no secret."""
    if credentials is None:
        return ""
    user, password = (part.encode("utf-8", "surrogatepass") for part in credentials)
    return hashlib.sha256(b"%d:%b:%b" % (len(user), user, password)).hexdigest()


@dataclass(frozen=True, slots=True)
class SavedCall:
    """The saved form of a call, as the state store keeps it."""

    core: dict[str, Any]
    """The snapshot of the protocol core."""
    state: dict[str, Any]
    """The program's own `call.state`."""
    credentials: str
    """The fingerprint of those that a reconnect must show."""

    def encode(self) -> bytes:
        """As the value for a store. Raises `LocalProtocolError` for a state that would come back changed."""
        return encode(
            {
                "version": VERSION,
                "core": self.core,
                "state": _plain_state(self.state),
                "credentials": self.credentials,
            }
        ).encode()

    @classmethod
    def decode(cls, value: bytes) -> SavedCall:
        """From the value of a store. Raises `InvalidSnapshot` for anything else."""
        try:
            saved = decode(value)
        except RemoteProtocolError as exc:
            raise InvalidSnapshot(f"the saved call is not JSON: {exc}") from exc
        if saved.get("version") != VERSION:
            raise InvalidSnapshot(f"the saved call is of version {saved.get('version')!r}, not {VERSION}")
        try:
            return cls(dict(saved["core"]), dict(saved["state"]), str(saved["credentials"]))
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
