"""How often the server tries to open the first connection of a call, as the hook's URL asks for.

The policy is the URL's fragment and never reaches the application: `ws://app.example/#rc=3&rp=ct,5xx`.
Reasons are ``ct`` (the connection was refused or reset), ``rt`` (no answer in time), and classes of HTTP
status.
"""

from __future__ import annotations

from urllib.parse import parse_qs

RETRY_DELAYS = (0.5, 1.0, 2.0, 4.0, 6.0)
"""Between the attempts at the first connection of a call."""


def retry_policy(fragment: str) -> tuple[int, frozenset[str]]:
    """The retries that a hook's URL asks for: `#rc=1..5&rp=ct,rt,4xx,5xx,all`."""
    wanted = parse_qs(fragment)
    count = wanted.get("rc", ["5"])[-1]
    on = wanted.get("rp", ["ct"])[-1]
    retries = min(max(int(count), 1), len(RETRY_DELAYS)) if count.isdecimal() else len(RETRY_DELAYS)
    return retries, frozenset(part.strip() for part in on.split(","))


def covered(reason: str | int, retry_on: frozenset[str]) -> bool:
    name = f"{reason // 100}xx" if isinstance(reason, int) else reason
    return "all" in retry_on or name in retry_on
