"""An MCP server that says which arguments it misses, and which it does not have.

The package mcp drops unknown arguments without a word, so an assistant that misspells one would believe that
it had its way. For a prompt that is not there, or lacks an argument, it tells of an internal error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mcp import MCPError
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool

from jambonz_core.validation.spelling import nearest

INVALID_PARAMS = -32602
"""JSON-RPC's code for a request whose parameters are wrong."""


def wrong_with(owner: str, given: Iterable[str], known: list[str], needed: Iterable[str]) -> str | None:
    """What is wrong with the arguments of a tool or a prompt.

    >>> wrong_with("call_application", ["skript"], ["application", "script"], ["application"])
    "call_application has no argument 'skript'; did you mean script?"
    >>> wrong_with("read_page", [], ["name"], ["name"])
    'read_page needs the argument name.'
    """
    given = list(given)
    for name in given:
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {near}?" if near else f"it has {', '.join(known) or 'none'}."
            return f"{owner} has no argument {name!r}; {hint}"
    missing = [name for name in needed if name not in given]
    if missing:
        return f"{owner} needs the argument{'s' if len(missing) > 1 else ''} {', '.join(missing)}."
    return None


class ExactTool(Tool):
    """A tool that takes the arguments of its schema and no others."""

    async def run(self, arguments: dict[str, Any], context: Any, convert_result: bool = False) -> Any:
        schema = self.parameters
        wrong = wrong_with(
            self.name, arguments, list(schema.get("properties", {})), schema.get("required", [])
        )
        if wrong is not None:
            raise ToolError(wrong)
        return await super().run(arguments, context, convert_result)


def exact_tool(function: Callable[..., Any]) -> Tool:
    """The tool of a function."""
    tool = ExactTool.from_function(function)
    tool.parameters["additionalProperties"] = False
    return tool


class ExactServer(MCPServer[Any]):
    """A server whose prompts do the same."""

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Any = None
    ) -> Any:
        prompts = {prompt.name: prompt.arguments or [] for prompt in await self.list_prompts()}
        if name not in prompts:
            near = nearest(name, prompts)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(prompts)}."
            raise MCPError(INVALID_PARAMS, f"There is no prompt {name!r}; {hint}")
        known = [argument.name for argument in prompts[name]]
        needed = [argument.name for argument in prompts[name] if argument.required]
        wrong = wrong_with(name, arguments or {}, known, needed)
        if wrong is not None:
            raise MCPError(INVALID_PARAMS, wrong)
        return await super().get_prompt(name, arguments, context)
