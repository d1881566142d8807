"""What is told about an invalid verb: where, what was found, what is allowed, what was probably meant."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambonz_core import V0_9, V10, VerbBuilder
from jambonz_core.schemas import BUILTIN
from jambonz_core.validation import find_problems
from jambonz_core.validation.explain import explain, quote
from jambonz_core.validation.spelling import nearest
from jambonz_core.wire.errors import InvalidVerb, LocalProtocolError, UnsupportedByProfile

REASON = "Servers end a call over a property that they do not know."


def error_of(verb: str, **fields: Any) -> InvalidVerb:
    with pytest.raises(InvalidVerb) as caught:
        VerbBuilder().verb(verb, **fields)
    assert caught.value.verb == verb
    return caught.value


@pytest.mark.parametrize(
    ("verb", "fields", "message"),
    [
        ("say", {"txt": "x"}, f'txt is not a known property. Did you mean "text"? {REASON}'),
        (
            "gather",
            {"action_hook": "/x"},
            f'action_hook is not a known property. Did you mean "actionHook"? {REASON}',
        ),
        ("gather", {"say": {"txt": "x"}}, f'say.txt is not a known property. Did you mean "text"? {REASON}'),
        ("pause", {"length": 1, "qqq": 1}, f"qqq is not a known property; allowed: id, length. {REASON}"),
        # What is given already cannot have been meant again.
        (
            "pause",
            {"length": 1, "lengthh": 2},
            f"lengthh is not a known property; allowed: id, length. {REASON}",
        ),
        ("play", {"uri": "x"}, f'uri is not a known property. Did you mean "url"? (1 more) {REASON}'),
        ("play", {}, "url is missing."),
        ("dial", {"target": [{}]}, "target[0].type is missing."),
        (
            "pause",
            {"length": "3"},
            'length is "3" (a string); allowed: a number. Write the number without quotes.',
        ),
        ("pause", {"length": "three"}, 'length is "three" (a string); allowed: a number.'),
        ("pause", {"length": True}, "length is true; allowed: a number."),
        (
            "say",
            {"stream": "True"},
            'stream is "True" (a string); allowed: true or false. Write it without quotes.',
        ),
        (
            "gather",
            {"input": "speech"},
            'input is "speech" (a string); allowed: an array. Put it in brackets.',
        ),
        ("say", {"text": 5}, "text is 5 (a number); allowed: a string or an array."),
        ("say", {"text": ["a", 5]}, "text[1] is 5 (a number); allowed: a string."),
        ("say", {"synthesizer": "elevenlabs"}, 'synthesizer is "elevenlabs" (a string); allowed: an object.'),
        (
            "gather",
            {"input": ["speach"]},
            'input[0] is "speach" (a string); allowed: "speech", "digits". Did you mean "speech"?',
        ),
        ("gather", {"input": [None]}, "input[0] is null; allowed: a string. Leave the property out instead."),
        ("transcribe", {"channel": 3}, "channel is 3 (a number); allowed: 1, 2."),
        ("dial", {"target": []}, "target is empty; allowed: a length of at least 1."),
        (
            "nova_s2s",
            {"auth": {"accessKeyId": "", "secretAccessKey": "x"}},
            "auth.accessKeyId is empty; allowed: a length of at least 1.",
        ),
        (
            "gather",
            {"recognizer": {"vendor": "x", "vad": {"mode": 9}}},
            "recognizer.vad.mode is 9 (a number); allowed: at most 3.",
        ),
        (
            "gather",
            {"recognizer": {"vendor": "x", "minConfidence": -1}},
            "recognizer.minConfidence is -1 (a number); allowed: at least 0.",
        ),
        (
            "gather",
            {
                "recognizer": {
                    "vendor": "zoom",
                    "zoomOptions": {"turn_detection": {"silence_duration_ms": 200}},
                }
            },
            "recognizer.zoomOptions.turn_detection.silence_duration_ms is 200 (a number); allowed: more than 200.",
        ),
        (
            "gather",
            {"recognizer": {"vendor": "g", "gradiumOptions": {"keywords": ["x"] * 501}}},
            "recognizer.gradiumOptions.keywords is 501 long; allowed: a length of at most 500.",
        ),
        (
            "dialogflow",
            {"project": "p", "credentials": "c", "lang": "en", "sessionId": "a b"},
            'sessionId is "a b" (a string); allowed: what matches ^[A-Za-z0-9_-]{1,200}$.',
        ),
        (
            "gptlive_s2s",
            {"auth": {"apiKey": "k"}, "llmOptions": {"session_update": {"model": "m"}}},
            'llmOptions.session_update.model is "m" (a string). It must not be given here.',
        ),
        (
            "gather",
            {"actionHook": {"method": "PUT", "url": "/x"}},
            'actionHook.method is "PUT" (a string); allowed: "GET", "POST".',
        ),
        ("gather", {"actionHook": 5}, "actionHook is 5 (a number); allowed: a string or an object."),
        ("agent", {"toolFiller": True}, "toolFiller is true; allowed: false."),
        ("agent", {"toolFiller": 5}, "toolFiller is 5 (a number); allowed: false or an object."),
        (
            "agent",
            {"noiseIsolation": "krsp"},
            'noiseIsolation is "krsp" (a string); allowed: "krisp", "rnnoise", "kugelaudio". Did you mean "krisp"?',
        ),
        (
            "agent",
            {"noiseIsolation": 5},
            'noiseIsolation is 5 (a number); allowed: "krisp" or "rnnoise" or "kugelaudio" or an object.',
        ),
        (
            "agent",
            {"autoLockLanguage": []},
            'autoLockLanguage is an array; allowed: true or false or "always".',
        ),
        (
            "voicelive_s2s",
            {
                "connectOptions": {"host": "h"},
                "auth": {},
                "llmOptions": {"session_update": {}, "response_create": {}},
            },
            "auth.apiKey is missing.",
        ),
        (
            "transfer",
            {"mode": "blind", "target": [{"type": "phone"}], "disposition": {"onBusy": "voicemail"}},
            "disposition.voicemailUrl is missing.",
        ),
        ("conference", {"name": "x", "verb_": 1}, "verb_ is not a known property"),
    ],
)
def test_messages(verb: str, fields: dict[str, Any], message: str) -> None:
    assert str(error_of(verb, **fields)).startswith(f"{verb}: {message}")


def test_the_parts_of_an_error() -> None:
    error = error_of("dial", target=[{"type": "phon"}])
    assert isinstance(error, LocalProtocolError)
    assert (error.verb, error.path) == ("dial", "target[0].type")
    assert (error.found, error.hint) == ('"phon" (a string)', 'Did you mean "phone"?')
    assert error.allowed == '"phone", "sip", "user", "teams"'


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("llm", {"vendor": "openai", "llmOptions": {}, "auth": {"apiKey": 12345}}),
        ("nova_s2s", {"auth": {"accessKeyId": "x", "secretAccessKey": 12345}}),
        ("gather", {"recognizer": {"vendor": "aws", "awsOptions": {"securityToken": 12345}}}),
    ],
)
def test_a_secret_is_told_by_its_kind_only(verb: str, fields: dict[str, Any]) -> None:
    error = error_of(verb, **fields)
    assert "12345" not in f"{error} {error.found} {error.allowed} {error.hint}"
    assert error.found == "a number"


def test_long_values_are_shortened() -> None:
    assert quote("x" * 100) == '"' + "x" * 58 + "…"
    assert quote({1, 2}) == '"{1, 2}"'


def test_keywords_that_no_schema_of_ours_has_are_told_in_their_own_words() -> None:
    schema = {"type": "object", "properties": {"n": {"multipleOf": 2}}}
    [finding] = explain({"n": 3}, schema, {}, lambda _: [])
    assert str(finding) == "n is 3 (a number). multipleOf: 3 is not a multiple of 2"


def test_a_schema_that_refuses_everything() -> None:
    [finding] = explain(3, False, {}, lambda _: [])
    assert finding.rank == 3
    with pytest.raises(UnsupportedByProfile, match=r"roots.*must not be given here"):
        VerbBuilder(V0_9).llm(vendor="openai", llmOptions={}, mcpServers=[{"url": "u", "roots": [{}]}])


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("txt", ["text", "loop"], "text"),
        ("ACTIONHOOK", ["actionHook"], "actionHook"),
        ("sip_decline", ["sip:decline", "sip:refer"], "sip:decline"),
        ("qqq", ["text", "loop"], None),
        ("x", [], None),
    ],
)
def test_nearest_spelling(name: str, known: list[str], meant: str | None) -> None:
    assert nearest(name, known) == meant


@pytest.mark.parametrize("verb", sorted(set(BUILTIN.verbs) - {"lex", "rasa"}))
def test_every_refusal_is_explained(verb: str, maker: Any) -> None:
    """Whatever is broken, there is a message with a path, and no other exception."""

    @settings(max_examples=20)
    @given(maker.broken(BUILTIN.verbs[verb]))
    def explained(document: Any) -> None:
        if not isinstance(document, dict):
            return
        for profile in (V10, V10.lenient()):
            for problem in find_problems([{**document, "verb": verb}], profile):
                assert type(problem) is InvalidVerb
                assert problem.path
                assert str(problem).startswith(f"{verb}: {problem.path}")

    explained()


@given(st.text())
def test_no_name_is_too_strange_to_be_refused(name: str) -> None:
    if name in BUILTIN.verbs or name.replace("_", ":", 1) in BUILTIN.verbs:
        return
    with pytest.raises(InvalidVerb):
        VerbBuilder().verb(name)
