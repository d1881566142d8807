"""Two dialects of paging behind one walk.

Applications, phone numbers and carriers take `page` and `page_size` and answer numbers; recent calls and
alerts take `page` and `count`, both required, and answer them as text. A `Walk` asks for one page after the
other and hands out the rows, whichever the dialect. New rows appear at the front of the histories while one
walks through them, which pushes rows over to the next page: those that stood on the page before are not
handed out twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from jambonz_core.rest.errors import InvalidRequest
from jambonz_core.rest.reading import converter, json_of, misshapen, rows_of
from jambonz_core.rest.request import Request, Response

T = TypeVar("T")

LARGEST_COUNT = 500
"""The histories answer 400 to a larger page."""

_REPEATED_PAGES = 1
"""How many pages in a row may bring nothing new. One may, when as many rows as fit it appeared in front
meanwhile; a server that goes on like that gives the same page to every request."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list that the server gives in pages."""

    number: int
    """The number of the page; the first is 1."""
    size: int
    """How many rows were asked for."""
    rows: list[T] = field(repr=False)
    total: int | None = None
    """Rows in all pages together, if the server told."""


def page_of(shape: type[T], number: int, size: int) -> Callable[[Response], Page[T]]:
    """Reads a page of either dialect; also a bare list, which is what some endpoints answer instead."""
    kind: Any = shape
    read = converter(kind)
    to_int = converter(int)

    def parse(response: Response) -> Page[T]:
        value = json_of(response)
        total: Any = len(value) if isinstance(value, list) else None
        if isinstance(value, dict):
            total = to_int(value.get("total"))
            value = value.get("data")
        if not isinstance(value, list):
            raise misshapen(value, "a list of rows")
        rows = rows_of(value, kind, read)
        return Page(number, size, rows, total if isinstance(total, int) and total >= 0 else None)

    return parse


class Walk(Generic[T]):
    """A walk through all pages, one request at a time.

    Perform `next_request()`, hand the page to `received()` and use the rows it returns, until
    `next_request()` is None.
    """

    __slots__ = (
        "_before",
        "_identity",
        "_number",
        "_over",
        "_repeated",
        "_request",
        "_seen",
        "_size",
        "total",
    )

    def __init__(
        self,
        request: Callable[[int, int], Request[Page[T]]],
        *,
        page_size: int,
        first_page: int = 1,
        identity: Callable[[T], object] | None = None,
    ) -> None:
        self._request = request
        self._size = page_size
        self._number = first_page
        self._identity = identity
        self._before: set[str] = set()
        self._seen = page_size * (first_page - 1)
        self._over = False
        self._repeated = 0
        self.total: int | None = None
        """Rows in all, as the latest page told; None before the first."""

    def next_request(self) -> Request[Page[T]] | None:
        """The request for the next page, or None when the last one has been received."""
        return None if self._over else self._request(self._number, self._size)

    def received(self, page: Page[T]) -> list[T]:
        """Take a page; return those of its rows that are new."""
        self._number += 1
        self._seen += len(page.rows)
        self.total = page.total
        # A server that forgets the total is believed by the length of its pages; an empty page ends either
        # way.
        self._over = not page.rows or (
            len(page.rows) < page.size if page.total is None else self._seen >= page.total
        )
        if self._identity is None:
            return page.rows
        # By their repr, because what should be a text may be anything.
        named = [(repr(self._identity(row)), row) for row in page.rows]
        fresh = [row for name, row in named if name not in self._before]
        self._before = {name for name, _ in named} - {"None"}
        self._repeated = 0 if fresh else self._repeated + 1
        if self._repeated > _REPEATED_PAGES:
            self._over = True
        return fresh


def checked_page(number: int, size: int, largest: int | None = None) -> tuple[int, int]:
    """Page number and size as the server takes them: page 0 is a negative offset to some of its queries."""
    if isinstance(number, bool) or number < 1:
        raise InvalidRequest(
            f"page must be 1 or more, not {number!r}: pages are counted from 1", field="page"
        )
    if isinstance(size, bool) or size < 1 or (largest is not None and size > largest):
        bound = f"from 1 to {largest}" if largest is not None else "1 or more"
        raise InvalidRequest(f"a page must have {bound}, not {size!r} rows", field="page_size")
    return number, size
