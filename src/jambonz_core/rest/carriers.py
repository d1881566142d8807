"""Requests about carriers, and the gateways by which they are reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from jambonz_core.rest.errors import InvalidRequest
from jambonz_core.rest.fields import (
    Columns,
    Scope,
    checked_choice,
    checked_sid,
    checked_text,
    path,
    query,
    required,
)
from jambonz_core.rest.paging import Page, checked_page, page_of
from jambonz_core.rest.reading import many, nothing, one, sid
from jambonz_core.rest.request import CREATED, NO_CONTENT, Request, Rows
from jambonz_core.rest.shapes import Carrier, Gateway

_OPERATOR = "some servers let only their operator change carriers"
_CARRIER = Columns(
    "a carrier",
    frozenset(
        {
            "name",
            "description",
            "application_sid",
            "e164_leading_plus",
            "requires_register",
            "register_username",
            "register_password",
            "register_sip_realm",
            "register_from_user",
            "register_from_domain",
            "register_public_ip_in_contact",
            "tech_prefix",
            "inbound_auth_username",
            "inbound_auth_password",
            "diversion",
            "is_active",
            "smpp_system_id",
            "smpp_password",
            "smpp_inbound_system_id",
            "smpp_inbound_password",
            "smpp_enquire_link_interval",
            "dtmf_type",
            "outbound_sip_proxy",
            "trunk_type",
        }
    ),
    read_only=frozenset(
        {"voip_carrier_sid", "account_sid", "service_provider_sid", "created_at", "register_status"}
    ),
    clearable=frozenset(
        {
            "description",
            "application_sid",
            "register_username",
            "register_password",
            "register_sip_realm",
            "register_from_user",
            "register_from_domain",
            "tech_prefix",
            "inbound_auth_username",
            "inbound_auth_password",
            "diversion",
            "outbound_sip_proxy",
        }
    ),
)
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class CarrierRequests:
    """Carriers, also called SIP trunks."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def create(
        self, /, name: str | None = None, fields: Mapping[str, Any] | None = None, **more: Any
    ) -> Request[str]:
        """Store a carrier.

        Args:
            name: Up to 64 characters.
            fields: The other fields, by the server's names, as a dict or as keywords. One that registers has
                ``requires_register=True`` and needs `register_username` and `register_password`.
            more: The same as keywords.

        Returns:
            The carrier's sid.
        """
        body = _checked_carrier(_CARRIER.gather(fields, {"name": name, **more}))
        required(body, ("name",), "a carrier")
        return Request(
            "carriers.create",
            "POST",
            self._scope.account_path("VoipCarriers"),
            sid,
            body=body,
            expected=CREATED,
            hints={400: _OPERATOR, 422: "the account's quota is full"},
        )

    def templates(self) -> Request[Rows[dict[str, Any]]]:
        """List the carriers that the server knows how to set up."""
        return Request("carriers.templates", "GET", path("PredefinedCarriers"), many(dict[str, Any]))

    def create_from_template(self, predefined_carrier_sid: str) -> Request[str]:
        """Store a carrier with its gateways, as a template has them. Returns the carrier's sid."""
        where = checked_sid(predefined_carrier_sid, "predefined_carrier_sid")
        return Request(
            "carriers.create_from_template",
            "POST",
            self._scope.account_path("PredefinedCarriers", where),
            sid,
            expected=CREATED,
        )

    def list(self, *, shared: bool = False, name: str | None = None) -> Request[Rows[Carrier]]:
        """List the account's own carriers; with ``shared=True`` also those that the service provider shares.

        `name` is a part of the name, and filters only the longer list.
        """
        if name is not None and not shared:
            raise InvalidRequest("the server filters by name only with shared=True", field="name")
        where = path("VoipCarriers") if shared else self._scope.account_path("VoipCarriers")
        return Request("carriers.list", "GET", where, many(Carrier), params=query(name=name))

    def page(
        self, number: int = 1, *, page_size: int = 50, name: str | None = None
    ) -> Request[Page[Carrier]]:
        """One page of the carriers that the account may use, shared ones too.

        The server keeps no order between its pages, so a row may come twice or never: `list` has them all.
        """
        checked_page(number, page_size)
        return Request(
            "carriers.page",
            "GET",
            path("VoipCarriers"),
            page_of(Carrier, number, page_size),
            params=query(page=number, page_size=page_size, name=name),
        )

    def get(self, voip_carrier_sid: str) -> Request[Carrier]:
        """Look one of your own carriers up. Passwords come in clear."""
        return Request(
            "carriers.get",
            "GET",
            _carrier(voip_carrier_sid),
            one(Carrier),
            hints={400: "a carrier that the service provider shares cannot be looked up by an account"},
        )

    def update(
        self, /, voip_carrier_sid: str, fields: Mapping[str, Any] | None = None, **more: Any
    ) -> Request[None]:
        """Change a carrier. `fields` may be a row that was read: what is read-only in it is left out."""
        return Request(
            "carriers.update",
            "PUT",
            _carrier(voip_carrier_sid),
            nothing,
            body=_checked_carrier(_CARRIER.changes(fields, more)),
            expected=NO_CONTENT,
            hints={400: _OPERATOR, 422: "the carrier is not yours", 500: "there may be no such carrier"},
        )

    def delete(self, voip_carrier_sid: str) -> Request[None]:
        """Delete a carrier and its gateways. Its phone numbers have to go first."""
        return Request(
            "carriers.delete",
            "DELETE",
            _carrier(voip_carrier_sid),
            nothing,
            expected=NO_CONTENT,
            hints={
                400: _OPERATOR,
                422: "it still has phone numbers, or is not yours",
                500: "there may be no such carrier",
            },
        )


