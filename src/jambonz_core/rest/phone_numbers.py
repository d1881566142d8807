"""Requests about phone numbers."""

from __future__ import annotations

import re

from jambonz_core.rest.errors import InvalidRequest
from jambonz_core.rest.fields import CLEAR, Clear, Scope, checked_sid, checked_text, path, present, query
from jambonz_core.rest.paging import Page, Walk, checked_page, page_of
from jambonz_core.rest.reading import many, nothing, one, sid
from jambonz_core.rest.request import CREATED, NO_CONTENT, Request, Rows
from jambonz_core.rest.shapes import PhoneNumber

_PATH = path("PhoneNumbers")


class PhoneNumberRequests:
    """Phone numbers, and the applications that take their calls."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def create(
        self, number: str, *, voip_carrier_sid: str | None = None, application_sid: str | None = None
    ) -> Request[str]:
        """Store a number that a carrier delivers.

        Args:
            number: Without spaces; a leading plus is not stored.
            voip_carrier_sid: The carrier. Most servers want one.
            application_sid: The application that takes its calls.

        Returns:
            The number's sid.
        """
        if re.search(r"\s", checked_text(number, "number")):
            raise InvalidRequest("number must not hold spaces", field="number")
        body = present(
            {
                "number": number,
                "voip_carrier_sid": voip_carrier_sid and checked_sid(voip_carrier_sid, "voip_carrier_sid"),
                "application_sid": application_sid and checked_sid(application_sid, "application_sid"),
                "account_sid": self._scope.account,
            }
        )
        return Request(
            "phone_numbers.create",
            "POST",
            _PATH,
            sid,
            body=body,
            expected=CREATED,
            hints={
                400: "the carrier must exist and be yours; some servers let only their operator add numbers",
                422: "the carrier has this number already, or the account's quota is full",
            },
        )

    def list(self, filter: str | None = None) -> Request[Rows[PhoneNumber]]:
        """List all numbers, or those with `filter` in them."""
        return Request("phone_numbers.list", "GET", _PATH, many(PhoneNumber), params=query(filter=filter))

    def page(
        self, number: int = 1, *, page_size: int = 50, filter: str | None = None
    ) -> Request[Page[PhoneNumber]]:
        """One page of numbers, in their order."""
        checked_page(number, page_size)
        return Request(
            "phone_numbers.page",
            "GET",
            _PATH,
            page_of(PhoneNumber, number, page_size),
            params=query(page=number, page_size=page_size, filter=filter),
        )

    def iterate(self, *, filter: str | None = None, page_size: int = 50) -> Walk[PhoneNumber]:
        """All numbers, fetched page by page as you go through them."""
        checked_page(1, page_size)
        return Walk(
            lambda number, size: self.page(number, page_size=size, filter=filter),
            page_size=page_size,
            identity=lambda row: row.get("phone_number_sid"),
        )

    def get(self, phone_number_sid: str) -> Request[PhoneNumber]:
        """Look one number up."""
        return Request("phone_numbers.get", "GET", _one(phone_number_sid), one(PhoneNumber))

    def update(self, phone_number_sid: str, *, application_sid: str | Clear) -> Request[None]:
        """Give the number to another application, or with ``CLEAR`` to none.

        Neither the number nor its carrier can be changed: delete it and create another.
        """
        wanted = None if application_sid is CLEAR else checked_sid(application_sid, "application_sid")
        return Request(
            "phone_numbers.update",
            "PUT",
            _one(phone_number_sid),
            nothing,
            body={"application_sid": wanted},
            expected=NO_CONTENT,
        )

    def delete(self, phone_number_sid: str) -> Request[None]:
        """Delete a number."""
        return Request("phone_numbers.delete", "DELETE", _one(phone_number_sid), nothing, expected=NO_CONTENT)


def _one(phone_number_sid: str) -> str:
    return path("PhoneNumbers", checked_sid(phone_number_sid, "phone_number_sid"))
