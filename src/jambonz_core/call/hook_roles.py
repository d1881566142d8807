"""What the answer to a hook can do, known from the verb that announced the hook's path.

A `verb:hook` message names a path and carries a payload, but not which property of which verb it belongs to,
and that decides everything about its answer. So every verb array that leaves is walked for hook properties,
and the paths are remembered with their kind. Rules:

1. Only properties that are known to hold hooks are read, in places that are known to hold verbs or options:
   the metadata of a call may contain anything, also a field called `actionHook`.
2. A path that was announced in two roles counts as the one whose answer can do more, so that no verbs are
   ever thrown away: `_STRENGTH` has the order.
3. The payload's shape is asked second, when no verb announced the path: another application, or another
   process with an older snapshot, may have sent it.
4. What is still unknown is acked at once and never turned into a redirect.

The memory is bounded, in number and in size: the oldest path is forgotten first, which is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..wire.bounded import LatestNames
from ..wire.events import HookKind
from ..wire.message_reading import hook_path

HOOK_PATHS = 1024
"""Paths that are kept. A call that gives each of its verbs a path of its own makes many."""

HOOK_PATHS_CHARACTERS = 128 * 1024
"""What these may hold. A path may have half a conversation in its query."""

_K = HookKind

BY_PROPERTY: dict[str, HookKind] = {
    "actionHook": _K.ACTION,
    "referHook": _K.ACTION,
    "sipRequestWithinDialogHook": _K.ACTION,
    "transcriptionHook": _K.ACTION,
    "translationHook": _K.ACTION,
    "confirmHook": _K.DIAL_CONFIRM,
    "onHoldHook": _K.PLAYED,
    "waitHook": _K.PLAYED,
    "wait_hook": _K.PLAYED,
    "enterHook": _K.PLAYED,
    "dtmfHook": _K.IGNORED,
    "eventHook": _K.IGNORED,
    "partialResultHook": _K.IGNORED,
    "statusHook": _K.IGNORED,
    "toolHook": _K.IGNORED,
}
"""What a hook property means, wherever it stands."""

BY_VERB: Mapping[tuple[str, str], HookKind] = {
    ("llm", "actionHook"): _K.FATAL,
    ("agent", "actionHook"): _K.FATAL,
    ("redirect", "actionHook"): _K.FATAL,
    ("dialogflow", "eventHook"): _K.ACTION,
    ("dialogflow", "toolHook"): _K.PLAYED,
    ("lex", "eventHook"): _K.ACTION,
    ("rasa", "eventHook"): _K.ACTION,
}
"""Where a verb gives the same property another meaning.

