"""Every generated method, in each of the ways a verb can be given."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from jambonz_core import V0_9, VerbBuilder
from jambonz_core.schemas import BUILTIN
from jambonz_core.verbs.declared import VerbMethods
from jambonz_core.verbs.profiles import Profile
from jambonz_core.wire.errors import InvalidVerb


class Recording(VerbMethods):
    """An owner of verb methods that keeps what they are given."""

    _profile = Profile("v10")

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, Any]]] = []

    def _add(self, verb: str, given: Any, fields: dict[str, Any]) -> None:
        self.seen.append((verb, fields))


def wire_name(method: str) -> str:
    recording = Recording()
    getattr(recording, method)()
    return recording.seen[0][0]


METHODS = {name: wire_name(name) for name in vars(VerbMethods) if not name.startswith("_")}
"""The verb on the wire behind each method."""

OPEN_SERVER_ONLY = {"lex", "rasa"}
SHORTCUTS = {"microsoft_s2s", "voiceagent_s2s"}


def profile_for(verb: str) -> Profile:
    return V0_9 if verb in OPEN_SERVER_ONLY else Profile("v10")


def example_of(verb: str) -> dict[str, Any]:
    """The first example of a verb's schema, without its name."""
    schema = BUILTIN.verb(verb)
    example: dict[str, Any] = schema["examples"][0]
    return {name: value for name, value in example.items() if name != "verb"}


def keywords(method: str) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(getattr(VerbMethods, method)).parameters
    return {name: each for name, each in parameters.items() if each.kind is each.KEYWORD_ONLY}


def test_each_verb_has_one_method() -> None:
    assert sorted(METHODS.values()) == sorted(BUILTIN.verbs)


@pytest.mark.parametrize(("method", "verb"), METHODS.items())
def test_keywords_and_dict_build_the_same(method: str, verb: str) -> None:
    fields = example_of(verb)
    as_keywords = {f"{name}_" if name == "from" else name: value for name, value in fields.items()}
    profile = profile_for(verb)
    by_keywords = getattr(VerbBuilder(profile), method)(**as_keywords).build()
    by_dict = getattr(VerbBuilder(profile), method)(fields).build()
    by_name = VerbBuilder(profile).verb(verb, **as_keywords).build()
    assert by_keywords == by_dict == by_name
    if verb not in SHORTCUTS | OPEN_SERVER_ONLY:
        assert by_keywords == [{"verb": verb, **fields}]


@pytest.mark.parametrize(("method", "verb"), METHODS.items())
def test_a_keyword_for_each_property(method: str, verb: str) -> None:
    """Each keyword reaches the wire under the wire's name, and one that is None does not."""
    given = {name: object() for name in keywords(method)}
    recording = Recording()
    getattr(recording, method)(**given)
    getattr(recording, method)()
    assert recording.seen == [
        (verb, {("from" if name == "from_" else name): value for name, value in given.items()}),
        (verb, {}),
    ]
    example = {f"{name}_" if name == "from" else name: value for name, value in example_of(verb).items()}
    with_nones = getattr(VerbBuilder(profile_for(verb)), method)(**{**dict.fromkeys(given), **example})
    assert with_nones.build() == getattr(VerbBuilder(profile_for(verb)), method)(**example).build()


def test_digits_need_no_name() -> None:
    assert VerbBuilder().dtmf("1").dtmf("2", duration=300).build() == [
        {"verb": "dtmf", "dtmf": "1"},
        {"verb": "dtmf", "dtmf": "2", "duration": 300},
    ]
    with pytest.raises(InvalidVerb, match="not a str"):
        VerbBuilder().dtmf("1", dtmf="2")
    with pytest.raises(InvalidVerb, match="not a str"):
        VerbBuilder().message("Hi", to="1", from_="2")  # type: ignore[arg-type]  # the mistake under test


@pytest.mark.parametrize(("method", "verb"), METHODS.items())
def test_a_misspelt_keyword_is_refused_with_the_right_one(method: str, verb: str) -> None:
    name = list(keywords(method))[-1]
    builder = VerbBuilder(profile_for(verb))
    with pytest.raises(InvalidVerb) as caught:
        getattr(builder, method)(
            **{f"{name}x": None if name == "id" else "1"}, **({"idd": "1"} if name == "id" else {})
        )
    assert f'Did you mean "{name}"?' in str(caught.value)
    assert len(builder) == 0


@pytest.mark.parametrize(("method", "verb"), METHODS.items())
def test_docstrings_name_every_keyword(method: str, verb: str) -> None:
    doc = inspect.getdoc(getattr(VerbMethods, method)) or ""  # Python 3.13 has taken the indentation off
    assert "On servers from" in doc
    for name in keywords(method):
        assert f"\n    {name}" in doc
