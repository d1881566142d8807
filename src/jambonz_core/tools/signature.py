"""The parameters of a function, as a JSON Schema for a model, and what a model gave as arguments for it.

What a model gives is validated and converted before the function runs: `msgspec` does both, from the
annotations. It is lax where models are: `"5"` is a number where one is wanted.
"""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeAlias, get_args, get_origin

import msgspec
from msgspec import UNSET, Meta

from ..wire.errors import LocalProtocolError
from .docstrings import explained

_SIMPLE = (bool, int, float, str, bytes, type(None))
"""Defaults of these types are shown to the model, because nobody can change them."""

Field: TypeAlias = tuple[str, Any, Any] | tuple[str, Any]
"""A parameter as `msgspec.defstruct` takes it."""


class ToolSignature:
    """What a function can be called with.

    >>> def add(a: int, b: int = 1) -> int:
    ...     "Add two numbers."
    ...     return a + b
    >>> signature = ToolSignature(add)
    >>> signature.parameters["properties"]["b"], signature.parameters["required"]
    ({'type': 'integer', 'default': 1}, ['a'])
    >>> signature.arguments({"a": "4"})
    {'a': 4}
    """

    __slots__ = ("_struct", "description", "injected", "parameters")

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        injects: Callable[[Any], bool] = lambda annotation: False,
        names: Mapping[str, Any] | None = None,
    ) -> None:
        """Read a function.

        Args:
            function: The function, plain or async.
            injects: Whether a parameter with this annotation is none of the model's, but filled in by whoever
                runs the tool.
            names: What names in annotations mean that the function's own module does not know at run time,
                because it imports them for type checkers only.
        """
        whole = explained(inspect.getdoc(function))
        self.description: str = whole.summary
        """What the docstring says of the function."""
        self.injected: list[str] = []
        """The parameters that whoever runs the tool fills in."""
        hints = _hints(function, names or {})
        fields: list[Field] = []
        for name, parameter in inspect.signature(function).parameters.items():
            annotation = hints.get(name, Any)
            if injects(_unwrapped(annotation)):
                self.injected.append(name)
                continue
            if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD and parameter.kind is not (
                parameter.KEYWORD_ONLY
            ):
                raise LocalProtocolError(
                    f"the tool {function_name(function)} cannot have the parameter {parameter}: "
                    "a model gives arguments by name"
                )
            fields.append(_field(name, annotation, parameter.default, whole.parameters.get(name, "")))
        self._struct = _struct_of(fields)
        self.parameters: dict[str, Any] = _schema_of(function_name(function), self._struct)
        """The JSON Schema of the arguments."""

    def arguments(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Validate and convert what a model gave. Raises `ValueError`, with words for the model."""
        try:
            read = msgspec.convert(dict(given), self._struct, strict=False)
        except msgspec.ValidationError as error:
            raise ValueError(str(error)) from None
        except RecursionError:
            raise ValueError("the arguments are nested too deeply") from None
        values = {name: getattr(read, name) for name in self._struct.__struct_fields__}
        # What was left out is the function's own default.
        return {name: value for name, value in values.items() if value is not UNSET and name in given}


def function_name(function: Callable[..., Any]) -> str:
    """What a function is called; for an object that can be called, what its class is called."""
    while isinstance(function, functools.partial):
        function = function.func
    return str(getattr(function, "__name__", type(function).__name__))


def _hints(function: Callable[..., Any], names: Mapping[str, Any]) -> dict[str, Any]:
    where: Any = function
    while isinstance(where, functools.partial):
        where = where.func
    if not inspect.isroutine(where) and not inspect.isclass(where):
        where = type(where).__call__
    try:
        return typing.get_type_hints(where, include_extras=True)
    except NameError:
        pass
    try:
        return typing.get_type_hints(where, localns=dict(names), include_extras=True)
    except NameError as error:
        raise LocalProtocolError(
            f"the annotations of the tool {function_name(function)} cannot be read: {error}; import it where "
            "the tool is defined, and not under TYPE_CHECKING"
        ) from error


def _unwrapped(annotation: Any) -> Any:
    """An annotation without `Annotated` and `| None`."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    others = [arg for arg in get_args(annotation) if arg is not type(None)]
    return others[0] if len(others) == 1 and type(None) in get_args(annotation) else annotation


def _field(
    name: str, annotation: Any, default: Any, explanation: str
) -> tuple[str, Any, Any] | tuple[str, Any]:
    said = [each for each in get_args(annotation)[1:] if isinstance(each, str)]
    if get_origin(annotation) is Annotated and said:
        explanation = " ".join(said)
    if explanation:
        annotation = Annotated[annotation, Meta(description=explanation)]
    if default is inspect.Parameter.empty:
        return name, annotation
    if type(default) in _SIMPLE:
        return name, annotation, default
    return name, annotation | msgspec.UnsetType, UNSET


def _struct_of(fields: list[Field]) -> type[msgspec.Struct]:
    return msgspec.defstruct(
        "Arguments", fields, kw_only=True, forbid_unknown_fields=True, namespace={"__doc__": None}
    )


def _schema_of(name: str, struct: type[msgspec.Struct]) -> dict[str, Any]:
    try:
        [schema], parts = msgspec.json.schema_components([struct], ref_template="#/$defs/{name}")
        msgspec.json.Decoder(struct)
    except (TypeError, ValueError, RuntimeError) as error:
        raise LocalProtocolError(
            f"a parameter of the tool {name} is of a type that JSON has not: {error}"
        ) from error
    own = parts.pop(schema["$ref"].rpartition("/")[2])
    own.pop("title", None)
    own.setdefault("required", [])
    return {**own, "$defs": parts} if parts else own
