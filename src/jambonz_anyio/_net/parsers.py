"""Which library takes the frames of a websocket apart."""

from __future__ import annotations

from jambonz_core.wire.errors import LocalProtocolError

from .frames import ParserFactory
from .wsproto_frames import WsprotoParser


def frame_parser(name: str = "auto") -> ParserFactory:
    """The parser of that name: `wsproto`, `websockets` (extra `fast`), or `auto`, the fastest that is here.

    >>> parser = frame_parser("wsproto")(client=False, message_bytes=1024)
    >>> parser.message("hi")
    b'\x81\x02hi'
    """
    if name in {"auto", "websockets"}:
        try:
            from .fast_frames import WebsocketsParser
        except ImportError as exc:
            if name != "auto":
                raise LocalProtocolError(
                    "the parser 'websockets' needs the extra: pip install jambonz-anyio[fast]"
                ) from exc
        else:
            return WebsocketsParser
    elif name != "wsproto":
        raise LocalProtocolError(f"no parser is called {name!r}: it is 'auto', 'wsproto' or 'websockets'")
    return WsprotoParser
