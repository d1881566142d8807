"""Stored things of the REST API server that tests run against: applications, numbers, carriers and the like.

The real server writes a body column for column into its database. So an unknown field, an empty update and a
null where none may be are 500s with an SQL message, flags come back as 0 and 1, and a primary key in an
update is a 400.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jambonz_anyio.testing._rest_answers import (
    UUID,
    Answer,
    Refusal,
    ServedRequest,
    as_json,
    created,
    empty,
    no_content,
    phrase,
    refused,
    unknown_path,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """The rules that rows of one kind follow."""

    key: str
    """The column that is the primary key."""
    columns: frozenset[str]
    required: tuple[str, ...] = ()
    absent: Callable[[], Refusal] = field(default=lambda: phrase(404))
    """What looking up an unknown row is answered."""
    absent_update: Callable[[], Refusal] = field(default=lambda: phrase(404))
    absent_delete: Callable[[], Refusal] = field(default=lambda: phrase(404))
    hooks: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    taken: int = 422
    """What a second row with the same unique columns is answered."""
    fixed: tuple[str, ...] = ()
    """Columns that an update may not name."""
    search: str = ""
    """The query parameter that filters, and `searched` the column it filters by."""
    searched: str = ""
    parent: str = ""
    """A query parameter that listing needs."""
    masked: str = ""
    """A column that nobody can read back: all but its first character are covered."""


def _columns(text: str) -> frozenset[str]:
    return frozenset(text.split())


KINDS: Mapping[str, Kind] = {
    "Applications": Kind(
        "application_sid",
        _columns(
            "name account_sid call_hook call_status_hook messaging_hook app_json speech_synthesis_vendor "
            "speech_synthesis_language speech_synthesis_voice speech_synthesis_label "
            "speech_recognizer_vendor speech_recognizer_language speech_recognizer_label "
            "use_for_fallback_speech env_vars record_all_calls"
        ),
        required=("name",),
        absent=lambda: empty(404),
        absent_update=lambda: phrase(403),
        absent_delete=lambda: refused(400, "no such application"),
        hooks=("call_hook", "call_status_hook", "messaging_hook"),
        unique=("name",),
        search="name",
        searched="name",
    ),
    "PhoneNumbers": Kind(
        "phone_number_sid",
        _columns("number voip_carrier_sid application_sid account_sid"),
        required=("number",),
        absent=lambda: empty(404),
        unique=("number", "voip_carrier_sid"),
        fixed=("number", "voip_carrier_sid"),
        search="filter",
        searched="number",
    ),
    "VoipCarriers": Kind(
        "voip_carrier_sid",
        _columns(
            "name description account_sid application_sid e164_leading_plus requires_register "
            "register_username register_password register_sip_realm register_from_user register_from_domain "
            "tech_prefix is_active register_public_ip_in_contact inbound_auth_username "
            "inbound_auth_password diversion dtmf_type outbound_sip_proxy trunk_type"
        ),
        required=("name",),
        absent=lambda: empty(404),
        absent_update=lambda: refused(500, "Cannot read properties of undefined (reading 'account_sid')"),
        absent_delete=lambda: refused(500, "Cannot read properties of undefined (reading 'account_sid')"),
        search="name",
        searched="name",
    ),
    "SipGateways": Kind(
        "sip_gateway_sid",
        _columns(
            "voip_carrier_sid ipv4 port netmask inbound outbound is_active protocol send_options_ping "
            "use_sips_scheme pad_crypto remove_ice dtls_off"
        ),
        required=("voip_carrier_sid", "ipv4", "inbound", "outbound"),
        absent_update=lambda: refused(400, "no such gateway"),
        absent_delete=lambda: refused(400, "no such gateway"),
        parent="voip_carrier_sid",
    ),
    "Clients": Kind(
        "client_sid",
        _columns(
            "username password account_sid is_active allow_direct_app_calling allow_direct_queue_calling "
            "allow_direct_user_calling"
        ),
        required=("username", "password"),
        unique=("username",),
        taken=400,
        masked="password",
    ),
    "ApiKeys": Kind("api_key_sid", _columns("account_sid"), required=("account_sid",)),
    "Lcrs": Kind(
        "lcr_sid",
        _columns("name is_active default_carrier_set_entry_sid"),
        required=("name",),
        absent_update=lambda: refused(400, "no such lcr"),
        absent_delete=lambda: refused(400, "no such lcr"),
    ),
    "LcrRoutes": Kind(
        "lcr_route_sid",
        _columns("lcr_sid regex description priority"),
        required=("lcr_sid", "regex", "priority"),
        absent_update=lambda: refused(400, "no such route"),
        absent_delete=lambda: refused(400, "no such route"),
        parent="lcr_sid",
    ),
    "LcrCarrierSetEntries": Kind(
        "lcr_carrier_set_entry_sid",
        _columns("lcr_route_sid voip_carrier_sid workload priority"),
        required=("lcr_route_sid", "voip_carrier_sid"),
        absent_update=lambda: refused(400, "no such entry"),
        absent_delete=lambda: refused(400, "no such entry"),
        parent="lcr_route_sid",
    ),
    "SpeechCredentials": Kind(
        "speech_credential_sid",
        _columns("vendor label use_for_tts use_for_stt api_key model_id service_key region"),
        required=("vendor",),
        absent_delete=lambda: refused(500, "Cannot read properties of undefined (reading 'account_sid')"),
    ),
}


class Table:
    """The rows of one kind, with what requests may do to them."""

    def __init__(self, name: str, account_sid: str, new_sid: Callable[[], str]) -> None:
        self.kind = KINDS[name]
        self.rows: dict[str, dict[str, Any]] = {}
        self._account_sid = account_sid
        self._new_sid = new_sid

    def add(self, **columns: Any) -> str:
        """Put a row in, as if somebody had created it. Returns its sid."""
        sid = self._new_sid()
        row = {self.kind.key: sid, "account_sid": self._account_sid, "created_at": "2024-05-01T00:00:00.000Z"}
        self.rows[sid] = row | {name: _stored(value) for name, value in columns.items()}
        return sid

    def handle(self, request: ServedRequest, rest: list[str]) -> Answer:
        """Answer a request for the table, or for the row that `rest` names."""
        if not rest:
            if request.method == "POST":
                return self._create(request.body)
            if request.method == "GET":
                return self._list(request.query)
            raise unknown_path(request.method, request.path)
        sid = rest[0]
        if not UUID.fullmatch(sid):
            raise refused(400, "Bad request")
        if request.method == "GET":
            if sid not in self.rows:
                raise self.kind.absent()
            return as_json(200, self._shown(self.rows[sid]))
        if request.method == "PUT":
            return self._update(sid, request.body)
        if request.method == "DELETE":
            if sid not in self.rows:
                raise self.kind.absent_delete()
            del self.rows[sid]
            return no_content()
        raise unknown_path(request.method, request.path)

    def _list(self, query: Mapping[str, str]) -> Answer:
        kind = self.kind
        rows = [self._shown(row) for row in self.rows.values()]
        if kind.parent:
            if not query.get(kind.parent):
                raise refused(400, f"missing {kind.parent} in query")
            rows = [row for row in rows if row.get(kind.parent) == query[kind.parent]]
        wanted = query.get(kind.search) if kind.search else None
        if wanted:
            rows = [row for row in rows if wanted in row[kind.searched]]
        if "page" not in query:
            return as_json(200, rows)
        return as_json(200, paged(rows, query, "page_size", as_text=False))

    def _create(self, body: Any) -> Answer:
        body = body if isinstance(body, dict) else {}
        missing = [name for name in self.kind.required if body.get(name) is None]
        if missing:
            raise refused(500 if "vendor" in missing else 400, f"missing {missing[0]}")
        if self.kind.hooks and body.get("call_status_hook") is None:
            raise refused(500, "Cannot read properties of undefined (reading 'url')")
        self._check_columns(body)
        for row in self.rows.values():
            if self.kind.unique and all(row.get(name) == body.get(name) for name in self.kind.unique):
                raise refused(
                    self.kind.taken, f"ER_DUP_ENTRY: Duplicate entry for key '{self.kind.unique[0]}'"
                )
        sid = self.add(**body)
        if self.kind.key == "api_key_sid":
            self.rows[sid]["token"] = self._new_sid()
            return created(sid, token=self.rows[sid]["token"])
        return created(sid)

    def _update(self, sid: str, body: Any) -> Answer:
        body = body if isinstance(body, dict) else {}
        kind = self.kind
        if sid not in self.rows:
            raise kind.absent_update()
        if kind.key in body or any(name in body for name in kind.fixed):
            raise refused(400, f"{kind.key} may not be modified")
        if "call_status_hook" in body and "call_hook" not in body:
            raise refused(400, "call_hook is required")
        if any(name in body and body[name] is None for name in kind.hooks):
            raise refused(500, "Cannot read properties of null (reading 'url')")
        if not body:
            raise refused(500, "ER_PARSE_ERROR: You have an error in your SQL syntax")
        self._check_columns(body)
        self.rows[sid] |= {name: _stored(value) for name, value in body.items()}
        return no_content()

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        text = row.get(self.kind.masked)
        return {**row, self.kind.masked: text[:1] + "x" * (len(text) - 1)} if text else row

    def _check_columns(self, body: Mapping[str, Any]) -> None:
        for name in body:
            if name not in self.kind.columns:
                raise refused(500, f"ER_BAD_FIELD_ERROR: Unknown column '{name}' in 'field list'")
        if isinstance(body.get("app_json", ""), list):
            raise refused(500, "Unexpected token o in JSON at position 1")


def _stored(value: Any) -> Any:
    """A value as it comes back: flags as numbers."""
    return int(value) if isinstance(value, bool) else value


def paged(
    rows: list[dict[str, Any]], query: Mapping[str, str], size_name: str, *, as_text: bool
) -> dict[str, Any]:
    """One page, in the dialect of the endpoint: numbers, or the texts that came in."""
    page = int(query["page"])
    size = int(query.get(size_name) or 50)
    echo: tuple[Any, Any] = (query["page"], query.get(size_name)) if as_text else (page, None)
    if not as_text and size_name in query:
        echo = (page, size)
    return {
        "total": len(rows),
        "page": echo[0],
        "page_size": echo[1],
        "data": rows[(page - 1) * size : page * size],
    }
