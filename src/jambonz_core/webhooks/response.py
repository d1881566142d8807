"""The answer to a webhook: a list of verbs that any web framework can send.

`WebhookResponse` *is* a list of plain dicts, so what takes a list of dicts takes it as it is: FastAPI and
Flask as the return value of a handler, Django's `JsonResponse(response, safe=False)`, aiohttp's
`web.json_response`, and `json.dumps`. For everything else there are its bytes and their content type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Self

from jambonz_core.verbs.assembling import assemble
from jambonz_core.verbs.declared import VerbMethods
from jambonz_core.verbs.profiles import V10, Profile
from jambonz_core.wire.codec import encode


class WebhookResponse(VerbMethods, list[dict[str, Any]]):
    """Verbs to answer a webhook with, made by calling one method per verb.

    >>> response = WebhookResponse().say(text="Hello!").hangup()
    >>> response.body
    b'[{"verb":"say","text":"Hello!"},{"verb":"hangup"}]'

    A verb that is wrong raises `InvalidVerb` in the call that adds it, and is not added. Over webhooks the
    call is hung up when its verbs run out, so an empty answer to the first hook ends it.

    `to_list`, `to_json`, `to_json_string` and `__json__` hand the verbs over and begin anew, as in the
    official SDK, so that one object can serve request after request; everything else leaves it as it is.
    """

    __slots__ = ("_profile",)

    media_type: Final = "application/json"
    """The `Content-Type` to send `body` with: jambonz reads no other."""
    content_type: Final = "application/json"
    """The value of `media_type`, by the name that Flask, Django and aiohttp have for it."""

    def __init__(self, profile: Profile = V10) -> None:
        super().__init__()
        self._profile = profile

    def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> Self:
        self.append(assemble(verb, given, fields, self._profile))
        return self

    def to_list(self) -> list[dict[str, Any]]:
        """Hand over the verbs as plain dicts, and begin anew."""
        verbs = list(self)
        self.clear()
        return verbs

    def to_json(self) -> list[dict[str, Any]]:
        """The list of verbs that a framework makes JSON of, the same as `to_list`."""
        return self.to_list()

    def to_json_string(self) -> str:
        """Hand over the verbs as JSON text, and begin anew."""
        return encode(self.to_list())

    def __json__(self) -> list[dict[str, Any]]:
        """For frameworks that ask objects this way, such as Pyramid."""
        return self.to_list()

    @property
    def body(self) -> bytes:
        """The verbs as the bytes of a response's body."""
        return encode(list(self)).encode()

    def __repr__(self) -> str:
        # What is said to callers stays out of logs.
        return f"<WebhookResponse {[verb.get('verb') for verb in self]}>"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Callable[[Any], Any]) -> Any:
        """Lets FastAPI take ``-> WebhookResponse`` as a handler's return type."""
        return handler(list[dict[str, Any]])
