"""Echo on the bare transport, without `App`: what the server alone costs."""

from __future__ import annotations

import os

from jambonz_anyio import serve
from jambonz_anyio.cli.event_loops import run_on
from jambonz_anyio.transport import Admission, Closed, HttpRequest, HttpResponse, Transport


class EchoSink:
    """Sends every binary frame back."""

    def __init__(self, transport: Transport) -> None:
        self._push = transport.push

    def frame(self, data: str | bytes) -> None:
        """Send the frame back."""
        if isinstance(data, bytes):
            self._push(data)

    def receipt(self, count: int) -> None:
        """Do nothing, because nobody asked for receipts."""

    def closed(self, closed: Closed) -> None:
        """Do nothing when the connection ends."""


class Echo:
    """An `Application` with nothing but the echo."""

    async def admit(self, request: HttpRequest) -> Admission | HttpResponse:
        """Take every websocket."""
        return Admission(request.subprotocols[0], self.call)

    async def respond(self, request: HttpRequest) -> HttpResponse:
        """Answer plain requests with 404."""
        return HttpResponse(404)

    async def call(self, transport: Transport) -> None:
        """Serve one connection."""
        await transport.run(EchoSink(transport))


async def main() -> None:
    """Serve on PORT with PARSER and STREAMS."""
    await serve(
        Echo(),
        port=int(os.environ["PORT"]),
        parser=os.environ.get("PARSER", "auto"),
        streams=os.environ.get("STREAMS", "auto"),
    )


if __name__ == "__main__":
    run_on(os.environ.get("BACKEND", "asyncio"), main)
