"""Journals without content: nothing that people said is left, and everything that happened is."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.journal import Entry, JournaledCall, JournalWriter, read_journal, redact_entry
from jambonz_core.journal.redaction import redact_settings

SECRET = "geheim"

keys = st.sampled_from(
    [
        "text",
        "transcript",
        "digits",
        "data",
        "speech",
        "whatever",
        "alternatives",
        "customerData",
        "args",
        "sip",
    ]
)
values = st.recursive(
    st.just(SECRET) | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)


def shape(value: Any) -> Any:
    """A value with every leaf replaced by its type, and every string by its length."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return len(value) if isinstance(value, str) else type(value).__name__


def redacted(message: dict[str, Any]) -> dict[str, Any]:
    entry = Entry(at=0.0, call="receive", given={"frame": json.dumps(message)})
    result: dict[str, Any] = json.loads(redact_entry(entry).given["frame"])
    return result


@given(values)
def test_nothing_of_what_people_said_is_left_and_the_shape_stays(value: Any) -> None:
    message = {"type": "verb:hook", "data": {"speech": value}}
    after = redacted(message)
    assert SECRET not in json.dumps(after)
    assert shape(after) == shape(message)


@given(values)
def test_what_applications_keep_for_themselves_is_blanked_whole(value: Any) -> None:
    after = redacted({"type": "session:new", "data": {"customerData": {"key": value}}})

    def leaves(value: Any) -> Any:
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                yield from leaves(item)
        else:
            yield value

    for leaf in leaves(after["data"]["customerData"]):
        assert leaf in (None, 0, 0.0, False) or set(leaf) == {"x"}


def test_what_the_protocol_says_stays() -> None:
    message = {
        "type": "verb:hook",
        "msgid": "m1",
        "call_sid": "c1",
        "hook": "/heard?token=abc#x",
        "data": {
            "reason": "speechDetected",
            "call_status": "in-progress",
            "sip_status": 200,
            "from": "+15551234567",
            "speech": {
                "is_final": True,
                "alternatives": [{"confidence": 0.9, "transcript": "my pin is 1234"}],
            },
            "digits": "1234",
        },
    }
    assert redacted(message) == {
        "type": "verb:hook",
        "msgid": "m1",
        "call_sid": "c1",
        "hook": "/heard",
        "data": {
            "reason": "speechDetected",
            "call_status": "in-progress",
            "sip_status": 200,
            "from": "x" * 12,
            "speech": {"is_final": True, "alternatives": [{"confidence": 0.9, "transcript": "x" * 14}]},
            "digits": "xxxx",
        },
    }


def test_verbs_keep_their_names_and_addresses_but_not_their_texts() -> None:
    verbs = [
        {"verb": "say", "text": ["one", "two"]},
        {"verb": "listen", "url": "wss://user:pw@host.example:1/audio?key=k", "wsAuth": {"password": "pw"}},
        {"verb": "gather", "input": ["speech"], "actionHook": "https://[broken"},
    ]
    entry = Entry(at=0.0, call="do", given={"command": "Send", "with": {"verbs": verbs}})
    assert redact_entry(entry).given["with"]["verbs"] == [
        {"verb": "say", "text": ["xxx", "xxx"]},
        {"verb": "listen", "url": "wss://host.example:1/audio", "wsAuth": {"password": "xx"}},
        {"verb": "gather", "input": ["speech"], "actionHook": "x" * 15},
    ]


def test_a_frame_that_is_no_message_is_blanked_whole() -> None:
    entry = Entry(at=0.0, call="receive", given={"frame": "my pin is 1234"})
    assert redact_entry(entry).given == {"frame": "x" * 14}
    entry = Entry(at=0.0, call="http_answered", given={"body": '[{"verb":"say","text":"hi"}]'})
    assert redact_entry(entry).given == {"body": '[{"verb":"say","text":"xx"}]'}


def test_settings_are_redacted_too() -> None:
    settings = {
        "options": {"ack_deadline": 4.0},
        "url": "ws://u:p@app.example/path?q=1",
        "credentials": ["user", "pw"],
        "setup": {"env_vars": {"KEY": "secret", "N": 3}},
    }
    assert redact_settings(settings) == {
        "options": {"ack_deadline": 4.0},
        "url": "ws://app.example/path",
        "credentials": ["xxxx", "xx"],
        "setup": {"env_vars": {"KEY": "xxxxxx", "N": 0}},
    }


def test_a_writer_redacts_unless_it_was_asked_not_to() -> None:
    lines: list[str] = []
    call = JournaledCall()
    call.record_to(JournalWriter(lines.append))
    call.connected(0.0)
    call.receive(json.dumps({"type": "session:new", "msgid": "m", "data": {"from": SECRET}}), 0.0)
    assert SECRET not in "".join(lines)
    assert read_journal(lines).header.redacted
    assert "SessionNew" in lines[-1]
