"""Names in Python's spelling, where the official SDK takes them, and hints where a name is in the wrong place."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_core.schemas import BUILTIN
from jambonz_core.validation.checking import check_component
from jambonz_core.validation.verdict import strict
from jambonz_core.validation.wire_names import component_in_wire_names, verb_in_wire_names
from jambonz_core.verbs.builder import make
from jambonz_core.verbs.profiles import V10
from jambonz_core.wire.errors import InvalidVerb

RECOGNIZER = "https://jambonz.org/schema/components/recognizer"


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


@pytest.mark.parametrize("verb", sorted(BUILTIN.verbs))
def test_every_property_of_every_verb_has_its_python_spelling(verb: str) -> None:
    names = strict(BUILTIN).names(strict(BUILTIN).verb(verb))
    for name in names:
        assert verb_in_wire_names(verb, {snake(name): 1}, V10) == {name: 1}
        assert verb_in_wire_names(verb, {name: 1}, V10) == {name: 1}


TURNED: list[tuple[str, dict[Any, Any], dict[Any, Any]]] = [
    (
        "gather",
        {"action_hook": "/x", "say": {"early_media": True}},
        {"actionHook": "/x", "say": {"earlyMedia": True}},
    ),
    (
        "gather",
        {"recognizer": {"deepgram_options": {"smart_formatting": True}}},
        {"recognizer": {"deepgramOptions": {"smartFormatting": True}}},
    ),
    (
        "dial",
        {"target": [{"type": "phone", "number": "1", "confirm_hook": "/c"}], "caller_id": "2"},
        {"target": [{"type": "phone", "number": "1", "confirmHook": "/c"}], "callerId": "2"},
    ),
    ("dial", {"headers": {"call_sid": "x", "X-y_z": "1"}}, {"headers": {"call_sid": "x", "X-y_z": "1"}}),
    ("tag", {"data": {"action_hook": "my own"}}, {"data": {"action_hook": "my own"}}),
    ("nosuchverb", {"action_hook": "/x"}, {"action_hook": "/x"}),
    ("say", {"no_such_name": 1}, {"no_such_name": 1}),
    # Both names are the wire's: the vendor's own schema has one, that of all vendors the other.
    (
        "elevenlabs_s2s",
        {"auth": {"api_key": "k", "agent_id": "a"}},
        {"auth": {"api_key": "k", "agent_id": "a"}},
    ),
    ("openai_s2s", {"auth": {"api_key": "k"}}, {"auth": {"apiKey": "k"}}),
    ("say", {1: "x", "text": ["a", {"b_c": 1}]}, {1: "x", "text": ["a", {"b_c": 1}]}),
    ("config", {"tts_stream": {"enable": True}}, {"ttsStream": {"enable": True}}),
]


@pytest.mark.parametrize(
    ("verb", "given", "turned"), TURNED, ids=[str(position) for position in range(len(TURNED))]
)
def test_names_are_turned_where_the_schema_knows_them(
    verb: str, given: dict[str, Any], turned: dict[str, Any]
) -> None:
    assert verb_in_wire_names(verb, given, V10) == turned


def test_one_property_in_two_spellings_is_refused() -> None:
    with pytest.raises(InvalidVerb, match=r"gather: numDigits is given twice"):
        verb_in_wire_names("gather", {"num_digits": 1, "numDigits": 2}, V10)


def test_what_stands_inside_a_verb_is_turned_and_checked_alone() -> None:
    recognizer = component_in_wire_names(RECOGNIZER, {"vendor": "google", "alt_languages": ["de"]}, V10)
    assert recognizer == {"vendor": "google", "altLanguages": ["de"]}
    check_component(RECOGNIZER, recognizer, V10)
    with pytest.raises(InvalidVerb, match=r'recognizer: langage .* "language"'):
        check_component(RECOGNIZER, {"vendor": "google", "langage": "de"}, V10)
    with pytest.raises(InvalidVerb, match="vendor is missing"):
        check_component(RECOGNIZER, {}, V10)


BELONGS: list[tuple[str, dict[str, Any], str]] = [
    ("say", {"text": "x", "language": "de"}, 'It belongs into synthesizer: synthesizer={"language": …}.'),
    ("say", {"text": "x", "voice": "v"}, 'It belongs into synthesizer: synthesizer={"voice": …}.'),
    ("gather", {"input": ["speech"], "text": "x"}, 'It belongs into say: say={"text": …}.'),
    ("dial", {"target": [], "number": "1"}, 'It belongs into target: target=[{"number": …}].'),
    (
        "gather",
        {"input": ["speech"], "method": "GET"},
        'It belongs into actionHook or partialResultHook: actionHook={"method": …}.',
    ),
    # Where it is misspelt, the spelling is the hint.
    ("say", {"txt": "x"}, 'Did you mean "text"?'),
]


@pytest.mark.parametrize(("verb", "fields", "hint"), BELONGS, ids=[hint for _, _, hint in BELONGS])
def test_a_property_in_the_wrong_place_is_told_where_it_belongs(
    verb: str, fields: dict[str, Any], hint: str
) -> None:
    with pytest.raises(InvalidVerb) as info:
        getattr(make, verb)(**fields)
    assert info.value.hint == hint


def test_what_nobody_can_turn_is_given_back_to_be_refused_by_who_checks_it() -> None:
    endless: dict[str, Any] = {}
    endless["say"] = endless
    assert verb_in_wire_names("gather", endless, V10) is endless
    assert verb_in_wire_names("gather", 5, V10) == 5
    assert verb_in_wire_names("gather", None, V10) is None
