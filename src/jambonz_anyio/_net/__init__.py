"""Bytes and frames: byte streams, HTTP, websockets, the server and its transports. Not for programs."""
