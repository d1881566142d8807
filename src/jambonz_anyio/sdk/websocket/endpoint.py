"""`create_endpoint`, as the official SDKs have it.

```python
async with create_endpoint(port=3000) as (make_service, runner):
    service = make_service(path="/")
    service.on("session:new", handle)
    await anyio.sleep_forever()
```

That works on asyncio and trio. Programs for the official SDK await it bare, which starts a server that
belongs to no block: on asyncio that is done here, too. On trio nothing runs outside of a block, so there it
is refused with an explanation.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

import anyio
import anyio.from_thread
import anyio.lowlevel

from ...app import App
from .audio_client import AudioClient
from .client import WsClient
from .router import WsRouter

if TYPE_CHECKING:
    from ...transport import Server


class MakeService:
    """Registers context: call it with a path for calls, or its `audio` with one for audio streams."""

    def __init__(self, app: App | WsRouter) -> None:
        self._router = app if isinstance(app, WsRouter) else WsRouter(app)
        self.app: App = self._router.app
        """The application behind it."""

    def __call__(self, *, path: str = "/") -> WsClient:
        """Serve the calls of a path."""
        service = WsClient(path)
        self._router.use(path, service)
        return service

    def audio(self, *, path: str) -> AudioClient:
        """Serve the audio streams of a path."""
        return self._router.use_audio(path)


class Runner:
    """The server of an endpoint."""

    def __init__(self, server: Server, finished: anyio.Event | None = None) -> None:
        self.server = server
        """The server behind it."""
        self._finished = finished

    @property
    def addresses(self) -> list[str]:
        """The addresses at which the server listens."""
        return self.server.addresses

    @property
    def port(self) -> int:
        """The port, also when any free one was asked for."""
        return self.server.port

    async def cleanup(self, *, drain_seconds: float = 0.0) -> None:
        """Stop serving. Calls that are still there after `drain_seconds` are closed: jambonz takes them
        elsewhere."""
        await self.server.drain(drain_seconds)
        if self._finished is not None:
            await self._finished.wait()


class Endpoint:
    """What `create_endpoint` returns: a context manager, and on asyncio an awaitable."""

    def __init__(self, app: App, **settings: Any) -> None:
        self._app = app
        self._settings = settings
        self._stack = AsyncExitStack()

    @asynccontextmanager
    async def _hosted(self) -> AsyncIterator[tuple[MakeService, Runner]]:
        async with self._app.serving(**self._settings) as server:
            yield MakeService(self._app), Runner(server)

    async def __aenter__(self) -> tuple[MakeService, Runner]:
        return await self._stack.enter_async_context(self._hosted())

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        return await self._stack.__aexit__(kind, error, traceback)

    def __await__(self) -> Generator[Any, Any, tuple[MakeService, Runner]]:
        return self._start().__await__()

    async def _start(self) -> tuple[MakeService, Runner]:
        token = anyio.lowlevel.current_token()
        if "trio" in token.backend_class.__module__:
            raise RuntimeError(
                "on trio a server needs a block to run in: "
                "`async with create_endpoint(…) as (make_service, runner):`"
            )
        start = _Start()
        finished = anyio.Event()

        async def main() -> None:
            try:
                await self._app.serve(**self._settings, task_status=start)
            except anyio.get_cancelled_exc_class():
                # The program has ended without cleaning up, and its loop ends all tasks. There is nobody to
                # tell.
                pass
            except Exception as exc:
                if start.server is not None:
                    raise
                start.error = exc
            finally:
                start.known.set()
                finished.set()

        def host() -> None:
            # A task that is nobody's child can be started with anyio from another thread only. The thread
            # waits for it, and does nothing else.
            try:
                anyio.from_thread.run(main, token=token)
            except BaseException:
                logging.getLogger("jambonz_anyio").debug("The endpoint's server was ended", exc_info=True)

        threading.Thread(target=host, name="jambonz endpoint", daemon=True).start()
        return MakeService(self._app), Runner(await start.wait(), finished)


class _Start:
    """Whom a server tells that it listens: a `TaskStatus`."""

    def __init__(self) -> None:
        self.server: Server | None = None
        self.error: Exception | None = None
        self.known = anyio.Event()

    def started(self, value: Server | None = None) -> None:
        self.server = value
        self.known.set()

    async def wait(self) -> Server:
        """The server, as soon as it listens. Raises what has kept it from that."""
        await self.known.wait()
        if self.server is None:
            raise self.error or RuntimeError("the endpoint was ended before it listened")
        return self.server


def create_endpoint(
    *,
    host: str = "0.0.0.0",
    port: int = 3000,
    env_vars: Mapping[str, Mapping[str, Any]] | None = None,
    logger_: logging.Logger | None = None,
    compress: bool = True,
    app: App | None = None,
    **settings: Any,
) -> Endpoint:
    """An endpoint for calls and audio streams.

    Args:
        host: The interface to listen on. port: The port; 0 takes any free one. env_vars: The variables that
        the portal offers to fill in. logger_: In place of ``jambonz_anyio``. compress: Taken for
        compatibility. Nothing is compressed: messages are small, and audio does not shrink. app: An
        application to serve, with options that are not here; `env_vars` and `logger_` are its own then.
        **settings: More settings of the server, such as `tls`.
    """
    if app is None:
        app = App(env_vars=env_vars, logger=logger_)
    return Endpoint(app, host=host, port=port, **settings)
