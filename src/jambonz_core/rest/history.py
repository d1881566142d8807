"""Requests about what was: calls that are over, and alerts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from jambonz_core.rest.errors import InvalidRequest
from jambonz_core.rest.fields import Scope, checked_choice, checked_sid, checked_text, query
from jambonz_core.rest.paging import LARGEST_COUNT, Page, Walk, checked_page, page_of
from jambonz_core.rest.reading import binary, many, nothing, one
from jambonz_core.rest.request import NO_CONTENT, Pace, Request, Rows
from jambonz_core.rest.shapes import Alert, RecentCall

_NO_HOMER = {400: "this server has no Homer, which keeps SIP traces", 404: "traces are kept for seven days"}


class RecentCallRequests:
    """Calls that are over, newest first."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def page(
        self,
        number: int = 1,
        *,
        page_size: int = 100,
        days: int | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        direction: Literal["inbound", "outbound"] | None = None,
        answered: bool | None = None,
        trunk: str | None = None,
        filter: str | None = None,
    ) -> Request[Page[RecentCall]]:
        """One page of calls. The arguments are those of `iterate`."""
        checked_page(number, page_size, LARGEST_COUNT)
        return Request(
            "recent_calls.page",
            "GET",
            self._path(),
            page_of(RecentCall, number, page_size),
            params=query(
                page=number,
                count=page_size,
                **_window(days, start, end),
                direction=direction,
                answered=answered,
                trunk=trunk,
                filter=_filter(filter),
            ),
        )

    def iterate(
        self,
        *,
        page_size: int = 100,
        days: int | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        direction: Literal["inbound", "outbound"] | None = None,
        answered: bool | None = None,
        trunk: str | None = None,
        filter: str | None = None,
    ) -> Walk[RecentCall]:
        """All calls, fetched page by page as you go through them.

        Args:
            page_size: Calls per request, up to 500.
            days: Of the last so many days, 1 to 30.
            start: Instead of `days`: from then on; a time with its zone, or ISO 8601 text.
            end: Until then.
            direction: ``inbound`` or ``outbound``.
            answered: Only those that were answered, or only those that were not.
            trunk: The carrier's name.
            filter: A part of either number, or a call's sid.
        """
        checked_page(1, page_size, LARGEST_COUNT)
        _window(days, start, end)
        return Walk(
            lambda number, size: self.page(
                number,
                page_size=size,
                days=days,
                start=start,
                end=end,
                direction=direction,
                answered=answered,
                trunk=trunk,
                filter=filter,
            ),
            page_size=page_size,
            identity=lambda row: row.get("call_sid"),
        )

    def sip_trace(self, sip_callid: str) -> Request[dict[str, Any]]:
        """The SIP messages of a call, as Homer has them, for seven days."""
        where = self._path(checked_text(sip_callid, "sip_callid"))
        return Request("recent_calls.sip_trace", "GET", where, one(dict[str, Any]), hints=_NO_HOMER)

    def pcap(self, sip_callid: str, method: Literal["invite", "register"] = "invite") -> Request[bytes]:
        """The packets of a call or registration as a capture file, for Wireshark."""
        checked_choice(method, "method", ("invite", "register"))
        where = self._path(checked_text(sip_callid, "sip_callid"), method, "pcap")
        return Request("recent_calls.pcap", "GET", where, binary, pace=Pace.SLOW, hints=_NO_HOMER)

    def trace(self, trace_id: str) -> Request[dict[str, Any]]:
        """What the platform did in a call, as Jaeger has it."""
        where = self._path("trace", checked_text(trace_id, "trace_id"))
        return Request("recent_calls.trace", "GET", where, one(dict[str, Any]))

    def logs(self, call_sid: str, *, log_group: str = "jambonz-feature_server") -> Request[Rows[str]]:
        """The feature server's log of a call. Only on AWS."""
        return Request(
            "recent_calls.logs",
            "GET",
            self._path(checked_sid(call_sid, "call_sid"), "logs"),
            many(str),
            params=query(logGroupName=log_group),
            hints={400: "only servers on AWS have logs to give"},
        )

    def recording(self, call_sid: str, day: date, format: str = "mp3") -> Request[bytes]:
        """The recording of a call, `day` being when it was made."""
        where = self._recording(call_sid, day, format)
        return Request("recent_calls.recording", "GET", where, binary, pace=Pace.SLOW)

    def delete_recording(self, call_sid: str, day: date, format: str = "mp3") -> Request[None]:
        """Delete the recording of a call."""
        where = self._recording(call_sid, day, format)
        return Request("recent_calls.delete_recording", "DELETE", where, nothing, expected=NO_CONTENT)

    def _recording(self, call_sid: str, day: date, format: str) -> str:
        year, month, of_month = f"{day:%Y-%m-%d}".split("-")
        checked_sid(call_sid, "call_sid")
        return self._path(call_sid, "record", year, month, of_month, checked_text(format, "format"))

    def _path(self, *segments: str) -> str:
        return self._scope.account_path("RecentCalls", *segments)


class AlertRequests:
    """What went wrong on the platform's side: hooks that failed, speech vendors that did not answer."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def page(
        self,
        number: int = 1,
        *,
        page_size: int = 100,
        days: int | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        alert_type: str | None = None,
    ) -> Request[Page[Alert]]:
        """One page of alerts. The arguments are those of `iterate`."""
        checked_page(number, page_size, LARGEST_COUNT)
        return Request(
            "alerts.page",
            "GET",
            self._scope.account_path("Alerts"),
            page_of(Alert, number, page_size),
            params=query(page=number, count=page_size, **_window(days, start, end), alert_type=alert_type),
        )

    def iterate(
        self,
        *,
        page_size: int = 100,
        days: int | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        alert_type: str | None = None,
    ) -> Walk[Alert]:
        """All alerts, newest first, fetched page by page as you go through them.

        Args:
            page_size: Alerts per request, up to 500.
            days: Of the last so many days, 1 to 30.
            start: Instead of `days`: from then on; a time with its zone, or ISO 8601 text.
            end: Until then.
            alert_type: Only this kind, such as ``webhook-connection-failure``.
        """
        checked_page(1, page_size, LARGEST_COUNT)
        _window(days, start, end)
        return Walk(
            lambda number, size: self.page(
                number, page_size=size, days=days, start=start, end=end, alert_type=alert_type
            ),
            page_size=page_size,
            # Alerts have no id.
            identity=lambda row: (
                row.get("time"),
                row.get("alert_type"),
                row.get("target_sid"),
                row.get("message"),
                row.get("detail"),
            ),
        )


def _window(
    days: int | None, start: datetime | str | None, end: datetime | str | None
) -> dict[str, int | str | None]:
    if days is not None:
        if start is not None or end is not None:
            raise InvalidRequest("days makes the server ignore start and end", field="days")
        if isinstance(days, bool) or not 1 <= days <= 30:
            raise InvalidRequest(f"days must be from 1 to 30, not {days!r}", field="days")
    return {"days": days, "start": _moment(start, "start"), "end": _moment(end, "end")}


def _moment(value: datetime | str | None, name: str) -> str | None:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidRequest(f"{name} needs a time zone: the server would guess one", field=name)
        return value.isoformat()
    return value


def _filter(text: str | None) -> str | None:
    """The server puts this into a regular expression, where a plus and a slash break it."""
    return text if text is None else text.replace("+", "").replace("/", "")
