"""`jambonz_anyio/_chain_verbs.py`: the verb methods once more, with what each verb's result is."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

from codegen.methods import described, imported_types, signature
from codegen.payload_names import result_of
from codegen.reading import ADAPTERS, SchemaFiles, header
from codegen.types import collect

DOC = '''"""The verb methods of `Call` and `Chain`, with the type of each verb's result.

At run time `ChainVerbs` is `jambonz_core.verbs.methods.VerbMethods` and nothing more: a class that inherits
from it has a ``_profile`` and defines ``_add(verb, given, fields)``, which returns a chain. Type checkers see
the same methods with one difference, the return type: ``call.gather(…)`` is a ``Chain[GatherResult]``, so
that its ``result()`` has the fields of that hook. A verb without a hook to report by gives a ``Chain[None]``.

`Chain` is expected in `jambonz_anyio.chain`, generic over the payload of its last verb.
"""

'''

NAMED = '''
        def verb(
            self, name: str | Mapping[str, Any], given: Mapping[str, Any] | None = None, /, **fields: Any
        ) -> Chain[HookPayload]:
            """Any verb that the profile's schemas describe, by its name, or as a dict in either spelling."""
            ...

        def raw(self, verb: Mapping[str, Any], /) -> Chain[HookPayload]:
            """A verb that goes out as it is given, unseen by schemas and profile."""
            ...
'''


def generate(files: SchemaFiles) -> dict[Path, str]:
    writer = collect(files)
    body = "    class ChainVerbs:\n"
    body += '        """What can be said on a call; see `jambonz_core.verbs.methods.VerbMethods`."""\n\n'
    body += "        _profile: Profile\n\n"
    body += "        def _add(\n            self, verb: str, given: Mapping[str, Any] | None,"
    body += " fields: dict[str, Any]\n        ) -> Any: ...\n"
    body += NAMED
    payloads = {"HookPayload"}
    for name, schema in files.verbs.items():
        result = result_of(name) or "None"
        payloads.add(result)
        method = signature(writer, name, schema, f"Chain[{result}]")
        method += described(files, name, schema) + "        ...\n"
        body += "\n" + indent(method, "    ")
    text = header("schemas/") + DOC
    text += "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\n"
    text += "if TYPE_CHECKING:\n    from collections.abc import Mapping, Sequence\n"
    text += "    from typing import Any, Literal, Never\n\n"
    text += "    from jambonz_anyio.chain import Chain\n"
    text += "    from jambonz_core.verbs.payloads import (\n"
    text += "".join(f"        {name},\n" for name in sorted(payloads - {"None"}, key=str.lower))
    text += "    )\n    from jambonz_core.verbs.profiles import Profile\n"
    text += "    from jambonz_core.verbs.types import (\n"
    text += "".join(f"        {name},\n" for name in imported_types(body, writer))
    text += "    )\n\n"
    text += body
    text += "\nelse:\n    from jambonz_core.verbs.methods import VerbMethods as ChainVerbs\n\n"
    text += '__all__ = ["ChainVerbs"]\n'
    return {ADAPTERS / "_chain_verbs.py": text}
