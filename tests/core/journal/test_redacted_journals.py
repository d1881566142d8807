"""Journals without content: nothing that people said is left, and everything that happened is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.journal import Entry, JournaledCall, JournalWriter, read_journal, redact_entry
from jambonz_core.journal.redaction import redact_settings
from jambonz_core.schemas import BUILTIN

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


UNKNOWN = "whatever"
"""The one of these names that no schema declares."""


def shape(value: Any) -> Any:
    """A value with every leaf replaced by its type, every string by its length, and unknown names blanked."""
    if isinstance(value, dict):
        return {"x" * len(key) if key == UNKNOWN else key: shape(item) for key, item in value.items()}
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
        "setup": {"env_vars": {"xxx": "xxxxxx", "x": 0}},
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


def fields_of(schema: Any, origin: str, place: tuple[Any, ...] = (), depth: int = 0) -> Any:
    """The places of a message's fields."""
    for name, described in schema.get("properties", {}).items():
        yield (*place, name)
        if depth < 4 and isinstance(described, dict):
            for branch in (described, *described.get("oneOf", ()), *described.get("anyOf", ())):
                where = origin
                while "$ref" in branch:
                    branch, where = BUILTIN.lookup(branch["$ref"], where)
                yield from fields_of(branch, where, (*place, name), depth + 1)


PLANTED = ("Zq the pin", "Zq+15551234567", "Zq@example.com")
NUMBERS = (4242424242424242, 15551234567, 9876543.21)


def planted(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    message: dict[str, Any] = {}
    inside = message
    for name in place[:-1]:
        inside[name] = inside = {}
    inside[place[-1]] = value
    return message


PLACES = sorted(
    {
        place
        for identity in BUILTIN
        if "/messages/" in identity or "/callbacks/" in identity or "/commands/" in identity
        for place in fields_of(BUILTIN[identity], identity)
    }
)


def test_there_are_fields_to_plant_secrets_in() -> None:
    assert len(PLACES) > 200
    assert ("data",) in PLACES


@pytest.mark.parametrize("around", [("data",), (), ("data", "speech", "alternatives")], ids=str)
def test_a_secret_in_any_field_of_any_message_is_gone(around: tuple[str, ...]) -> None:
    """As text, in a list, as the name of a field, as a number, and in whatever a vendor nests."""
    for place in PLACES:
        for secret in PLANTED:
            texts: tuple[Any, ...] = (
                secret,
                [secret],
                {secret: 1},
                {"deep": [{"er": {secret: secret}}]},
                f"/x?{secret}",
            )
            for value in texts:
                after = json.dumps(redacted(planted((*around, *place), value)))
                assert "Zq" not in after, (place, value, after)
        for number in NUMBERS:
            numbers: tuple[Any, ...] = (number, [number], {"n": number}, {str(number): True}, str(number))
            for value in numbers:
                after = json.dumps(redacted(planted((*around, *place), value)))
                assert str(number) not in after, (place, value, after)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_in_a_path_or_an_id_is_gone(number: float) -> None:
    after = json.dumps(redacted({"hook": f"/callers/{int(number)}/heard", "call_sid": f"{number:.0f}"}))
    assert str(int(number)) not in after
    assert "/callers/" in after
    assert "/heard" in after


def test_an_id_that_is_one_stays() -> None:
    sid = "2d7c4c30-1b5e-4a4c-9a3e-123456789012"
    assert redacted({"call_sid": sid, "msgid": "sB3dT2k9"}) == {"call_sid": sid, "msgid": "sB3dT2k9"}


def test_two_names_that_are_blanked_stay_two() -> None:
    assert redacted({"data": {"Zq1": 1, "Zq2": True}}) == {"data": {"xxx": 0, "xxxx": True}}


def test_what_the_machine_noted_itself_stays() -> None:
    gave = {
        "events": [
            {"event": "AckDefaulted", "with": {"msgid": "m", "hook": "/h", "kind": "action", "late": 1.5}}
        ],
        "refusal": {"type": "CallEnded", "text": "cannot send: Zq"},
        "value": 3,
        "socket": None,
    }
    entry = Entry(at=0.0, call="lost", given={"code": 1006, "reason": "Zq"}, gave=gave)
    after = redact_entry(entry)
    assert after.given == {"code": 1006, "reason": "xx"}
    assert after.gave["events"] == gave["events"]
    assert after.gave["refusal"] == {"type": "CallEnded", "text": "x" * 15}
    assert after.gave["value"] == 3
    assert after.gave["socket"] is None


def test_frames_that_are_no_text_are_blanked() -> None:
    entry = Entry(
        at=0.0, call="outgoing", gave={"frames": [{"socket": 1, "frame": '{"type":"ack"}'}, 3, None]}
    )
    assert redact_entry(entry).gave == {"frames": [{"socket": 1, "frame": '{"type":"ack"}'}, 0, None]}
