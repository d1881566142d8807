"""The model behind an `llm` or `agent` verb, played by the test.

Nothing is understood and nothing is thought up here: the test says what the vendor sends, which tool the
model wants, and what the agent answers, and sees what the application makes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from jambonz_core.simulator import (
    AgentSends,
    AgentTurn,
    CommandTaken,
    EndLlm,
    LlmCallsTool,
    LlmSends,
    ToolAnswered,
)

from .party import PATIENCE

if TYPE_CHECKING:
    from .driver import CallDriver

EventT = TypeVar("EventT")


class Expects(Protocol):
    """Whoever waits for what an application does, and fails the test when it does not: a phone."""

    async def expects(
        self, check: Callable[[], EventT | None], what: str, timeout: float = PATIENCE
    ) -> EventT:
        """Wait until `check()` gives something other than None."""
        ...


class Model:
    """What a running `llm` or `agent` verb has in common."""

    _VERB = ""
    _UPDATE = ""

    def __init__(self, driver: CallDriver, phone: Expects) -> None:
        self._driver = driver
        self._phone = phone
        self._calls = 0
        self._updates_read = 0

    async def starts(self, *, timeout: float = PATIENCE) -> None:
        """Wait until the verb runs."""
        await self._phone.expects(
            lambda: self._driver.engine.running == self._VERB or None,
            f"the verb {self._VERB} to run",
            timeout,
        )

    async def calls_tool(
        self, name: str, args: Mapping[str, Any] | None = None, *, timeout: float = PATIENCE
    ) -> Any:
        """Want a tool to be run, and wait for its output, which is returned as the model gets it.

        ```python
        weather = await phone.llm.calls_tool("get_weather", {"city": "Oslo"})
        ```
        """
        await self.starts(timeout=timeout)
        self._calls += 1
        call_id = f"call_{self._VERB}_{self._calls}"
        read = len(self._driver.records)
        self._driver.act(LlmCallsTool(name, dict(args or {}), call_id))

        def answered() -> ToolAnswered | None:
            for record in self._driver.records[read:]:
                if isinstance(record.what, ToolAnswered) and record.what.tool_call_id == call_id:
                    return record.what
            return None

        return (await self._phone.expects(answered, f"the output of the tool {name}", timeout)).data

    async def is_updated(self, *, timeout: float = PATIENCE) -> Any:
        """Wait for the next update that the application sends to the model; its data is returned."""

        def updated() -> CommandTaken | None:
            for position, record in enumerate(self._driver.records[self._updates_read :]):
                if isinstance(record.what, CommandTaken) and record.what.command == self._UPDATE:
                    self._updates_read += position + 1
                    return record.what
            return None

        return (await self._phone.expects(updated, f"the command {self._UPDATE}", timeout)).data

    async def ends(self, reason: str = "normal conversation end", error: Any = None) -> None:
        """The conversation ends, and with it the verb."""
        await self.starts()
        self._driver.act(EndLlm(reason, error))


class Llm(Model):
    """The speech-to-speech vendor of a running `llm` verb."""

    _VERB = "llm"
    _UPDATE = "llm:update"

    async def sends(self, event: Mapping[str, Any]) -> None:
        """Send an event, in the vendor's own spelling."""
        await self.starts()
        self._driver.act(LlmSends(dict(event)))


class Agent(Model):
    """The model of a running `agent` verb."""

    _VERB = "agent"
    _UPDATE = "agent:update"

    async def answers(
        self, response: str, *, transcript: str | None = None, latency: Mapping[str, Any] | None = None
    ) -> None:
        """Take a turn: answer what the caller says next, or what `transcript` says that they said."""
        await self.starts()
        self._driver.act(AgentTurn(response, transcript, dict(latency or {})))

    async def sends(self, event: Mapping[str, Any]) -> None:
        """Let the vendor send any other event."""
        await self.starts()
        self._driver.act(AgentSends(dict(event)))
