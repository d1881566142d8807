"""Which service has which path."""

from __future__ import annotations

from ...app import App
from .audio_client import AudioClient
from .client import WsClient


class WsRouter:
    """Services by their paths, for programs that put them together by hand.

    ```python
    router = WsRouter()
    router.use("/menu", WsClient("/menu").on("session:new", handle))
    async with create_endpoint(app=router.app, port=3000):
        ...
    ```

    The official SDK's hands each connection to `route`. Here the server of the library does that, or any
    ASGI server to which `router.app.asgi()` is given, and there is no `route`.
    """

    def __init__(self, app: App | None = None) -> None:
        self.app: App = App() if app is None else app
        """The application behind it, which a server serves."""

    def use(self, path: str, client: WsClient) -> None:
        """Let a service have the calls of a path. One service may have several."""
        self.app.call(path, on_return="stay")(client._serve_call)

    def use_audio(self, path: str) -> AudioClient:
        """Serve the audio streams of a path."""
        service = AudioClient(path)
        self.app.audio(path)(service._serve_stream)
        return service
