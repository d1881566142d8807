"""What the REST API takes and gives, as types: plain dicts at run time."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from jambonz_core.rest.shapes import CallInfo

CallStatus = CallInfo
"""A call, as the REST API tells of it."""

CreateCallRequest = TypedDict(
    "CreateCallRequest",
    {
        "from": str,
        "to": dict[str, Any],
        "application_sid": str,
        "call_hook": str | dict[str, Any],
        "call_status_hook": str | dict[str, Any],
        "timeout": int,
        "tag": dict[str, Any],
        "headers": dict[str, str],
        "caller_name": str,
    },
    total=False,
)
"""What `client.calls.create` takes as a dict."""

ListCallsFilter = TypedDict(
    "ListCallsFilter",
    {"direction": Literal["inbound", "outbound"], "from": str, "to": str, "callStatus": str},
    total=False,
)
"""What `client.calls.list` takes as a dict."""

__all__ = ["CallInfo", "CallStatus", "CreateCallRequest", "ListCallsFilter"]
