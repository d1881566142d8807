"""Environment variables of an application: declaring them for the portal, and reading back what it sends.

The portal asks an application with an OPTIONS request which variables it takes, and lets people fill them in.
The answer is the *bare* object of declarations; a wrapper such as ``{"env": …}`` is rejected, and so is the
whole object for one entry without type or description. The values come with the first payload of each call.
jambonz does not apply defaults, and checks values only if it could reach the application when they were
stored. Both is made up for here.

Values may be secrets: nothing in this module ever shows one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, TypedDict, cast

from jambonz_core.wire.codec import encode
from jambonz_core.wire.errors import InvalidEnvironment

Value: TypeAlias = str | int | float | bool

_NAME = re.compile(r"[A-Za-z0-9_]+")
_TYPES: Final = ("string", "number", "boolean")
_HINTS: Final = ("input", "textarea", "filepicker")


class Declaration(TypedDict, total=False):
    """One variable. `type` and `description` are required."""

    type: Literal["string", "number", "boolean"]
    description: str
    """What people read in the portal."""
    required: bool
    default: str | int | float | bool
    """What calls get when nobody filled the variable in."""
    enum: list[Any]
    """The values that the variable may take."""
    obscure: bool
    """Hide the value in the portal, as for a key."""
    uiHint: Literal["input", "textarea", "filepicker"]
    """The kind of input with which the jambonz portal asks for the value."""
    jambonzResource: Literal["carriers"]
    """Let people choose from what the account has."""


@dataclass(frozen=True, slots=True)
class _Variable:
    name: str
    kind: str
    required: bool
    default: Value | None
    enum: tuple[Value, ...] | None


class Environment:
    """The variables that an application takes.

    >>> greeting = {"type": "string", "description": "First words", "default": "Hello!"}
    >>> Environment({"GREETING": greeting}).read({})["GREETING"]
    'Hello!'

    Declarations are checked when they are made, by the portal's rules and one of reason: a default or a
    choice must be of the variable's type, or nobody could use it. `InvalidEnvironment` says what is wrong.
    Properties that are not known are passed on to the portal.
    """

    __slots__ = ("_body", "_variables", "declarations")

    def __init__(self, declarations: Mapping[str, Declaration | Mapping[str, Any]] | None = None) -> None:
        checked = [_checked(name, entry) for name, entry in (declarations or {}).items()]
        self._variables = {variable.name: variable for variable in checked}
        self.declarations: Mapping[str, Mapping[str, Any]] = {
            name: dict(entry) for name, entry in (declarations or {}).items()
        }
        """The declarations, as the portal gets them."""
        self._body = encode(self.declarations).encode()

    def __bool__(self) -> bool:
        return bool(self._variables)

    @property
    def body(self) -> bytes | None:
        """What to answer an OPTIONS request with, as `application/json`, with status 200.

        None without variables: answer 204 then, because the portal takes an empty object for a mistake.
        """
        return self._body if self._variables else None

    def read(self, values: Mapping[str, Any] | None) -> Env:
        """The values of a call, typed and with defaults.

        Args:
            values: `env_vars` of the call's first payload; None when it had none.

        Raises:
            InvalidEnvironment: A required variable is missing, or a value cannot be what was declared. All
                faults are told at once, by name, without the values.
        """
        found: dict[str, Value] = {}
        faults: list[str] = []
        given = values or {}
        for name, variable in self._variables.items():
            value = given.get(name)
            if value is None:
                value = variable.default
            if value is None:
                if variable.required:
                    faults.append(f"{name} is required and missing")
                continue
            typed = _typed(variable.kind, value)
            if typed is None:
                faults.append(f"{name} is not a {variable.kind}")
            elif variable.enum is not None and typed not in variable.enum:
                faults.append(f"{name} is none of the values to choose from")
            else:
                found[name] = typed
        if faults:
            raise InvalidEnvironment("environment variables: " + "; ".join(faults))
        # What was stored for an earlier version of the application comes along.
        return Env(found, {name: value for name, value in given.items() if name not in self._variables})

    def __repr__(self) -> str:
        return f"<Environment {', '.join(self._variables) or 'without variables'}>"


class Env(Mapping[str, Value]):
    """A call's variables by name. An optional one without default that nobody filled in is not there."""

    __slots__ = ("_values", "undeclared")

    def __init__(self, values: Mapping[str, Value], undeclared: Mapping[str, Any] | None = None) -> None:
        self._values = dict(values)
        self.undeclared: Mapping[str, Any] = dict(undeclared or {})
        """Values that were stored and that the application does not declare."""

    def __getitem__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise KeyError(f"{name} is not set, or not declared") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def text(self, name: str) -> str:
        """The value of a variable of type string."""
        return cast(str, self._of(name, str))

    def number(self, name: str) -> float:
        """The value of a variable of type number."""
        return cast(float, self._of(name, (int, float)))

    def flag(self, name: str) -> bool:
        """The value of a variable of type boolean."""
        return cast(bool, self._of(name, bool))

    def _of(self, name: str, kind: type | tuple[type, ...]) -> Value:
        value: Value = self[name]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise InvalidEnvironment(f"{name} is declared as another type")
        return value

    def __repr__(self) -> str:
        return f"<Env {', '.join(self._values) or 'empty'}>"


