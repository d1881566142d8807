"""The answer to a webhook, in either spelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from jambonz_core.validation.wire_names import verb_in_wire_names
from jambonz_core.webhooks import response


class WebhookResponse(response.WebhookResponse):
    """The `WebhookResponse` of the library, which takes names in Python's spelling as well."""

    __slots__ = ()

    def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> Self:
        given = verb_in_wire_names(verb, given, self._profile)
        return super()._add(verb, given, verb_in_wire_names(verb, fields, self._profile))
