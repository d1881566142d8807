"""What the answer to a hook can do: from the verb that announced it, else from the payload's shape."""

from __future__ import annotations

import doctest
import json
from pathlib import Path
from typing import Any

import pytest

from jambonz_core.call import HookKind, hook_roles
from jambonz_core.call.hook_roles import (
    BY_PROPERTY,
    BY_VERB,
    HOOK_PATHS,
    SYNONYMS,
    HookRoles,
    kind_by_shape,
    verb_name,
)
from jambonz_core.wire.message_reading import hook_path

K = HookKind
SCHEMAS = Path(__file__).parents[3] / "schemas"


def learn(roles: HookRoles, *verbs: dict[str, Any]) -> None:
    for verb in verbs:
        roles.learn(verb, verb_name(verb))


def kinds(*verbs: dict[str, Any]) -> dict[str, HookKind]:
    roles = HookRoles()
    learn(roles, *verbs)
    return roles.of


def test_the_examples_are_right() -> None:
    assert doctest.testmod(hook_roles).failed == 0


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ({"verb": "gather", "actionHook": "/a", "partialResultHook": "/p"}, {"/a": K.ACTION, "/p": K.IGNORED}),
        ({"verb": "play", "url": "x", "actionHook": {"url": "/a", "method": "POST"}}, {"/a": K.ACTION}),
        ({"verb": "llm", "actionHook": "/a", "toolHook": "/t", "eventHook": "/e"}, {"/a": K.FATAL, "/t": K.IGNORED, "/e": K.IGNORED}),
        ({"verb": "openai_s2s", "actionHook": "/a"}, {"/a": K.FATAL}),
        ({"verb": "agent", "actionHook": "/a"}, {"/a": K.FATAL}),
        ({"verb": "redirect", "actionHook": "/a", "statusHook": "/s"}, {"/a": K.FATAL, "/s": K.IGNORED}),
        ({"verb": "dialogflow", "actionHook": "/a", "eventHook": "/e", "toolHook": "/t"}, {"/a": K.ACTION, "/e": K.ACTION, "/t": K.PLAYED}),
        ({"verb": "sip:refer", "actionHook": "/a", "eventHook": "/e"}, {"/a": K.ACTION, "/e": K.IGNORED}),
        ({"verb": "conference", "waitHook": "/w", "enterHook": "/e", "statusHook": "/s"}, {"/w": K.PLAYED, "/e": K.PLAYED, "/s": K.IGNORED}),
        ({"verb": "enqueue", "waitHook": "/w", "actionHook": "/a"}, {"/w": K.PLAYED, "/a": K.ACTION}),
        ({"verb": "transcribe", "transcriptionHook": "/t", "translationHook": "/l"}, {"/t": K.ACTION, "/l": K.ACTION}),
        ({"verb": "config", "bargeIn": {"actionHook": "/b"}, "referHook": "/r"}, {"/b": K.ACTION, "/r": K.ACTION}),
        ({"verb": "config", "transcribe": {"transcriptionHook": "/t"}}, {"/t": K.ACTION}),
        ({"verb": "config", "amd": {"actionHook": "/amd"}}, {"/amd": K.ACTION}),
        ({"verb": "config", "sipRequestWithinDialogHook": "/s"}, {"/s": K.ACTION}),
        ({"verb": "dial", "dtmfHook": "/d", "confirmHook": "/c", "onHoldHook": "/h", "referHook": "/r"}, {"/d": K.IGNORED, "/c": K.DIAL_CONFIRM, "/h": K.PLAYED, "/r": K.ACTION}),
        ({"verb": "dial", "target": [{"type": "phone", "confirmHook": "/c"}, "odd"]}, {"/c": K.DIAL_CONFIRM}),
        ({"verb": "dial", "amd": {"actionHook": "/amd"}}, {"/amd": K.ACTION}),
        ({"verb": "dial", "listen": {"actionHook": "/l", "transcribe": {"transcriptionHook": "/t"}}}, {"/l": K.IGNORED, "/t": K.IGNORED}),
        ({"verb": "dial", "transcribe": {"transcriptionHook": "/t"}}, {"/t": K.IGNORED}),
        ({"verb": "listen", "actionHook": "/a", "transcribe": {"transcriptionHook": "/t"}}, {"/a": K.ACTION, "/t": K.IGNORED}),
        ({"verb": "stream", "actionHook": "/a", "transcribe": {"transcriptionHook": "/t"}}, {"/a": K.ACTION, "/t": K.IGNORED}),
        ({"verb": "agent", "handoff": {"actionHook": "/h"}}, {"/h": K.ACTION}),
    ],
)  # fmt: skip
def test_a_property_of_a_verb_announces_a_kind(verb: dict[str, Any], expected: dict[str, HookKind]) -> None:
    assert kinds(verb) == expected


def test_the_answer_to_a_verb_on_another_leg_replaces_nothing_of_the_call() -> None:
    roles = HookRoles()
    listen = {"listen": {"actionHook": "/unheard"}}
    for verb in (
        {"verb": "gather", "actionHook": "/pressed", "partialResultHook": "/part"},
        {"verb": "dial", **listen},
    ):
        roles.learn(verb, str(verb["verb"]), elsewhere=True)
    roles.learn({"verb": "config", "bargeIn": {"actionHook": "/within"}}, "config", elsewhere=True)
    assert roles.of == {
        "/pressed": K.PLAYED,
        "/part": K.IGNORED,
        "/unheard": K.IGNORED,
        "/within": K.PLAYED,
    }


def test_metadata_announces_nothing() -> None:
    verb = {"verb": "listen", "url": "x", "metadata": {"actionHook": "/m", "bargeIn": {"actionHook": "/n"}}}
    assert kinds(verb, {"verb": "tag", "data": {"actionHook": "/t"}}, {"verb": 5, "x": 1}) == {}


