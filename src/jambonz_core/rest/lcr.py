"""Requests about least-cost routing: which carriers get which numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jambonz_core.rest.errors import InvalidRequest
from jambonz_core.rest.fields import Scope, checked_keys, checked_sid, checked_text, path, present, query
from jambonz_core.rest.reading import many, nothing, one, sid
from jambonz_core.rest.request import CREATED, NO_CONTENT, Request, Rows
from jambonz_core.rest.shapes import Lcr, LcrCarrier, LcrRoute

_HINTS = {400: "or there is no such thing, or it is not yours"}


class LcrRequests:
    """Least-cost routing. An account has one table of routes; each route sends numbers to carriers."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def create(self, name: str) -> Request[str]:
        """Make the account's routing table. Returns its sid."""
        body = {"name": checked_text(name, "name")}
        hints = {400: "an account has one routing table at most"}
        return Request("lcr.create", "POST", path("Lcrs"), sid, body=body, expected=CREATED, hints=hints)

    def list(self) -> Request[Rows[Lcr]]:
        """List routing tables: none or one."""
        return Request("lcr.list", "GET", path("Lcrs"), many(Lcr))

    def get(self, lcr_sid: str) -> Request[Lcr]:
        """Look the routing table up."""
        return Request("lcr.get", "GET", _one("Lcrs", lcr_sid, "lcr_sid"), one(Lcr))

    def update(
        self,
        lcr_sid: str,
        *,
        name: str | None = None,
        is_active: bool | None = None,
        default_carrier_set_entry_sid: str | None = None,
    ) -> Request[None]:
        """Change the routing table's own fields."""
        body = _changes(
            {
                "name": name,
                "is_active": is_active,
                "default_carrier_set_entry_sid": default_carrier_set_entry_sid,
            }
        )
        return _change("lcr.update", _one("Lcrs", lcr_sid, "lcr_sid"), body)

    def delete(self, lcr_sid: str) -> Request[None]:
        """Delete the routing table with all its routes."""
        return _delete("lcr.delete", _one("Lcrs", lcr_sid, "lcr_sid"))

    def add_routes(self, lcr_sid: str, routes: Iterable[Mapping[str, Any]]) -> Request[None]:
        """Add routes with their carriers.

        A route is ``{"regex", "description"?, "priority", "lcr_carrier_set_entries": [{"voip_carrier_sid",
        "workload"?, "priority"?}]}``. Priority 9999 is the default route.
        """
        return Request(
            "lcr.add_routes",
            "POST",
            _one("Lcrs", lcr_sid, "lcr_sid", "Routes"),
            nothing,
            body=_routes(routes),
            expected=CREATED | NO_CONTENT,
            hints=_HINTS,
        )

    def update_routes(self, lcr_sid: str, routes: Iterable[Mapping[str, Any]]) -> Request[None]:
        """Change the routes that have an `lcr_route_sid`, and add the others.

        The server drops new carriers inside a route that exists: add those with `create_carrier`.
        """
        return _change(
            "lcr.update_routes", _one("Lcrs", lcr_sid, "lcr_sid", "Routes"), _routes(routes, existing=True)
        )

    def list_routes(self, lcr_sid: str) -> Request[Rows[LcrRoute]]:
        """List the routes of the table."""
        params = query(lcr_sid=checked_sid(lcr_sid, "lcr_sid"))
        return Request("lcr.list_routes", "GET", path("LcrRoutes"), many(LcrRoute), params=params)

    def create_route(
        self, lcr_sid: str, regex: str, priority: int, *, description: str | None = None
    ) -> Request[str]:
        """Add a route without carriers. Returns its sid."""
        body = present(
            {
                "lcr_sid": checked_sid(lcr_sid, "lcr_sid"),
                "regex": checked_text(regex, "regex", longest=32),
                "priority": priority,
                "description": description,
            }
        )
        return Request("lcr.create_route", "POST", path("LcrRoutes"), sid, body=body, expected=CREATED)

    def get_route(self, lcr_route_sid: str) -> Request[LcrRoute]:
        """Look one route up."""
        return Request(
            "lcr.get_route", "GET", _one("LcrRoutes", lcr_route_sid, "lcr_route_sid"), one(LcrRoute)
        )

    def update_route(
        self,
        lcr_route_sid: str,
        *,
        regex: str | None = None,
        priority: int | None = None,
        description: str | None = None,
    ) -> Request[None]:
        """Change a route."""
        body = _changes({"regex": regex, "priority": priority, "description": description})
        return _change("lcr.update_route", _one("LcrRoutes", lcr_route_sid, "lcr_route_sid"), body)

    def delete_route(self, lcr_route_sid: str) -> Request[None]:
        """Delete a route with its carriers."""
        return _delete("lcr.delete_route", _one("LcrRoutes", lcr_route_sid, "lcr_route_sid"))

    def list_carriers(self, lcr_route_sid: str) -> Request[Rows[LcrCarrier]]:
        """List the carriers of a route."""
        params = query(lcr_route_sid=checked_sid(lcr_route_sid, "lcr_route_sid"))
        return Request(
            "lcr.list_carriers", "GET", path("LcrCarrierSetEntries"), many(LcrCarrier), params=params
        )

    def create_carrier(
        self, lcr_route_sid: str, voip_carrier_sid: str, *, workload: int = 1, priority: int = 0
    ) -> Request[str]:
        """Add a carrier to a route. Returns the entry's sid."""
        body = {
            "lcr_route_sid": checked_sid(lcr_route_sid, "lcr_route_sid"),
            "voip_carrier_sid": checked_sid(voip_carrier_sid, "voip_carrier_sid"),
            "workload": workload,
            "priority": priority,
        }
        return Request(
            "lcr.create_carrier", "POST", path("LcrCarrierSetEntries"), sid, body=body, expected=CREATED
        )

    def get_carrier(self, lcr_carrier_set_entry_sid: str) -> Request[LcrCarrier]:
        """Look one carrier of a route up."""
        return Request("lcr.get_carrier", "GET", _entry(lcr_carrier_set_entry_sid), one(LcrCarrier))

    def update_carrier(
        self,
        lcr_carrier_set_entry_sid: str,
        *,
        voip_carrier_sid: str | None = None,
        workload: int | None = None,
        priority: int | None = None,
    ) -> Request[None]:
        """Change a carrier of a route."""
        body = _changes({"voip_carrier_sid": voip_carrier_sid, "workload": workload, "priority": priority})
        return _change("lcr.update_carrier", _entry(lcr_carrier_set_entry_sid), body)

    def delete_carrier(self, lcr_carrier_set_entry_sid: str) -> Request[None]:
        """Take a carrier out of a route."""
        return _delete("lcr.delete_carrier", _entry(lcr_carrier_set_entry_sid))


