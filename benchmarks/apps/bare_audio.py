"""The same echo on picows and uvloop: parser, masking and sockets in C. About what Python can do at most."""

from __future__ import annotations

import asyncio
import os

import picows
import uvloop


class Echo(picows.WSListener):
    """Sends every binary frame back."""

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        """Send the frame back."""
        if frame.msg_type == picows.WSMsgType.BINARY:
            transport.send(picows.WSMsgType.BINARY, frame.get_payload_as_bytes())


async def main() -> None:
    """Serve on PORT."""
    server = await picows.ws_create_server(lambda request: Echo(), "127.0.0.1", int(os.environ["PORT"]))
    await asyncio.Event().wait()
    server.close()


if __name__ == "__main__":
    uvloop.run(main())