@pytest.mark.parametrize("odd", [None, 5, "", [], {}, {"url": 5}, {"method": "POST"}])
def test_an_odd_hook_announces_nothing(odd: Any) -> None:
    assert kinds({"verb": "gather", "actionHook": odd, "bargeIn": odd}) == {}


def test_a_path_with_two_roles_counts_as_the_stronger_one() -> None:
    weak_to_strong = [
        {"verb": "gather", "partialResultHook": "/x"},
        {"verb": "enqueue", "waitHook": "/x"},
        {"verb": "dial", "confirmHook": "/x"},
        {"verb": "llm", "actionHook": "/x"},
        {"verb": "gather", "actionHook": "/x"},
    ]
    expected = [K.IGNORED, K.PLAYED, K.DIAL_CONFIRM, K.FATAL, K.ACTION]
    for count in range(1, 6):
        assert kinds(*weak_to_strong[:count]) == {"/x": expected[count - 1]}
        assert kinds(*reversed(weak_to_strong[:count])) == {"/x": expected[count - 1]}


def test_a_path_that_comes_back_as_a_url_is_recognised() -> None:
    roles = HookRoles()
    learn(roles, {"verb": "gather", "actionHook": "/a?x=1"}, {"verb": "play", "actionHook": "wss://h/b"})
    assert roles.kind_of("wss://host:3000/a?x=1", {}) is K.ACTION
    assert roles.kind_of("wss://h/b", {}) is K.ACTION
    assert roles.kind_of("wss://host/other", {}) is K.UNKNOWN
    assert roles.kind_of("wss://host", {}) is K.UNKNOWN
    assert roles.kind_of("", {}) is K.UNKNOWN


def test_the_oldest_path_is_forgotten() -> None:
    roles = HookRoles()
    for number in range(HOOK_PATHS):
        roles.learn_path(f"/{number}", K.ACTION)
    roles.learn_path("/0", K.ACTION)
    roles.learn_path("/new", K.ACTION)
    assert roles.kind_of("/0", {}) is K.ACTION
    assert roles.kind_of("/1", {}) is K.UNKNOWN
    assert len(roles.of) == HOOK_PATHS


def test_a_path_that_is_named_again_is_the_newest() -> None:
    roles = HookRoles()
    for path in ("/a", "/a", "/b", {"url": "/b"}, "/a"):
        roles.learn_path(path, K.ACTION)
    assert list(roles.of) == ["/b", "/a"]
    roles.learn_path("/a", K.PLAYED)
    roles.learn_path("/b", K.IGNORED)
    assert list(roles.of.items()) == [("/a", K.ACTION), ("/b", K.ACTION)]


def test_what_was_learned_can_be_put_back() -> None:
    roles = HookRoles()
    learn(roles, {"verb": "gather", "actionHook": "/a"}, {"verb": "enqueue", "waitHook": "/w"})
    again = HookRoles.restore(roles.of)
    assert again.of == roles.of
    assert again.kind_of("/w", {}) is K.PLAYED


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"reason": "speechDetected", "speech": {"is_final": True}}, K.ACTION),
        ({"speech": {"is_final": False}}, K.IGNORED),
        ({"speech": {"is_final": True}}, K.ACTION),
        ({"speech": {}}, K.ACTION),
        ({"speech": "odd"}, K.UNKNOWN),
        ({"type": "amd_human_detected"}, K.ACTION),
        ({"type": 5}, K.UNKNOWN),
        ({"dial_call_status": "completed"}, K.ACTION),
        ({"queue_result": "leave", "queue_sid": "q"}, K.ACTION),
        ({"queue_position": 1, "queue_size": 1}, K.PLAYED),
        ({"completion_reason": "normal conversation end"}, K.FATAL),
        ({"event": "join", "conference_sid": "c"}, K.IGNORED),
        ({"dtmf": "5"}, K.IGNORED),
        ({"sip_method": "INVITE", "event": "hold"}, K.ACTION),
        ({"hold_detail": {}}, K.PLAYED),
        ({"call_sid": "c1"}, K.UNKNOWN),
    ],
)
def test_the_shape_of_a_payload_is_asked_second(data: dict[str, Any], kind: HookKind) -> None:
    assert kind_by_shape(data) is kind
    assert HookRoles().kind_of("/unknown", data) is kind
    roles = HookRoles()
    learn(roles, {"verb": "enqueue", "waitHook": "/known"})
    assert roles.kind_of("/known", data) is K.PLAYED


def test_every_hook_property_of_the_schemas_is_known() -> None:
    found: set[str] = set()

    def walk(schema: Any) -> None:
        if isinstance(schema, dict):
            properties = schema.get("properties", {})
            if isinstance(properties, dict):
                found.update(name for name in properties if name.endswith("Hook"))
            for part in schema.values():
                walk(part)
        elif isinstance(schema, list):
            for part in schema:
                walk(part)

    for file in (*SCHEMAS.glob("verbs/*.json"), *SCHEMAS.glob("components/*.json")):
        walk(json.loads(file.read_text(encoding="utf-8")))
    assert len(found) > 10
    assert found <= set(BY_PROPERTY), "a new hook property needs a kind"


def test_a_verb_of_its_own_refines_a_known_property() -> None:
    assert {name for _, name in BY_VERB} <= set(BY_PROPERTY)
    assert {verb for verb, _ in BY_VERB}.isdisjoint(SYNONYMS)


@pytest.mark.parametrize("name", SYNONYMS)
def test_synonyms_are_resolved(name: str) -> None:
    assert verb_name({"verb": name}) == SYNONYMS[name]
    assert hook_path(None) == ""