def _one(kind: str, value: str, name: str, *segments: str) -> str:
    return path(kind, checked_sid(value, name), *segments)


def _entry(lcr_carrier_set_entry_sid: str) -> str:
    return _one("LcrCarrierSetEntries", lcr_carrier_set_entry_sid, "lcr_carrier_set_entry_sid")


def _changes(given: Mapping[str, Any]) -> dict[str, Any]:
    body = present(given)
    if not body:
        raise InvalidRequest(f"there is nothing to change: give {', '.join(given)}")
    return body


def _change(operation: str, where: str, body: Any) -> Request[None]:
    return Request(operation, "PUT", where, nothing, body=body, expected=NO_CONTENT, hints=_HINTS)


def _delete(operation: str, where: str) -> Request[None]:
    return Request(operation, "DELETE", where, nothing, expected=NO_CONTENT, hints=_HINTS)


_ROUTE = ("regex", "description", "priority", "lcr_carrier_set_entries")
_ENTRY = ("voip_carrier_sid", "workload", "priority")


def _routes(routes: Iterable[Mapping[str, Any]], *, existing: bool = False) -> list[dict[str, Any]]:
    checked = []
    for index, route in enumerate(routes):
        name = f"routes[{index}]"
        known = (*_ROUTE, "lcr_route_sid", "lcr_sid") if existing else _ROUTE
        row = present(checked_keys(route, name, known))
        entries = row.get("lcr_carrier_set_entries")
        if "lcr_route_sid" not in row:
            checked_text(row.get("regex"), f"{name}.regex", longest=32)
            if not entries:
                raise InvalidRequest(
                    f"{name} needs lcr_carrier_set_entries, at least one carrier",
                    field=f"{name}.lcr_carrier_set_entries",
                )
        for place, entry in enumerate(entries or ()):
            where = f"{name}.lcr_carrier_set_entries[{place}]"
            entry_keys = (*_ENTRY, "lcr_carrier_set_entry_sid", "lcr_route_sid") if existing else _ENTRY
            checked_sid(
                checked_keys(entry, where, entry_keys).get("voip_carrier_sid"), f"{where}.voip_carrier_sid"
            )
        checked.append(row)
    if not checked:
        raise InvalidRequest("there are no routes", field="routes")
    return checked
