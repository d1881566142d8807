"""Running the tools that a model calls on one call.

Which tool calls there are, and what settles each of them, is the core's to decide (`jambonz_core.tools`).
Here are the functions and their tasks: a tool runs in a task of the call, for as long as the core waits for
it. What it returns is given to the core, which sends it if nothing has settled the tool call before.

Of a tool that is to finish, the task is shielded once the call is over: it may go on for a while, and nobody
hears of its output.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack, nullcontext, suppress
from typing import Any

import anyio
from msgspec import structs

from jambonz_core.call.commands import FlushText, Replace, Send, TakeToolCall, WriteText
from jambonz_core.tools import ToolState, tools_update
from jambonz_core.wire import events as ev
from jambonz_core.wire.errors import CallEnded, LocalProtocolError
from jambonz_core.wire.event import Event
from jambonz_core.wire.live_command_base import LiveCommand
from jambonz_core.wire.live_commands import Dub, ToolOutput, UpdateAgent, UpdateLlm
from jambonz_core.wire.tool_call import ToolRequest, tool_requests, without_requests

from ..chain import verbs_from
from ..limits import CallLimits
from ..tools.tool_functions import FILLER_SECONDS, AnyTool, Steer, Tool, ToolResult, as_tools
from .call_log import CallLog
from .driver import CoreDriver, Owner
from .invoke import Threads, checked_name
from .timers import Timers

FILLER_TRACK = "filler"
"""The `dub` track on which fillers are said while a model's verb runs."""


class ToolPath:
    """The tools of one tool hook."""

    __slots__ = ("logger", "tools", "vendor")

    def __init__(self, tools: dict[str, Tool[..., Any]], vendor: str = "", logger: Any = None) -> None:
        self.tools: dict[str, Tool[..., Any]] = tools
        self.vendor: str = vendor
        """The vendor of the verb, where the program says it."""
        self.logger: Any = logger
        """Where exceptions of tools go, in place of the call's log."""

    def copy(self) -> ToolPath:
        """One that a call may change for itself."""
        return ToolPath(dict(self.tools), self.vendor, self.logger)


def add_tools(
    paths: dict[str, ToolPath], path: str, tools: Iterable[AnyTool], *, vendor: str = "", logger: Any = None
) -> None:
    """Add tools to those of a path. Raises `LocalProtocolError` where two would have one name."""
    checked_name(path, "tools()")
    more = as_tools(tools)
    known = paths.get(path)
    if known is None:
        paths[path] = ToolPath(more, vendor, logger)
        return
    for name in more:
        if name in known.tools:
            raise LocalProtocolError(
                f"{path} has a tool of the name {name} already; update_tools() exchanges them"
            )
    known.tools |= more
    known.vendor, known.logger = vendor or known.vendor, logger or known.logger


class _Run:
    """A tool that runs."""

    __slots__ = ("alive", "scope", "tool")

    def __init__(self, tool: Tool[..., Any]) -> None:
        self.alive = ExitStack()
        """Keeps the call from being hung up meanwhile."""
        self.scope = anyio.CancelScope()
        self.tool = tool


