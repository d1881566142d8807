"""Tools of an MCP server that refuse arguments which they do not have.

The package mcp drops those without a word, so an assistant that misspells one would believe that it had its
way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool

from jambonz_core.validation.spelling import nearest


class ExactTool(Tool):
    """A tool that takes the arguments of its schema and no others."""

    async def run(self, arguments: dict[str, Any], context: Any, convert_result: bool = False) -> Any:
        known = list(self.parameters.get("properties", {}))
        for name in arguments:
            if name not in known:
                near = nearest(name, known)
                hint = f"did you mean {near}?" if near else f"it has {', '.join(known) or 'none'}."
                raise ToolError(f"{self.name} has no argument {name!r}; {hint}")
        return await super().run(arguments, context, convert_result)


def exact_tool(function: Callable[..., Any]) -> Tool:
    """The tool of a function."""
    tool = ExactTool.from_function(function)
    tool.parameters["additionalProperties"] = False
    return tool
