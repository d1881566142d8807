"""Live calls of the REST API server that tests run against.

What the API checks itself is answered with a reason; what only the feature server behind it knows is answered
as the API does it: a bare 500 for a new call, and 202 or a text with 422 for an update.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jambonz_anyio.testing._rest_answers import (
    Answer,
    ServedRequest,
    as_json,
    as_text,
    created,
    no_content,
    phrase,
    refused,
    unknown_path,
)

_TARGETS = {"phone": "number", "user": "name", "sip": "sipUri", "teams": "number"}
_TARGET_KEYS = {
    *(
        "type",
        "number",
        "name",
        "sipUri",
        "trunk",
        "overrideTo",
        "auth",
        "tenant",
        "vmail",
        "headers",
        "proxy",
    ),
    *("confirmHook", "method", "from"),
}
_SPEECH = (
    "speech_synthesis_vendor",
    "speech_synthesis_language",
    "speech_synthesis_voice",
    "speech_recognizer_vendor",
    "speech_recognizer_language",
)
_NEW_CALL = {
    *("from", "to", "application_sid", "call_hook", "call_status_hook", "callerName", "fromHost", "timeout"),
    *("timeLimit", "headers", "tag", "amd", "dual_streams", "sipRequestWithinDialogHook", "referHook", "id"),
    *_SPEECH,
}
_ACTIONS: Mapping[str, tuple[str, ...] | None] = {
    "call_hook": None,
    "child_call_hook": None,
    "call_status": ("completed", "no-answer"),
    "listen_status": ("pause", "silence", "resume"),
    "transcribe_status": None,
    "mute_status": ("mute", "unmute"),
    "conf_mute_status": ("mute", "unmute"),
    "conf_hold_status": ("hold", "unhold"),
    "conferenceParticipantAction": None,
    "sip_request": None,
    "record": None,
    "tag": None,
    "dtmf": None,
    "dub": None,
    "boostAudioSignal": None,
    "media_path": ("no-media", "partial-media", "full-media"),
}
_ACTIONS_V10 = {
    *("noise_isolation_status", "agent_update", "transfer", "llm_status", "room_say", "room_play"),
}
_OVER = ("completed", "failed", "busy", "no-answer")


class Calls:
    """The calls that the server knows of."""

    def __init__(self, account_sid: str, new_sid: Callable[[], str]) -> None:
        self._account_sid = account_sid
        self._new_sid = new_sid
        self.records: dict[str, dict[str, Any]] = {}
        """By sid, as the server keeps them: nearly everything is text."""
        self.updates: list[tuple[str, dict[str, Any]]] = []
        """Every update that was accepted, with the call's sid."""
        self.applications: set[str] | None = None
        """The applications that a call may name; None for any."""
        self.feature_servers = 1
        self.v10 = True
        self.on_create: Callable[[str, dict[str, Any]], None] | None = None
        """Told of every call that was placed: its sid and the body of the request."""

    def handle(self, request: ServedRequest, rest: list[str]) -> Answer:
        """Answer a request below the account's Calls."""
        if not rest:
            if request.method == "POST":
                return self._create(request.body)
            if request.method == "GET":
                return self._list(request.query)
        elif len(rest) == 1:
            return self._one(request, rest[0])
        raise unknown_path(request.method, request.path)

    def count(self) -> Answer:
        """Answer how many calls are up, by direction."""
        up = [call for call in self.records.values() if call.get("call_status") not in _OVER]
        return as_json(
            200,
            {
                direction: sum(call.get("direction") == direction for call in up)
                for direction in ("inbound", "outbound")
            },
        )

    def set_status(self, call_sid: str, call_status: str, sip_status: int, **more: Any) -> None:
        """What the far end did: ``set_status(sid, "in-progress", 200)`` answers a call."""
        self.records[call_sid] |= {"call_status": call_status, "sip_status": sip_status, **more}

    def _create(self, body: Any) -> Answer:
        # The order of the checks is the server's.
        if not self.feature_servers:
            raise refused(480, "no available feature servers at this time")
        _check_new_call(body, self.applications)
        _check_as_feature_server(body)
        sid = self._new_sid()
        to = body["to"]
        self.records[sid] = {
            "call_sid": sid,
            "account_sid": self._account_sid,
            "application_sid": body.get("application_sid", ""),
            "call_id": f"{sid}@sbc",
            "direction": "outbound",
            "from": body["from"],
            "to": to[_TARGETS[to["type"]]],
            "call_status": "trying",
            "sip_status": 100,
        }
        if self.on_create is not None:
            self.on_create(sid, body)
        return created(sid, callId=f"{sid}@sbc")

    def _list(self, query: Mapping[str, str]) -> Answer:
        names = {"direction": "direction", "from": "from", "to": "to", "callStatus": "call_status"}
        filters = {names[name]: value for name, value in query.items() if name in names}
        rows = [
            call
            for call in self.records.values()
            if all(call.get(key) == value for key, value in filters.items())
        ]
        # Without a filter the list has entries whose record has expired.
        return as_json(200, rows if filters or not rows else [{}, *rows])

    def _one(self, request: ServedRequest, sid: str) -> Answer:
        if request.method in ("PUT", "POST"):
            return self._update(sid, request.body)
        if sid not in self.records:
            raise phrase(404)
        if request.method == "GET":
            return as_json(200, self.records[sid])
        if request.method == "DELETE":
            del self.records[sid]
            return no_content()
        raise unknown_path(request.method, request.path)

    def _update(self, sid: str, body: Any) -> Answer:
        body = body if isinstance(body, dict) else {}
        _check_update(body, v10=self.v10)
        if sid not in self.records:
            raise phrase(404)
        call = self.records[sid]
        answered = call["call_status"] == "in-progress"
        gone = as_text(422, "call is gone", "text/html; charset=utf-8")
        if call["call_status"] in _OVER:
            return gone
        status = body.get("call_status")
        if status:
            if (status == "completed") is not answered:
                return gone
            call["call_status"] = status
        if "sip_request" in body:
            if not answered:
                raise refused(500, "no answered dialog")
            self.updates.append((sid, body))
            return as_json(200, {"status": 200, "reason": "OK"})
        self.updates.append((sid, body))
        return as_text(202, "Accepted")


