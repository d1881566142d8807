"""Tool hooks that jambonz posts: what it gets for an answer is the output.

jambonz waits for ten seconds, and a tool hook without an answer ends the conversation of some vendors. So
every request is answered within eight, whatever the tool does. A request that comes again gets the answer of
the first, without the tool running twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import anyio

from jambonz_core.tools.tool_calls import OUTCOME_UNKNOWN, TIMED_OUT
from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.live_commands import ToolOutput
from jambonz_core.wire.tool_call import ToolRequest, tool_requests
from jambonz_core.wire.tool_output import unknown_vendor, vendor_message

from ..chain import verbs_from
from ..tools.tool_functions import WEBHOOK_TOOL_SECONDS, AnyTool, ToolResult, as_tools
from ..webhooks import WebhookRequest
from .app_context import AppContext
from .invoke import checked
from .one_shot import OneShot

REMEMBERED = 1024
"""Tool calls whose outputs are remembered, so that a request that comes again does not run its tool again."""


class ToolWebhook:
    """The tools of one tool hook."""

    def __init__(
        self,
        context: AppContext,
        path: str,
        tools: Iterable[AnyTool],
        vendor: str,
        otherwise: Callable[[WebhookRequest], object] | None,
    ) -> None:
        self._context = context
        self._tools = as_tools(tools)
        self._vendor = vendor
        self._otherwise = None if otherwise is None else checked(otherwise, "tool_webhook()")
        self._results: dict[tuple[str, str], OneShot[ToolResult]] = {}
        for each in self._tools.values():
            if each.injected:
                raise LocalProtocolError(
                    f"the tool {each.name} wants the call, and over webhooks there is none: {path}"
                )
        if context.profile.name == "0.9" and (fault := unknown_vendor(vendor)):
            raise LocalProtocolError(f"{path}: {fault}")

    async def __call__(self, request: WebhookRequest) -> Any:
        """Answer one request."""
        asked = tool_requests(request.data)
        if self._otherwise is not None and not any(each.name in self._tools for each in asked):
            return await self._context.threads.invoke(self._otherwise, request)
        sid = str(request.data.get("call_sid", ""))
        results: dict[int, ToolResult] = {}

        async def run(at: int, each: ToolRequest) -> None:
            results[at] = await self._once(sid, each)

        async with anyio.create_task_group() as tasks:
            for at, each in enumerate(asked):
                tasks.start_soon(run, at, each)
        return self._body([(each, results[at]) for at, each in enumerate(asked)])

    async def _once(self, sid: str, request: ToolRequest) -> ToolResult:
        """The result of a tool call, from the first time that it came."""
        key = sid, request.tool_call_id
        known = self._results.get(key)
        if known is not None and request.tool_call_id:
            return await known.wait()
        mine = self._results[key] = OneShot[ToolResult]()
        if len(self._results) > REMEMBERED:
            del self._results[next(iter(self._results))]
        try:
            mine.settle(await self._run(request))
        finally:
            # Of one that was cut off nobody knows what it has done.
            mine.settle(ToolResult(OUTCOME_UNKNOWN, is_error=True))
        return await mine.wait()

    async def _run(self, request: ToolRequest) -> ToolResult:
        tool, log = self._tools.get(request.name), self._context.logger
        if tool is None:
            return ToolResult(f"there is no tool {request.name}", is_error=True)
        if request.fault:
            return ToolResult(f"bad arguments: {request.fault}", is_error=True)
        with anyio.move_on_after(min(tool.seconds, WEBHOOK_TOOL_SECONDS)):
            result = await tool._perform(request.arguments, None, self._context.threads.invoke, log)
            if result.steer is not None:
                verbs_from(result.steer.verbs, self._context.profile)
                log.error("The tool %s cannot steer a call over webhooks: only its output is sent", tool.name)
            return result
        log.warning("The tool %s has not answered in time; the model was told so", tool.name)
        return ToolResult(TIMED_OUT, is_error=True)

    def _body(self, answers: list[tuple[ToolRequest, ToolResult]]) -> Any:
        """The outputs as one object. Only Google asks for several tools at once, and has a shape for that."""
        if len(answers) > 1:
            parts = [
                vendor_message("google", each.tool_call_id, result.output, each.name, result.is_error)
                for each, result in answers
            ]
            responses = [part["toolResponse"]["functionResponses"][0] for part in parts]
            return {"toolResponse": {"functionResponses": responses}}
        for each, result in answers:
            command = ToolOutput(each.tool_call_id, result.output, result.is_error, self._vendor, each.name)
            return command.body(self._context.profile)
        return {}
