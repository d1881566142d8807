"""What all commands that act on a running call have in common, and the one that can be any of them."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

from msgspec import Struct

from jambonz_core.wire.errors import LocalProtocolError, UnsupportedByProfile
from jambonz_core.wire.unproved import UnsureChoice


class ServerProfile(Protocol):
    """What a command asks of the server that it is built for. `jambonz_core.Profile` answers."""

    @property
    def name(self) -> str:
        """The profile's name: ``0.9`` or ``v10``."""
        ...

    def knows_command(self, command: str) -> bool:
        """Whether the server handles a command of that name."""
        ...

    def instead_of(self, command: str) -> str:
        """What a program can do where the server does not know a command; empty when nothing."""
        ...

    def takes_without_data(self, command: str) -> bool:
        """Whether the server takes a command of that name without `data`."""
        ...


class LiveCommand(Struct, frozen=True, kw_only=True):
    """The base: a named command, perhaps aimed at another leg of the call."""

    wire_name: ClassVar[str] = ""

    leg: str = ""
    """The `call_sid` of another leg that the command is for; empty for the call's own."""
    if_unsure: UnsureChoice | None = None
    """What becomes of it when the connection is lost and nothing proves that it was read: it is sent again,
    or reported as lost. Left out, it depends on the command.
    """

    @property
    def command(self) -> str:
        """The command's name on the wire."""
        return self.wire_name

    def body(self, profile: ServerProfile) -> Any:
        """The command's `data` as the profile's server understands it."""
        return {}

    def message(self, profile: ServerProfile) -> dict[str, Any]:
        """The whole message.

        >>> from jambonz_core.verbs.profiles import Profile
        >>> from jambonz_core.call import Mute
        >>> Mute(True, leg="c2").message(Profile("v10"))
        {'type': 'command', 'command': 'mute:status', 'data': {'mute_status': 'mute'}, 'callSid': 'c2'}
        """
        if not profile.knows_command(self.command):
            raise UnsupportedByProfile(
                f"the server profile {profile.name} does not know the command {self.command!r}",
                verb=self.command,
                hint=profile.instead_of(self.command),
            )
        message: dict[str, Any] = {"type": "command", "command": self.command, "data": self.body(profile)}
        if self.leg:
            message["callSid"] = self.leg
        return message


class Inject(LiveCommand, frozen=True):
    """Any command, as it is: for what this version has no class for.

    The name is not checked against the profile, so that a newer server's commands can be tried.
    """

    name: str
    data: Any = None
    queue: bool | None = None
    """`queueCommand`, where the command knows it."""
    tool_call_id: str | None = None

    @property
    def command(self) -> str:
        """The command's name on the wire."""
        return self.name

    def message(self, profile: ServerProfile) -> dict[str, Any]:
        """The complete message, as it is sent."""
        message: dict[str, Any] = {"type": "command", "command": self.name}
        if self.data is not None:
            message["data"] = self.data
        elif not profile.takes_without_data(self.name):
            raise LocalProtocolError(
                f"the server refuses the command {self.name!r} without data; give it at least an empty object"
            )
        if self.queue is not None:
            message["queueCommand"] = self.queue
        if self.leg:
            message["callSid"] = self.leg
        if self.tool_call_id is not None:
            message["tool_call_id"] = self.tool_call_id
        return message


def given(**fields: Any) -> dict[str, Any]:
    """Those of the fields that were given. A default that nobody set is never put on the wire."""
    return {name: value for name, value in fields.items() if value is not None}


def fields_of(verb: dict[str, Any]) -> dict[str, Any]:
    """The fields of a verb without its name."""
    return {name: value for name, value in verb.items() if name != "verb"}
