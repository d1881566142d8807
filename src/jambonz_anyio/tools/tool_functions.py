"""What a tool is: a function that a model may have called, with what the model is told of it.

```python
@tool
async def order_status(order_id: str, call: Call) -> str:
    \"\"\"Tell where an order is.

    Args:
        order_id: The number of the order, as printed on the bill.
    \"\"\"
    return await orders.status(order_id, caller=call.from_)
```

The name, the description and the JSON Schema of the arguments are read from the function. What the model
gives is validated and converted by the annotations before the function runs. A parameter that is annotated as
`Call` is not the model's: it gets the call.

A plain function may block, so it runs in a thread, as handlers do. When its time is over the thread is left
behind, because nothing can stop it.
"""

from __future__ import annotations

import functools
import inspect
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeAlias, TypeVar, overload

import anyio
import anyio.to_thread
import msgspec

from jambonz_core.tools import OnInterrupt, ToolSignature
from jambonz_core.tools.signature import function_name
from jambonz_core.validation.argument_schemas import argument_check
from jambonz_core.wire.codec import decode, encode
from jambonz_core.wire.errors import JambonzError, LocalProtocolError

if TYPE_CHECKING:
    from ..chain import AnyVerbs

P = ParamSpec("P")
ReturnT = TypeVar("ReturnT")
Filler: TypeAlias = str | Callable[..., Any]
"""A text, or a function of the call, plain or async."""
Invoke: TypeAlias = Callable[..., Awaitable[Any]]
"""Runs a function, wherever such functions run."""

TOOL_SECONDS = 10.0
"""How long a tool may take; over webhooks the server waits no longer."""

WEBHOOK_TOOL_SECONDS = 8.0
"""The same for a tool hook that jambonz posts: the server's 10 seconds, less two for the way."""

FILLER_SECONDS = 1.0
"""How long a tool runs in silence before its filler is said."""

OUTPUT_BYTES = 16 * 1024
"""How much JSON a tool may return. A larger output is an error, so that the model asks for less; the server
takes no message of more than 24 KiB.
"""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


class ToolError(JambonzError):
    """Raised by a tool: the model gets the message, marked as an error, and may try something else.

    The message of any other exception is not shown to the model. It gets to know that the tool has failed,
    and the exception is logged.
    """


@dataclass(frozen=True, slots=True)
class Steer:
    """What a tool returns to steer the call: its output for the model, and verbs for the call.

    ```python
    return Steer("The caller is being connected.", call.dial(target=[{"type": "phone", "number": "+1555"}]))
    ```
    """

    output: Any
    """What the model gets."""
    verbs: AnyVerbs
    """What the call runs: a chain, or plain dicts."""
    replace: bool = True
    """Whether the verbs end the verb that called the tool, and what is queued; else they are queued."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What became of a tool that was run."""

    output: Any
    """What the model gets: plain JSON."""
    is_error: bool = False
    steer: Steer | None = field(default=None, repr=False)
    """What the tool has returned, where it steers the call."""