def _checked(name: Any, entry: Declaration | Mapping[str, Any]) -> _Variable:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidEnvironment(
            f"environment variable {name!r}: a name has letters, digits and underscores only"
        )
    if not isinstance(entry, Mapping):
        raise InvalidEnvironment(
            f"environment variable {name}: a declaration is an object with type and description"
        )
    fields = cast(Mapping[str, Any], entry)
    kind = fields.get("type")
    if kind not in _TYPES:
        raise InvalidEnvironment(f"environment variable {name}: type must be one of {', '.join(_TYPES)}")
    if not isinstance(fields.get("description"), str):
        raise InvalidEnvironment(f"environment variable {name}: description is missing, a text")
    for flag in ("required", "obscure"):
        if not isinstance(fields.get(flag, False), bool):
            raise InvalidEnvironment(f"environment variable {name}: {flag} must be True or False")
    if fields.get("uiHint", "input") not in _HINTS:
        raise InvalidEnvironment(f"environment variable {name}: uiHint must be one of {', '.join(_HINTS)}")
    if not isinstance(fields.get("jambonzResource", ""), str):
        raise InvalidEnvironment(f"environment variable {name}: jambonzResource must be a text")
    choices = _choices(name, kind, fields)
    default = _default(name, kind, fields)
    if default is not None and choices is not None and default not in choices:
        raise InvalidEnvironment(f"environment variable {name}: default is none of enum")
    return _Variable(name, kind, fields.get("required", False), default, choices)


def _default(name: str, kind: str, fields: Mapping[str, Any]) -> Value | None:
    if "default" not in fields:
        return None
    default = _typed(kind, fields["default"])
    if default is None:
        raise InvalidEnvironment(f"environment variable {name}: default is not a {kind}")
    return default


def _choices(name: str, kind: str, fields: Mapping[str, Any]) -> tuple[Value, ...] | None:
    if "enum" not in fields:
        return None
    if not isinstance(fields["enum"], (list, tuple)):
        raise InvalidEnvironment(f"environment variable {name}: enum must be a list")
    choices = [_typed(kind, choice) for choice in fields["enum"]]
    if not choices or None in choices:
        raise InvalidEnvironment(f"environment variable {name}: enum must list values of type {kind}")
    return tuple(choice for choice in choices if choice is not None)


_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_FLAGS: Mapping[str, bool] = {"true": True, "false": False, "1": True, "0": False}


def _typed(kind: str, value: Any) -> Value | None:
    """A value as its type, or None. What was stored unchecked may be the text of a number or of a flag."""
    if kind == "boolean":
        if isinstance(value, (bool, str)) or (isinstance(value, int) and value in (0, 1)):
            return value if isinstance(value, bool) else _FLAGS.get(str(value).strip().lower())
        return None
    if isinstance(value, bool):
        return None if kind == "number" else str(value).lower()
    if kind == "number":
        if isinstance(value, str):
            text = value.strip()
            if not _NUMBER.fullmatch(text) or len(text) > 100:
                return None
            value = int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else float(text)
        if not isinstance(value, (int, float)):
            return None
        # A number that no float holds is none: it would break arithmetic far from here.
        return value if abs(value) < float("inf") else None
    return str(value) if isinstance(value, (str, int, float)) else None
