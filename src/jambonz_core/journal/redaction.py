"""Taking what people said out of a journal, and leaving what happened in.

A list of secret fields would always be one field behind: a server sends what its vendors send, and programs
put anything into `customerData`. So the rule is the other way round: nothing stays that is not a word of the
protocol itself.

* A string becomes as many ``x`` as it has characters, unless it is one of the words that the schemas list for
  such a field (``speechDetected``, ``in-progress``), an id that pairs messages, or a path of the application,
  which loses its user, password, query and fragment.
* A number becomes 0, unless the schemas have a number in a field of that name, such as ``sip_status``, and it
  is too small to be the number of a phone or a card.
* A name of a field becomes ``x``, too, unless a schema declares a field of that name: callers' numbers may be
  the keys of an object.
* Below a few names everything belongs to the application or to a vendor. There nothing stays.

The shape of a message stays, and so do types. What the recorded machine itself noted, such as the code of a
close, stays where it is no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from ..schemas import BUILTIN
from ..wire.codec import decode, encode
from ..wire.errors import RemoteProtocolError
from .addresses import without_secrets
from .entries import Entry

IDS = frozenset(
    """
    msgid id call_sid callSid account_sid application_sid parent_call_sid dial_call_sid referred_call_sid
    trace_id verb_id tool_call_id queue_sid conference_sid leg other by
    """.split()  # noqa: SIM905 - a table of words reads better than a list of strings
)
"""Names of fields whose values tell which messages and legs belong together."""

PATHS = frozenset(
    """
    hook actionHook partialResultHook confirmHook dtmfHook referHook onHoldHook waitHook enterHook statusHook
    eventHook toolHook transcriptionHook translationHook sipRequestWithinDialogHook call_hook child_call_hook
    status_hook path url
    """.split()  # noqa: SIM905
)
"""Names of fields whose values are addresses of the application."""

OPAQUE = frozenset(
    """
    customerData customer_data customerdata env_vars env sip args arguments tag metadata llmOptions auth
    parameters result evt headers tool_output toolOutput authentication wsAuth wsauth credentials
    initial_state
    """.split()  # noqa: SIM905
)
"""Names of fields below which nothing is known, and nothing is kept."""

FRAMES = frozenset({"frame", "frames", "body"})
"""Arguments and outputs of the machines that hold messages as they travelled."""

OWN = frozenset({"type", "event", "command", "action", "call", "code", "kind", "state", "outcome", "profile"})
"""Names of fields in which a machine notes words of its own: of its classes, states and warnings."""

SHORTEST_NUMBER = 100_000
"""From here on a number may be somebody's."""

_NOT_NUMBERS = frozenset({"data", "id", "latitude", "longitude", "tokens", "topic"})
"""Names that some schema has a number for, and others what people say."""

_ID = re.compile(r"[A-Za-z0-9_.~-]{1,64}", re.ASCII)
_NUMBER_IN_ID = re.compile(r"\d{7}")
_LONG_ID = re.compile(r"(?=.*[A-Fa-f-])[0-9A-Fa-f]{8}-?[0-9A-Fa-f-]{8,}")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9:_-]{0,40}", re.ASCII)


class _Vocabulary(Struct, frozen=True):
    """What the protocol itself says."""

    names: frozenset[str]
    """The names of all fields that the schemas declare."""
    numbers: frozenset[str]
    """The names of those that may hold a number."""
    words: frozenset[str]
    """All values that some field is restricted to, and the names of verbs."""


def redact_entry(entry: Entry) -> Entry:
    """The same entry without content.

    >>> entry = Entry(at=0.0, call="receive", given={"frame": '{"type":"verb:hook","data":{"digits":"12"}}'})
    >>> redact_entry(entry).given
    {'frame': '{"type":"verb:hook","data":{"digits":"xx"}}'}
    """
    return Entry(at=entry.at, call=entry.call, given=_noted(entry.given), gave=_noted(entry.gave))


def redact_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a machine without content. Times and sizes stay."""
    return {
        name: _content(value, name, opaque=True)
        if name in OPAQUE
        else _options(value)
        if name == "options"
        else _content(value, name)
        for name, value in settings.items()
    }


# --- what a machine has noted -------------------------------------------------------------------------------


def _noted(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments or the output of a machine: its own words, with messages of others in them."""
    return {name: _note(value, name) for name, value in fields.items()}


def _note(value: Any, name: str) -> Any:
    if name in FRAMES:
        return _frames(value)
    if name in ("with", "refusal", "event") and isinstance(value, Mapping):
        return _noted(value)
    if name == "events":
        return [_noted(event) for event in value]
    if isinstance(value, str):
        return value if name in OWN and _WORD.fullmatch(value) else _string(value, name)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return _content(value, name, opaque=name in OPAQUE)