def _check_new_call(body: Any, applications: set[str] | None) -> None:
    """What the API server checks, with its reasons."""
    if not isinstance(body, dict):
        raise refused(400, "body must be an object")
    if not body.get("from"):
        raise refused(400, "from parameter is required")
    to = body.get("to")
    if not isinstance(to, dict) or to.get("type") not in _TARGETS:
        raise refused(400, "invalid to")
    if not isinstance(to.get(_TARGETS[to["type"]]), str):
        raise refused(400, f"invalid to: {_TARGETS[to['type']]}")
    if "call_status_hook" in body and body["call_status_hook"] is None:
        raise refused(500, "Cannot read properties of null (reading 'url')")
    if body.get("application_sid"):
        if applications is not None and body["application_sid"] not in applications:
            raise refused(400, "invalid application_sid")
        return
    if not body.get("call_hook"):
        raise refused(400, "either application_sid or call_hook is required")
    if not all(body.get(name) for name in _SPEECH):
        raise refused(400, "speech settings are required without application_sid")


def _check_as_feature_server(body: Mapping[str, Any]) -> None:
    """What the feature server checks, for which the API has only a bare 500."""
    numbers = all(isinstance(body.get(name, 1), int) for name in ("timeout", "timeLimit"))
    tag = isinstance(body.get("tag", {}), dict)
    amd = isinstance(body.get("amd", {"actionHook": "x"}), dict) and "actionHook" in body.get(
        "amd", {"actionHook": 1}
    )
    if set(body) - _NEW_CALL or set(body["to"]) - _TARGET_KEYS or not (numbers and tag and amd):
        raise phrase(500)


def _check_update(body: Mapping[str, Any], *, v10: bool) -> None:
    known = {*_ACTIONS, *(_ACTIONS_V10 if v10 else ())}
    # Presence goes by truth: 0 and "" are not there.
    actions = [name for name in body if name in known and body[name]]
    if not actions and not body.get("whisper"):
        raise refused(400, "no valid option")
    if len(actions) > 1 and set(actions) != {"call_hook", "child_call_hook"}:
        raise refused(400, "only one option at a time")
    for name in actions:
        allowed = _ACTIONS.get(name)
        if allowed is not None and body[name] not in allowed:
            raise refused(400, f"invalid {name}")
    record = body.get("record")
    if record and not (record.get("type") == "cloud" or record.get("siprecServerURL")):
        raise refused(400, "invalid record: missing siprecServerURL")
    request = body.get("sip_request")
    if request and not all(request.get(name) for name in ("method", "content_type", "content")):
        raise refused(400, "invalid sip_request")
