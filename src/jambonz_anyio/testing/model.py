"""The model behind an `llm` or `agent` verb, played by the test.

Nothing is understood and nothing is thought up here: the test says what the model hears, says and wants, and
sees what the application makes of it. A model is to the test what a phone is, and its words are of two kinds:

1. The present tense plays: `hears`, `replies`, `says`, `calls`, `fails`. Each waits for what it needs, and is
   patient in the same way as a phone.
2. The past tense asserts what has happened already: `heard`, `said`, `called`, `got`. Each returns what it
   has found, and fails with what there was instead.

The same words play OpenAI's model, Google's, one of the others, and the `agent` verb; by websocket and by
webhooks, and for both versions of the server. What an application must send in the vendor's own shape is
looked at by the simulator, and read by `ToolOutput` whichever shape it has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from jambonz_core.simulator import (
    CommandTaken,
    ModelCallsTool,
    ModelCallsTools,
    ModelEnds,
    ModelFails,
    ModelHeard,
    ModelInterrupted,
    ModelSends,
    ModelSpeaks,
    ModelTurn,
    ToolAnswered,
    ToolWanted,
)
from jambonz_core.simulator.vendors.tool_shapes import output_content

from .forgotten_awaits import notice_forgotten_awaits
from .heard_text import Pattern, compiled
from .party import PATIENCE
from .records import ExpectationFailed

if TYPE_CHECKING:
    from .driver import CallDriver

T = TypeVar("T")

_VERBS = frozenset({"llm", "agent"})
_UPDATES = frozenset({"llm:update", "agent:update"})
_ANY: Any = object()
_SHOWN = 300
"""Characters of an output or a speech that a failure quotes."""


class Expects(Protocol):
    """Whoever waits for what an application does, and fails the test when it does not: a phone."""

    async def expects(self, check: Callable[[], T | None], what: str, timeout: float = PATIENCE) -> T:
        """Wait until `check()` gives something other than None."""
        ...

    def failure(self, what: str) -> ExpectationFailed:
        """An exception that says what went wrong."""
        ...


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """What the application answered to a tool call, as the model reads it."""

    data: Any
    """The answer as it came, in the vendor's own shape where the server wants that."""
    value: Any
    """What it says: the result without what is around it. JSON in a text, an object or an array, is read."""
    is_error: bool
    """Whether it says that the tool has failed. Not every vendor's shape can."""
    seconds: float
    """How long the application took."""

    @property
    def text(self) -> str:
        """What it says, as a text."""
        return self.value if isinstance(self.value, str) else json.dumps(self.value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool call of the model."""

    id: str
    name: str
    arguments: Mapping[str, Any]
    output: ToolOutput | None = None
    """The application's answer; None while there is none."""

    def __str__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{self.name}({arguments})"


@notice_forgotten_awaits
class Model:
    """The model of the running `llm` or `agent` verb: `phone.model`.

    ```python
    async with dial(app) as phone:
        await phone.says("Where is my order?")
        await phone.model.calls("get_order", order_id="7")
        phone.model.got("get_order", contains="shipped")
        await phone.model.replies("It has been shipped.")
        await phone.hears("It has been shipped.")
    ```
    """

    def __init__(self, driver: CallDriver, phone: Expects, *, patience: float = PATIENCE) -> None:
        self._driver = driver
        self._phone = phone
        self._patience = patience
        self._heard_read = 0
        self._interruptions_read = 0
        self._updates_read = 0

    # --- playing ----------------------------------------------------------------------------------------

    async def starts(self, *, timeout: float | None = None) -> None:
        """Wait until an `llm` or `agent` verb runs. Everything else here does that first."""
        await self._expect(
            lambda: self._driver.engine.running in _VERBS or None, "the verb llm or agent to run", timeout
        )

    async def hears(self, what: Pattern, *, timeout: float | None = None) -> re.Match[str]:
        """Wait until the model has understood these words of the caller.

        It listens from where the last `hears` stopped, and skips what was not asked for.
        """
        await self.starts(timeout=timeout)
        pattern = compiled(what)

        def heard() -> re.Match[str] | None:
            for position, record in enumerate(self._driver.records[self._heard_read :]):
                if isinstance(record.what, ModelHeard) and (match := pattern.search(record.what.text)):
                    self._heard_read += position + 1
                    return match
            return None

        return await self._expect(heard, f"the model to hear {_quoted(what)}", timeout)

    async def replies(
        self, text: str, *, latency: Mapping[str, Any] | None = None, timeout: float | None = None
    ) -> None:
        """Answer what the caller has said since the model spoke last, and wait for that if there is nothing.

        Returns when the first word is being said; `phone.hears` waits for the words, and `phone.interrupts`
        speaks over them. `latency` goes into the `turn_end` of an `agent`.
        """
        await self._speaks(ModelTurn(text, None, dict(latency or {})), "there was nothing to answer", timeout)

    async def says(
        self, text: str, *, transcript: str = "", latency: Mapping[str, Any] | None = None
    ) -> None:
        """Speak unasked, as a greeting is spoken; with `transcript` as if the caller had said that."""
        turn = ModelTurn(text, transcript, dict(latency or {}))
        await self._speaks(turn, "it was still saying something else", None)

    async def calls(
        self,
        tool: str,
        arguments: Mapping[str, Any] | None = None,
        /,
        *,
        timeout: float | None = None,
        **named: Any,
    ) -> ToolOutput:
        """Call a tool, and wait for the application's answer.

        Arguments are named, or given as a mapping where a name is none of Python's (or is `timeout`).

        ```python
        weather = await model.calls("get_weather", city="Oslo")
        assert weather.value == {"celsius": -3}
        ```
        """
        call = await self.wants(tool, arguments, timeout=timeout, **named)
        return await self.gets(call, timeout=timeout)

    async def calls_together(
        self, *tools: tuple[str, Mapping[str, Any]], timeout: float | None = None
    ) -> list[ToolOutput]:
        """Call several tools in one message, and wait for all answers, which are returned in that order.

        ```python
        shipped, weather = await model.calls_together(
            ("get_order", {"order_id": "7"}), ("get_weather", {"city": "Oslo"})
        )
        ```
        """
        calls = await self.wants_together(*tools, timeout=timeout)
        return [await self.gets(call, timeout=timeout) for call in calls]

    async def wants(
        self,
        tool: str,
        arguments: Mapping[str, Any] | None = None,
        /,
        *,
        timeout: float | None = None,
        **named: Any,
    ) -> ToolCall:
        """Call a tool and go on: `gets` waits for the answer, where there should be one."""
        await self.starts(timeout=timeout)
        [call] = self._ask(ModelCallsTool(tool, {**(arguments or {}), **named}))
        return call

    async def wants_together(
        self, *tools: tuple[str, Mapping[str, Any]], timeout: float | None = None
    ) -> list[ToolCall]:
        """Call several tools in one message and go on."""
        if not tools:
            raise ValueError("name at least one tool to call")
        await self.starts(timeout=timeout)
        return self._ask(ModelCallsTools([ModelCallsTool(name, dict(args)) for name, args in tools]))

    async def gets(self, call: ToolCall, *, timeout: float | None = None) -> ToolOutput:
        """Wait for the answer to a tool call."""

        def answered() -> ToolOutput | None:
            return next((known.output for known in self.tool_calls if known.id == call.id), None)

        return await self._expect(answered, f"the output of the tool {call}", timeout)

    async def sends(self, event: Mapping[str, Any]) -> None:
        """Send any other event, in the vendor's own spelling or that of `agent`."""
        await self.starts()
        self._driver.act(ModelSends(dict(event)))

    async def is_updated(self, *, timeout: float | None = None) -> Any:
        """Wait for the next update that the application sends to the model; its data is returned."""

        def updated() -> CommandTaken | None:
            for position, record in enumerate(self._driver.records[self._updates_read :]):
                if isinstance(record.what, CommandTaken) and record.what.command in _UPDATES:
                    self._updates_read += position + 1
                    return record.what
            return None

        return (await self._expect(updated, "the command llm:update or agent:update", timeout)).data

    async def is_interrupted(self, *, timeout: float | None = None) -> str:
        """Wait until the model is cut off; what it wanted to say is returned."""

        def interrupted() -> str | None:
            for position, record in enumerate(self._driver.records[self._interruptions_read :]):
                if isinstance(record.what, ModelInterrupted):
                    self._interruptions_read += position + 1
                    return record.what.text
            return None

        return await self._expect(interrupted, "the model to be interrupted", timeout)

    async def fails(self, details: str = "the model failed", *, reason: str = "server error") -> None:
        """The vendor fails, which ends the verb with this `completion_reason`; an `llm` reports the error."""
        await self.starts()
        self._driver.act(ModelFails(details, reason))

    async def ends(self, reason: str = "normal conversation end", error: Any = None) -> None:
        """The conversation ends, and with it the verb."""
        await self.starts()
        self._driver.act(ModelEnds(reason, error))

    # --- what has happened ------------------------------------------------------------------------------

    @property
    def tool_calls(self) -> list[ToolCall]:
        """Every tool call until now, in order, with its output if there was one."""
        calls: dict[str, ToolCall] = {}
        began: dict[str, float] = {}
        for record in self._driver.records:
            match record.what:
                case ToolWanted(id, name, arguments):
                    calls[id], began[id] = ToolCall(id, name, arguments), record.at
                case ToolAnswered(id, name, data):
                    output = _output(data, record.at - began[id])
                    calls[id] = ToolCall(id, name, calls[id].arguments, output)
                case _:
                    pass
        return list(calls.values())

    def called(self, tool: str, arguments: Mapping[str, Any] | None = None, /, **named: Any) -> ToolCall:
        """Make sure that the model has called a tool, with these arguments among others; the last such call.

        ```python
        model.called("get_order", order_id="7")
        ```
        """
        wanted = {**(arguments or {}), **named}
        calls = self.tool_calls
        for call in reversed(calls):
            if call.name == tool and all(
                name in call.arguments and call.arguments[name] == value for name, value in wanted.items()
            ):
                return call
        raise self._phone.failure(
            f"expected the model to have called {ToolCall('', tool, wanted)}, and it called "
            f"{', '.join(map(str, calls)) or 'no tool'}"
        )

    def got(
        self,
        tool: str,
        value: Any = _ANY,
        /,
        *,
        contains: str | None = None,
        is_error: bool | None = None,
    ) -> ToolOutput:
        """Make sure that the last call of a tool was answered: with this value, containing this text, or with
        an error.

        ```python
        model.got("get_order", contains="shipped")
        model.got("get_weather", {"celsius": -3})
        model.got("get_secret", is_error=True)
        ```
        """
        call = self.called(tool)
        output = call.output
        if output is None:
            raise self._phone.failure(f"expected the model to have an answer to {call}, and there is none")
        wrong = [
            *([f"be {value!r}"] if value is not _ANY and output.value != value else []),
            *([f"contain “{contains}”"] if contains is not None and contains not in output.text else []),
            *(
                ["be an error" if is_error else "be no error"]
                if is_error is not None and output.is_error is not is_error
                else []
            ),
        ]
        if wrong:
            error = "the error " if output.is_error else ""
            raise self._phone.failure(
                f"expected the answer to {call} to {' and to '.join(wrong)}, "
                f"and it was {error}{_cut(output.text)}"
            )
        return output

    def heard(self, what: Pattern) -> re.Match[str]:
        """Make sure that the model has heard these words of the caller."""
        texts = [record.what.text for record in self._driver.records if isinstance(record.what, ModelHeard)]
        return self._find(what, texts, "heard")

    def said(self, what: Pattern) -> re.Match[str]:
        """Make sure that the model has said these words, or has begun a speech that holds them."""
        texts = [record.what.text for record in self._driver.records if isinstance(record.what, ModelSpeaks)]
        return self._find(what, texts, "said")

    # --- in common --------------------------------------------------------------------------------------

    def _find(self, what: Pattern, texts: Sequence[str], done: str) -> re.Match[str]:
        pattern = compiled(what)
        for text in reversed(texts):
            if match := pattern.search(text):
                return match
        instead = ", ".join(_cut(f"“{text}”") for text in texts) or "nothing"
        raise self._phone.failure(
            f"expected the model to have {done} {_quoted(what)}, and it {done} {instead}"
        )

    def _ask(self, action: ModelCallsTool | ModelCallsTools) -> list[ToolCall]:
        before = len(self._driver.records)
        self._driver.act(action)
        calls = [
            ToolCall(record.what.tool_call_id, record.what.name, record.what.args)
            for record in self._driver.records[before:]
            if isinstance(record.what, ToolWanted)
        ]
        if not calls:
            raise self._phone.failure("expected the model to call tools, but the verb has no toolHook")
        return calls

    async def _speaks(self, turn: ModelTurn, otherwise: str, timeout: float | None) -> None:
        await self.starts(timeout=timeout)
        read = len(self._driver.records)
        self._driver.act(turn)

        def speaks() -> bool | None:
            return (
                any(
                    isinstance(record.what, ModelSpeaks) and record.what.text == turn.response
                    for record in self._driver.records[read:]
                )
                or None
            )

        await self._expect(speaks, f"the model to say “{turn.response}”, but {otherwise}", timeout)

    async def _expect(self, check: Callable[[], T | None], what: str, timeout: float | None) -> T:
        return await self._phone.expects(check, what, self._patience if timeout is None else timeout)


ModelScript: TypeAlias = Callable[[Model], Awaitable[object]]
"""A function that plays a model while the test plays the caller; `dial(…, model=…)` takes one."""


def _output(data: Any, seconds: float) -> ToolOutput:
    value, is_error = output_content(data)
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            value = json.loads(value)
        except ValueError:
            pass  # a text like any other
    return ToolOutput(data, value, is_error, seconds)


def _quoted(what: Pattern) -> str:
    return f"“{what}”" if isinstance(what, str) else f"/{what.pattern}/"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