def _carrier(voip_carrier_sid: str) -> str:
    return path("VoipCarriers", checked_sid(voip_carrier_sid, "voip_carrier_sid"))


def _checked_carrier(body: dict[str, Any]) -> dict[str, Any]:
    if "name" in body:
        checked_text(body["name"], "name", longest=64)
    if body.get("requires_register"):
        for name in ("register_username", "register_password"):
            if not body.get(name):
                raise InvalidRequest(
                    f"requires_register needs register_username and register_password; {name} is missing",
                    field=name,
                )
    if re.search(r"\s", body.get("register_username") or ""):
        raise InvalidRequest("register_username must not hold spaces", field="register_username")
    for name in ("register_sip_realm", "register_from_domain"):
        value = body.get(name)
        # The realm may be absent but not empty; the domain may be both.
        absent = value is None or (value == "" and name == "register_from_domain")
        if not absent and not _DOMAIN.fullmatch(str(value)):
            raise InvalidRequest(f"{name} must be a domain or an IPv4 address, without sip:", field=name)
    if "dtmf_type" in body:
        checked_choice(body["dtmf_type"], "dtmf_type", ("rfc2833", "tones", "info"))
    if "trunk_type" in body:
        checked_choice(body["trunk_type"], "trunk_type", ("static_ip", "auth", "reg"))
    return body


_GATEWAY = Columns(
    "a gateway",
    frozenset(
        {
            "voip_carrier_sid",
            "ipv4",
            "port",
            "netmask",
            "inbound",
            "outbound",
            "is_active",
            "protocol",
            "send_options_ping",
            "use_sips_scheme",
            "pad_crypto",
            "remove_ice",
            "dtls_off",
        }
    ),
    read_only=frozenset({"sip_gateway_sid", "account_sid", "service_provider_sid", "created_at"}),
    clearable=frozenset({"port"}),
)
_HINTS_GATEWAY = {
    400: f"there may be no such gateway; {_OPERATOR}",
    403: "the carrier is shared, or not yours",
}


