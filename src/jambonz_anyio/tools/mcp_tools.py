"""The tools of an MCP server, as tools that a model on a call may use.

```python
@app.lifespan
async def tools(app: App) -> AsyncIterator[None]:
    async with McpTools(["python", "orders_server.py"], prefix="orders_") as orders:
        app.tools("/tool", orders)
        yield
```

The connection is kept by a task of its own; when a tool is called after the server has died, there is a new
one. A tool whose server is gone, hangs, or answers nonsense is an error for the model, as with any other
tool, and the call goes on.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import anyio
from anyio.abc import TaskGroup

from jambonz_core.wire.errors import JambonzError, LocalProtocolError

from .tool_functions import TOOL_SECONDS, Tool, ToolError

if TYPE_CHECKING:
    from mcp import Client

PAGES = 20
"""Pages of a list of tools that are read; a server that never ends its list is not followed further."""

TOOLS = 128
"""Tools of one server that are taken; vendors of models take no more."""

OUTPUT_CHARACTERS = 12_000
"""How much text of an output is given to the model; the rest is cut off, and the text says so."""

_logger = logging.getLogger("jambonz_anyio.tools")


class McpError(JambonzError):
    """An MCP server cannot be used: it is not there, does not answer, or has tools that cannot be taken."""


class _Connection:
    """One connection to a server, or the attempt to have one."""

    def __init__(self) -> None:
        self.client: Client | None = None
        self.failure: str = ""
        """Why there is none, when it was tried."""
        self.tried = anyio.Event()
        self.lost = anyio.Event()
        """Set when it is of no use any more."""


class McpTools:
    """The tools of one MCP server: to be entered, and then given to `tools()`."""

    def __init__(
        self,
        server: str | Sequence[str],
        *,
        prefix: str = "",
        only: Collection[str] | Callable[[str], bool] | None = None,
        idempotent: Collection[str] = (),
        seconds: float = TOOL_SECONDS - 1,
        connect_seconds: float = 10.0,
        headers: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        logger: logging.Logger | None = None,
    ) -> None:
        """Say which server.

        Args:
            server: A URL, for streamable HTTP; or a command with its arguments, for a server that is started
                here and speaks over standard input and output.
            prefix: Put before the names of the tools, so that those of several servers can stand together.
            only: Which tools are taken: their names, or a function that says so of a name. All by default.
            idempotent: The names of the tools that may run twice, beside those of which the server says so.
            seconds: How long a tool may take.
            connect_seconds: How long connecting and listing the tools may take.
            headers: Headers of each request over HTTP, such as `Authorization`.
            env: Variables of the started server. It has few others: see the package `mcp`.
            cwd: The folder in which it is started.
            logger: Where the server's failures are told, in place of ``jambonz_anyio.tools``.
        """
        if isinstance(server, str):
            if not server.startswith(("http://", "https://")):
                raise LocalProtocolError(
                    f"an MCP server is a URL, or a list of a command and its arguments, not {server!r}"
                )
        elif not server or not all(isinstance(part, str) for part in server):
            raise LocalProtocolError("the command of an MCP server is a list of strings")
        self._server: str | list[str] = server if isinstance(server, str) else list(server)
        self.name: str = server if isinstance(server, str) else server[0]
        """What the server is called in errors."""
        self._prefix = prefix
        self._wanted: Callable[[str], bool] = (
            only if callable(only) else (lambda name: only is None or name in only)
        )
        self._listed = frozenset() if only is None or callable(only) else frozenset(only)
        self._idempotent = frozenset(idempotent)
        self._seconds = seconds
        self._connect_seconds = connect_seconds
        self._headers = dict(headers or {})
        self._env = dict(env) if env is not None else None
        self._cwd = cwd
        self._logger = logger or _logger
        self._tools: list[Tool[..., Any]] = []
        self._group: TaskGroup | None = None
        self._connection: _Connection | None = None

    # --- the time in which it can be used -----------------------------------------------------------------

    async def __aenter__(self) -> Self:
        if self._group is not None:
            raise LocalProtocolError("McpTools is entered already")
        self._group = await anyio.create_task_group().__aenter__()
        try:
            client = await self._connected()
            with anyio.fail_after(self._connect_seconds):
                self._tools = self._taken(await self._list(client))
        except BaseException as error:
            await self._leave()
            if isinstance(error, TimeoutError):
                raise McpError(f"the MCP server {self.name} did not list its tools in time") from None
            if isinstance(error, ToolError):
                raise McpError(str(error)) from error
            if isinstance(error, Exception) and not isinstance(error, JambonzError):
                raise McpError(f"the MCP server {self.name} cannot list its tools: {error}") from error
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._leave()

    async def _leave(self) -> None:
        group, self._group = self._group, None
        self._connection = None
        if group is not None:
            group.cancel_scope.cancel()
            await group.__aexit__(None, None, None)

    # --- what it has --------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Tool[..., Any]]:
        return iter(self._tools)

    def __len__(self) -> int:
        return len(self._tools)

    async def _list(self, client: Client) -> list[Any]:
        listed: list[Any] = []
        cursor: str | None = None
        for _ in range(PAGES):
            page = await client.list_tools(cursor=cursor)
            listed += page.tools
            cursor = page.next_cursor
            if cursor is None:
                return listed
        raise McpError(f"the MCP server {self.name} lists its tools on more than {PAGES} pages")

    def _taken(self, listed: list[Any]) -> list[Tool[..., Any]]:
        names = [tool.name for tool in listed]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise McpError(f"the MCP server {self.name} has two tools of the name {', '.join(twice)}")
        missing = sorted(self._listed - set(names))
        if missing:
            raise McpError(f"the MCP server {self.name} has no tool {', '.join(missing)}")
        wanted = [tool for tool in listed if self._wanted(tool.name)]
        if len(wanted) > TOOLS:
            raise McpError(f"the MCP server {self.name} has {len(wanted)} tools: say which with `only`")
        return [self._tool(tool) for tool in wanted]

    def _tool(self, listed: Any) -> Tool[..., Any]:
        name, hints = listed.name, listed.annotations

        async def call(arguments: dict[str, Any]) -> Any:
            return await self._call(name, arguments)

        told_so = bool(hints is not None and (hints.read_only_hint or hints.idempotent_hint))
        try:
            return Tool(
                call,
                name=f"{self._prefix}{name}",
                description=listed.description or listed.title or "",
                parameters=listed.input_schema,
                seconds=self._seconds + 1,
                idempotent=told_so or name in self._idempotent,
            )
        except LocalProtocolError as error:
            raise McpError(
                f"the tool {name} of the MCP server {self.name} cannot be taken: {error}"
            ) from error

    # --- calling ------------------------------------------------------------------------------------------

    async def _call(self, name: str, arguments: dict[str, Any]) -> Any:
        from mcp import MCPError

        client = await self._connected()
        connection = self._connection
        try:
            with anyio.move_on_after(self._seconds):
                return _output(await client.call_tool(name, arguments))
        except ToolError:
            raise
        except MCPError as error:
            if not _is_closed(error):
                raise ToolError(f"the tool {name} has failed: {error.error.message}"[:500]) from error
            self._give_up(connection)
            raise ToolError(
                f"the server of the tool {name} is gone; whether the tool has run is not known"
            ) from error
        except Exception as error:
            self._give_up(connection)
            self._logger.warning("The MCP server %s failed: %r", self.name, error)
            raise ToolError(f"the server of the tool {name} has failed") from error
        raise ToolError(f"the tool {name} has not answered within {self._seconds:g} seconds")

    # --- the connection -----------------------------------------------------------------------------------

    @staticmethod
    def _give_up(connection: _Connection | None) -> None:
        """A connection is of no use any more; the next tool call makes another one."""
        if connection is not None:
            connection.lost.set()

    async def _connected(self) -> Client:
        """The connection; a new one, where the last was lost."""
        if self._group is None:
            raise ToolError(f"the MCP server {self.name} is not connected: McpTools is not entered")
        connection = self._connection
        if connection is None or connection.lost.is_set():
            connection = self._connection = _Connection()
            # In a task of its own: a tool whose time is over while the server starts must not stop that.
            self._group.start_soon(self._keep, connection)
        await connection.tried.wait()
        if connection.client is None:
            raise ToolError(connection.failure)
        return connection.client

    async def _keep(self, connection: _Connection) -> None:
        """Keep one connection, in one task from its beginning to its end, as the package `mcp` wants it."""
        try:
            # The limit of time is taken away afterwards: what the client opens lives inside of its scope.
            with anyio.fail_after(self._connect_seconds) as scope:
                async with AsyncExitStack() as stack:
                    client = await stack.enter_async_context(await self._new_client(stack))
                    scope.deadline = math.inf
                    connection.client = client
                    connection.tried.set()
                    await connection.lost.wait()
        except (Exception, BaseExceptionGroup) as error:
            if isinstance(error, BaseExceptionGroup) and error.split(Exception)[1] is not None:
                raise
            if connection.client is None:
                connection.failure = self._why(error)
                self._logger.warning("%s", connection.failure)
            else:
                self._logger.warning("The connection to the MCP server %s has ended: %r", self.name, error)
        finally:
            connection.lost.set()
            connection.tried.set()

    def _why(self, error: BaseException) -> str:
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, TimeoutError):
            return f"the MCP server {self.name} did not answer within {self._connect_seconds:g} seconds"
        return f"the MCP server {self.name} cannot be reached: {type(error).__name__}: {error}"[:500]

    async def _new_client(self, stack: AsyncExitStack) -> Client:
        try:
            from mcp import Client, StdioServerParameters
        except ModuleNotFoundError as missing:
            raise LocalProtocolError(
                f"McpTools needs {missing.name}, which the extra 'tools' of jambonz-anyio installs"
            ) from missing
        if not isinstance(self._server, str):
            command, *args = self._server
            return Client(StdioServerParameters(command=command, args=args, env=self._env, cwd=self._cwd))
        if not self._headers:
            return Client(self._server)
        import httpx2
        from mcp.client.streamable_http import streamable_http_client

        # The time-outs are those of the package's own client: a stream may be silent for long.
        timeout = httpx2.Timeout(30, read=300)
        http = await stack.enter_async_context(httpx2.AsyncClient(headers=self._headers, timeout=timeout))
        return Client(streamable_http_client(self._server, http_client=http))


def _is_closed(error: Any) -> bool:
    from mcp_types import CONNECTION_CLOSED

    return bool(error.error.code == CONNECTION_CLOSED)


def _output(result: Any) -> Any:
    """What a server has answered, for a model: its structured content, else its texts."""
    texts = [part.text if part.type == "text" else f"[{part.type}]" for part in result.content]
    text = "\n".join(texts)
    if len(text) > OUTPUT_CHARACTERS:
        text = f"{text[:OUTPUT_CHARACTERS]}… (cut off: {len(text)} characters)"
    if result.is_error:
        raise ToolError(text or "the tool has failed")
    structured = result.structured_content
    if structured is None or len(str(structured)) > OUTPUT_CHARACTERS:
        return text
    if isinstance(structured, dict) and set(structured) == {"result"}:
        return structured["result"]
    return structured