The answer to the tool hook of `dialogflow` is data for the tool, and like one that is played it is worth
nothing later. What `agent` does without an answer is not published; it is treated like `llm`, the verb that
it resembles.
"""

_BY_PROPERTY_OF: Mapping[str, Mapping[str, HookKind]] = {
    verb: BY_PROPERTY | {key: kind for (name, key), kind in BY_VERB.items() if name == verb}
    for verb, _ in BY_VERB
}
"""What all properties mean in these verbs."""

SYNONYMS: Mapping[str, str] = {
    "stream": "listen",
    "room": "conference",
    "s2s": "llm",
    "openai_s2s": "llm",
    "microsoft_s2s": "llm",
    "google_s2s": "llm",
    "elevenlabs_s2s": "llm",
    "deepgram_s2s": "llm",
    "voiceagent_s2s": "llm",
    "ultravox_s2s": "llm",
    "qwen_s2s": "llm",
    "gptlive_s2s": "llm",
    "voicelive_s2s": "llm",
    "nova_s2s": "llm",
}
"""Other names of verbs, and of the options that are named like verbs."""

_HOLDERS = frozenset({"bargeIn", "listen", "stream", "transcribe", "amd", "target", "handoff"})
"""Properties whose value may hold hooks of its own."""

TELLING = _HOLDERS | BY_PROPERTY.keys()
"""Properties of which at least one is there where there is anything to learn."""
_tells = TELLING.__contains__

_NESTED_UNHEARD = frozenset({"listen", "stream", "transcribe"})
"""Inside these verbs' options the answer is ignored, when they stand inside `dial`, `listen` or `conference`.
"""

_MAY_HOLD_UNHEARD = frozenset({"dial", "listen", "conference"})

_STRENGTH = (_K.UNKNOWN, _K.IGNORED, _K.PLAYED, _K.DIAL_CONFIRM, _K.FATAL, _K.ACTION)
_RANK = {kind: rank for rank, kind in enumerate(_STRENGTH)}


def verb_name(verb: Mapping[str, Any]) -> str:
    """The name of a verb, its synonyms resolved.

    >>> verb_name({"verb": "stream", "url": "/audio"})
    'listen'
    """
    name = verb.get("verb")
    return SYNONYMS.get(name, name) if isinstance(name, str) else ""


class HookRoles(LatestNames[HookKind], gc=False, kw_only=True):
    """Remembers the paths that the verbs of one call announced, with their kinds."""

    most: int = HOOK_PATHS
    most_characters: int = HOOK_PATHS_CHARACTERS
    forgotten: bool = False
    """Whether paths had to be forgotten."""
    newest: str = ""
    """The path that was learned last."""

    @classmethod
    def restore(cls, kinds: Mapping[str, HookKind]) -> HookRoles:
        """Those of a snapshot."""
        return cls(of={**kinds}, characters=sum(map(len, kinds)))

    def learn_path(self, hook: Any, kind: HookKind) -> None:
        """Take in one hook that a command announces."""
        # A dialogue names one hook again and again.
        if hook == self.newest and self.of.get(hook) is kind:
            return
        path = hook if type(hook) is str else hook_path(hook)
        if not path:
            return
        self.newest = path
        before = self.of.pop(path, None)
        if before is None:
            self.forgotten = self.put(path, kind) or self.forgotten
        else:
            self.of[path] = before if _RANK[before] > _RANK[kind] else kind

    def learn(
        self, verb: dict[str, Any], name: str, *, elsewhere: bool = False, of: str = "", unheard: bool = False
    ) -> None:
        """Take in a verb that is sent, and its name (`verb_name`), with the options that stand inside of it.

        For those, `of` is the name of the verb, and `unheard` tells that their answer is ignored there. The
        hooks of a verb that runs `elsewhere`, for a party that is asked whether it takes the call, have
        answers that run there too: they replace nothing of this call, and a late one is nobody's.
        """
        by_property = _BY_PROPERTY_OF.get(name, BY_PROPERTY)
        for key in filter(_tells, verb):
            value, kind = verb[key], by_property.get(key)
            if kind is not None:
                if (unheard or elsewhere) and kind is _K.ACTION:
                    kind = _K.IGNORED if unheard else _K.PLAYED
                self.learn_path(value, kind)
            else:
                for part in value if isinstance(value, list) else (value,):
                    if isinstance(part, dict):
                        whole = of or name
                        self.learn(
                            part,
                            SYNONYMS.get(key, key),
                            elsewhere=elsewhere,
                            of=whole,
                            unheard=unheard or (whole in _MAY_HOLD_UNHEARD and key in _NESTED_UNHEARD),
                        )

    def kind_of(self, hook: str, data: Mapping[str, Any]) -> HookKind:
        """What the answer to this hook can do."""
        kinds = self.of
        kind = kinds.get(hook)
        if kind is None:
            kind = kinds.get(_without_origin(hook)) or kind_by_shape(data)
        return kind


def _without_origin(hook: str) -> str:
    """A URL's path and query: a relative hook may come back resolved against the application's own URL."""
    _, mark, rest = hook.partition("://")
    if not mark:
        return hook
    _, slash, path = rest.partition("/")
    return slash + path


_SHAPES: tuple[tuple[str, HookKind], ...] = (
    ("completion_reason", _K.FATAL),
    ("dial_call_status", _K.ACTION),
    ("dial_call_duration", _K.ACTION),
    ("queue_result", _K.ACTION),
    ("dequeue_result", _K.ACTION),
    ("dialogflow_result", _K.ACTION),
    ("transfer_result", _K.ACTION),
    ("message_status", _K.ACTION),
    ("refer_status", _K.ACTION),
    ("refer_details", _K.ACTION),
    ("playback_milliseconds", _K.ACTION),
    ("translation", _K.ACTION),
    ("sip_method", _K.ACTION),
    ("hold_detail", _K.PLAYED),
    ("queue_position", _K.PLAYED),
    ("dtmf", _K.IGNORED),
    ("event", _K.IGNORED),
)
"""Fields that only one sort of payload has, the more telling ones first."""

_SHAPE_FIELDS = frozenset(field for field, _ in _SHAPES)


def kind_by_shape(data: Mapping[str, Any]) -> HookKind:
    """What a payload alone gives away.

    >>> kind_by_shape({"reason": "speechDetected", "speech": {}})
    <HookKind.ACTION: 'action'>
    """
    if not _SHAPE_FIELDS.isdisjoint(data):
        return next(kind for field, kind in _SHAPES if field in data)
    if "reason" in data or str(data.get("type", "")).startswith("amd_"):
        return _K.ACTION
    speech = data.get("speech")
    if isinstance(speech, dict):
        return _K.IGNORED if speech.get("is_final") is False else _K.ACTION
    return _K.UNKNOWN