class ToolRuns:
    """The tools of one call, and those that run.

    `start` starts a task of the call, `keep_alive` keeps the call from being hung up while one runs.
    """

    def __init__(
        self,
        owner: Owner,
        call: object,
        driver: CoreDriver,
        timers: Timers,
        threads: Threads,
        limits: CallLimits,
        log: CallLog,
        *,
        of_route: dict[str, ToolPath],
    ) -> None:
        self._owner = owner
        self._call = call
        self._driver = driver
        self._timers = timers
        self._threads = threads
        self._limits = limits
        self._log = log
        self._paths = {path: tools.copy() for path, tools in of_route.items()}
        self._running: dict[str, _Run] = {}
        self._faults: dict[str, str] = {}
        """What is wrong with the arguments of tool calls that were just taken."""
        self._elsewhere: set[str] = set()
        """Tool calls that another handler answers."""
        self._has_filler_track = False

    # --- which tools there are ----------------------------------------------------------------------------

    def add(self, path: str, tools: Iterable[AnyTool], *, vendor: str, logger: Any) -> None:
        """Add tools to a tool hook, and run those again that another process had begun."""
        add_tools(self._paths, path, tools, vendor=vendor, logger=logger)
        self.resume()

    def resume(self) -> None:
        """Run the tools again that may run twice, and that another process had begun."""
        for path in self._paths:
            for moved in self._driver.core.tools.moved(path):
                if moved.name in self._paths[path].tools and not self._driver.closed:
                    self._take(
                        path, ToolRequest(moved.tool_call_id, moved.name, moved.arguments), moved.vendor
                    )

    async def update(self, path: str, tools: Iterable[AnyTool]) -> None:
        """Exchange the tools of a path, and tell the model."""
        # First of all: what raises behind this has let others run.
        await self._driver.checkpoint()
        exchanged = as_tools(tools)
        command = self._update_command(list(exchanged.values()))
        known = self._paths.get(path)
        if known is None:
            self._paths[checked_name(path, "update_tools()")] = ToolPath(exchanged)
        else:
            known.tools = exchanged
        self._driver.do(command)
        await self._driver.room()

    def _update_command(self, tools: Sequence[Tool[..., Any]]) -> LiveCommand:
        model = self._driver.core.model
        if model == "agent":
            return UpdateAgent("update_tools", {"tools": [tool.schema for tool in tools]})
        return UpdateLlm(tools_update(model, tools))

    # --- what the model wants -----------------------------------------------------------------------------

    def claim(
        self, event: ev.LlmToolCall | ev.AgentToolCall, *, received: bool
    ) -> ev.LlmToolCall | ev.AgentToolCall | None:
        """Take the tool calls of a message whose tools are here.

        Gives back the message with those that are another handler's, if `received` says that there is one.
        """
        known = self._paths.get(event.hook)
        if known is None:
            return event
        others: list[ToolRequest] = []
        requests = tool_requests(event.data)
        for request in requests:
            before = self._driver.core.tools.find(request.tool_call_id)
            if before is None or before.state is ToolState.MOVED:
                if request.name not in known.tools and received:
                    self._elsewhere.add(request.tool_call_id)
                    others.append(request)
                elif request.fault:
                    self._faults[request.tool_call_id] = request.fault
            self._take(event.hook, request, known.vendor)
        if not others:
            return None
        return event if len(others) == len(requests) else _only(event, others)

    def _take(self, path: str, request: ToolRequest, vendor: str) -> None:
        tool = self._paths[path].tools.get(request.name)
        command = TakeToolCall(request, path, vendor=vendor)
        if tool is not None:
            command = structs.replace(
                command, seconds=tool.seconds, on_interrupt=tool.on_interrupt, idempotent=tool.idempotent
            )
        try:
            self._driver.do(command)
        except LocalProtocolError as error:
            # Not sent at all: the call is ending, or nobody knows in which shape.
            if not isinstance(error, CallEnded):
                self._log.error("The tool call of %s cannot be answered: %s", request.name, error)
        if self._driver.core.tools.find(request.tool_call_id) is None:
            self._faults.pop(request.tool_call_id, None)
            self._elsewhere.discard(request.tool_call_id)

    def take(self, event: Event) -> None:
        """Learn from the core what became of a tool call."""
        if isinstance(event, (ev.ToolCallTaken, ev.ToolCallSettled)):
            if not event.hook:
                return  # the program runs it by itself
            if isinstance(event, ev.ToolCallTaken):
                self._begin(event)
            else:
                self._settled(event)
        elif isinstance(event, ev.ToolCallIgnored) and self._log.may_note(self._limits.log_lines):
            self._log.warning("A tool call of %s is not run: %s", event.name, event.reason)
        elif isinstance(event, ev.ToolOutputLate) and self._log.may_note(self._limits.log_lines):
            self._log.info("An output of the tool %s came too late and was not sent", event.name)

    def _begin(self, event: ev.ToolCallTaken) -> None:
        id = event.tool_call_id
        known = self._paths.get(event.hook)
        tool = known.tools.get(event.name) if known is not None else None
        fault = self._faults.pop(id, "")
        if id in self._elsewhere:
            return
        if known is None or tool is None:
            self._refuse(id, f"there is no tool {event.name}")
        elif fault:
            self._refuse(id, f"bad arguments: {fault}")
        elif not self._driver.closed:
            run = self._running[id] = _Run(tool)
            run.alive.enter_context(self._owner.keep_alive())
            log = known.logger or self._log
            self._owner.start(self._run, run, event, log)

    def _refuse(self, id: str, why: str) -> None:
        """Answer a tool call that is not run: at once, or as soon as there is room."""
        result = ToolResult(why, is_error=True)

        async def later() -> None:
            await self._driver.room()
            self._answer(id, result)

        if self._driver.core.crowded:
            self._owner.start(later)
        else:
            self._answer(id, result)

    def _settled(self, event: ev.ToolCallSettled) -> None:
        self._elsewhere.discard(event.tool_call_id)
        run = self._running.get(event.tool_call_id)
        if event.by == "time-out" and self._log.may_note(self._limits.log_lines):
            self._log.warning("The tool %s has not answered in time; the model was told so", event.name)
        if run is None:
            return
        if event.by == "over" and run.tool.on_interrupt == "finish":
            # It may finish what it does, though nobody waits for it any more.
            run.scope.deadline = anyio.current_time() + self._limits.on_end_seconds
            run.scope.shield = True
        elif event.by not in ("value", "error"):
            run.scope.cancel()

    # --- running them -------------------------------------------------------------------------------------

    async def _run(self, run: _Run, event: ev.ToolCallTaken, log: Any) -> None:
        id, tool = event.tool_call_id, run.tool
        filler = self._timers.timer(lambda: self._owner.start(self._fill, tool))
        if tool.filler is not None:
            filler.set(self._driver.loop.clock() + FILLER_SECONDS)
        result: ToolResult | None = None
        try:
            observer = self._driver.observer
            inside = nullcontext() if observer is None else observer.inside("tool", id, event.hook)
            with run.scope, inside:
                result = await tool._perform(event.arguments, self._call, self._threads.invoke, log)
                await self._driver.room()
        finally:
            filler.close()
            del self._running[id]
            if result is not None:
                self._finish(event, tool, result)
            run.alive.close()

    def _finish(self, event: ev.ToolCallTaken, tool: Tool[..., Any], result: ToolResult) -> None:
        """Give the call what a tool has returned."""
        answered = self._answer(event.tool_call_id, result)
        if result.steer is not None:
            self._steer(tool, result.steer, act=answered and not result.is_error)

    def _answer(self, id: str, result: ToolResult) -> bool:
        """Give a result to the core. False: the model gets another one, or none."""
        waited = self._driver.core.tools.find(id)
        waits = waited is not None and waited.open
        try:
            self._driver.do(ToolOutput(id, result.output, result.is_error))
        except CallEnded:
            return False
        except LocalProtocolError as error:
            # Too large in the vendor's shape, most probably. Should this fail too, the time-out answers.
            self._log.error("The output of a tool cannot be sent: %s", error)
            with suppress(LocalProtocolError):
                self._driver.do(ToolOutput(id, f"the output cannot be sent: {error}", is_error=True))
            return False
        return waits

    def _steer(self, tool: Tool[..., Any], steer: Steer, *, act: bool) -> None:
        """Send the verbs of a tool; those of one that came too late are only taken out of their chain."""
        try:
            verbs = verbs_from(steer.verbs, self._driver.core.profile)
            if verbs and act:
                self._driver.do(Replace(verbs) if steer.replace else Send(verbs))
        except CallEnded:
            return
        except LocalProtocolError:
            self._log.exception("The tool %s cannot steer the call", tool.name)

    async def _fill(self, tool: Tool[..., Any]) -> None:
        """Say the filler of a tool that takes long."""
        filler = tool.filler
        try:
            if isinstance(filler, str):
                await self._say(filler)
            elif filler is not None:
                await self._threads.invoke(filler, self._call)
        except CallEnded:
            return
        except Exception:
            self._log.exception("The filler of the tool %s cannot be said", tool.name)

    async def _say(self, text: str) -> None:
        """Say a text beside what the call does: on its text stream, or on a track of its own."""
        driver = self._driver
        if driver.core.speech.flow.stream_open:
            driver.do(WriteText(text))
            driver.do(FlushText())
            return
        if not self._has_filler_track:
            self._has_filler_track = True
            driver.do(Dub({"action": "addTrack", "track": FILLER_TRACK}))
        await driver.order(Dub({"action": "sayOnTrack", "track": FILLER_TRACK, "say": {"text": text}}))


def _only(
    event: ev.LlmToolCall | ev.AgentToolCall, requests: list[ToolRequest]
) -> ev.LlmToolCall | ev.AgentToolCall:
    """The same message with these of its tool calls."""
    return structs.replace(event, data=without_requests(event.data, requests))
