"""Arguments of tools against schemas that others have written."""

from __future__ import annotations

import pytest

from jambonz_core.validation.argument_schemas import argument_check
from jambonz_core.wire.errors import LocalProtocolError

SCHEMA = {
    "type": "object",
    "required": ["city"],
    "properties": {"city": {"type": "string"}, "at": {"$ref": "#/$defs/at"}},
    "$defs": {"at": {"type": "integer"}},
}


def test_arguments_are_checked() -> None:
    check = argument_check(SCHEMA)
    assert check({"city": "Oslo", "at": 3}) == ""
    assert check({}) == "'city' is a required property"
    assert check({"city": 3}) == "3 is not of type 'string' at $.city"
    assert check({"city": "Oslo", "at": "x"}) == "'x' is not of type 'integer' at $.at"


def test_older_drafts_are_known() -> None:
    draft7 = {"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "string"}]}
    assert argument_check(draft7)([3]) != ""


def test_what_is_no_schema_is_refused() -> None:
    with pytest.raises(LocalProtocolError, match="this is no JSON Schema"):
        argument_check({"type": "nothing"})


def test_no_reference_is_followed() -> None:
    check = argument_check({"$ref": "https://example.com/schema"})
    assert check({}).startswith("the arguments cannot be checked")
