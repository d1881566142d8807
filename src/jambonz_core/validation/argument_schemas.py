"""Arguments of a tool against the JSON Schema that somebody else has given it, such as an MCP server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jambonz_core.wire.errors import LocalProtocolError

ArgumentCheck = Callable[[Any], str]
"""What is wrong with arguments, in words for a model; empty when nothing is."""


def argument_check(schema: Mapping[str, Any]) -> ArgumentCheck:
    """The check for one schema. References to other documents are never followed.

    Raises `LocalProtocolError` for what is no schema.

    >>> argument_check({"type": "object", "required": ["city"]})({})
    "'city' is a required property"
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError, best_match
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    kind = validator_for(schema, default=Draft202012Validator)
    try:
        kind.check_schema(dict(schema))
    except SchemaError as error:
        raise LocalProtocolError(f"this is no JSON Schema: {error.message}") from None
    validator = kind(schema, registry=Registry())

    def check(arguments: Any) -> str:
        try:
            found = best_match(validator.iter_errors(arguments))
        except (Unresolvable, RecursionError) as error:
            return f"the arguments cannot be checked: {error}"
        if found is None:
            return ""
        where = "" if found.json_path == "$" else f" at {found.json_path}"
        return f"{found.message[:300]}{where}"

    return check
