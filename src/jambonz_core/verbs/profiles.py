"""What a server knows: which verbs, which properties of them, which commands.

A profile is the one object that travels wherever verbs are built or sent. `V10` is the commercial server and
the default, `V0_9` the open-source one. `Profile("0.9")` names one by its version, and `with_schemas` makes
one that knows more than the library did when it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from jambonz_core.schemas import BUILTIN, SchemaSet

if TYPE_CHECKING:
    from jambonz_core.wire.registry import CommandRow, MessageRow, Registry

NAMES = ("0.9", "v10")

Rule: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""Fits a valid verb to a server, or refuses it."""

Assembly: TypeAlias = tuple[Callable[[Any], bool], "Mapping[str, str] | None", "Rule | None"]
"""What it takes to assemble the verbs of one name: what tells whether one is valid, the verbs that may stand
inside by their places, and what fits it to the server, if anything has to."""


class Profile:
    """A server version, as far as it decides what may be sent to it.

    >>> Profile("0.9").knows_command("tag")
    False
    """

    __slots__ = ("_assembly", "_registry", "checks", "name", "schemas", "strict")

    def __init__(
        self,
        name: str = "v10",
        *,
        schemas: SchemaSet = BUILTIN,
        strict: bool = True,
        registry: Registry | None = None,
    ) -> None:
        if name not in NAMES:
            raise ValueError(f"there is no server profile {name!r}; known are {', '.join(map(repr, NAMES))}")
        self.name = name
        """The profile's name: ``0.9`` or ``v10``."""
        self.schemas: SchemaSet = schemas
        """What verbs are validated against."""
        self.strict: bool = strict
        """Whether a property that no schema declares is refused, also where the published schemas are
        open.
        """
        self.checks: dict[str, Callable[[Any], bool]] = {}
        """Compiled validators by verb, filled by `jambonz_core.validation` as they are needed."""
        self._assembly: dict[str, Assembly] = {}
        """What it takes to assemble a verb, by its name; filled by `assembling` as it is needed."""
        self._registry = registry

    @property
    def registry(self) -> Registry:
        """The messages and commands of the wire, with those that `with_rows` added."""
        registry = self._registry
        if registry is None:
            # Only now: whoever builds verbs for a webhook never needs it.
            from jambonz_core.wire.registry import REGISTRY

            registry = self._registry = REGISTRY
        return registry

    def knows_command(self, command: str) -> bool:
        """Whether this server handles a command of that name on its control connection."""
        row = self.registry.commands.get(command)
        return row is not None and self.name in row.profiles

    def instead_of(self, command: str) -> str:
        """What to do where this server does not know a command that another one knows."""
        row = self.registry.commands.get(command)
        return "" if row is None or self.name in row.profiles else row.instead

    def takes_without_data(self, command: str) -> bool:
        """Whether this server takes a command of that name without `data`."""
        return command in self.registry.without_data

    def with_rows(
        self, *, messages: Iterable[MessageRow] = (), commands: Iterable[CommandRow] = ()
    ) -> Profile:
        """This profile with more messages and commands of the wire: those of a newer server, or of your own.

        Raises `ValueError` where the wire has one of them already.
        """
        registry = self.registry.extended(messages, commands)
        return Profile(self.name, schemas=self.schemas, strict=self.strict, registry=registry)

    def with_schemas(self, schemas: Iterable[Mapping[str, Any]]) -> Profile:
        """This profile with more schemas: their verbs and properties are usable and validated from now on.

        The program says by this that its server knows them, so a version's own table no longer refuses them.
        Raises `InvalidSchema` for what is no schema, or refers to one that is not there.
        """
        from jambonz_core.validation.verdict import verdict

        given = tuple(schemas)
        extended = self.schemas.extended(given)
        for schema in given:
            verdict(extended, schema["$id"])  # raises InvalidSchema for one that cannot be compiled
        return Profile(self.name, schemas=extended, strict=self.strict, registry=self._registry)

    def lenient(self) -> Profile:
        """This profile without the refusal of undeclared properties where a schema is open."""
        return Profile(self.name, schemas=self.schemas, strict=False, registry=self._registry)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Profile):
            return NotImplemented
        return (
            self.name == other.name
            and self.strict == other.strict
            and self.schemas is other.schemas
            and self.registry is other.registry
        )

    def __hash__(self) -> int:
        return hash((self.name, id(self.schemas), self.strict))

    def __repr__(self) -> str:
        return f"Profile({self.name!r})"


V0_9 = Profile("0.9")
"""The open-source server, 0.9.x."""
V10 = Profile("v10")
"""The commercial server, 10 and later."""