class GatewayRequests:
    """Gateways: the addresses from which a carrier's calls come and to which they go."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def create(
        self,
        /,
        voip_carrier_sid: str,
        ipv4: str,
        *,
        inbound: bool,
        outbound: bool,
        port: int | None = None,
        netmask: int | None = None,
        protocol: Literal["udp", "tcp", "tls", "tls/srtp"] | None = None,
        is_active: bool | None = None,
        **more: Any,
    ) -> Request[str]:
        """Store a gateway.

        Args:
            voip_carrier_sid: Whose it is.
            ipv4: An IPv4 address; for a gateway that only takes outbound calls it may be a DNS name.
            inbound: Calls come from here.
            outbound: Calls go here.
            port: The SIP port.
            netmask: How many bits of the address count; 32 unless calls come in from a whole network.
            protocol: ``udp`` (default), ``tcp``, ``tls`` or ``tls/srtp``.
            is_active: Whether it is in use.
            more: `send_options_ping`, `use_sips_scheme`, `pad_crypto`, `remove_ice`, `dtls_off`.

        Returns:
            The gateway's sid.
        """
        keywords = {
            "voip_carrier_sid": checked_sid(voip_carrier_sid, "voip_carrier_sid"),
            "ipv4": checked_text(ipv4, "ipv4"),
            "inbound": inbound,
            "outbound": outbound,
            "port": port,
            "netmask": netmask,
            "protocol": protocol,
            "is_active": is_active,
            **more,
        }
        return Request(
            "gateways.create",
            "POST",
            path("SipGateways"),
            sid,
            body=_checked_gateway(_GATEWAY.gather(None, keywords)),
            expected=CREATED,
            hints=_HINTS_GATEWAY | {422: "the account's quota is full"},
        )

    def list(self, voip_carrier_sid: str) -> Request[Rows[Gateway]]:
        """List a carrier's gateways."""
        return Request(
            "gateways.list",
            "GET",
            path("SipGateways"),
            many(Gateway),
            params=query(voip_carrier_sid=checked_sid(voip_carrier_sid, "voip_carrier_sid")),
        )

    def get(self, sip_gateway_sid: str) -> Request[Gateway]:
        """Look one gateway up."""
        return Request("gateways.get", "GET", _gateway(sip_gateway_sid), one(Gateway))

    def update(
        self, /, sip_gateway_sid: str, fields: Mapping[str, Any] | None = None, **more: Any
    ) -> Request[None]:
        """Change a gateway. One that gets ``inbound=True`` needs its `ipv4` beside it."""
        return Request(
            "gateways.update",
            "PUT",
            _gateway(sip_gateway_sid),
            nothing,
            body=_checked_gateway(_GATEWAY.changes(fields, more)),
            expected=NO_CONTENT,
            hints=_HINTS_GATEWAY,
        )

    def delete(self, sip_gateway_sid: str) -> Request[None]:
        """Delete a gateway."""
        return Request(
            "gateways.delete",
            "DELETE",
            _gateway(sip_gateway_sid),
            nothing,
            expected=NO_CONTENT,
            hints=_HINTS_GATEWAY,
        )


_IPV4 = re.compile(r"((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}")


def _gateway(sip_gateway_sid: str) -> str:
    return path("SipGateways", checked_sid(sip_gateway_sid, "sip_gateway_sid"))


def _checked_gateway(body: dict[str, Any]) -> dict[str, Any]:
    if body.get("inbound") and not _IPV4.fullmatch(str(body.get("ipv4", ""))):
        raise InvalidRequest(
            "an inbound gateway needs ipv4, an address of numbers, in the same request", field="ipv4"
        )
    if body.get("outbound") and body.get("inbound") is False and body.get("netmask", 32) != 32:
        raise InvalidRequest("a gateway that only takes outbound calls has netmask 32", field="netmask")
    if "protocol" in body:
        checked_choice(body["protocol"], "protocol", ("udp", "tcp", "tls", "tls/srtp"))
    return body
