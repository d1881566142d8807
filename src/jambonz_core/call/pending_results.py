"""Which results can still come.

Whoever waits for the result of a verb must be told when none can come, and must not be told so while one
still can. The server never says it, so this is worked out from what was sent and what came back:

1. Verbs run one after the other. When one reports, those before it are over: a verb among them that should
   have reported was skipped. (`dequeue` and `message` report by the way, while the next verbs run already.)
2. Verbs that replace the stack, and a barge-in, end what runs and drop what is queued. A queued verb reports
   nothing. The running one does or does not, depending on its name.
3. Which verb runs is known only up to a point: the first one that has not reported, or one before it that
   never reports. So only the first may still report after a replacement; it is *doubted*, and dropped when
   nothing comes for a while.
4. A barge-in clears the stack only up to a queued `config` that switches it off, and not what was sent after
   the caller had begun to speak.
5. While the background barge-in listens, a `gather` that is reached is skipped, and its result never comes.
6. What the server has sent, and nobody has acked when the connection is lost, it never sends again. So where
   somebody waits for what may have been reported into a dying connection, a verb is queued behind it that
   tells when it is reached.

Time that passes without a connection does not count: what the server has to say waits for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct, structs

from ..wire.event import Event
from ..wire.events import HookKind, ResultDropped, VerbDone
from ..wire.message_reading import hook_path
from .hook_roles import kind_by_shape
from .session_facts import SessionFacts

REMEMBERED = 1024
"""Verbs that are waited for, and as many that are doubted. Beyond this the oldest counts as dropped."""

REMEMBERED_CHARACTERS = 512 * 1024
"""What the hook paths and ids of either may hold; beyond it, the same."""

_SHORT = REMEMBERED_CHARACTERS // REMEMBERED
"""So much each of them may hold."""

_SILENT_WHEN_STOPPED = frozenset({"gather", "say", "transcribe", "sip:refer"})
"""Verbs that report nothing when they are stopped. All others may."""

_NO_RESULTS = (HookKind.IGNORED, HookKind.PLAYED)
"""What a payload shows that is no result of its verb."""

_REPORT_BY_THE_WAY = frozenset({"dequeue", "message"})
"""Verbs whose result does not hold up the next verb."""

_UNHURRIED_SECONDS = 15.0
"""How long such a result may take after the verb is over."""


class PendingResult(Struct, gc=False):
    """One verb that somebody may wait for."""

    name: str
    """The verb, or empty for a mark: here a queued `config` switches the barge-in off."""
    hook: str = ""
    verb_id: str = ""
    sent_at: float = 0.0
    by: str = ""
    """What stopped it, once it is doubted."""
    doubt_until: float = 0.0
    serial: int = 0
    """The number of the write that brought it."""
    awaited: bool = False
    """Whether somebody waits for it."""
    crossed: bool = False
    """Whether a connection was lost while it was waited for: what the verb reported may have gone with it."""


class SavedResults(Struct, frozen=True):
    """What another process must know of them, without times."""

    queued: list[PendingResult]
    doubted: list[PendingResult]


class PendingResults:
    """The verbs of one call that can still report, in the order in which they run."""

    __slots__ = ("_doubt", "doubted", "heard_of", "queued")

    def __init__(self, doubt: float) -> None:
        self._doubt = doubt
        # Tuples, as in the outbox.
        self.queued: tuple[PendingResult, ...] = ()
        """The results that have not come, and marks between them."""
        self.doubted: tuple[PendingResult, ...] = ()
        """Those that were stopped, and may report it."""
        self.heard_of: int = 0
        """The number of the write whose verb has reported last: the server has read it."""

    def sent(
        self, verb: Mapping[str, Any], name: str, facts: SessionFacts, now: float, serial: int = 0
    ) -> list[Event]:
        """A verb was given to the server, behind those that it has."""
        hook, verb_id = verb.get("actionHook", ""), verb.get("id", "")
        if type(hook) is not str:
            hook = hook_path(hook)
        if type(verb_id) is not str:
            verb_id = ""
        if facts.barge_in_on and name == "gather" and facts.skips(verb):
            return [ResultDropped(hook, verb_id, "skipped")] if hook or verb_id else []
        if hook or verb_id:
            self.queued += (PendingResult(name, hook, verb_id, now, serial=serial),)
        elif name == "config" and _switches_off(verb):
            self.queued += (PendingResult("", sent_at=now, serial=serial),)
        else:
            return []
        if self.doubted or len(self.queued) > REMEMBERED or len(hook) + len(verb_id) > _SHORT:
            return self._keep_bounds(now)
        return []

    def _keep_bounds(self, now: float) -> list[Event]:
        """Drop the oldest of what is beyond the bounds. Nothing is measured where what came is short."""
        long = _characters(self.queued[-1:]) > _SHORT
        events = self._passed(1, now) if len(self.queued) > REMEMBERED else []
        while long and _characters(self.queued) > REMEMBERED_CHARACTERS:
            events += self._passed(1, now)
        while len(self.doubted) > REMEMBERED or (long and _characters(self.doubted) > REMEMBERED_CHARACTERS):
            oldest, self.doubted = self.doubted[0], self.doubted[1:]
            events.append(_dropped(oldest, oldest.by))
        return events

    def await_newest(self) -> None:
        """Somebody waits for what was sent last."""
        for entry in self.queued:
            entry.awaited = entry.awaited or entry.serial == self.queued[-1].serial

    def stopped(self, by: str, now: float) -> list[Event]:
        """The whole stack was replaced."""
        if not self.queued:
            return []
        queued, self.queued = self.queued, ()
        return self._stop(queued, by, now)

    def barged_in(self, began: float, now: float) -> list[Event]:
        """A barge-in cleared what had been sent before the caller began to speak, up to a mark."""
        kept = next(
            (at for at, entry in enumerate(self.queued) if not entry.name or entry.sent_at > began),
            len(self.queued),
        )
        stopped, self.queued = self.queued[:kept], self.queued[kept:]
        return self._stop(stopped, "barge-in", now)

    def reported(self, hook: str, data: Mapping[str, Any], now: float) -> list[Event]:
        """A hook came, with its path. If it is the result of a verb, those before that verb are over."""
        if self.doubted:
            entry = _reporting(self.doubted, hook, data)
            if entry is not None:
                self.doubted = _without(entry, self.doubted)
                self.heard_of = entry.serial
                return _done(entry)
        queued = self.queued
        entry = _reporting(queued, hook, data)
        if entry is None or kind_by_shape(data) in _NO_RESULTS:
            return []
        self.heard_of = entry.serial
        events = [] if entry is queued[0] else self._passed(queued.index(entry), now)
        self.queued = self.queued[1:]
        return events + _done(entry) if entry.verb_id else events

    def awaits(self, name: str, hook: str) -> bool:
        """Whether a verb of that name, with that hook, has not reported yet."""
        return any(entry.name == name and entry.hook == hook for entry in self.queued)

    def is_stale(self, hook: str) -> bool:
        """Whether this hook can only be of a verb that was stopped.

        Its answer would replace the verbs that were sent in its place. When another verb has the same path,
        nobody can tell whose hook it is, and it counts as the other's.
        """
        return any(
            entry.hook == hook and entry.by in ("replaced", "barge-in") for entry in self.doubted
        ) and not any(entry.hook == hook for entry in self.queued)

    def status(self, event: str, verb_id: str, now: float) -> list[Event]:
        """A `verb:status` with an id came."""
        position = next((at for at, entry in enumerate(self.queued) if entry.verb_id == verb_id), None)
        if position is None or event not in ("starting", "finished"):
            return []
        self.heard_of = self.queued[position].serial
        events = self._passed(position, now)
        if event == "finished":
            events += self._passed(1, now)
        return events

    def failed(self, name: str, verb_id: str, now: float) -> None:
        """The server reported an error of a verb. Its result may still come, to say the same."""
        for entry in self.queued:
            if entry.verb_id == verb_id if verb_id else entry.name == name:
                self.queued = _without(entry, self.queued)
                self.doubted += (entry,)
                entry.by = "error"
                entry.doubt_until = now + self._doubt
                return

    def lost(self, serial: int, verbs: list[dict[str, Any]]) -> list[Event]:
        """These verbs of that write were not read, for all that is known, and are not sent again."""
        names = {(hook_path(verb.get("actionHook")), verb.get("id") or "") for verb in verbs}
        lost = [
            entry for entry in self.queued if entry.serial == serial and (entry.hook, entry.verb_id) in names
        ]
        self.queued = tuple(entry for entry in self.queued if entry not in lost)
        return [_dropped(entry, "lost") for entry in lost if entry.name]

    def _passed(self, position: int, now: float) -> list[Event]:
        """The stack has moved on to this one."""
        over, self.queued = self.queued[:position], self.queued[position:]
        return [event for entry in over for event in self._over(entry, now)]

    def _over(self, entry: PendingResult, now: float) -> list[Event]:
        """A verb has ended by itself, and its result, if it has one, has not come."""
        if not entry.hook:
            return _done(entry)
        entry.by = "lost" if entry.crossed else "skipped"
        if entry.name in _REPORT_BY_THE_WAY:
            entry.doubt_until = now + _UNHURRIED_SECONDS
            self.doubted += (entry,)
            return []
        return [_dropped(entry, entry.by)]

    def _stop(self, entries: tuple[PendingResult, ...], by: str, now: float) -> list[Event]:
        events: list[Event] = []
        may_run = True
        for entry in entries:
            if not entry.name:
                continue
            entry.by = by
            if may_run and entry.hook and entry.name not in _SILENT_WHEN_STOPPED:
                entry.doubt_until = now + self._doubt
                self.doubted += (entry,)
            else:
                events.append(_dropped(entry, by))
            if entry.hook and entry.name not in _REPORT_BY_THE_WAY:
                may_run = False
        return events

    @property
    def deadline(self) -> float | None:
        """The time at which the first of the doubted results counts as dropped."""
        return min(entry.doubt_until for entry in self.doubted) if self.doubted else None

    def tick(self, now: float) -> list[Event]:
        """Time has passed, with a connection."""
        if not self.doubted:
            return []
        due = [entry for entry in self.doubted if entry.doubt_until <= now]
        self.doubted = tuple(entry for entry in self.doubted if entry.doubt_until > now)
        return [_dropped(entry, entry.by) for entry in due]

    def reattached(self, now: float, waiting: Collection[int]) -> bool:
        """The server is back: what it could not say before may come now.

        Tells whether a result for which somebody waits may have been lost with the last connection: the
        server had the verb, as far as is known; not where its write is still `waiting`, by its number.
        """
        for entry in self.doubted:
            entry.doubt_until = now + self._doubt
        suspects = [entry for entry in self.queued if entry.name and entry.serial not in waiting]
        for entry in suspects:
            entry.crossed = True
        return any(entry.awaited for entry in suspects)

    def saved(self) -> SavedResults:
        """The state of the pending results for a snapshot."""
        return SavedResults(
            [structs.replace(entry, sent_at=0.0, doubt_until=0.0) for entry in self.queued],
            [structs.replace(entry, sent_at=0.0, doubt_until=0.0) for entry in self.doubted],
        )

    @classmethod
    def restore(cls, saved: SavedResults, doubt: float, now: float) -> PendingResults:
        """The state of a snapshot. Everything in it counts as sent now, for clocks do not travel."""
        pending_results = cls(doubt)
        pending_results.queued, pending_results.doubted = tuple(saved.queued), tuple(saved.doubted)
        for entry in (*saved.queued, *saved.doubted):
            entry.sent_at = now
            entry.doubt_until = now + doubt
            # The program that waited is no more.
            entry.awaited = False
        return pending_results


def _reporting(
    entries: tuple[PendingResult, ...], hook: str, data: Mapping[str, Any]
) -> PendingResult | None:
    """The verb that a hook is of. Where several have its path, the payload may tell; else it is the first."""
    first = None
    for entry in entries:
        if entry.hook == hook:
            verb_id = data.get("verb_id")
            if not verb_id or entry.verb_id == verb_id:
                return entry
            first = first or entry
    return first


def _without(entry: PendingResult, entries: tuple[PendingResult, ...]) -> tuple[PendingResult, ...]:
    return tuple(other for other in entries if other is not entry)


def _characters(entries: tuple[PendingResult, ...]) -> int:
    return sum(len(entry.hook) + len(entry.verb_id) for entry in entries)


def _switches_off(config: Mapping[str, Any]) -> bool:
    barge_in = config.get("bargeIn")
    return isinstance(barge_in, dict) and barge_in.get("enable") is False


def _dropped(entry: PendingResult, by: str) -> Event:
    return ResultDropped(entry.hook, entry.verb_id, by)


def _done(entry: PendingResult) -> list[Event]:
    return [VerbDone(entry.verb_id)] if entry.verb_id else []
