"""A set of JSON schemas that refer to each other by `$id`, and that can be added to at run time."""

from __future__ import annotations

import json  # the codec takes ten times as long to import, and whoever builds verbs may not need it
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin

from jambonz_core.schemas._index import GROUPS, TABLE_0_9, VERBS
from jambonz_core.wire.errors import InvalidSchema
from jambonz_core.wire.plain import NotPlain, plain

Schema = Mapping[str, Any]
"""A JSON schema after parsing."""


class SchemaSet(Mapping[str, Schema]):
    """Schemas by `$id`.

    A set never changes; `extended` makes a larger one, in which a schema may also replace one of the same
    `$id`. That is how a verb, or a property of one, becomes usable that this library has never heard of:

        >>> schemas = BUILTIN.extended([{
        ...     "$id": "https://example.com/schema/verbs/sing", "type": "object",
        ...     "properties": {"verb": {"const": "sing"}, "song": {"type": "string"}}, "required": ["song"],
        ... }])
        >>> schemas.verb("sing")["required"]
        ['song']
    """

    def __init__(self, schemas: Iterable[Schema] = (), *, base: SchemaSet | None = None) -> None:
        self._base = base
        self._own: dict[str, Schema] = {}
        verbs = dict(base.verbs) if base is not None else {}
        for schema in schemas:
            checked = _checked(schema)
            identity = checked["$id"]
            self._own[identity] = checked
            name = verb_of(identity)
            if name is not None:
                verbs[name] = identity
        self._verbs = MappingProxyType(verbs)
        self.memory: dict[object, Any] = {}
        """What others derived from this set, such as compiled validators; it lives as long as the set."""

    @property
    def verbs(self) -> Mapping[str, str]:
        """The `$id` of each verb's schema, by the verb's name on the wire."""
        return self._verbs

    def extended(self, schemas: Iterable[Schema]) -> SchemaSet:
        """This set with more schemas in it. Each needs an `$id`; that of a verb ends in ``/verbs/<name>``."""
        return SchemaSet(schemas, base=self)

    def verb(self, name: str) -> Schema:
        """The schema of a verb; KeyError when there is none."""
        return self[self._verbs[name]]

    def given(self, identity: str) -> bool:
        """Whether this schema came at run time, and is not the library's own."""
        return identity in self._own or (self._base is not None and self._base.given(identity))

    def lookup(self, reference: str, base: str) -> tuple[Any, str]:
        """What a `$ref` in the document `base` means, and the `$id` of the document where that stands."""
        document, _, fragment = urljoin(base, reference).partition("#")
        found: Any = self[document]
        for part in fragment.split("/")[1:]:
            found = found[part.replace("~1", "/").replace("~0", "~")]
        return found, document

    def __getitem__(self, identity: str) -> Schema:
        found = self._own.get(identity)
        if found is None:
            if self._base is None:
                raise KeyError(identity)
            found = self._base[identity]
        return found

    def __iter__(self) -> Iterator[str]:
        if self._base is not None:
            yield from (identity for identity in self._base if identity not in self._own)
        yield from self._own

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Generated(SchemaSet):
    """Schemas whose text stands in generated modules of this package, parsed at first use."""

    def __init__(self, modules: Mapping[str, str], verbs: Mapping[str, str]) -> None:
        super().__init__()
        self._modules = modules
        self._verbs = MappingProxyType(verbs)

    def given(self, identity: str) -> bool:
        return False

    def __getitem__(self, identity: str) -> Schema:
        found = self._own.get(identity)
        if found is None:
            module = import_module(f"jambonz_core.schemas._{self._modules[identity]}")
            parsed: Schema = json.loads(module.TEXTS[identity])
            found = self._own[identity] = parsed
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


def _checked(schema: Any) -> dict[str, Any]:
    """A copy of a schema that someone hands in, if it has the form of one."""
    if not isinstance(schema, Mapping):
        raise InvalidSchema(f"a schema is a parsed JSON object, not {type(schema).__name__}")
    identity = schema.get("$id")
    if not isinstance(identity, str) or not identity:
        raise InvalidSchema("a schema needs an `$id`; that of a verb ends in /verbs/<name of the verb>")
    try:
        copy: dict[str, Any] = plain(schema)
    except NotPlain as error:
        raise InvalidSchema(f"the schema {identity} is not JSON: {error}", identity=identity) from None
    return copy


def verb_of(identity: str) -> str | None:
    """The verb that a schema describes, by its `$id`; None when it describes something else."""
    head, _, name = identity.rpartition("/")
    return name if head.endswith("/verbs") else None


BUILTIN: SchemaSet = _Generated(GROUPS, VERBS)
"""The schemas that ship with the library."""

SERVER_0_9_BASE = "https://jambonz-anyio.dev/schema/server-0.9/"
SERVER_0_9: SchemaSet = _Generated({SERVER_0_9_BASE + name: "server_0_9" for name in TABLE_0_9}, {})
"""The open server's own verb table, as schemas. A property that is not in it ends a call there."""
