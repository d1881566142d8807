"""What a server knows: which verbs, which properties of them, which commands.

A profile is the one object that travels wherever verbs are built or sent. `V10` is the commercial server and
the default, `V0_9` the open-source one. `Profile("0.9")` names one by its version, and `with_schemas` makes
one that knows more than the library did when it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jambonz_core.schemas import BUILTIN, SchemaSet

NAMES = ("0.9", "v10")

_COMMANDS_0_9 = frozenset(
    {
        "redirect",
        "call:status",
        "config",
        "dub",
        "dial",
        "record",
        "mute:status",
        "conf:mute-status",
        "conf:hold-status",
        "conf:participant-action",
        "listen:status",
        "stream:status",
        "transcribe:status",
        "whisper",
        "sip:request",
        "dtmf",
        "boostAudioSignal",
        "media:path",
        "llm:tool-output",
        "llm:update",
        "tts:tokens",
        "tts:flush",
        "tts:clear",
    }
)
"""The commands that the open server's websocket session handles; any other is logged there and dropped."""

_COMMANDS_V10 = _COMMANDS_0_9 | {
    "agent:update",
    "noiseIsolation:status",
    "room:play",
    "room:say",
    "stt:reconfigure",
    "tag",
}
"""What the published v10 types and SDKs send beside those."""


class Profile:
    """A server version, as far as it decides what may be sent to it.

    >>> Profile("0.9").knows_command("tag")
    False
    """

    __slots__ = ("_commands", "checks", "name", "schemas", "strict")

    def __init__(self, name: str = "v10", *, schemas: SchemaSet = BUILTIN, strict: bool = True) -> None:
        if name not in NAMES:
            raise ValueError(f"there is no server profile {name!r}; known are {', '.join(map(repr, NAMES))}")
        self.name = name
        """``0.9`` or ``v10``."""
        self.schemas = schemas
        """What verbs are validated against."""
        self.strict = strict
        """Whether a property that no schema declares is refused, also where the published schemas are
        open.
        """
        self.checks: dict[str, Callable[[Any], bool]] = {}
        """Compiled validators by verb, filled by `jambonz_core.validation` as they are needed."""
        self._commands = _COMMANDS_0_9 if name == "0.9" else _COMMANDS_V10

    def knows_command(self, command: str) -> bool:
        """Whether this server handles a command of that name on its control connection."""
        return command in self._commands

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
        return Profile(self.name, schemas=extended, strict=self.strict)

    def lenient(self) -> Profile:
        """This profile without the refusal of undeclared properties where a schema is open."""
        return Profile(self.name, schemas=self.schemas, strict=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Profile):
            return NotImplemented
        return (self.name, self.schemas is other.schemas, self.strict) == (other.name, True, other.strict)

    def __hash__(self) -> int:
        return hash((self.name, id(self.schemas), self.strict))

    def __repr__(self) -> str:
        return f"Profile({self.name!r})"


V0_9 = Profile("0.9")
"""The open-source server, 0.9.x."""
V10 = Profile("v10")
"""The commercial server, 10 and later."""
