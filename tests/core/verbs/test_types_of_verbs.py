"""What a type checker says about verbs: correct calls pass, each mistake below is an error.

The file is checked by mypy with the rest of the tests, and ``warn_unused_ignores`` turns an ignore that is not needed
into an error. So every ignore here is a test: remove the mistake, or let the types grow loose, and mypy complains.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Required, assert_type, get_origin, get_type_hints, is_typeddict

import pytest

from jambonz_core import Verb, VerbBuilder, make
from jambonz_core.schemas import BUILTIN
from jambonz_core.validation.strict import StrictSchemas
from jambonz_core.wire.errors import InvalidVerb

if TYPE_CHECKING:
    from jambonz_core.verbs.types import Recognizer, SayVerb


def test_what_is_right_passes() -> None:
    recognizer: Recognizer = {"vendor": "deepgram", "deepgramOptions": {"smartFormatting": True}}
    loose: Mapping[str, Any] = {"vendor": "deepgram"}
    say: SayVerb = {"text": "Hi"}
    builder = VerbBuilder().say(say).gather(input=["speech", "digits"], timeout=5, recognizer=recognizer)
    assert_type(builder, VerbBuilder)
    builder.gather(input=("digits",), recognizer=loose, actionHook={"url": "/x", "method": "GET"})
    builder.message(to="1", from_="2").dial(target=[{"type": "phone", "number": "1"}])
    assert_type(make.say(text=["a", "b"]), Verb)
    assert len(builder) == 5


@pytest.mark.parametrize("verb", sorted(BUILTIN.verbs))
def test_the_typed_dict_of_a_verb_has_its_properties(verb: str) -> None:
    from jambonz_core.verbs import types

    shape = getattr(types, f"{''.join(part[:1].upper() + part[1:] for part in re.split('[:_]', verb))}Verb")
    assert is_typeddict(shape)
    strict = StrictSchemas(BUILTIN)
    known = set(strict.names({"$ref": BUILTIN.verbs[verb]}))
    hints = get_type_hints(shape, include_extras=True)
    assert set(hints) == known
    assert all(get_origin(hints[name]) is Required for name in BUILTIN.verb(verb).get("required", ()))


def test_a_misspelt_keyword() -> None:
    with pytest.raises(InvalidVerb):
        VerbBuilder().say(txt="Hi")  # type: ignore[call-arg]  # the mistake under test
    with pytest.raises(InvalidVerb):
        make.gather(numDigit=3)  # type: ignore[call-arg]  # the mistake under test


def test_a_value_of_the_wrong_type() -> None:
    with pytest.raises(InvalidVerb):
        VerbBuilder().pause(length="3")  # type: ignore[arg-type]  # the mistake under test


def test_a_value_that_is_not_in_the_list() -> None:
    with pytest.raises(InvalidVerb):
        VerbBuilder().gather(input=["speach"])  # type: ignore[list-item]  # the mistake under test


def test_a_positional_argument_that_is_no_dict() -> None:
    with pytest.raises(InvalidVerb):
        VerbBuilder().say("Hi")  # type: ignore[arg-type]  # the mistake under test


def test_a_method_that_does_not_exist() -> None:
    with pytest.raises(AttributeError):
        VerbBuilder().sya(text="Hi")  # type: ignore[attr-defined]  # the mistake under test


def test_a_misspelt_name_in_a_typed_dict() -> None:
    recognizer: Recognizer = {"vendor": "deepgram", "hint": []}  # type: ignore[typeddict-unknown-key]  # the mistake
    with pytest.raises(InvalidVerb):
        VerbBuilder().gather(recognizer=recognizer)


def test_what_stands_inside_a_verb_is_a_plain_dict() -> None:
    from jambonz_core.verbs.types import Synthesizer

    voice = Synthesizer(vendor="google", language="en-GB")
    assert type(voice) is dict
    assert VerbBuilder().say(text="Hi", synthesizer=voice).build() == [
        {"verb": "say", "text": "Hi", "synthesizer": {"vendor": "google", "language": "en-GB"}}
    ]


def test_the_types_that_applications_import() -> None:
    import jambonz_anyio.components
    import jambonz_anyio.payloads
    from jambonz_core.verbs import payloads, types

    assert {each for each in vars(types) if is_typeddict(getattr(types, each)) and each[0] != "_"} == set(
        types.__all__
    )
    assert set(types.__all__) <= set(vars(jambonz_anyio.components))
    assert set(payloads.__all__) <= set(vars(jambonz_anyio.payloads))
    assert {each.__name__ for each in payloads.CALLBACKS.values()} <= set(payloads.__all__)
