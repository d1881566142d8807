"""A real MCP server, of the package `mcp`: over standard input and output, or over HTTP on the port that it is given."""

from __future__ import annotations

import os
import sys
from typing import Any

import anyio
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

server: MCPServer[Any] = MCPServer("orders", log_level="ERROR")


@server.tool()
async def order_status(order_id: int) -> str:
    """Tell where an order is."""
    return f"order {order_id} is on its way"


@server.tool()
async def orders(count: int = 2) -> list[int]:
    """List orders."""
    return list(range(count))


@server.tool()
async def fails() -> str:
    """Fail."""
    raise ToolError("no such order")


@server.tool()
async def hangs() -> str:
    """Never answer."""
    await anyio.sleep_forever()
    return ""


@server.tool()
async def talks(characters: int) -> str:
    """Say a lot."""
    return "x" * characters


@server.tool()
async def dies() -> str:
    """End the process."""
    os._exit(3)


@server.tool()
async def pid() -> int:
    """Tell which process this is."""
    return os.getpid()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", port=int(sys.argv[1]))
    else:
        server.run("stdio")
