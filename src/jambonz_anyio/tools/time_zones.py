"""The date and the time, in any zone."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Meta

from jambonz_core.wire.errors import LocalProtocolError

from .tool_functions import Tool, ToolError

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)


def date_and_time(*, zone: str = "UTC", clock: Callable[[], datetime] | None = None) -> Tool[..., Any]:
    """A tool that tells the date and the time.

    Args:
        zone: The zone that counts when the model names none, such as ``Europe/Lisbon``.
        clock: What tells the time, in place of the system's clock.
    """
    try:
        find_zone(zone)
    except ToolError as error:
        raise LocalProtocolError(str(error)) from None

    def get_date_and_time(zone: Annotated[str, Meta(min_length=1, max_length=60)] = zone) -> dict[str, str]:
        """Tell the date and the time of now.

        Args:
            zone: A time zone such as Europe/Lisbon, a large town, or an offset such as UTC+2.
        """
        name, found = find_zone(zone)
        now = (clock or _now)().astimezone(found)
        return {
            "zone": name,
            "date": now.strftime("%Y-%m-%d"),
            "weekday": _WEEKDAYS[now.weekday()],
            "time": now.strftime("%H:%M:%S"),
            "utc_offset": now.strftime("%z"),
        }

    return Tool(get_date_and_time, idempotent=True)


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _now() -> datetime:
    return datetime.now(UTC)


@cache
def _zones() -> dict[str, str]:
    """The names of zones by what they may be called, in small letters: whole, or the town alone."""
    if not available_timezones():
        raise LocalProtocolError("there are no time zones on this system: install the package tzdata")
    names = sorted(available_timezones(), key=lambda name: (name.count("/") == 0, name))
    towns = {name.rpartition("/")[2].replace("_", " ").lower(): name for name in reversed(names)}
    return {**towns, **{name.replace("_", " ").lower(): name for name in names}}


def find_zone(wanted: str) -> tuple[str, tzinfo]:
    """A zone by its name, its town, or its offset. Raises `ToolError` with what is alike.

    >>> find_zone("new york")[0], find_zone("UTC-03:30")[0]
    ('America/New_York', 'UTC-03:30')
    """
    words = " ".join(wanted.replace("_", " ").split()).lower()
    name = _zones().get(words)
    if name is not None:
        return name, ZoneInfo(name)
    offset = _OFFSET.fullmatch(words)
    if offset is not None and int(offset[2]) <= 14:
        sign, hours, minutes = offset[1], int(offset[2]), int(offset[3] or 0)
        shift = timedelta(hours=hours, minutes=minutes)
        return f"UTC{sign}{hours:02}:{minutes:02}", timezone(shift if sign == "+" else -shift)
    alike = [_zones()[near] for near in difflib.get_close_matches(words, _zones(), n=3)]
    hint = f"; did you mean {', '.join(alike)}?" if alike else "; name it like Europe/Lisbon, or like UTC+2"
    raise ToolError(f"there is no time zone {wanted!r}{hint}")
