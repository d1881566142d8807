"""What the server told about a call when it began, as properties.

The names are those of the official SDKs. A field that the server left out is empty, and nothing is ever
invented: `call.data` has the whole payload.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any


def parent_of(data: Mapping[str, Any]) -> str:
    """The `call_sid` of the leg that a leg was dialled by, from the leg's first payload."""
    value = data.get("parent_call_sid")
    if not value:
        parent = data.get("parent_call_info")
        value = parent.get("call_sid") if isinstance(parent, dict) else ""
    return value if isinstance(value, str) else ""


class SessionFields:
    """Read-only views of the first payload."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def data(self) -> dict[str, Any]:
            """The payload with which the call began."""
            ...

    def _text(self, name: str) -> str:
        value = self.data.get(name)
        return value if isinstance(value, str) else ""

    @property
    def call_sid(self) -> str:
        """The id of this leg of the call."""
        return self._text("call_sid")

    @property
    def account_sid(self) -> str:
        """The account that the call belongs to."""
        return self._text("account_sid")

    @property
    def application_sid(self) -> str:
        """The jambonz application that led the call here."""
        return self._text("application_sid")

    @property
    def service_provider_sid(self) -> str:
        """The service provider of the account."""
        return self._text("service_provider_sid")

    @property
    def direction(self) -> str:
        """``inbound`` or ``outbound``."""
        return self._text("direction")

    @property
    def from_(self) -> str:
        """Who calls: a number or a SIP user."""
        return self._text("from")

    @property
    def to(self) -> str:
        """The number or address that is called."""
        return self._text("to")

    @property
    def call_id(self) -> str:
        """The SIP Call-ID of the caller's leg."""
        return self._text("call_id")

    @property
    def sip_status(self) -> int:
        """The SIP status when the call began, or 0."""
        status = self.data.get("sip_status")
        return status if isinstance(status, int) else 0

    @property
    def sip_reason(self) -> str:
        """The SIP reason phrase that goes with it."""
        return self._text("sip_reason")

    @property
    def call_status(self) -> str:
        """The state of the call when it began, such as ``trying``."""
        return self._text("call_status")

    @property
    def caller_name(self) -> str:
        """The caller's display name."""
        return self._text("caller_name")

    @property
    def caller_id(self) -> str:
        """The caller id, for legs that were dialled."""
        return self._text("caller_id")

    @property
    def originating_sip_ip(self) -> str:
        """The address of the carrier that the call came from."""
        return self._text("originating_sip_ip")

    @property
    def originating_sip_trunk_name(self) -> str:
        """The name of the carrier that the call came from."""
        return self._text("originating_sip_trunk_name")

    @property
    def parent_call_sid(self) -> str:
        """The leg that this one was dialled by."""
        return parent_of(self.data)

    @property
    def trace_id(self) -> str:
        """The id under which the server traces the call."""
        return self._text("trace_id")

    @property
    def api_base_url(self) -> str:
        """Where the REST API of the server is."""
        return self._text("api_base_url")

    @property
    def b3(self) -> str:
        """The tracing header of the first message."""
        return self._text("b3")

    @property
    def sip(self) -> dict[str, Any]:
        """The SIP INVITE, with `headers`, `body`, `uri` and more; empty for outbound calls."""
        return self._object("sip")

    @property
    def env_vars(self) -> dict[str, Any]:
        """The application's variables as the portal sent them. `call.env` has them typed, with defaults."""
        return self._object("env_vars")

    @property
    def defaults(self) -> dict[str, Any]:
        """The `synthesizer` and `recognizer` of the application."""
        return self._object("defaults")

    @property
    def customer_data(self) -> dict[str, Any]:
        """What was attached to the call when it was placed, or by the verb `tag`."""
        return self._object("customerData")

    def _object(self, name: str) -> dict[str, Any]:
        value = self.data.get(name)
        return value if isinstance(value, dict) else {}
