"""JSON at the edge: strict going out, tolerant coming in, and only documented errors."""

from __future__ import annotations

import doctest
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.call import AppCall, BadMessage, Send, VerbHook
from jambonz_core.wire import codec
from jambonz_core.wire.codec import decode, encode, encoded_size, fields_that_fit
from jambonz_core.wire.errors import LocalProtocolError, RemoteProtocolError
from jambonz_core.wire.limits import MESSAGE_MARKS

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)
objects = st.dictionaries(st.text(), values, max_size=5)
surrogates = st.text(st.characters(categories=("Cs", "L", "So")), max_size=20)


def test_the_examples_are_right() -> None:
    assert doctest.testmod(codec).failed == 0


@given(objects)
def test_what_is_written_can_be_read(message: dict[str, Any]) -> None:
    text = encode(message)
    assert decode(text) == decode(text.encode()) == json.loads(text) == message
    assert encoded_size(message) == len(text.encode())


@given(objects)
def test_what_another_library_writes_can_be_read(message: dict[str, Any]) -> None:
    assert decode(json.dumps(message)) == decode(json.dumps(message, ensure_ascii=False)) == message


@given(st.text() | st.binary() | values.map(json.dumps))
def test_anything_is_an_object_or_a_documented_error(text: str | bytes) -> None:
    try:
        assert isinstance(decode(text), dict)
    except RemoteProtocolError:
        pass


@given(objects, st.data())
def test_half_a_message_is_an_error(message: dict[str, Any], data: st.DataObject) -> None:
    text = encode(message)
    cut = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(RemoteProtocolError):
        decode(text[:cut])


@given(objects, st.text(min_size=1).filter(lambda text: text.strip(" \t\r\n")))
def test_trailing_data_is_an_error(message: dict[str, Any], more: str) -> None:
    with pytest.raises(RemoteProtocolError):
        decode(encode(message) + more)


@pytest.mark.parametrize("text", ["[]", "5", "null", '"x"', "", " ", "{", "nonsense", b"\xff", "[" * 100_000])
def test_what_is_not_an_object_is_an_error(text: str | bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        decode(text)


def test_a_deep_message_is_an_error_and_not_a_crash() -> None:
    with pytest.raises(RemoteProtocolError, match="nested"):
        decode('{"a":' * 10_000)


FULL = "[]," * (MESSAGE_MARKS // 2 - 2) + "[]"
"""As many arrays as a large message may have, beside that they are in one and that in an object."""
PAD = "x" * 100_000


@pytest.mark.parametrize(
    "inside",
    [
        FULL,
        f'"{"[{,," * 100_000}"',
        # Quotes in strings open and close nothing, nor do backslashes that are none.
        f'"{chr(92)}"{"[{,," * 100_000}{chr(92)}{chr(92)}"',
        "0," * 10_000 + '"' + '{\\"a\\": [1, 2]},' * 20_000 + '"',
    ],
    ids=range(4),
)
def test_a_large_message_is_parsed_whatever_its_strings_hold(inside: str) -> None:
    text = f'{{"pad": "{PAD}", "it": [{inside}]}}'
    assert decode(text) == decode(text.encode()) == json.loads(text)


@pytest.mark.parametrize(
    "inside",
    [
        FULL + ",0",
        "[]," * 300_000 + "0",
        "{}," * 300_000 + "0",
        "0," * 300_000 + "0",
        '"",' * 300_000 + '""',
        '"' + chr(92) * 2 + '",' * 100_000 + '""',
        '[{"":[],"":{"":0}}],' * 20_000 + "0",
        "[" * 300_000,
    ],
    ids=range(8),
)
def test_a_large_message_that_takes_long_to_parse_is_refused_by_name(inside: str) -> None:
    text = f'{{"pad": "{PAD}", "it": [{inside}]}}'
    for message in (text, text.encode()):
        with pytest.raises(RemoteProtocolError, match="MESSAGE_MARKS"):
            decode(message)


def test_what_this_side_has_saved_is_read_however_much_it_is() -> None:
    saved: dict[str, Any] = {"state": [[]] * 100_000}
    assert decode(encode(saved), bounded=False) == saved


def test_a_refused_message_ends_no_call() -> None:
    call = AppCall()
    call.connected(0.0)
    call.receive('{"type":"session:new","msgid":"m1","call_sid":"c1","data":{"direction":"inbound"}}', 0.0)
    call.do(Send([{"verb": "gather", "actionHook": "/heard"}]), 0.1)
    call.outgoing()
    [refused] = call.receive(f'{{"type": "verb:hook", "msgid": "m2", "data": [{"[]," * 300_000}0]}}', 1.0)
    assert isinstance(refused, BadMessage)
    assert "MESSAGE_MARKS (32768)" in str(refused.error)
    [heard] = call.receive('{"type":"verb:hook","msgid":"m3","hook":"/heard","data":{}}', 2.0)
    assert isinstance(heard, VerbHook)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"half": "\\ud83d"}', {"half": "\ud83d"}),
        ('\ufeff{"mark": 1}', {"mark": 1}),
        (b'\xef\xbb\xbf{"mark": 1}', {"mark": 1}),
        ('{"huge": 1e999}', {"huge": math.inf}),
        (b'{"broken": "\xff"}', {"broken": "\ufffd"}),
        ('{"lone": "\ud83d"}', {"lone": "\ud83d"}),
    ],
)
def test_what_a_lenient_peer_sends_is_understood(text: str | bytes, expected: Any) -> None:
    assert decode(text) == expected


@given(surrogates)
def test_broken_text_never_leaves(text: str) -> None:
    written = encode({text: [text, (text, None)], "n": 1})
    written.encode()
    assert decode(written)["n"] == 1


def test_what_is_beside_broken_text_stays() -> None:
    assert encode({"\ud83d": (1, None, 2.5)}) == '{"\ufffd":[1,null,2.5]}'


def test_halves_of_a_pair_are_joined() -> None:
    assert encode(["\ud83d\ude42", "\ud83d", "x"]) == '["🙂","\ufffd","x"]'


@pytest.mark.parametrize("odd", [object(), {(1, 2): 3}, {"x": object()}])
def test_what_is_not_json_is_refused(odd: Any) -> None:
    with pytest.raises(LocalProtocolError, match="JSON"):
        encode(odd)


def test_a_value_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(LocalProtocolError, match="JSON"):
        encode(loop)


def test_of_very_many_fields_only_the_first_are_weighed() -> None:
    data = {f"f{number}": number for number in range(10_000)}
    kept, left_out = fields_that_fit(data, 10_000)
    assert kept == {f"f{number}": number for number in range(256)}
    assert left_out.split(", ") == [f"f{number}" for number in range(256, 10_000)]
