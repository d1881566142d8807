"""Requests and answers of the REST API server that tests run against, and the shapes its errors have.

The shapes are those of the real server, which has five of them. A client that copes with these copes with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """A request to the REST server of the tests."""

    method: str
    target: str
    """Path and query, as they were on the request line."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = b""

    @property
    def path(self) -> str:
        """The request's path, still percent-encoded."""
        return urlsplit(self.target).path

    @property
    def segments(self) -> list[str]:
        """The path's segments below ``/v1``, decoded."""
        return [unquote(part) for part in self.path.removeprefix("/v1").split("/") if part]

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query string."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def body(self) -> Any:
        """The JSON value of the body; None when there is none."""
        return json.loads(self.content) if self.content else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the REST server of the tests answers."""

    status: int
    content: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """Carries an answer out of whatever found the fault."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer


def as_json(status: int, value: Any) -> Answer:
    """A JSON answer."""
    return Answer(status, json.dumps(value).encode(), "application/json; charset=utf-8")


def as_text(status: int, text: str, content_type: str = "text/plain; charset=utf-8") -> Answer:
    """A text answer."""
    return Answer(status, text.encode(), content_type)


def no_content() -> Answer:
    """An answer of status 204 without a body."""
    return Answer(204)


def created(sid: str, **more: str) -> Answer:
    """An answer of status 201 with the new row's sid."""
    return as_json(201, {"sid": sid, **more})


def refused(status: int, message: str) -> Refusal:
    """A refusal in the form that most errors have."""
    return Refusal(as_json(status, {"msg": message}))


def guarded(status: int, message: str) -> Refusal:
    """The shape that some account routes have."""
    return Refusal(as_json(status, {"status": "fail", "message": message}))


_PHRASES = {403: "Forbidden", 404: "Not Found", 500: "Internal Server Error"}


def phrase(status: int) -> Refusal:
    """A refusal whose body is the phrase of its status."""
    return Refusal(as_text(status, _PHRASES[status]))


def empty(status: int) -> Refusal:
    """A refusal without a body."""
    return Refusal(Answer(status))


def unknown_path(method: str, path: str) -> Refusal:
    """What the framework answers when there is no such route: HTML."""
    page = f"<!DOCTYPE html>\n<html><body><pre>Cannot {method} {path}</pre></body></html>\n"
    return Refusal(as_text(404, page, "text/html; charset=utf-8"))
