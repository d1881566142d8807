"""The compiled verdict and the library that explains failures say the same, and closing a schema only takes away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambonz_core.schemas import BUILTIN
from jambonz_core.validation.verdict import strict, strict_verdict, verdict

pytestmark = pytest.mark.untraced

OTHERS = sorted(set(BUILTIN) - set(BUILTIN.verbs.values()))


@pytest.fixture(scope="module")
def reference(make_reference: Any) -> Callable[[Any], Any]:
    found: Callable[[Any], Any] = make_reference(BUILTIN)
    return found


@pytest.fixture(scope="module")
def strict_reference(make_reference: Any) -> Callable[[Any], Any]:
    found: Callable[[Any], Any] = make_reference(strict(BUILTIN))
    return found


@pytest.mark.parametrize("verb", sorted(BUILTIN.verbs))
def test_verbs(verb: str, maker: Any, reference: Any, strict_reference: Any) -> None:
    schema = BUILTIN.verb(verb)
    explaining = reference(schema)
    closed = strict_reference(strict(BUILTIN).verb(verb))
    seen = set()

    @settings(max_examples=40)
    @given(maker.either(BUILTIN.verbs[verb]))
    def agree(document: Any) -> None:
        valid = verdict(BUILTIN, BUILTIN.verbs[verb])(document)
        assert valid == explaining.is_valid(document)
        strictly = strict_verdict(BUILTIN, verb)(document)
        assert strictly == closed.is_valid(document)
        assert valid or not strictly
        seen.add(valid)

    agree()
    # Documents that are all invalid would prove nothing.
    assert seen == {True, False}


def test_everything_else(maker: Any, reference: Any) -> None:
    @settings(max_examples=300)
    @given(st.sampled_from(OTHERS).flatmap(lambda each: st.tuples(st.just(each), maker.either(each))))
    def agree(case: tuple[str, Any]) -> None:
        identity, document = case
        assert verdict(BUILTIN, identity)(document) == reference(BUILTIN[identity]).is_valid(document)

    agree()


@pytest.mark.parametrize("identity", sorted(BUILTIN))
def test_examples_of_the_schemas_pass_both_forms(identity: str) -> None:
    verb = identity.rpartition("/verbs/")[2] if identity in BUILTIN.verbs.values() else None
    for example in BUILTIN[identity].get("examples", ()):
        assert verdict(BUILTIN, identity)(example)
        if verb is not None:
            assert strict_verdict(BUILTIN, verb)(example), example
