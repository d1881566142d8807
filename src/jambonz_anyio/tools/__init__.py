"""Tools that a model may call: made of functions, ready to use, or of MCP servers.

```python
from jambonz_anyio.tools import tool


@tool
async def opening_hours(day: str) -> str:
    \"\"\"Tell when the shop is open.\"\"\"
    return "nine to five"


call.tools("/tool", [opening_hours])
```

`docs/tools.md` is the guide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .exact_calculator import calculator
    from .mcp_tools import McpError, McpTools
    from .open_meteo import weather
    from .register import register_tools
    from .tavily_search import web_search
    from .time_zones import date_and_time
    from .tool_functions import AnyTool, Filler, Steer, Tool, ToolError, ToolResult, as_tools, tool
    from .wikipedia_pages import wikipedia
else:
    from jambonz_core.lazy_exports import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            ".exact_calculator": "calculator",
            ".mcp_tools": "McpError McpTools",
            ".open_meteo": "weather",
            ".register": "register_tools",
            ".tavily_search": "web_search",
            ".time_zones": "date_and_time",
            ".tool_functions": "AnyTool Filler Steer Tool ToolError ToolResult as_tools tool",
            ".wikipedia_pages": "wikipedia",
        },
    )

__all__ = [
    # a tool of your own
    "tool",
    "Tool",
    "ToolError",
    "Steer",
    "ToolResult",
    "AnyTool",
    "Filler",
    # registering them
    "register_tools",
    "as_tools",
    # ready tools
    "calculator",
    "date_and_time",
    "weather",
    "web_search",
    "wikipedia",
    # of MCP servers
    "McpTools",
    "McpError",
]
