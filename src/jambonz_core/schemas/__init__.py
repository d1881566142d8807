"""The schemas of verbs, their components, callbacks, commands and messages.

`BUILTIN` is the set that ships with the library, generated from the repository's `schemas/`. It holds JSON text and
parses a schema when it is first asked for: a program uses a handful of the hundred.
"""

from __future__ import annotations

from jambonz_core.schemas.schema_set import BUILTIN, Schema, SchemaSet

__all__ = ["BUILTIN", "Schema", "SchemaSet"]
