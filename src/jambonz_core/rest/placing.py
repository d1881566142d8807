"""Knowing an outbound call again: which of the sessions that come in is the one that was asked for.

The answer to the request that places a call and the session of that call come on different ways, in any
order, so the call's sid does not help. What does is a nonce that is put into the call's `tag`: every payload
of the call brings it back in `customerData`, the statuses before the session as well. A later tag verb may
replace it, when it has done its work.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypedDict

from jambonz_core.rest.errors import CallFailed, InvalidRequest

if TYPE_CHECKING:
    # An application that places no calls asks every session for its nonce: that must not load all of REST.
    from jambonz_core.rest.fields import Hook
    from jambonz_core.rest.targets import Target

NONCE_KEY: Final = "jambonz_anyio_nonce"
"""Where in the tag the nonce is. Lower case with underscores: some payloads rewrite keys to that."""


class NewCallFields(TypedDict, total=False):
    """The keyword arguments of ``calls.create``, which tells of each."""

    from_: str
    to: Target | str
    application_sid: str
    call_hook: Hook
    call_status_hook: Hook
    speech_synthesis_vendor: str
    speech_synthesis_language: str
    speech_synthesis_voice: str
    speech_recognizer_vendor: str
    speech_recognizer_language: str
    caller_name: str
    from_host: str
    timeout: int
    time_limit: int
    headers: Mapping[str, str]
    tag: Mapping[str, Any]
    amd: Mapping[str, Any]
    dual_streams: bool
    sip_request_within_dialog_hook: str
    refer_hook: Hook
    extra: Mapping[str, Any]


def tagged(tag: Mapping[str, Any] | None, nonce: str) -> dict[str, Any]:
    """The tag of a call with the nonce in it."""
    if tag is not None and not isinstance(tag, Mapping):
        raise InvalidRequest("tag must be an object", field="tag")
    return {**(tag or {}), NONCE_KEY: nonce}


def nonce_of(data: Mapping[str, Any]) -> str | None:
    """The nonce in a payload of a call; None for a call that nobody here placed."""
    for name in ("customerData", "customerdata", "customer_data"):
        attached = data.get(name)
        if isinstance(attached, Mapping):
            nonce = attached.get(NONCE_KEY)
            return nonce if isinstance(nonce, str) and nonce else None
    return None


OVER: Final = frozenset({"failed", "busy", "no-answer", "completed"})
"""Statuses after which no session comes."""

_SAID: Final[Mapping[str, str]] = {
    "busy": "the called party is busy",
    "no-answer": "nobody answered",
    "failed": "the call failed",
    "completed": "the call ended before it could be met",
}


def failure_of(data: Mapping[str, Any]) -> CallFailed | None:
    """What a status means for a call whose session has not come: its failure, or None while there is hope."""
    status = data.get("call_status")
    if not isinstance(status, str) or status not in OVER:
        return None
    sip_status, reason = data.get("sip_status"), data.get("sip_reason")
    code = sip_status if isinstance(sip_status, int) and not isinstance(sip_status, bool) else None
    phrase = reason if isinstance(reason, str) else ""
    detail = " ".join(part for part in (str(code) if code is not None else "", phrase) if part)
    return CallFailed(
        f"{_SAID[status]} ({detail})" if detail else _SAID[status],
        call_sid=str(data.get("call_sid") or ""),
        call_status=status,
        sip_status=code,
        sip_reason=phrase,
    )
