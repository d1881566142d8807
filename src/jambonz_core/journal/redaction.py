"""Taking what people said out of a journal, and leaving what happened in.

A list of secret fields would always be one field behind: a server sends what its vendors send, and programs
put anything into `customerData`. So the rule is the other way round. Every string is replaced by as many
``x`` as it has characters, *except* under the keys listed here, whose values come from the protocol and not
from people. Keys stay, and so do types: a redacted message still has the shape of the original.

Under a few keys whatever is inside belongs to the application or to a vendor; there numbers and truth values
are blanked as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ..wire.codec import decode, encode
from ..wire.errors import RemoteProtocolError
from .entries import Entry

KEPT = frozenset(
    """
    type msgid call_sid callSid account_sid application_sid parent_call_sid dial_call_sid referred_call_sid
    trace_id command verb event event_type kind reason status call_status sip_reason direction state outcome
    call_status callStatus dial_call_status queue_result dequeue_result dial_result transfer_result
    completion_reason call_termination_by mute_status conf_mute_status conf_hold_status listen_status
    stream_status transcribe_status noise_isolation_status
    id verb_id tool_call_id queue_sid conference_sid
    vendor language language_code voice label input mixType subprotocol method action failover
    audioContentType leg other by fate code role profile
    """.split()  # noqa: SIM905 - a table of words reads better than a list of strings
)
"""Keys whose strings the protocol made."""

PATHS = frozenset(
    """
    hook actionHook partialResultHook confirmHook dtmfHook referHook onHoldHook waitHook enterHook statusHook
    eventHook toolHook transcriptionHook translationHook sipRequestWithinDialogHook call_hook child_call_hook
    status_hook path url
    """.split()  # noqa: SIM905
)
"""Keys whose strings are addresses of the application: kept, but for credentials and queries."""

OPAQUE = frozenset(
    """
    customerData customer_data customerdata env_vars env sip args arguments tag metadata llmOptions auth
    parameters result evt headers tool_output toolOutput authentication wsAuth wsauth credentials
    initial_state
    """.split()  # noqa: SIM905
)
"""Keys below which nothing is known, and nothing is kept."""

FRAMES = frozenset({"frame", "frames", "body"})
"""Arguments and outputs of the machines that hold messages as they travelled."""


def redact_entry(entry: Entry) -> Entry:
    """The same entry without content.

    >>> entry = Entry(at=0.0, call="receive", given={"frame": '{"type":"verb:hook","data":{"digits":"12"}}'})
    >>> redact_entry(entry).given
    {'frame': '{"type":"verb:hook","data":{"digits":"xx"}}'}
    """
    return Entry(at=entry.at, call=entry.call, given=_tree(entry.given), gave=_tree(entry.gave))


def redact_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a machine without content. Times and sizes stay."""
    return {name: _tree(value, name, opaque=name in OPAQUE) for name, value in settings.items()}


def _tree(value: Any, key: str = "", *, opaque: bool = False) -> Any:
    if isinstance(value, Mapping):
        return {name: _tree(item, name, opaque=opaque or name in OPAQUE) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_tree(item, key, opaque=opaque) for item in value]
    if isinstance(value, str):
        return _string(value, key, opaque=opaque)
    if opaque and value is not None:
        return type(value)()
    return value


def _string(value: str, key: str, *, opaque: bool) -> str:
    if key in FRAMES:
        return _frame(value)
    if opaque:
        return "x" * len(value)
    if key in KEPT:
        return value
    if key in PATHS:
        return _address(value)
    return "x" * len(value)


def _frame(text: str) -> str:
    """A message, redacted inside; what is not JSON is blanked whole."""
    try:
        # The codec reads objects only, and the body of a webhook's answer is usually an array.
        message = decode(f'{{"it":{text}}}')
    except RemoteProtocolError:
        return "x" * len(text)
    return encode(_tree(message["it"]))


def _address(url: str) -> str:
    """A path or URL without user, password, query and fragment."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path, "", ""))
    except ValueError:
        return "x" * len(url)
