"""Addresses as they may be shown: without credentials, queries, and what looks like a number or a token."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

LONGEST_SEGMENT = 40
"""Longer parts of a path are tokens and not names."""

_NUMBER = re.compile(r"\d{5}")
"""So many digits in a row may be somebody's number."""

_NAME = re.compile(r"[A-Za-z0-9._~:-]*", re.ASCII)
"""What the parts of a path are made of that a programmer has named."""


def without_secrets(url: str) -> str:
    """A path or URL without user, password, query and fragment; parts of the path that may be secret are
    blanked.

    >>> without_secrets("wss://user:word@app.example/audio/4479460000?token=1")
    'wss://app.example/audio/xxxxxxxxxx'
    """
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        path = "/".join(map(_segment, parts.path.split("/")))
        return urlunsplit((parts.scheme, host, path, "", ""))
    except ValueError:
        return "x" * len(url)


def _segment(text: str) -> str:
    secret = len(text) > LONGEST_SEGMENT or _NUMBER.search(text) or not _NAME.fullmatch(text)
    return "x" * len(text) if secret else text
