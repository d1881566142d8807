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
    from .register import register_tools
    from .tool_functions import AnyTool, Filler, Steer, Tool, ToolError, ToolResult, as_tools, tool
else:
    from jambonz_core.lazy_exports import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            ".register": "register_tools",
            ".tool_functions": "AnyTool Filler Steer Tool ToolError ToolResult as_tools tool",
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
]
