"""The body of a new call.

The API forwards it to a feature server that has a closed list of fields, and turns whatever that says into a
bare 500. So the list stands here, with the fields that other SDKs offer and no server takes, and where they
belong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from jambonz_core.rest.errors import InvalidRequest
from jambonz_core.rest.fields import (
    CLEAR,
    checked_choice,
    checked_keys,
    checked_sid,
    checked_text,
    checked_url,
    meant,
    required,
    shown,
)
from jambonz_core.rest.targets import checked_headers, checked_target

SPEECH: Final = (
    "speech_synthesis_vendor",
    "speech_synthesis_language",
    "speech_synthesis_voice",
    "speech_recognizer_vendor",
    "speech_recognizer_language",
)

SPELLINGS: Final[Mapping[str, str]] = {
    "from_": "from",
    "caller_name": "callerName",
    "from_host": "fromHost",
    "time_limit": "timeLimit",
    "sip_request_within_dialog_hook": "sipRequestWithinDialogHook",
    "refer_hook": "referHook",
}
"""Python's names for those of the wire; both are understood."""

_ELSEWHERE: Final[Mapping[str, str]] = {
    "answerOnBridge": "only the dial verb has it",
    "trunk": "it belongs inside `to`, and only for a phone target",
    "env_vars": "they come from the application that application_sid names",
    "speech_synthesis_label": "labels come from the application that application_sid names",
    "speech_recognizer_label": "labels come from the application that application_sid names",
}


def call_body(fields: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The checked body. `extra` goes in unchecked: for servers that know more than this library does."""
    body: dict[str, Any] = {}
    for name, value in fields.items():
        key = SPELLINGS.get(name, name)
        if value is None:
            continue  # a null would be a 500
        if value is CLEAR:
            raise InvalidRequest(f"{name} of a new call cannot be cleared: leave it out", field=name)
        if key not in _CHECKS:
            raise InvalidRequest(_unknown(key), field=key)
        if key in body and body[key] != value:
            raise InvalidRequest(f"{key} is given twice, with different values", field=key)
        body[key] = _CHECKS[key](value, key)
    required(body, ("from", "to"), "a call")
    _check_application(body)
    return {**body, **(extra or {})}


def _unknown(key: str) -> str:
    if key in _ELSEWHERE:
        return f"a new call has no field {key!r}: {_ELSEWHERE[key]}"
    near = meant(key, _CHECKS)
    return (
        f"a new call has no field {key!r}{near}; the server answers it with a bare 500 (extra={{…}} insists)"
    )


def _check_application(body: Mapping[str, Any]) -> None:
    """Which application runs the call: a stored one, or a hook with all five speech settings. Never both."""
    if "application_sid" in body:
        for name in ("call_hook", *SPEECH):
            if name in body:
                raise InvalidRequest(
                    f"{name} has no effect beside application_sid: the application's own replaces it",
                    field=name,
                )
        # call_status_hook is replaced as well, but only if the application has one.
        return
    missing = [name for name in ("call_hook", *SPEECH) if name not in body]
    if missing:
        raise InvalidRequest(
            "a call needs application_sid, or else call_hook and all five speech settings; "
            f"missing: {', '.join(missing)}",
            field=missing[0],
        )


def _text(value: Any, name: str) -> str:
    return checked_text(value, name)


def _caller(value: Any, name: str) -> str:
    return checked_text(value, name, longest=256)


def _target(value: Any, name: str) -> dict[str, Any]:
    return checked_target(value)


def _call_hook(value: Any, name: str) -> str | dict[str, Any]:
    """A URL stays one: only here the server makes the object itself, and only here is "WS" a method."""
    if isinstance(value, str):
        return checked_url(value, name)
    hook = {
        key: item
        for key, item in checked_keys(value, name, ("url", "method", "username", "password")).items()
        if item is not None
    }
    checked_url(hook.get("url"), f"{name}.url")
    if "method" in hook:
        hook["method"] = checked_choice(str(hook["method"]).upper(), f"{name}.method", ("POST", "GET", "WS"))
    return hook


def _seconds(value: Any, name: str) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidRequest(f"{name} must be whole seconds, 1 or more, not {shown(value, name)}", field=name)
    return value


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidRequest(f"{name} must be True or False, not {shown(value, name)}", field=name)
    return value


def tag_object(value: Any, name: str) -> dict[str, Any]:
    """The object that is attached to a call as its tag, or `InvalidRequest`."""
    if not isinstance(value, Mapping):
        raise InvalidRequest(f"{name} must be an object, not {shown(value, name)}", field=name)
    return dict(value)


_AMD = ("actionHook", "thresholdWordCount", "digitCount", "recognizer", "timers")
_AMD_TIMERS = ("noSpeechTimeoutMs", "decisionTimeoutMs", "toneTimeoutMs", "greetingCompletionTimeoutMs")


def _amd(value: Any, name: str) -> dict[str, Any]:
    amd = {key: item for key, item in checked_keys(value, name, _AMD).items() if item is not None}
    if "actionHook" not in amd:
        raise InvalidRequest(
            "amd needs actionHook, which is told whether a human or a machine answered", field=name
        )
    if "timers" in amd:
        amd["timers"] = dict(checked_keys(amd["timers"], f"{name}.timers", _AMD_TIMERS))
    return amd


def _text_hook(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise InvalidRequest(
            f"{name} of a new call must be a URL; the server takes no object here", field=name
        )
    return checked_text(value, name)


def _any_hook(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return checked_text(value, name)


_CHECKS: Final[Mapping[str, Callable[[Any, str], Any]]] = {
    "from": _caller,
    "to": _target,
    "application_sid": checked_sid,
    "call_hook": _call_hook,
    "call_status_hook": _call_hook,
    **dict.fromkeys(SPEECH, _text),
    "callerName": _text,
    "fromHost": _text,
    "timeout": _seconds,
    "timeLimit": _seconds,
    "headers": checked_headers,
    "tag": tag_object,
    "amd": _amd,
    "dual_streams": _flag,
    "sipRequestWithinDialogHook": _text_hook,
    "referHook": _any_hook,
}