class Tool(Generic[P, ReturnT]):
    """A function that a model may have called. Made by `tool`; calling it calls the function."""

    def __init__(
        self,
        function: Callable[P, ReturnT],
        *,
        name: str | None = None,
        description: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        seconds: float = TOOL_SECONDS,
        filler: Filler | None = None,
        on_interrupt: OnInterrupt = "finish",
        idempotent: bool = False,
    ) -> None:
        """Make a tool of a function.

        Args:
            function: The function, plain or async.
            name: What the model calls it; the function's name by default.
            description: What the model is told of it; the function's docstring by default.
            parameters: The JSON Schema of the arguments, where the function's annotations do not say it. The
                function then gets all arguments as one dict.
            seconds: How long it may take. Over webhooks it is at most 8.
            filler: What the caller hears when it takes longer than a second: a text, or a function of the
                call, plain or async.
            on_interrupt: What becomes of it when the caller interrupts the model or hangs up: ``finish`` lets
                it run on, within its time, and ``cancel`` cancels it.
            idempotent: Whether it may run twice. When the process dies meanwhile, another one runs it again;
                of any other tool the model is told that nobody knows what it has done.
        """
        if not callable(function):
            raise LocalProtocolError(f"a tool is a function, not {type(function).__name__}")
        self.name: str = name or function_name(function)
        """What the model calls it."""
        if not _NAME.fullmatch(self.name):
            raise LocalProtocolError(
                f"{self.name!r} cannot be the name of a tool: that has at most 64 letters, digits, _ and -"
            )
        if not seconds > 0:
            raise LocalProtocolError(
                f"the tool {self.name} needs some time to run, and not {seconds!r} seconds"
            )
        if on_interrupt not in ("finish", "cancel"):
            raise LocalProtocolError(f"on_interrupt is 'finish' or 'cancel', not {on_interrupt!r}")
        self.function: Callable[P, ReturnT] = function
        """The function itself."""
        self.seconds: float = seconds
        """How long it may take."""
        self.filler: Filler | None = filler
        """What the caller hears when it takes longer than a second."""
        self.on_interrupt: OnInterrupt = on_interrupt
        """What becomes of it when the caller interrupts the model or hangs up."""
        self.idempotent: bool = idempotent
        """Whether it may run twice."""
        self.injected: list[str] = []
        """The parameters that get the call, and that the model does not hear of."""
        if parameters is None:
            signature = ToolSignature(function, injects=_is_call, names=_NAMES)
            self._read: Callable[[Mapping[str, Any]], dict[str, Any]] = signature.arguments
            self.injected = signature.injected
            self.parameters: dict[str, Any] = signature.parameters
            """The JSON Schema of its arguments."""
            description = description or signature.description
        else:
            self.parameters = dict(parameters)
            self._read = functools.partial(_checked_arguments, argument_check(self.parameters))
        self._takes_dict: bool = parameters is not None
        self.description: str = description or ""
        """What the model is told of it."""
        functools.update_wrapper(self, function, updated=())

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ReturnT:
        """Call the function."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<Tool {self.name}>"

    @property
    def schema(self) -> dict[str, Any]:
        """Name, description and parameters, as the `agent` verb takes them in `llmOptions.tools`.

        `jambonz_core.tools.declared_for` has the forms of the vendors of the `llm` verb.
        """
        return {"name": self.name, "description": self.description, "parameters": self.parameters}

    async def run(
        self,
        arguments: Mapping[str, Any] | str | None = None,
        *,
        call: Any = None,
        seconds: float | None = None,
        logger: logging.Logger | None = None,
        tool_call_id: str = "",
        told: bool = True,
    ) -> ToolResult:
        """Run it for a model that a program of yours talks to, within its time.

        Whatever goes wrong, arguments that do not fit included, is a result with `is_error`: nothing is
        raised but for cancellation. The filler is not said: the program speaks. With a call, its events,
        traces and journal tell of it (`call.tool_run`).

        Args:
            arguments: What the model gave: an object, or the text of one.
            call: The call, for a tool that wants it.
            seconds: In place of the tool's own `seconds`.
            logger: Where an exception of the tool goes.
            tool_call_id: The id that the model has given its call.
            told: Whether the call tells of it. It should not where `call.tools` runs what runs this.
        """
        log = logger or logging.getLogger("jambonz_anyio")
        with ExitStack() as telling:
            run = None
            if told and _is_call(type(call)):
                with suppress(LocalProtocolError):  # in another thread than the call's nothing is told
                    run = telling.enter_context(
                        call.tool_run(self.name, _shown(arguments), tool_call_id=tool_call_id)
                    )
            with anyio.move_on_after(self.seconds if seconds is None else seconds):
                result = await self._perform(arguments, call, _invoke, log)
                if run is not None and result.is_error:
                    run.outcome = "error"
                return result
            if run is not None:
                run.outcome = "time-out"
        return ToolResult(f"the tool {self.name} has not answered in time", is_error=True)

    async def _perform(
        self, arguments: Mapping[str, Any] | str | None, call: Any, invoke: Invoke, log: Any
    ) -> ToolResult:
        """Run it, without a limit of time."""
        try:
            read = self._read(_object(arguments))
            given = {name: self._call_for(name, call) for name in self.injected}
        except ValueError as error:
            return ToolResult(f"bad arguments: {error}", is_error=True)
        try:
            if self._takes_dict:
                value = await invoke(self.function, read)
            else:
                value = await invoke(functools.partial(self.function, **read, **given))
            steer = value if isinstance(value, Steer) else None
            return self._result(value.output if isinstance(value, Steer) else value, steer)
        except ToolError as error:
            return ToolResult(str(error) or f"the tool {self.name} has failed", is_error=True)
        except Exception:
            log.exception("The tool %s failed", self.name)
            return ToolResult(f"the tool {self.name} has failed", is_error=True)

    def _call_for(self, name: str, call: Any) -> Any:
        if call is None:
            raise ValueError(f"the tool {self.name} needs a call ({name}), and there is none")
        return call

    def _result(self, value: Any, steer: Steer | None) -> ToolResult:
        try:
            output = msgspec.to_builtins(value, str_keys=True)
            size = len(encode(output).encode())
        except (TypeError, ValueError, OverflowError, RecursionError, LocalProtocolError) as error:
            raise TypeError(f"the tool {self.name} returned what JSON cannot hold: {error}") from error
        if size > OUTPUT_BYTES:
            return ToolResult(
                f"the output of {self.name} takes {size} bytes and at most {OUTPUT_BYTES} are taken "
                "(OUTPUT_BYTES); ask for less",
                is_error=True,
                steer=steer,
            )
        return ToolResult(output, steer=steer)


async def _invoke(function: Callable[..., Any], *args: Any) -> Any:
    """Run a function of a program that has no application, and so no threads of its own."""
    of = function.func if isinstance(function, functools.partial) else function
    if inspect.iscoroutinefunction(of):
        return await function(*args)
    results: list[Any] = []
    # In a list: trio takes a coroutine that a thread returns for a mistake.
    await anyio.to_thread.run_sync(lambda: results.append(function(*args)), abandon_on_cancel=True)
    [result] = results
    return await result if inspect.iscoroutine(result) else result


def _object(arguments: Mapping[str, Any] | str | None) -> Mapping[str, Any]:
    if isinstance(arguments, str):
        try:
            return decode(arguments) if arguments.strip() else {}
        except JambonzError as error:
            raise ValueError(str(error)) from None
    if arguments is None:
        return {}
    if not isinstance(arguments, Mapping):
        raise ValueError(f"they must be an object, not {type(arguments).__name__}")  # noqa: TRY004
    return arguments


def _shown(arguments: Mapping[str, Any] | str | None) -> Mapping[str, Any]:
    """What a model gave, as far as it can be read."""
    try:
        return _object(arguments)
    except ValueError:
        return {}


def _checked_arguments(check: Callable[[Any], str], given: Mapping[str, Any]) -> dict[str, Any]:
    fault = check(dict(given))
    if fault:
        raise ValueError(fault)
    return dict(given)


# --- parameters that are not the model's ------------------------------------------------------------------


class _ACall:
    """Stands for `Call` where a tool's module imports that for type checkers only."""


