"""The answer to a webhook: what it holds, what it hands over, and that the official SDK's programs run on it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any

import pytest

import jambonz_core
from jambonz_core import V0_9, WebhookResponse
from jambonz_core.wire.errors import InvalidVerb, UnsupportedByProfile


def greeting() -> WebhookResponse:
    return WebhookResponse().say(text="Hello!").gather(input=["speech"], actionHook="/heard").hangup()


VERBS = [
    {"verb": "say", "text": "Hello!"},
    {"verb": "gather", "input": ["speech"], "actionHook": "/heard"},
    {"verb": "hangup"},
]


def test_it_is_a_list_of_plain_dicts() -> None:
    response = greeting()
    assert response == VERBS
    assert isinstance(response, list)
    assert all(type(verb) is dict for verb in response)
    assert json.loads(json.dumps(response)) == VERBS


def test_bytes_and_content_type_leave_it_as_it_is() -> None:
    response = greeting()
    assert json.loads(response.body) == VERBS
    assert json.loads(response.body) == VERBS
    assert response.media_type == response.content_type == "application/json"


@pytest.mark.parametrize(
    ("hand_over", "empty"),
    [
        (WebhookResponse.to_list, []),
        (WebhookResponse.to_json, []),
        (WebhookResponse.__json__, []),
        (lambda response: json.loads(response.to_json_string()), []),
    ],
    ids=["to_list", "to_json", "__json__", "to_json_string"],
)
def test_handing_over_begins_anew(hand_over: Callable[[WebhookResponse], Any], empty: list[Any]) -> None:
    response = greeting()
    handed = hand_over(response)
    assert handed == VERBS
    assert type(handed) is list
    assert hand_over(response) == empty
    response.pause(length=1)
    assert hand_over(response) == [{"verb": "pause", "length": 1}]
    assert handed == VERBS, "what was handed over does not change any more"


def test_a_wrong_verb_is_not_added() -> None:
    response = WebhookResponse().say(text="Hello!")
    with pytest.raises(InvalidVerb):
        response.gather(input="loudly")  # type: ignore[arg-type]  # the mistake is the point
    assert response == [{"verb": "say", "text": "Hello!"}]


def test_the_profile_decides() -> None:
    with pytest.raises(UnsupportedByProfile):
        WebhookResponse(V0_9).verb("agent", llm={"vendor": "openai", "model": "gpt-4o"})
    assert WebhookResponse(V0_9).stream(url="wss://example.com") == [
        {"verb": "listen", "url": "wss://example.com"}
    ]


def test_nothing_that_is_said_shows_in_the_repr() -> None:
    assert repr(WebhookResponse().say(text="your balance is 12").raw({"verb": "odd"})) == (
        "<WebhookResponse ['say', 'odd']>"
    )


def holds(found: Any, wanted: Any) -> bool:
    """Whether `found` says what `wanted` says. The official SDK adds defaults that nobody asked for."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(holds(found.get(key), wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(holds, found, wanted))
    return bool(found == wanted)


@pytest.mark.parametrize("module", ["jambonz_sdk.webhook", "jambonz_core"])
def test_a_program_for_the_official_sdk_needs_only_another_import(module: str) -> None:
    webhook_response = importlib.import_module(module).WebhookResponse
    # As in the official examples: one object, chained verbs, both ways of handing over, dicts and keywords.
    jambonz = webhook_response()
    jambonz.say(text="Hello! Welcome.").gather(
        input=["speech", "digits"],
        actionHook="/result",
        timeout=10,
        say={"text": "Please say something."},
    )
    assert holds(
        jambonz.to_json(),
        [
            {"verb": "say", "text": "Hello! Welcome."},
            {
                "verb": "gather",
                "input": ["speech", "digits"],
                "actionHook": "/result",
                "timeout": 10,
                "say": {"text": "Please say something."},
            },
        ],
    )
    jambonz.dial({"target": [{"type": "phone", "number": "+15085551212"}]}).hangup()
    assert holds(
        json.loads(jambonz.to_json_string()),
        [{"verb": "dial", "target": [{"type": "phone", "number": "+15085551212"}]}, {"verb": "hangup"}],
    )
    assert jambonz.__json__() == []


def test_it_is_at_the_top_of_the_core() -> None:
    assert jambonz_core.WebhookResponse is WebhookResponse
    webhooks = importlib.import_module("jambonz_core.webhooks")
    for name in webhooks.__all__:
        assert getattr(webhooks, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Webhok'"):
        _ = webhooks.Webhok
