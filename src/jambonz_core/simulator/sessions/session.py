"""A session: one leg under the control of one application, and the stack of verbs that runs on it.

The loop is the heart of the server, and small. What matters is what happens around its edges:

1. A verb is announced (`starting`) before it is known whether it may run; one that may not is skipped
   without a `finished`.
2. When the stack runs dry behind a websocket, the session idles until a command wakes it. Woken without
   verbs it finds nothing to do and ends the call. Behind webhooks the call ends at once.
3. Replacing kills the running verb and forgets the rest; the new stack starts when the killed verb is
   through, and that includes its action hook. The reply to that hook may replace the new stack in turn.
4. An error in a verb ends the call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...call.jambonz_events import CommandReceived
from ...verbs.profiles import Profile
from ...wire.limits import CLOSE_GRACEFUL
from ..engine_events import Idle, SipSent, VerbEnded, VerbStarted
from ..legs.call_info import CallInfo
from ..legs.legs import Leg
from ..options import CallSetup, SimulatorOptions
from ..processes import Future, Steps
from ..requestors import Requestor, WebsocketRequestor
from ..rooms_and_queues import Queues, Rooms
from ..settings import SessionSettings
from ..sockets import Sockets
from ..vendors.faults import VendorFaults
from ..vendors.stream_voice import StreamVoice
from ..world import World
from .task import BadVerbs, Kill, Needs, Task, VerbError


class FeatureServer(World):
    """The world of one simulated call with everybody who is in it: where its sessions find each other.

    A leg, a socket and a timer need no more than a `World`.
    """

    def __init__(
        self,
        profile: Profile,
        setup: CallSetup,
        options: SimulatorOptions,
        make_verbs: Callable[[CallSession, Any], list[Task]],
        obey: Callable[[CallSession, CommandReceived], None],
    ) -> None:
        super().__init__(profile, setup, options)
        self.make_verbs = make_verbs
        """Makes the verbs of an array for a session; raises `BadVerbs` for one that the server refuses."""
        self.obey = obey
        """Performs a command of the application for a session."""
        self.legs: dict[str, Leg] = {}
        """Everybody on the phone, by name."""
        self.sessions: list[CallSession] = []
        """Every call that is not over: the application's own, and the legs that became calls."""
        self.amd_found: Callable[[str, Mapping[str, Any]], None] | None = None
        """Takes a finding of the answering machine detection that runs, if any."""
        self.rooms: Rooms = Rooms(self.scheduler)
        self.queues: Queues = Queues()

    def session_over(self, session: CallSession) -> None:
        """Take note that one of the calls is over; with the last one everything is."""
        self.sessions.remove(session)


