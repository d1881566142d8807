"""`conference`: several parties in one room, which exists as long as somebody is in it.

Other members are actions of the outside; they are names, and say nothing. Whoever creates a room sets its
status hook and its list of events for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engine_events import Bridged
from ..legs.legs import Heard
from ..processes import Future, Steps
from ..rooms_and_queues import Room
from ..sessions.session import CallSession
from ..sessions.task import Kill
from ..sessions.verb import Verb
from .speech import as_list
from .waiting import WaitLoop

PLAYED = frozenset({"say", "play", "pause"})
_SILENCE = 0.75


class Conference(Verb):
    """The `conference` verb: it keeps its party in a room."""

    name = "conference"

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.room_name: str = str(spec.get("name", ""))
        self.entered: bool = False
        self.talking: bool = False
        self.tag: str = str(spec.get("memberTag", ""))
        self._room: Room | None = None
        self._wait: WaitLoop | None = None

    @property
    def sid(self) -> str:
        """The name by which payloads call the room."""
        return f"conf:{self.session.info.account_sid}:{self.room_name}"

    # Its course.

    def run(self) -> Steps[None]:
        rooms = self.world.rooms
        room = self._room = rooms.room(self.room_name)
        if not room.members and not room.started:
            room.status_hook, room.status_events = (
                self.spec.get("statusHook"),
                as_list(self.spec.get("statusEvents") or []),
            )
        if self.spec.get("startConferenceOnEnter") is False and not room.started:
            yield from self._wait_outside(room)
        if not self.killed:
            yield from self._inside(room)
        yield from self.act({})

    def _wait_outside(self, room: Room) -> Steps[None]:
        started: Future[None] = Future()
        room.start_watchers.append(started)
        if self.spec.get("waitHook"):
            self._play_from(self.spec["waitHook"], silence=_SILENCE)
        yield self.world.scheduler.wait(started, self.ended)
        self._stop_playing()

    def _inside(self, room: Room) -> Steps[None]:
        limit = self.spec.get("maxParticipants")
        if limit and len(room.members) >= limit:
            self.world.warn(
                "conference-full", f"The conference {self.room_name!r} takes no more than {limit}."
            )
            return
        if not room.started:
            room.start(self.world.now)
            self._tell("start")
        if self.spec.get("enterHook"):
            # Before the party is in the room.
            yield self._play_from(self.spec["enterHook"], once=True)
        if self.killed:
            return
        others = list(room.members)
        self.world.rooms.join(self.room_name, self.leg.name, start=True)
        self.entered = True
        if self.spec.get("joinMuted"):
            self.leg.muted = True
        for other in others:
            self.world.emit(Bridged(self.leg.name, other))
        self._tell("join")
        self.leg.listen(self)
        yield self.world.scheduler.wait(self.ended, room.ended)
        self.leg.unlisten(self)
        self._stop_playing()
        self.entered = False
        ends = bool(self.spec.get("endConferenceOnExit"))
        self.world.rooms.leave(self.room_name, self.leg.name, end=ends)
        self._tell("leave")
        if room.ended.settled:
            self._tell("end")

    def _play_from(self, hook: Any, *, silence: float = 0.0, once: bool = False) -> Future[None]:
        """Ask a hook for something to play. Its payload is about the call only, not about the room."""
        loop = self._wait = WaitLoop(
            self,
            hook,
            self.session.info.raw,
            allowed=PLAYED,
            silence=silence,
            once=once,
        )
        return self.world.scheduler.spawn(loop.run())

    def _stop_playing(self) -> None:
        if self._wait is not None:
            self._wait.stop()

    def _about_room(self) -> dict[str, Any]:
        return {"conference_sid": self.sid, "friendly_name": self.room_name, **self.about()}

    def _tell(self, event: str) -> None:
        room = self._room
        if room is None or not room.status_hook or event not in room.status_events:
            return
        self.tell(
            room.status_hook,
            {
                **self.session.info.standard(),
                "event": event,
                "duration": self.world.seconds_since(room.started_at),
                "time": self.world.clock(),
                "members": len(room.members),
                **self._about_room(),
            },
        )

    # As a listener of its leg: who talks.

    def voice(self) -> None:
        self.talking = True
        self._tell("start-talking")

    def interim(self, heard: Heard) -> None:
        pass

    def final(self, heard: Heard) -> None:
        self.talking = False
        self._tell("stop-talking")

    # Commands.

    def control(self, command: str, data: Any) -> None:
        """`conf:mute-status`, `conf:hold-status` and `conf:participant-action`."""
        data = data if isinstance(data, Mapping) else {}
        if command == "conf:mute-status":
            # It mutes all who are no moderators, whosever call it is sent on.
            if self.spec.get("startConferenceOnEnter") is not True:
                self.leg.muted = data.get("conf_mute_status") == "mute"
        elif command == "conf:hold-status":
            self._hold(data.get("conf_hold_status") == "hold", data.get("wait_hook"))
        else:
            self._act_on_participant(str(data.get("action", "")), data)

    def _act_on_participant(self, action: str, data: Mapping[str, Any]) -> None:
        if action in {"mute", "unmute"}:
            self.leg.muted = action == "mute"
        elif action in {"hold", "unhold"}:
            self._hold(action == "hold", data.get("wait_hook"))
        elif action in {"tag", "untag"}:
            self.tag = str(data.get("tag", "")) if action == "tag" else ""
        elif action == "kick":
            self.ended.settle(None)
        elif action not in {"coach", "uncoach"}:
            self.world.warn("command-invalid", f"conf:participant-action knows no {action!r}.")

    def _hold(self, on: bool, wait_hook: Any) -> None:
        self.leg.on_hold = on
        self._stop_playing()
        if on and wait_hook:
            self._play_from(wait_hook)

    def announce(self, command: str, data: Any) -> None:
        """`room:say` and `room:play`: heard by everybody in the room."""
        data = data if isinstance(data, Mapping) else {}
        self.world.scheduler.spawn(self._announce("say" if command == "room:say" else "play", data))

    def _announce(self, what: str, data: Mapping[str, Any]) -> Steps[None]:
        (verb,) = self.session.make(
            [
                {
                    "verb": what,
                    **{name: data[name] for name in ("text", "url", "loop", "synthesizer") if name in data},
                }
            ]
        )
        self._tell(f"{what}-start")
        yield from verb.run()
        self._tell(f"{what}-done")

    def kill(self, reason: Kill) -> None:
        super().kill(reason)
        self._stop_playing()
