"""What the REST API server of tests knows, and how it routes: one account with its calls, tables and
histories."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from jambonz_anyio.testing._rest_answers import (
    UUID,
    Answer,
    ServedRequest,
    as_json,
    as_text,
    created,
    guarded,
    no_content,
    phrase,
    refused,
    unknown_path,
)
from jambonz_anyio.testing._rest_calls import Calls
from jambonz_anyio.testing._rest_tables import KINDS, Table, paged

_GUARDED = {
    "SpeechCredentials",
    "RecentCalls",
    "Alerts",
    "SipRealms",
    "Limits",
    "TtsCache",
    "PredefinedCarriers",
}
_LIMITS = {
    *("api_rate", "voice_call_session", "device", "voice_call_minutes"),
    *("voice_call_session_license", "voice_call_minutes_license"),
}


class RestWorld:
    """Answers requests out of what it knows. No input, no output."""

    def __init__(self) -> None:
        self._sids = 0
        self.api_key = "4c6a1b0e-0000-4000-8000-00000000beef"
        """The key that a request must show."""
        self.account: dict[str, Any] = {
            "account_sid": self.new_sid(),
            "name": "test account",
            "sip_realm": "test.sip.example.com",
            "webhook_secret": "wh_secret_0",
            "registration_hook": None,
            "queue_event_hook": None,
            "is_active": 1,
        }
        """The row of the account."""
        self.calls: Calls = Calls(self.account_sid, self.new_sid)
        """Live calls, and what was asked of them."""
        self.tables: dict[str, Table] = {name: Table(name, self.account_sid, self.new_sid) for name in KINDS}
        """Stored rows, by the name they have in paths: ``Applications``, ``VoipCarriers``, …"""
        self.conferences: list[str] = []
        """The names of the conferences that are on."""
        self.participants: dict[str, list[dict[str, Any]]] = {}
        """Who is in a conference, by its name."""
        self.conference_forks: dict[str, dict[str, Any]] = {}
        """Where the sound of a conference goes, by its name: what the request said."""
        self.queues: dict[str, int] = {}
        """How many callers wait, by the name of the queue."""
        self.recent_calls: list[dict[str, Any]] = []
        """Records of calls that are over, newest first."""
        self.alerts: list[dict[str, Any]] = []
        """What the platform has reported, newest first."""
        self.registered_users: dict[str, dict[str, Any]] = {}
        """The registered users, by user name."""
        self.limits: dict[str, int] = {}
        """How much the account may use, by category."""
        self.cached_renderings: int = 0
        """How many texts are in the cache of rendered speech."""
        self.app_envs: dict[str, Any] = {}
        """What applications declare, by URL."""
        self.captures: dict[str, bytes] = {}
        """The packet captures of calls, by SIP Call-ID."""
        self.requests_left: int | None = None
        """How many requests are answered before all others get 429; None for no limit."""
        self.retry_after = 30
        """How many seconds a client is told to wait that has asked too often."""

    @property
    def account_sid(self) -> str:
        """The account that all is about."""
        sid: str = self.account["account_sid"]
        return sid

    def new_sid(self) -> str:
        """A sid that was not given out before. They are counted, so tests can tell them."""
        self._sids += 1
        return f"{self._sids:08x}-0000-4000-8000-000000000000"

    def application(self, **columns: Any) -> str:
        """Store an application and return its sid: what a call needs to name."""
        hook = {"url": "https://app.example.com/", "method": "POST"}
        row: dict[str, Any] = {
            "name": f"application {self._sids}",
            "call_hook": hook,
            "call_status_hook": hook,
        }
        return self.tables["Applications"].add(**row | columns)

    def _answer(self, request: ServedRequest) -> Answer:
        """Answer a request. Raises `Refusal` with the answer to a bad one."""
        headers = {"ratelimit-policy": "600;w=300", "ratelimit-limit": "600"}
        # The limit is counted before anybody asks who it is.
        if self.requests_left is not None:
            if self.requests_left <= 0:
                limited = {
                    **headers,
                    "retry-after": str(self.retry_after),
                    "ratelimit-reset": str(self.retry_after),
                }
                return Answer(429, b"Too many requests, please try again later.", "text/plain", limited)
            self.requests_left -= 1
        if not request.path.startswith("/v1/"):
            raise unknown_path(request.method, request.path)
        refusal = self._unauthorized(request.headers.get("authorization", ""))
        if refusal is not None:
            return refusal
        request = _with_readable_body(request)
        segments = request.segments
        # Paths are read back from the URL, query and all, by a pattern that ends in a sid.
        if segments and UUID.fullmatch(segments[-1]) and "?" in request.target:
            raise refused(400, "Bad request")
        return self._route(request, segments)

    def _unauthorized(self, header: str) -> Answer | None:
        if header and len(header.split()) != 2:
            return as_text(400, "Bad Request")
        if header != f"Bearer {self.api_key}":
            invalid = ', error="invalid_token"' if header else ""
            return Answer(401, b"Unauthorized", "", {"www-authenticate": f'Bearer realm="Users"{invalid}'})
        return None

    def _route(self, request: ServedRequest, segments: list[str]) -> Answer:
        match segments:
            case ["Accounts"] if request.method == "GET":
                return as_json(200, [self.account])
            case ["Accounts", sid, *rest]:
                self._check_account(sid, rest[0] if rest else "")
                return self._account_route(request, rest)
            case ["AppEnv"] if request.method == "GET":
                return self._app_env(request.query)
            case ["PredefinedCarriers"] if request.method == "GET":
                return as_json(200, [{"predefined_carrier_sid": self.account_sid, "name": "Telco"}])
            case ["Lcrs", _, "Routes"] if request.method in ("POST", "PUT") and request.body:
                return no_content()
            case [name, *rest] if name in self.tables and name not in _GUARDED and len(rest) < 2:
                return self.tables[name].handle(request, rest)
        raise unknown_path(request.method, request.path)

    def _check_account(self, sid: str, below: str) -> None:
        error = guarded if below in _GUARDED else refused
        if not UUID.fullmatch(sid):
            raise error(400, "Bad request")
        if sid != self.account_sid:
            raise error(403, "insufficient permissions")

    def _account_route(self, request: ServedRequest, rest: list[str]) -> Answer:
        method = request.method
        match [method, *rest]:
            case [_, "Calls", *call]:
                if call and not UUID.fullmatch(call[0]):
                    raise refused(400, "Bad request")
                return self.calls.handle(request, call)
            case ["GET", "CallCount"]:
                return self.calls.count()
            case ["GET", "Conferences"]:
                return self._found_conferences(request.query.get("expand"))
            case ["POST" | "DELETE", "Conferences", name, "listen"] if self.calls.v10:
                return self._conference_fork(method, name, request.body)
            case ["GET", "Queues"]:
                return as_json(200, self._found_queues(request.query.get("search")))
            case ["POST", "Messages"]:
                return self._message(request.body)
            case ["GET" | "POST", "Applications" | "VoipCarriers" as name]:
                return self.tables[name].handle(request, [])
            case [_, "SpeechCredentials", *speech]:
                return self._speech(request, speech)
            case ["GET", "ApiKeys"]:
                return as_json(200, list(self.tables["ApiKeys"].rows.values()))
            case ["GET", "RecentCalls"]:
                return self._history(self.recent_calls, request.query)
            case ["GET", "Alerts"]:
                return self._history(self.alerts, request.query)
            case ["GET", "RecentCalls", call_id, "invite" | "register", "pcap"]:
                if call_id not in self.captures:
                    raise phrase(404)
                return Answer(200, self.captures[call_id], "application/octet-stream")
            case [_, "RegisteredSipUsers", *user]:
                return self._registered(request, user)
            case [_, "TtsCache", *cache]:
                return self._tts_cache(request, cache)
            case [_, "Limits"]:
                return self._limits(request)
            case ["GET", "WebhookSecret"]:
                # Any value rotates, even "false".
                if request.query.get("regenerate"):
                    number = int(self.account["webhook_secret"].rpartition("_")[2]) + 1
                    self.account["webhook_secret"] = f"wh_secret_{number}"
                return as_json(200, {"webhook_secret": self.account["webhook_secret"]})
            case ["GET"]:
                return as_json(200, self.account)
            case ["PUT"]:
                return self._update_account(request.body)
        raise unknown_path(method, request.path)

    def _found_conferences(self, expand: str | None) -> Answer:
        if expand != "participants" or not self.calls.v10:
            return as_json(200, self.conferences)
        return as_json(
            200,
            [
                {"id": name, "name": name, "durationSec": 60, "participants": self.participants.get(name, [])}
                for name in self.conferences
            ],
        )

    def _conference_fork(self, method: str, name: str, body: Any) -> Answer:
        known = self.conference_forks if method == "DELETE" else self.conferences
        if name not in known:
            raise phrase(404)
        if method == "DELETE":
            del self.conference_forks[name]
            return no_content()
        body = body if isinstance(body, dict) else {}
        if not str(body.get("url", "")).startswith(("ws://", "wss://")):
            raise refused(400, "url must be a ws(s) url")
        status = 200 if name in self.conference_forks else 201
        self.conference_forks.setdefault(name, body)
        return as_json(status, {"botMemberId": 1, "botId": f"listen-{name}"})

    def _found_queues(self, search: str | None) -> list[dict[str, Any]]:
        pattern = re.escape(search or "*").replace(r"\*", ".*")
        return [
            {"name": name, "length": length}
            for name, length in self.queues.items()
            if re.fullmatch(pattern, name)
        ]

    def _message(self, body: Any) -> Answer:
        body = body if isinstance(body, dict) else {}
        if (
            not body.get("from")
            or not isinstance(body.get("to"), str)
            or not (body.get("text") or body.get("media"))
        ):
            raise refused(400, "missing from, to, or text and media")
        if not self.calls.v10:
            raise phrase(500)  # routed to the wrong place, whatever it is
        return as_json(201, {"sid": self.new_sid(), "providerResponse": "queued"})

    def _speech(self, request: ServedRequest, rest: list[str]) -> Answer:
        table = self.tables["SpeechCredentials"]
        match [request.method, *rest]:
            case ["GET", "speech", "supportedLanguagesAndVoices"]:
                return as_json(200, {"tts": [{"value": "en-US", "voices": []}]})
            case ["GET", sid, "test"]:
                if sid not in table.rows:
                    raise phrase(404)
                return as_json(200, {"tts": {"status": "ok"}, "stt": {"status": "not tested"}})
            case ["PUT", _] if not {"use_for_tts", "use_for_stt"} & set(request.body or {}):
                raise guarded(422, "use_for_tts and use_for_stt are missing")
        return table.handle(request, rest)

    def _history(self, rows: list[dict[str, Any]], query: Mapping[str, str]) -> Answer:
        page, count = query.get("page", ""), query.get("count", "")
        if not page.isdecimal() or not count.isdecimal() or int(page) < 1 or not 1 <= int(count) <= 500:
            raise refused(400, "missing or invalid page and count")
        return as_json(200, paged(rows, query, "count", as_text=True))

    def _registered(self, request: ServedRequest, rest: list[str]) -> Answer:
        realm = self.account["sip_realm"]
        if not realm:
            raise refused(400, "account does not have sip_realm configuration")
        absent: dict[str, Any] = {"name": "", "expiryTime": 0, "registered_status": "inactive"}
        if request.method == "GET" and rest:
            return as_json(200, absent | {"name": rest[0]} | self.registered_users.get(rest[0], {}))
        if request.method == "GET":
            return as_json(200, [f"{name}@{realm}" for name in self.registered_users])
        names = request.body or list(self.registered_users)
        return as_json(200, [absent | {"name": name} | self.registered_users.get(name, {}) for name in names])

    def _tts_cache(self, request: ServedRequest, rest: list[str]) -> Answer:
        if request.method == "POST" and rest == ["Synthesize"]:
            body = request.body or {}
            if not all(body.get(name) for name in ("speech_credential_sid", "text", "language", "voice")):
                raise refused(400, "missing required fields")
            self.cached_renderings += 1
            return Answer(200, f"sound of {body['text']}".encode(), "audio/mpeg")
        if request.method == "DELETE":
            self.cached_renderings = 0
            return no_content()
        return as_json(200, {"size": self.cached_renderings})

    def _limits(self, request: ServedRequest) -> Answer:
        wanted = request.query.get("category")
        if request.method == "POST":
            body = request.body or {}
            if body.get("category") not in _LIMITS:
                raise refused(500, "WARN_DATA_TRUNCATED: Data truncated for column 'category' at row 1")
            self.limits[body["category"]] = body["quantity"]
            return created(self.new_sid())
        chosen = {name: limit for name, limit in self.limits.items() if wanted in (None, name)}
        if request.method == "DELETE":
            self.limits = {name: limit for name, limit in self.limits.items() if name not in chosen}
            return no_content()
        return as_json(200, [{"category": name, "quantity": limit} for name, limit in chosen.items()])

    def _update_account(self, body: Any) -> Answer:
        body = body if isinstance(body, dict) else {}
        if "sip_realm" in body or "service_provider_sid" in body:
            raise refused(400, "sip_realm may not be modified")
        self.account |= body
        return no_content()

    def _app_env(self, query: Mapping[str, str]) -> Answer:
        url = query.get("url", "")
        if not re.match(r"(https?|wss?)://", url):
            return as_json(500, {})
        declared = self.app_envs.get(url)
        if not declared and declared != {}:
            return no_content()
        if not isinstance(declared, dict) or not declared:
            raise refused(400, "invalid environment variables schema")
        return as_json(200, declared)


def _with_readable_body(request: ServedRequest) -> ServedRequest:
    """The request as its routes see it: a body that is not said to be JSON is none."""
    if len(request.content) > 100 * 1024:
        raise refused(413, "request entity too large")
    if not request.headers.get("content-type", "").startswith("application/json"):
        return ServedRequest(request.method, request.target, request.headers)
    try:
        value = json.loads(request.content or b"{}")
    except ValueError:
        raise refused(400, "Unexpected token in JSON") from None
    if not isinstance(value, (dict, list)):
        raise refused(400, "Unexpected token in JSON")
    return request