class CallSession:
    """What runs on a leg. The kinds of session differ in how they answer, and in what they do at the end."""

    idles = True
    """Whether an exhausted stack waits for commands (over a websocket)."""
    streams = True
    """Whether the session has a text buffer."""

    def __init__(
        self,
        world: FeatureServer,
        sockets: Sockets,
        leg: Leg,
        requestor: Requestor,
        faults: VendorFaults | None = None,
    ) -> None:
        self.world = world
        self.sockets = sockets
        self.leg = leg
        self.requestor: Requestor = requestor
        self.notifier: Requestor | None = requestor
        """Where `call:status` goes; None for nowhere."""
        self.status_hook: Any = world.setup.status_hook
        self.former_requestors: list[Requestor] = []
        """Connections that a redirect left behind, open until the end."""
        self.settings: SessionSettings = SessionSettings.of(world.setup)
        self.faults: VendorFaults = faults or VendorFaults()
        self.voice: StreamVoice | None = (
            StreamVoice(world, leg, self.notice, lambda: self.settings.track_tts_playout)
            if requestor.websocket and self.streams
            else None
        )
        """Streamed speech; None where there is no text buffer."""
        self.stack: list[Task] = []
        self.current: Task | None = None
        self.background: dict[str, Task] = {}
        """What runs beside the stack, by name."""
        self.barged_in: bool = False
        """Whether the caller has barged in. Until this is taken back, barging in again clears nothing."""
        self.ended_by: str = ""
        """``caller`` or ``jambonz``, where it was one of them that ended the call."""
        self.gone: bool = False
        """Whether the call is over; what is running winds down."""
        self.wake: Future[None] | None = None
        """Settles what an idle session waits for."""

    @property
    def info(self) -> CallInfo:
        """What payloads say about the session's leg."""
        return self.leg.info

    @property
    def idle(self) -> bool:
        """Whether the stack has run dry and the session waits."""
        return self.wake is not None

    # The loop.

    def run(self) -> Steps[None]:
        """Run verbs until there are none and none can come."""
        while self.stack and not self.gone:
            verb = self.stack.pop(0)
            try:
                yield from self._run(verb)
            except VerbError as error:
                self.current = None
                self.world.emit(VerbEnded(verb.name, verb.id, "failed", self.leg.name))
                self.world.warn("verb-failed", f"{verb.name} failed and the call is torn down: {error}.")
                break
            if not self.stack and self._may_idle():
                yield from self._wait()

    def close(self, code: int = CLOSE_GRACEFUL) -> None:
        """Everything is over: close what leads to the application, and stop what ran beside the stack."""
        for requestor in (self.requestor, *self.former_requestors):
            requestor.close(code)
        self.stop_background()
        self.settings.delay.stop()

    def _run(self, verb: Task) -> Steps[None]:
        self.verb_status({"event": "starting", **verb.identity(), "name": verb.reports_as or verb.name})
        self.world.emit(VerbStarted(verb.name, verb.id, self.leg.name))
        unmet = yield from self._unmet(verb)
        if unmet:
            self.skipped(verb, unmet)
            return
        self.current = verb
        skip = any(task.takes_over(verb) for task in list(self.background.values()))
        if not skip:
            yield from verb.run()
        self.current = None
        outcome = "skipped" if skip else "killed" if verb.killed else "finished"
        self.world.emit(VerbEnded(verb.name, verb.id, outcome, self.leg.name))
        self.verb_status({"event": "finished", **verb.identity(), "name": verb.reports_as or verb.name})

    def _may_idle(self) -> bool:
        return self.idles and self.requestor.websocket and not self.requestor.left and not self.gone

    def _wait(self) -> Steps[None]:
        self.wake = Future()
        self.world.emit(Idle(self.leg.name))
        self.settings.delay.start(self)
        noise = self.settings.filler_noise
        sound = (
            self.leg.hear_clip(noise, self.world.options.clip(noise))
            if noise and self.leg.has_media
            else None
        )
        yield self.wake
        self.wake = None
        if sound is not None:
            sound.stop()

    def _unmet(self, verb: Task) -> Steps[str]:
        """What the verb lacks; answers the call when that is what it needs."""
        if verb.needs is Needs.MEDIA:
            if not self.leg.answered and not self.leg.over:
                yield from self.answer(early_media=verb.early_media)
            return "the call is gone" if self.leg.over else ""
        if verb.needs is Needs.ANSWERED and not self.leg.answered:
            return "the call was not answered"
        if verb.needs is Needs.UNANSWERED and self.leg.answered:
            return "the call was answered already"
        return ""

    def skipped(self, verb: Task, why: str) -> None:
        """A verb may not run. The server only logs it, and goes on."""
        self.world.emit(VerbEnded(verb.name, verb.id, "skipped", self.leg.name))
        if verb.name == "hangup":
            self.world.warn(
                "hangup-before-answer",
                "hangup does nothing before the call is answered; the verb is skipped.",
                "Use sip:decline to refuse a call.",
            )
        else:
            self.world.warn("verb-skipped", f"{verb.name} is skipped: {why}.")

    def answer(self, *, early_media: bool = False) -> Steps[None]:
        """Answer the call, or open its media early. A leg that was dialled is answered already."""
        return
        yield

    # Beside the stack.

    def start_beside(self, task: Task) -> None:
        """Run a task beside the stack, unless one of its name runs there already."""
        if task.name in self.background:
            self.world.warn(
                "task-already-on",
                f"A {task.name} runs in the background already; the new one is ignored.",
                "Switch it off first.",
            )
            return
        task.in_background = True
        self.background[task.name] = task
        done = self.world.scheduler.spawn(task.run())
        done.watch(lambda _: self._task_over(task))

    def stop_beside(self, name: str) -> None:
        """End the task of that name, if it runs beside the stack."""
        task = self.background.pop(name, None)
        if task is not None:
            task.kill(Kill.REPLACED)

    def stop_background(self) -> None:
        """End all that runs beside the stack, because the session is over."""
        for name in list(self.background):
            self.stop_beside(name)
        if self.voice is not None:
            self.voice.stop()

    def _task_over(self, task: Task) -> None:
        if self.background.get(task.name) is task:
            del self.background[task.name]

    # What changes the stack.

    def replace(self, verbs: list[Task]) -> None:
        """Kill what runs, forget what is queued, and run these instead."""
        if self.gone:
            return
        verbs = self.allowed(verbs)
        self.stack = verbs
        if self.current is not None:
            current, self.current = self.current, None
            current.kill(Kill.REPLACED)
        else:
            self.wake_up()

    def append(self, verbs: list[Task]) -> None:
        """Queue verbs behind what is there, and wake an idle session, also when there are none."""
        self.stack += verbs
        self.wake_up()

    def allowed(self, verbs: list[Task]) -> list[Task]:
        """Without what may not run on this kind of session."""
        return verbs

    def reply(self, data: Any, what: str) -> bool:
        """Act on the answer to a hook: a non-empty array replaces. Raises `BadVerbs`."""
        if not isinstance(data, list) or not data:
            if data and not isinstance(data, list):
                self.world.warn("answer-not-array", f"The answer to {what} is not an array; it is ignored.")
            return False
        verbs = self.make(data)
        self.settings.delay.stop()
        if self.gone:
            self.world.warn(
                "verbs-after-end", f"The verbs in the answer to {what} are dropped: the call is gone."
            )
        elif self.stack:
            dropped = ", ".join(verb.name for verb in self.stack)
            self.world.warn("verbs-replaced", f"The answer to {what} replaces what was queued: {dropped}.")
        self.replace(verbs)
        return True

    def make(self, data: Any) -> list[Task]:
        """Verbs from an array. Raises `BadVerbs` for one that the server refuses."""
        return self.world.make_verbs(self, data)

    def refused(self, bad: BadVerbs, what: str) -> None:
        """Say that an array was refused, and why."""
        self.world.warn("invalid-verbs", f"Verbs in {what} are refused: {bad}.")

    def wake_up(self) -> None:
        """Let an idle session look for verbs again."""
        if self.wake is not None:
            self.wake.settle(None)

    def barge_in(self) -> None:
        """The caller interrupted: kill what runs, and clear the stack up to where barge-in ends anyway."""
        if self.current is not None:
            current, self.current = self.current, None
            current.kill(Kill.BARGE_IN)
        while self.stack:
            barge_in = self.stack[0].spec.get("bargeIn") if self.stack[0].name == "config" else None
            if isinstance(barge_in, Mapping) and barge_in.get("enable") is False:
                rest = {name: value for name, value in barge_in.items() if name != "enable"}
                self.stack[0].spec = {**self.stack[0].spec, "bargeIn": rest}
                break
            self.stack.pop(0)

    # Ends.

    def release(self) -> None:
        """Wind the session down after its call is gone."""
        self.gone = True
        if self.current is not None:
            current, self.current = self.current, None
            current.kill(Kill.CALL_GONE)
        self.wake_up()

    def hang_up(self, by: str, headers: Mapping[str, str] | None = None) -> None:
        """End an answered leg from either side: the final status goes out, then everything winds down."""
        if self.leg.over:
            return
        info = self.info
        info.terminated_by = self.ended_by = by
        info.duration = self.leg.duration
        self.leg.became("completed", 200)
        self.leg.end(by)
        self.send_status()
        self.release()

    def refuse(
        self,
        status: int,
        reason: str = "",
        headers: Mapping[str, str] | None = None,
        *,
        told: bool = True,
    ) -> None:
        """End a call that was not answered, from this side; whether a `call:status` tells of it depends."""
        if self.leg.over:
            return
        self.world.emit(SipSent(self.leg.name, str(status), dict(headers or {})))
        self.ended_by = "jambonz"
        self.leg.became("failed", status, reason)
        self.leg.end("jambonz")
        if told:
            self.send_status()
        self.release()

    # Messages.

    def send_status(self, **more: Any) -> None:
        """Send a `call:status` about the leg, if anybody wants them."""
        if self.notifier is not None:
            self.notifier.notify("call:status", {**self.info.standard(), **more}, self.status_hook)

    def verb_status(self, data: Mapping[str, Any]) -> None:
        """Send a `verb:status`, once the application has asked for them."""
        if self.settings.notify_events:
            self.requestor.notify("verb:status", data)

    def error(self, data: Mapping[str, Any]) -> None:
        """Send a `jambonz:error`; over webhooks there is none."""
        self.requestor.notify("jambonz:error", data)

    def notice(self, type: str, data: Mapping[str, Any], hook: Any = None) -> None:
        """Send any other message that wants no ack."""
        self.requestor.notify(type, data, hook)

    def take_commands(self) -> None:
        """Listen to the application from now on."""
        if isinstance(self.requestor, WebsocketRequestor):
            requestor = self.requestor
            requestor.on_command = lambda command: self.world.obey(self, command)
            requestor.on_reconnect_failed = lambda: self.hang_up("jambonz")
            requestor.on_handover = self._hand_over
            requestor.on_left = self._left_alone

    def _left_alone(self) -> None:
        """The application has closed its connection gracefully."""
        if not self.gone:
            self.world.warn(
                "closed-gracefully",
                "The application closed with 1000: the server goes on alone and never comes back.",
                "Close with another code, or hang up first.",
            )

    def _hand_over(self, requestor: Requestor) -> None:
        self.requestor = requestor
