"""What the verbs and commands that were given to the server mean: what may come back, and what they change.

Three accounts learn from the same verbs: what the answer to each of their hooks can do (`hook_roles.py`), the
state in which they leave the session (`session_facts.py`), and which results can still come
(`pending_results.py`). Verbs also open and close the text stream, which is told here.
"""

from __future__ import annotations

from typing import Any

from ..speech import SpeechTracker
from ..verbs.profiles import Profile
from ..wire.event import Event
from ..wire.events import HookKind, LimitReached, ServerError
from ..wire.message_reading import text_of
from ..wire.tool_call import tool_requests
from .hook_roles import SYNONYMS, TELLING, HookRoles, verb_name
from .pending_results import PendingResults
from .session_facts import ENDS_THE_CALL, MAY_NOT_ANSWER, MODEL_VERBS, SessionFacts
from .size import Verbs
from .tool_answers import ToolAnswers

_ACTION = HookKind.ACTION

_TOLD_BY_NAME = MODEL_VERBS | {"gather"}
_TELLING = TELLING | {"id", "ttsStream"}
"""Properties without one of which there is nothing to learn from any other verb than these."""


class VerbAccounts:
    """The accounts of one call."""

    __slots__ = ("_barge_in_began", "_profile", "_speech", "_told", "_tools", "facts", "results", "roles")

    def __init__(
        self,
        profile: Profile,
        speech: SpeechTracker,
        results: PendingResults,
        roles: HookRoles,
        facts: SessionFacts,
        tools: ToolAnswers,
    ) -> None:
        self._profile = profile
        self._speech = speech
        self._tools = tools
        self.results: PendingResults = results
        self.roles: HookRoles = roles
        self.facts: SessionFacts = facts
        self._told = False
        self._barge_in_began: float | None = None
        """The time at which the interruption was announced whose hook is still to come."""

    # --- what is sent ---------------------------------------------------------------------------------------

    def learn(self, verbs: Verbs, now: float, *, replacing: bool, serial: int) -> list[Event]:
        """Take note of verbs that are given to the server now; there is at least one."""
        roles, results, facts = self.roles, self.results, self.facts
        events = self._tools.over() + results.stopped("replaced", now) if replacing else []
        name = ""
        for verb in verbs:
            name = verb_name(verb)
            if not facts.answers:
                facts.answers = name not in MAY_NOT_ANSWER
            if name in _TOLD_BY_NAME or not _TELLING.isdisjoint(verb):
                roles.learn(verb, name)
                events += results.sent(verb, name, facts, now, serial)
                opens = facts.learn(verb, name)
                if opens is not None:
                    events += self._stream(opens, at_once=False)
        facts.ends = name in ENDS_THE_CALL
        if roles.forgotten and not self._told:
            events.append(self._tell())
        return events

    def learn_hooks(self, verbs: Verbs) -> None:
        """Take note of verbs that run on another leg, or are played to somebody who waits."""
        for verb in verbs:
            self.roles.learn(verb, verb_name(verb), elsewhere=True)

    def _tell(self) -> Event:
        """Tell of paths that were forgotten. Once: a call that comes to that goes on like this."""
        self._told = True
        return LimitReached("HOOK_PATHS or HOOK_PATHS_CHARACTERS", "the hook paths that were sent first")

    def learn_options(self, command: str, options: dict[str, Any]) -> list[Event]:
        """Take note of what a command changes at once."""
        row = self._profile.registry.commands.get(command)
        if row is not None and row.announces_hooks:
            self.roles.learn(options, SYNONYMS.get(command, command))
        if command == "config":
            opens = self.facts.learn_config(options)
            if opens is not None:
                return self._stream(opens, at_once=True)
        return []

    def _stream(self, opens: bool, *, at_once: bool) -> list[Event]:
        """A verb or command opens or closes the text stream."""
        if opens:
            self._speech.stream_opened()
            return []
        return [*self._speech.stream_closed(at_once=at_once)]

    # --- what comes back ------------------------------------------------------------------------------------

    def kind_of(self, hook: str, data: dict[str, Any]) -> HookKind:
        """What the answer to a verb's hook can do. That of a verb which was stopped shall do nothing."""
        kind = self.roles.kind_of(hook, data)
        if self.results.doubted and kind is _ACTION and self.results.is_stale(hook):
            return HookKind.IGNORED
        return kind

    def reported(self, hook: str, data: dict[str, Any], now: float) -> list[Event]:
        """A hook came: see what it tells of all verbs."""
        facts = self.facts
        if hook == facts.barge_in_hook and facts.barge_in_on:
            events = self._barged_in(now)
        else:
            events = self.results.reported(hook, data, now)
        return events + self._tools.over() if hook == facts.model_hook else events

    def tools_called(self, data: Any) -> list[Event]:
        """A model called tools: the name of each is needed for its output, which may not tell it."""
        return [
            LimitReached("TOOL_CHARACTERS", "the name of a tool")
            for request in tool_requests(data)
            if not self.facts.tool_called(request.tool_call_id, request.name)
        ]

    def failed(self, error: ServerError, now: float) -> None:
        """The server reported an error. It may be that of a verb, whose result then may not come."""
        data, verb = error.data, text_of(error.data, "verb")
        if verb and error.message != "invalid actionHook response" and data.get("failover") != "in progress":
            self.results.failed(verb, text_of(data, "id"), now)

    def interrupted(self, now: float) -> None:
        """The caller has begun to speak; what was said comes later, with the hook of the barge-in."""
        self._barge_in_began = now

    def _barged_in(self, now: float) -> list[Event]:
        """The background barge-in reported what the caller said."""
        began, self._barge_in_began = self._barge_in_began, None
        if not self.facts.barged_in(quirk=self._profile.name == "0.9"):
            return []
        return self.results.barged_in(now if began is None else began, now)
