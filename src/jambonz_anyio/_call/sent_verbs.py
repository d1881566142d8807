"""What the verbs that were sent tell of what comes because of them.

What a handler of `/heard` gets has `transcript`, what one of `/dialled` has `answered`. Which class a payload
is of follows from the verb that named the path, as long as this process sent it; otherwise, and for hooks
that stand deeper inside a verb, its own fields tell: see `payloads`. Nothing depends on the guess but which
properties the object offers: `raw` has everything.

An audio stream does not say how its `listen` verb has audio played: that, too, is known from the verb.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from jambonz_core.call.commands import Verbs
from jambonz_core.verbs.payload_base import Payload
from jambonz_core.verbs.payloads import RESULTS, GatherResult
from jambonz_core.wire.bounded import LatestNames
from jambonz_core.wire.event import Event
from jambonz_core.wire.events import HookEvent
from jambonz_core.wire.message_reading import hook_path
from jambonz_core.wire.registry import Registry

from .call_log import CallLog
from .payloads import by_event, by_shape
from .sent_redirects import SentRedirects

PATHS = 256
"""Paths of hooks per call whose verb is remembered, and as many of audio; the oldest are forgotten first."""

PATHS_CHARACTERS = 64 * 1024
"""What either may hold."""

CUTS_REMEMBERED = 8
"""A hook is looked at when it comes, or when its turn in an inbox comes."""

_TELL_MORE = frozenset({"config", "redirect", "listen", "stream"})
"""Verbs that tell more of what will come than the path of their result."""

_TELLING = frozenset({"actionHook", "bargeIn", "listen", "url"})
"""Properties without one of which no verb tells anything."""


class SentVerbs:
    """The verbs that one call has sent, as far as they say what will come."""

    __slots__ = (
        "_by_event",
        "_classes",
        "_cuts",
        "_log",
        "_newest_hook",
        "_newest_verb",
        "_playback",
        "redirects",
    )

    def __init__(self, registry: Registry, log: CallLog) -> None:
        self._by_event = by_event(registry)
        self._log = log
        self._classes = LatestNames[type[Payload]](most=PATHS, most_characters=PATHS_CHARACTERS)
        self._newest_hook = ""
        self._newest_verb = ""
        """What was put there last, and for which verb."""
        # Most calls have none of these.
        self._cuts: dict[str, Any] | None = None
        self._playback: LatestNames[tuple[bool, int | None]] | None = None
        self.redirects: SentRedirects | None = None
        """Where the call was sent on to, if it was."""

    def learn(self, verbs: Verbs | Mapping[str, Any]) -> None:
        """Remember what verbs name: the paths of their hooks, the urls of audio and redirects."""
        if type(verbs) is list:
            for verb in verbs:
                if not _TELLING.isdisjoint(verb):
                    name, hook = verb.get("verb"), verb.get("actionHook")
                    # A dialogue names one hook again and again.
                    if hook != self._newest_hook or name != self._newest_verb:
                        self._learn_verb(name, hook, verb)

    def _learn_verb(self, name: Any, hook: Any, verb: Mapping[str, Any]) -> None:
        kind = RESULTS.get(name)
        if kind is not None:
            self._learn_hook(hook, kind)
        more = name in _TELL_MORE
        if more:
            self._learn_more(name, verb)
        # What tells more, or names its hook by an object, is looked at each time.
        self._newest_hook, self._newest_verb = ("", "") if more or type(hook) is not str else (hook, name)

    def _learn_hook(self, hook: Any, kind: type[Payload]) -> None:
        path = hook if type(hook) is str else hook_path(hook)
        if path and self._classes.put(path, kind):
            self._reached("the verbs of the hook paths that were sent first")

    def _learn_more(self, name: str, verb: Mapping[str, Any]) -> None:
        if name == "redirect":
            if self.redirects is None:
                self.redirects = SentRedirects()
            self.redirects.learn(verb.get("actionHook"))
        elif name == "config":
            barge_in = verb.get("bargeIn")
            if isinstance(barge_in, Mapping):
                self._learn_hook(barge_in.get("actionHook"), GatherResult)
            self._learn_audio(verb.get("listen"))
        else:
            self._learn_audio(verb)

    def _reached(self, what: str) -> None:
        self._log.reached("PATHS or PATHS_CHARACTERS", what)

    def _learn_audio(self, options: Any) -> None:
        if isinstance(options, Mapping) and isinstance(url := options.get("url"), str):
            both = options.get("bidirectionalAudio")
            both = both if isinstance(both, Mapping) else {}
            with suppress(ValueError):
                # What is no URL for us, nobody comes by.
                path = urlsplit(url).path
                if self._playback is None:
                    self._playback = LatestNames(most=PATHS, most_characters=PATHS_CHARACTERS)
                if self._playback.put(path, (bool(both.get("streaming")), both.get("sampleRate"))):
                    self._reached("how audio plays at the addresses that were sent first")

    def learn_cut(self, msgid: str, cut: object) -> None:
        """Remember which speech a barge-in has cut, by the id of the hook that reports it."""
        cuts = self._cuts = self._cuts or {}
        cuts[msgid] = cut
        if len(cuts) > CUTS_REMEMBERED:
            del cuts[next(iter(cuts))]

    def payload(self, event: Event) -> Any:
        """The payload of an event. An event that has none, as those that the core makes, stands for
        itself."""
        if isinstance(event, HookEvent):
            return self.of_hook(event)
        data = getattr(event, "data", None)
        if not isinstance(data, dict):
            return event
        kind = self._by_event.get(type(event))
        if kind is None:
            kind = self._classes.of.get(getattr(event, "hook", "")) or by_shape(data)
        return kind(data)

    def of_hook(self, event: HookEvent) -> Payload:
        """The payload of a hook, with the speech that it has cut."""
        kind = self._by_event.get(type(event)) or self._classes.of.get(event.hook) or by_shape(event.data)
        return kind(event.data, cut=self._cuts.get(event.msgid)) if self._cuts else kind(event.data)

    def playback_mode(self, path: str) -> tuple[bool | None, int | None]:
        """Whether playback is streaming for the `listen` verb with this path in its url, and at which rate;
        None where that is not known.
        """
        return (None, None) if self._playback is None else self._playback.of.get(path, (None, None))
