"""What `config` sets for the rest of a session, and the server's answer to applications that think for too
long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from .options import CallSetup
from .processes import Future, Steps
from .world import World


@dataclass(slots=True)
class SessionSettings:
    """The settings of a session, which `config` verbs and other verbs change."""

    synthesizer: dict[str, Any]
    recognizer: dict[str, Any]
    notify_events: bool = False
    notify_stt_latency: bool = False
    track_tts_playout: bool = False
    auto_stream_tts: bool = False
    filler_noise: str = ""
    on_hold_music: str = ""
    refer_hook: Any = None
    sip_request_hook: Any = None
    delay: AnswerDelay = field(default_factory=lambda: AnswerDelay())
    on_fallback: bool = False
    """Whether text is rendered by the fallback vendor from now on."""
    original: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    record: str = "off"
    """``off``, ``on`` or ``paused``."""

    @classmethod
    def of(cls, setup: CallSetup) -> SessionSettings:
        """The settings that the application's record begins a session with."""
        synthesizer, recognizer = dict(setup.synthesizer), dict(setup.recognizer)
        original = (dict(synthesizer), dict(recognizer))
        return cls(synthesizer, recognizer, sip_request_hook=setup.sip_request_hook, original=original)

    def speaks_with(self, own: Mapping[str, Any] | None) -> str:
        """The speech vendor of a verb, given its own `synthesizer`."""
        return _choose(own, self.synthesizer)

    def hears_with(self, own: Mapping[str, Any] | None) -> str:
        """The recognition vendor of a verb, given its own `recognizer`."""
        return _choose(own, self.recognizer)

    def language(self, own: Mapping[str, Any] | None) -> str:
        """The language of a recogniser."""
        chosen = (own or {}).get("language")
        return str(self.recognizer.get("language", "en-US") if chosen in {None, "default"} else chosen)

    def reset(self, what: Sequence[str]) -> None:
        """Go back to what the application's record has."""
        if "synthesizer" in what:
            self.synthesizer = dict(self.original[0])
        if "recognizer" in what:
            self.recognizer = dict(self.original[1])


def _choose(own: Mapping[str, Any] | None, session: Mapping[str, Any]) -> str:
    vendor = (own or {}).get("vendor")
    return str(session.get("vendor", "default") if vendor in {None, "default"} else vendor)


class _Action(Protocol):
    """A verb that is run while the application does not answer."""

    nested: bool
    hook: Any

    def run(self) -> Steps[None]: ...
    def cut(self) -> None: ...


class _Waiting(Protocol):
    """The session that waits for its application."""

    @property
    def world(self) -> World: ...
    def make(self, data: Any, /) -> Sequence[_Action]: ...
    def hang_up(self, by: str, /) -> None: ...


class AnswerDelay:
    """`actionHookDelayAction`: what is said while an application does not answer, and when the server gives
    up.

    It is armed when a `gather` sends its hook and whenever a session idles, and disarmed by the next verbs.
    """

    def __init__(self) -> None:
        self.properties: Mapping[str, Any] | None = None
        self._disarm: Future[None] | None = None

    def configure(self, properties: Mapping[str, Any]) -> None:
        """Take new settings. `enabled: false` switches off what exists, but as the very first setting it
        arms.
        """
        if properties.get("enabled") is False and self.properties is not None:
            self.stop()
            self.properties = None
        else:
            self.properties = properties

    def start(self, session: _Waiting, own: Mapping[str, Any] | None = None) -> None:
        """Arm it, with a verb's own settings when it has some."""
        properties = own or self.properties
        if properties is None or self._disarm is not None:
            return
        self._disarm = Future()
        session.world.scheduler.spawn(self._wait(session, properties, self._disarm))

    def stop(self) -> None:
        """Disarm it. A text that is being said is finished, a sound is cut."""
        if self._disarm is not None:
            disarm, self._disarm = self._disarm, None
            disarm.settle(None)

    def _wait(self, session: _Waiting, properties: Mapping[str, Any], disarm: Future[None]) -> Steps[None]:
        scheduler = session.world.scheduler
        give_up = properties.get("noResponseGiveUpTimeout")
        ends = scheduler.now + give_up if give_up else None
        pause = properties.get("noResponseTimeout") or 0
        actions = list(properties.get("actions") or [])
        # `retries` is how often something is played; once it is in any case, and once only without a pause.
        left = max(int(properties.get("retries") or 0), 1) if pause else 1
        plays = 0
        while ends is not None or (actions and plays < left):
            until = scheduler.now + pause if actions and plays < left else None
            due = min(when for when in (ends, until) if when is not None)
            if (yield scheduler.wait(disarm, timeout=due - scheduler.now)) is not None:
                return
            if due == ends:
                yield from self._give_up(session, properties, disarm)
                return
            yield from _perform(session, [actions[plays % len(actions)]], disarm)
            plays += 1
            if disarm.settled:
                return

    def _give_up(self, session: _Waiting, properties: Mapping[str, Any], disarm: Future[None]) -> Steps[None]:
        self._disarm = None
        actions = properties.get("giveUpActions")
        if actions:
            yield from _perform(session, actions, disarm)
            return
        session.world.warn(
            "no-response",
            "The application gave no verbs in time; the server hangs up (bot-action-delay-giveup).",
        )
        session.hang_up("jambonz")


def _perform(session: _Waiting, actions: Any, disarm: Future[None]) -> Steps[None]:
    """Play what was configured: `say` to its end, `play` until there is an answer."""
    for verb in session.make(list(actions)):
        disarm.watch(partial(_cut, verb))
        verb.nested = True
        verb.hook = None
        yield from verb.run()


def _cut(verb: _Action, _: None) -> None:
    verb.cut()