_NAMES = {"Call": _ACall}


def _is_call(annotation: Any) -> bool:
    if not inspect.isclass(annotation):
        return False
    # By its name: the call's own module knows of tools, and cannot be imported here.
    return annotation is _ACall or any(
        kind.__name__ == "Call" and kind.__module__ == "jambonz_anyio.call" for kind in annotation.__mro__
    )


@overload
def tool(function: Callable[P, ReturnT], /) -> Tool[P, ReturnT]: ...
@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    seconds: float = TOOL_SECONDS,
    filler: Filler | None = None,
    on_interrupt: OnInterrupt = "finish",
    idempotent: bool = False,
) -> Callable[[Callable[P, ReturnT]], Tool[P, ReturnT]]: ...
def tool(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Make a tool of a function, plain or async: a decorator, with or without the options of `Tool`."""
    if function is None:
        return lambda function: Tool(function, **options)
    return Tool(function, **options)


AnyTool: TypeAlias = Any
"""A `Tool`, a function, or an object or dict with `schema` and `execute`, as the official SDK's tools are."""


def as_tools(tools: Iterable[AnyTool]) -> dict[str, Tool[..., Any]]:
    """Tools by their names. Raises `LocalProtocolError` for what is none, and for a name that repeats."""
    if isinstance(tools, (str, bytes, Mapping)) or not isinstance(tools, Iterable):
        raise LocalProtocolError(f"tools are given as a list, not as {type(tools).__name__}")
    found: dict[str, Tool[..., Any]] = {}
    for each in tools:
        made = as_tool(each)
        if made.name in found:
            raise LocalProtocolError(f"there are two tools of the name {made.name}")
        found[made.name] = made
    return found


def as_tool(given: AnyTool) -> Tool[..., Any]:
    """One tool, whatever form it was given in."""
    if isinstance(given, Tool):
        return given
    get = given.get if isinstance(given, Mapping) else functools.partial(_attribute, given)
    schema, execute = get("schema"), get("execute")
    if isinstance(schema, Mapping) and callable(execute):
        known = schema.get("function", schema)
        return Tool(
            execute,
            name=known.get("name"),
            description=known.get("description"),
            parameters=known.get("parameters") or {"type": "object"},
        )
    if callable(given):
        return Tool(given)
    raise LocalProtocolError(
        f"a tool is a function, a Tool, or an object with schema and execute, not {type(given).__name__}"
    )


def _attribute(given: Any, name: str) -> Any:
    return getattr(given, name, None)