def _frames(value: Any) -> Any:
    """Messages as they travelled: redacted inside, or blanked whole where they are no JSON."""
    if isinstance(value, list):
        return [_frames(item) for item in value]
    if isinstance(value, Mapping):
        return {name: item if name == "socket" else _frames(item) for name, item in value.items()}
    if not isinstance(value, str):
        return value if value is None else type(value)()
    try:
        # The codec reads objects only, and the body of a webhook's answer is usually an array.
        message = decode(f'{{"it":{value}}}')
    except RemoteProtocolError:
        return "x" * len(value)
    return encode(_content(message["it"], ""))


def _options(value: Any) -> Any:
    """The options of a machine: its own names and numbers."""
    if isinstance(value, Mapping):
        return {name: _options(item) for name, item in value.items()}
    return "x" * len(value) if isinstance(value, str) else value


# --- what others have said ----------------------------------------------------------------------------------


def _content(value: Any, name: str, *, opaque: bool = False) -> Any:
    if isinstance(value, Mapping):
        return _object(value, opaque=opaque)
    if isinstance(value, (list, tuple)):
        return [_content(item, name, opaque=opaque) for item in value]
    if isinstance(value, str):
        return "x" * len(value) if opaque else _string(value, name)
    if value is None or isinstance(value, bool):
        return False if opaque and value else value
    told = not opaque and name in _vocabulary().numbers and abs(value) < SHORTEST_NUMBER
    return value if told else type(value)()


def _object(value: Mapping[Any, Any], *, opaque: bool) -> dict[str, Any]:
    names = _vocabulary().names
    blanked: dict[str, Any] = {}
    for name, item in value.items():
        shown = name if name in names else "x" * len(str(name))
        while shown in blanked:
            shown += "x"
        blanked[shown] = _content(item, name, opaque=opaque or name in OPAQUE)
    return blanked


def _string(value: str, name: str) -> str:
    if name in IDS and _is_id(value):
        return value
    if name in PATHS:
        return without_secrets(value)
    return value if value in _vocabulary().words else "x" * len(value)


def _is_id(value: str) -> bool:
    """Whether a value can be nothing but an id: not a sentence, and not the number of a phone or a card."""
    if _ID.fullmatch(value) is None:
        return False
    return _NUMBER_IN_ID.search(value) is None or _LONG_ID.fullmatch(value) is not None


def _vocabulary() -> _Vocabulary:
    """The words of the schemas. Reading them all takes a moment, so it is done once, and only when needed."""
    known: _Vocabulary | None = BUILTIN.memory.get(_Vocabulary)
    if known is None:
        names: set[str] = set(
            IDS | PATHS | OPAQUE | {"it", "type", "msgid", "command", "data", "queueCommand"}
        )
        numbers: set[str] = set()
        words: set[str] = set(BUILTIN.verbs)
        for identity in BUILTIN:
            for name, schema in _properties(BUILTIN[identity]):
                names.add(name)
                kinds = set(_kinds(schema))
                if kinds & {"number", "integer"}:
                    numbers.add(name)
                words.update(_values(schema))
        known = BUILTIN.memory[_Vocabulary] = _Vocabulary(
            frozenset(names), frozenset(numbers - _NOT_NUMBERS), frozenset(words)
        )
    return known


def _properties(schema: Any) -> Iterator[tuple[str, Any]]:
    """Every property of a schema, at any depth, with what describes it."""
    if isinstance(schema, Mapping):
        declared = schema.get("properties")
        if isinstance(declared, Mapping):
            yield from declared.items()
        for inner in schema.values():
            yield from _properties(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _properties(inner)


def _branches(schema: Any) -> Iterator[Mapping[str, Any]]:
    """A description and its alternatives, and those of the elements of an array."""
    if isinstance(schema, Mapping):
        yield schema
        for key in ("oneOf", "anyOf", "allOf"):
            for branch in schema.get(key, ()):
                yield from _branches(branch)
        yield from _branches(schema.get("items"))


def _kinds(schema: Any) -> Iterator[str]:
    for branch in _branches(schema):
        kind = branch.get("type", ())
        yield from (kind,) if isinstance(kind, str) else kind


def _values(schema: Any) -> Iterator[str]:
    """The words that a value is restricted to."""
    for branch in _branches(schema):
        for value in (*branch.get("enum", ()), branch.get("const")):
            if isinstance(value, str):
                yield value
