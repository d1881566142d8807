"""The body of an update to a live call: which actions there are, and what each one needs.

An update is one action. The server finds out which one by looking for a field that is not falsy, so a 0 or an
empty text counts as no action at all; two actions are refused, but for `whisper`, which may ride along with
another, and for the two hooks of a redirected pair. Some actions have companions that mean nothing on their
own. What the server checks, and what it only drops in silence later, is checked here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from jambonz_core.rest.call_creation import tag_object
from jambonz_core.rest.errors import InvalidRequest
from jambonz_core.rest.fields import Scope, checked_choice, checked_keys, checked_text, meant, present, shown
from jambonz_core.rest.targets import checked_headers


def update_body(fields: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """The checked body of an update."""
    given = present(fields)
    actions = [name for name in given if name in ACTIONS]
    for name in given:
        if name not in ACTIONS and name not in _COMPANIONS:
            raise InvalidRequest(
                f"an update has no field {name!r}{meant(name, (*ACTIONS, *_COMPANIONS))}", field=name
            )
        if name in _COMPANIONS and _COMPANIONS[name] not in given:
            raise InvalidRequest(f"{name} only goes together with {_COMPANIONS[name]}", field=name)
        if name in _ONLY_V10:
            scope.needs_v10(name, _ONLY_V10[name])
    counted = [name for name in actions if name != "whisper"]
    if not actions:
        raise InvalidRequest(f"an update needs an action: one of {', '.join(sorted(ACTIONS))}")
    if len(counted) > 1 and set(counted) != {"call_hook", "child_call_hook"}:
        raise InvalidRequest(
            f"an update is one action, not {len(counted)} ({', '.join(counted)}): send them separately",
            field=counted[1],
        )
    return {name: ACTIONS[name](value, name) if name in ACTIONS else value for name, value in given.items()}


def _hook(value: Any, name: str) -> Any:
    # Absolute or relative, text or object: the feature server takes all of them, against the call's first
    # hook.
    if isinstance(value, Mapping):
        checked_text(value.get("url"), f"{name}.url")
        return dict(value)
    return checked_text(value, name)


def _word(*choices: str) -> Callable[[Any, str], Any]:
    return lambda value, name: checked_choice(value, name, choices)


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not value:
        raise InvalidRequest(
            f"{name} must be an object with something in it, not {shown(value, name)}", field=name
        )
    return dict(value)


_PARTICIPANT = ("tag", "untag", "coach", "uncoach", "mute", "unmute", "hold", "unhold")


def _participant(value: Any, name: str) -> dict[str, Any]:
    found = present(checked_keys(value, name, ("action", "tag", "wait_hook")))
    if found.get("action") == "kick":
        raise InvalidRequest(f"{name}: the API has no kick; hang the call up instead", field=f"{name}.action")
    action = checked_choice(found.get("action"), f"{name}.action", _PARTICIPANT)
    if action in ("tag", "coach"):
        checked_text(found.get("tag"), f"{name}.tag")
    return found


def _sip_request(value: Any, name: str) -> dict[str, Any]:
    found = present(checked_keys(value, name, ("method", "content_type", "content", "headers")))
    missing = [key for key in ("method", "content_type", "content") if not found.get(key)]
    if missing:
        raise InvalidRequest(
            f"{name} needs method, content_type and content, not empty; missing: {', '.join(missing)}",
            field=f"{name}.{missing[0]}",
        )
    if "headers" in found:
        checked_headers(found["headers"], f"{name}.headers")
    return found


RECORDING: Final[Mapping[str, str]] = {
    "start": "startCallRecording",
    "stop": "stopCallRecording",
    "pause": "pauseCallRecording",
    "resume": "resumeCallRecording",
}


def _record(value: Any, name: str) -> dict[str, Any]:
    found = present(
        checked_keys(value, name, ("action", "type", "siprecServerURL", "recordingID", "silence"))
    )
    if found.get("action") in RECORDING:
        found["action"] = RECORDING[found["action"]]
    checked_choice(found.get("action"), f"{name}.action", RECORDING.values())
    if "type" in found:
        checked_choice(found["type"], f"{name}.type", ("siprec", "cloud"))
    cloud = found.get("type") == "cloud"
    if not cloud and not found.get("siprecServerURL"):
        raise InvalidRequest(
            f"{name} needs siprecServerURL, or type 'cloud': also to stop, pause and resume", field=name
        )
    if "silence" in found and not cloud:
        raise InvalidRequest(
            f"{name}.silence is only for recordings of type 'cloud'", field=f"{name}.silence"
        )
    return found


def _dtmf(value: Any, name: str) -> dict[str, Any]:
    found = present(checked_keys(value, name, ("digit", "duration")))
    digit = found.get("digit")
    if isinstance(digit, int) and not isinstance(digit, bool) and 0 <= digit <= 9:
        found["digit"] = digit = str(digit)  # the number 0 would count as no digit
    if not isinstance(digit, str) or not digit or digit.strip("0123456789*#ABCDabcd"):
        raise InvalidRequest(
            f"{name}.digit must be of 0-9, *, # and A-D, not {shown(digit, name)}", field=f"{name}.digit"
        )
    return found


_DUB = ("addTrack", "removeTrack", "silenceTrack", "playOnTrack", "sayOnTrack")


def _dub(value: Any, name: str) -> dict[str, Any]:
    # The whole verb is welcome, too: people have it at hand.
    found = present(
        checked_keys(value, name, ("verb", "id", "action", "track", "play", "say", "loop", "gain"))
    )
    found.pop("verb", None)
    action = checked_choice(found.get("action"), f"{name}.action", _DUB)
    checked_text(found.get("track"), f"{name}.track")
    for needing, what in (("playOnTrack", "play"), ("sayOnTrack", "say")):
        if action == needing and what not in found:
            raise InvalidRequest(f"{name} with action {needing} needs {what}", field=f"{name}.{what}")
    return found


def _boost(value: Any, name: str) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:g} dB"  # the number 0 would count as no action
    return checked_text(value, name)


def _whisper(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return _whispered(value, name)
    if not isinstance(value, Sequence) or isinstance(value, (str, bytes)) or not value:
        raise InvalidRequest(f"{name} must be a say or play verb, or a list of them", field=name)
    return [_whispered(verb, f"{name}[{index}]") for index, verb in enumerate(value)]


def _whispered(verb: Any, name: str) -> dict[str, Any]:
    if not isinstance(verb, Mapping):
        raise InvalidRequest(f"{name} must be a verb, not {shown(verb, name)}", field=name)
    if len(verb) == 1 and "verb" not in verb:
        (kind, fields), *_ = verb.items()
        verb = {"verb": kind, **_object(fields, f"{name}.{kind}")}
    checked_choice(verb.get("verb"), f"{name}.verb", ("say", "play"))
    return dict(verb)


def _without_verb(*verbs: str) -> Callable[[Any, str], dict[str, Any]]:
    def check(value: Any, name: str) -> dict[str, Any]:
        found = _object(value, name)
        if "verb" in found:
            checked_choice(found.pop("verb"), f"{name}.verb", verbs)
        return found

    return check


def _room_play(value: Any, name: str) -> dict[str, Any]:
    found = _without_verb("play")(value, name)
    checked_text(found.get("url"), f"{name}.url")
    return found


def _room_say(value: Any, name: str) -> dict[str, Any]:
    found = _without_verb("say")(value, name)
    if not found.get("text"):
        raise InvalidRequest(f"{name} needs text", field=f"{name}.text")
    if found.get("stream"):
        raise InvalidRequest(f"{name} cannot stream: give the whole text", field=f"{name}.stream")
    return found


_AGENT = ("update_instructions", "inject_context", "update_tools", "generate_reply")


def _agent(value: Any, name: str) -> dict[str, Any]:
    found = _object(value, name)
    checked_choice(found.get("type"), f"{name}.type", _AGENT)
    return found


ACTIONS: Final[Mapping[str, Callable[[Any, str], Any]]] = {
    "call_hook": _hook,
    "child_call_hook": _hook,
    "call_status": _word("completed", "no-answer"),
    "listen_status": _word("pause", "silence", "resume"),
    "transcribe_status": _word("pause", "resume"),
    "mute_status": _word("mute", "unmute"),
    "conf_mute_status": _word("mute", "unmute"),
    "conf_hold_status": _word("hold", "unhold"),
    "conferenceParticipantAction": _participant,
    "sip_request": _sip_request,
    "record": _record,
    "tag": tag_object,
    "dtmf": _dtmf,
    "dub": _dub,
    "boostAudioSignal": _boost,
    "media_path": _word("no-media", "partial-media", "full-media"),
    "whisper": _whisper,
    "noise_isolation_status": _word("enable", "disable"),
    "agent_update": _agent,
    "transfer": _without_verb("transfer"),
    "llm_status": _word("move-to-conference", "move-from-conference", "stop"),
    "room_say": _room_say,
    "room_play": _room_play,
}
"""Every action, with what checks its value and brings it into the form that the server sees."""

_COMPANIONS: Final[Mapping[str, str]] = {
    "call_status_hook": "call_hook",
    "wait_hook": "conf_hold_status",
    "noise_isolation_vendor": "noise_isolation_status",
    "noise_isolation_level": "noise_isolation_status",
    "noise_isolation_model": "noise_isolation_status",
    "conference": "llm_status",
}

_ONLY_V10: Final[Mapping[str, str]] = {
    "noise_isolation_status": "There is nothing like it; carriers and microphones have to do it.",
    "agent_update": "There is no agent verb; an llm verb is steered with llm:update over its websocket.",
    "transfer": "Redirect the call to a hook that answers with a dial verb, or with sip:refer.",
    "llm_status": "Redirect the call to a hook that answers with a conference verb.",
    "room_say": "Use whisper, or dub, on the calls that are in the conference.",
    "room_play": "Use whisper, or dub, on the calls that are in the conference.",
}
"""Actions of the commercial server, and what else can be done on the open one, which answers 400 to them."""
