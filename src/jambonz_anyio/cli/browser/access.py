"""Who may open the page: whoever has the link that the terminal shows, on this machine, in this browser.

A page on the loopback interface is within reach of every web page that the user visits, and of every user of
the machine. So:

1. The link carries a token that is good once, behind a ``#``: it is in no log and in no request line. The
   page exchanges it for a key, which the browser keeps for this origin alone, its port included.
2. Without that key nothing but the page's own files is given out. They are the library's, and hold nothing.
3. A request has to name this very address (`Host`), or another site could have its own name lead here (DNS
   rebinding), and whatever does something has to come from the page itself (`Origin`).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping

TOKEN_BYTES = 32


class Access:
    """The tokens that are still good, and the keys that were given for others."""

    def __init__(self) -> None:
        self._tokens: set[str] = set()
        self._keys: set[str] = set()

    def token(self) -> str:
        """A new token, for one browser."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._tokens.add(token)
        return token

    def exchange(self, token: str) -> str | None:
        """The key for a token, which is good no more; None for one that is not good."""
        found = _in(self._tokens, token)
        if found is None:
            return None
        self._tokens.remove(found)
        key = secrets.token_urlsafe(TOKEN_BYTES)
        self._keys.add(key)
        return key

    def admits(self, key: str) -> bool:
        """Whether this is a key that was given."""
        return _in(self._keys, key) is not None


def _in(good: set[str], shown: str) -> str | None:
    """The secret that was shown, if it is a good one; how long that takes tells nothing of the others."""
    found = None
    for secret in good:
        if hmac.compare_digest(secret.encode(), shown.encode("utf-8", "replace")):
            found = secret
    return found


def hosts_of(port: int) -> frozenset[str]:
    """How this machine's own loopback address may be called in a request."""
    names = (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}")
    return frozenset((*names, "127.0.0.1", "localhost", "[::1]") if port == 80 else names)


def from_here(headers: Mapping[str, str], port: int) -> bool:
    """Whether a request names this address, and no other that leads here."""
    return headers.get("host", "").lower() in hosts_of(port)


def from_the_page(headers: Mapping[str, str], port: int) -> bool:
    """Whether a request comes from the page, and not from one of another origin."""
    return (
        from_here(headers, port) and headers.get("origin", "").lower() == f"http://{headers['host']}".lower()
    )
