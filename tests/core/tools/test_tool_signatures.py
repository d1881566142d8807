"""What a model is told of a function, and what it gave, read by the function's annotations."""

from __future__ import annotations

import dataclasses
import enum
import functools
from datetime import date
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta

from jambonz_core.tools import ToolSignature
from jambonz_core.tools.docstrings import explained
from jambonz_core.tools.signature import function_name
from jambonz_core.wire.errors import LocalProtocolError


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


@dataclasses.dataclass
class Item:
    name: str
    count: int = 1


class Caller:
    """Stands for what is not the model's to give."""


def order(
    items: list[Item],
    size: Size = Size.SMALL,
    when: date | None = None,
    note: Annotated[str, "What the kitchen reads."] = "",
    level: Annotated[int, Meta(ge=1, le=3)] = 1,
    kind: Literal["here", "away"] = "here",
    tags: list[str] = ["new"],  # noqa: B006
    *,
    urgent: bool = False,
    caller: Caller | None = None,
) -> str:
    """Order something.

    Only what is on the menu.

    Args:
        items: What is ordered,
            each with its count.
        when (date): The day, if not today.

    Returns:
        The number of the order.
    """
    return f"{items} {size} {when} {note} {level} {kind} {tags} {urgent} {caller}"


SIGNATURE = ToolSignature(order, injects=lambda annotation: annotation is Caller)


def test_a_schema_is_read_from_annotations_and_docstring() -> None:
    assert SIGNATURE.description == "Order something.\n\nOnly what is on the menu."
    assert SIGNATURE.injected == ["caller"]
    properties = SIGNATURE.parameters["properties"]
    assert list(properties) == ["items", "size", "when", "note", "level", "kind", "tags", "urgent"]
    assert properties["items"]["description"] == "What is ordered, each with its count."
    assert properties["when"]["description"] == "The day, if not today."
    assert properties["note"] == {"type": "string", "description": "What the kitchen reads.", "default": ""}
    assert properties["level"] == {"type": "integer", "minimum": 1, "maximum": 3, "default": 1}
    assert properties["kind"] == {"enum": ["away", "here"], "default": "here"}
    assert SIGNATURE.parameters["required"] == ["items"]
    assert SIGNATURE.parameters["additionalProperties"] is False
    assert set(SIGNATURE.parameters["$defs"]) == {"Item", "Size"}


def test_arguments_are_converted() -> None:
    given = {
        "items": [{"name": "tea", "count": "2"}],
        "size": "large",
        "when": "2026-05-01",
        "urgent": "true",
    }
    assert SIGNATURE.arguments(given) == {
        "items": [Item("tea", 2)],
        "size": Size.LARGE,
        "when": date(2026, 5, 1),
        "urgent": True,
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "missing required field `items`"),
        ({"items": "tea"}, r"Expected `array`, got `str` - at `\$.items`"),
        ({"items": [], "level": 9}, "<= 3"),
        ({"items": [], "price": 0}, "unknown field `price`"),
        ({"items": [{"name": 3}]}, r"at `\$.items\[0\].name`"),
        ({"items": [], "size": "huge"}, "Invalid enum value 'huge'"),
        ({"items": [], "caller": "me"}, "unknown field `caller`"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_words(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        SIGNATURE.arguments(given)


@dataclasses.dataclass
class Branch:
    """A part of a tree."""

    branches: list[Branch]


def test_arguments_nested_too_deeply_are_refused() -> None:
    def grow(branch: Branch) -> None: ...

    deep: Any = {"branches": []}
    for _ in range(100_000):
        deep = {"branches": [deep]}
    with pytest.raises(ValueError, match="nested too deeply"):
        ToolSignature(grow).arguments({"branch": deep})
    while deep["branches"]:
        deep = deep["branches"].pop()


def test_without_annotations_anything_goes() -> None:
    def free(what, how=None):  # type: ignore[no-untyped-def]
        return what, how

    signature = ToolSignature(free)
    assert signature.parameters["properties"] == {"what": {}, "how": {"default": None}}
    assert signature.arguments({"what": [1, {"a": None}]}) == {"what": [1, {"a": None}]}


class Machine:
    """An object that can be called."""

    def __call__(self, speed: int) -> int:
        """Run."""
        return speed


def test_whatever_can_be_called_has_a_name_and_a_schema() -> None:
    assert ToolSignature(Machine()).parameters["required"] == ["speed"]
    half = functools.partial(order, [])
    assert function_name(half) == "order"
    assert "items" not in ToolSignature(half, injects=lambda kind: kind is Caller).parameters["properties"]
    assert function_name(Machine()) == "Machine"


def test_what_a_model_cannot_give_is_refused() -> None:
    def many(*values: int) -> None: ...
    def named(**values: int) -> None: ...
    def before(value: int, /) -> None: ...
    def foreign(value: Caller) -> None: ...

    for function in (many, named, before):
        with pytest.raises(LocalProtocolError, match="a model gives arguments by name"):
            ToolSignature(function)
    with pytest.raises(LocalProtocolError, match="a parameter of the tool foreign is of a type"):
        ToolSignature(foreign)


def test_names_that_only_type_checkers_know() -> None:
    def late(value: Unheard) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    assert ToolSignature(late, names={"Unheard": int}).parameters["properties"]["value"] == {
        "type": "integer"
    }
    with pytest.raises(LocalProtocolError, match="import it where the tool is defined"):
        ToolSignature(late)


def test_a_description_that_no_field_can_have_is_refused() -> None:
    def odd(value: Annotated[str, Meta(ge=1)]) -> None: ...

    with pytest.raises(LocalProtocolError, match="odd"):
        ToolSignature(odd)


# --- docstrings -----------------------------------------------------------------------------------------------


NUMPY = """Add.

Parameters
----------
a : int
    The first.
b, c
    The others,
    of which there are two.

Returns
-------
int
"""

REST = """Add.

:param a: The first,
    of three.
:type a: int
:param int b: The second.
:returns: The sum.
"""

GOOGLE = """Add.

Raises:
    ValueError: Never.

Args:
    a: The first.

    b (int): The second:
        with a colon.
    *c: The rest.

Example:
    add(1)
"""


@pytest.mark.parametrize(
    ("docstring", "parameters"),
    [
        (
            NUMPY,
            {
                "a": "The first.",
                "b": "The others, of which there are two.",
                "c": "The others, of which there are two.",
            },
        ),
        (REST, {"a": "The first, of three.", "b": "The second."}),
        (GOOGLE, {"a": "The first.", "b": "The second: with a colon.", "c": "The rest."}),
        ("Add.", {}),
        (None, {}),
        ("Add.\n\nNote: this is text.", {}),
        ("Add.\n\nArgs:\n    this line says nothing\n    a: The last.", {"a": "The last."}),
        (":param: nothing\n    more of nothing", {}),
        ("Parameters\n----------\n", {}),
    ],
)
def test_every_form_of_docstring(docstring: str | None, parameters: dict[str, str]) -> None:
    whole = explained(docstring)
    assert whole.parameters == parameters
    assert whole.summary.partition("\n")[0] in ("Add.", "")


def test_paragraphs_stay_paragraphs() -> None:
    assert explained("One\ntwo.\n\nThree.").summary == "One two.\n\nThree."
