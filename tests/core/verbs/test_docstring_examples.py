"""The examples in the docstrings of verbs, validation, schemas and profiles are true."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = [
    "jambonz_core.verbs.profiles",
    "jambonz_core.wire.plain",
    "jambonz_core.schemas.schema_set",
    "jambonz_core.validation.documents",
    "jambonz_core.validation.spelling",
    "jambonz_core.verbs.assembling",
    "jambonz_core.verbs.builder",
    "jambonz_core.verbs.methods",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    module = import_module(name)
    assert doctest.testmod(module, raise_on_error=False).failed == 0
