"""A call at work: what stands between the core of a call and the `Call` that a program holds.

The runtime owns the call's scope, a task group in the task of the call's first connection. Everything that a
call starts lives in it: the main handler, the handlers of hooks, `start_soon`. The reader of the connection
does not: it goes on while the scope ends, so that last words can be said and the server's close be heard.

How a call ends, and which exception wins:

* The server ends it, or does not come back: the scope is cancelled, and that is nobody's error.
* The caller has hung up, and a handler finds out because what it sends raises `CallEnded`: the same. So it is
  when somebody calls `hangup()`, and what a handler waits for raises `VerbDropped`.
* The main handler returns: it is over, the call is not. If nothing is left that could act on the call (no
  handler, iterator, awaited result, task or audio stream), `on_return` decides: a hangup behind what is
  queued.
* A handler or a task of the call raises: the scope is cancelled, and everything in it with it. A call that
  was not answered is declined; one that was gets its last words and a hangup, and has ten seconds to end. The
  exception is logged with the call's id, kept in `call.error`, given to the functions of `app.on_error`, and
  goes no further: no other call hears of it. Of several exceptions the one that was raised first wins, and
  the others, which are those of cleaning up, are notes on it. It never comes wrapped in a group.
* Whoever runs the application cancels it: the connection is dropped in a way that makes jambonz come back,
  perhaps to another process. Nobody says goodbye, because the call goes on there.
* Trouble of a connection is never an exception here. The call is detached, and waits.

Then the `on_end` functions run, shielded, and have five seconds together.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import anyio
from anyio.abc import TaskGroup

from jambonz_core.call import AppCall
from jambonz_core.call.commands import Command, Conclude, HangUp, Replace, Reply, Send
from jambonz_core.call.states import CallState
from jambonz_core.speech.speech_events import SpeechEvent
from jambonz_core.verbs.profiles import Profile
from jambonz_core.wire import events as ev
from jambonz_core.wire.errors import CallEnded, LocalProtocolError, VerbDropped
from jambonz_core.wire.event import Event
from jambonz_core.wire.events import HookKind

from .._net.transport import Peer
from ..chain import verbs_from
from ..commands import command_for
from ..limits import CallLimits
from ..speech import Speeches
from .awaited_verbs import AwaitedVerbs
from .call_audio import CallAudio
from .call_log import NOTED, CallLog, note
from .driver import CoreDriver
from .handlers import HandlerPool, Hook, Job, current_hook
from .invoke import stray_refused, unwrap
from .one_shot import OneShot
from .payloads import Payloads
from .receivers import Handler, Receivers
from .saved_call import CallKey, SavedCall
from .sent_redirects import SentRedirects
from .turns import Turns

if TYPE_CHECKING:
    from ..call import Call
    from .app_context import AppContext, CallRoute

GONE = frozenset({"completed", "closed"})
"""Ends after which no process will ever hear of the call again, as opposed to this one."""

CUTS_REMEMBERED = 8
"""A hook is looked at when it comes, or when its turn in an inbox comes."""


class Runtime:
    """Runs one call: hands its core's events to handlers, and their commands to the core."""

    def __init__(
        self, context: AppContext, route: CallRoute, core: AppCall, peer: Peer, params: dict[str, str]
    ) -> None:
        self.context = context
        self.route = route
        self.limits: CallLimits = context.limits
        self.profile: Profile = context.profile
        self.log: CallLog = CallLog(context.logger, core.call_sid)
        self.call: Call
        """The object that programs hold of the call."""
        self.opened_by = "session:reconnect"
        """The message with which the call began in this process."""
        self.peer = peer
        self.params = params
        self.receivers: Receivers = Receivers(self, route.hooks)
        self.speeches: Speeches = Speeches(self)
        self.turns: Turns = Turns()
        self.awaited: AwaitedVerbs = AwaitedVerbs(self)
        self.driver: CoreDriver = CoreDriver(core, context.timers, self._deliver, self._moved)
        self.pool: HandlerPool = HandlerPool(
            context.timers,
            start=self._start,
            guard=self._guard,
            idle=self.hang_up_if_idle,
            running=self.limits.handlers,
            waiting=self.limits.handlers_waiting,
        )
        self.error: Exception | None = None
        self.end_reason: str = ""
        self.on_end: list[Callable[..., Any]] = []
        self._acting: int = 0
        """How many things can act on the call besides its receivers: tasks, the main handler, streams."""
        self.audio: CallAudio = CallAudio(self.keep_alive)
        self._over = OneShot[None]()
        self._group: TaskGroup | None = None
        self._failures: list[Exception] = []
        self._payloads = Payloads(self.profile.registry)
        self._cuts: dict[str, Any] = {}
        """What barge-ins have cut, by the id of the hook that reports them."""
        self.saved: bool = False
        """Whether a store has something of this call."""
        self._saving: anyio.Lock | None = None
        self.redirects: SentRedirects = SentRedirects()
        self.continues: frozenset[Hashable] = frozenset()
        """The identities of the calls here that were redirected to this one."""

    # --- what chains, speeches and handlers ask for -------------------------------------------------------

    @property
    def core(self) -> AppCall:
        """The protocol core of the call."""
        return self.driver.core

    @property
    def _key(self) -> CallKey:
        return CallKey(self.peer.identity, self.route.pattern, self.core.call_sid)

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self._over.settled

    def do(self, command: Command) -> None:
        """Have the core do something. Raises `LocalProtocolError`, before any change, where it cannot."""
        self.driver.do(command)
        if isinstance(command, (Send, Replace, Reply)) and isinstance(command.verbs, list) and command.verbs:
            self._payloads.learn(command.verbs)
            self.audio.learn(command.verbs)
            self.redirects.learn(command.verbs)
        if not self.saved:
            self._save_first()

    async def checkpoint(self) -> None:
        """Begin a coroutine that programs call; see `EventLoop`."""
        await self.driver.checkpoint()

    async def room(self) -> None:
        """Wait while more waits to be sent than should."""
        await self.driver.room()

    def verbs_from(self, given: Any) -> list[dict[str, Any]]:
        """Verbs out of chains and dicts."""
        return verbs_from(given, self.profile)

    @property
    def ending(self) -> bool:
        """Whether nothing more is to be asked of the call.

        It was hung up, or its scope is ending, or whoever runs the application has cancelled us.
        """
        return self._closed or self.core.state in (CallState.ENDING, CallState.OVER) or self.driver.stopping

    @property
    def _closed(self) -> bool:
        """Whether the call's scope is ending, so that nothing can be started in it."""
        return self._group is None or self._group.cancel_scope.cancel_called

    async def order(self, command: Command) -> None:
        """`do` for a program: looks for cancellation before, and waits for room behind."""
        await self.driver.checkpoint()
        self.do(command)
        await self.driver.room()

    async def do_now(self, verbs: list[dict[str, Any]]) -> None:
        """Do at once what a single verb says, where there is a command for it."""
        await self.order(command_for(verbs))

    # --- tasks ------------------------------------------------------------------------------------------

    def start_soon(self, function: Callable[..., Awaitable[Any]], *args: Any, name: object = None) -> None:
        """Start a task of the call."""
        group = self._group
        if group is None or self.over:
            raise CallEnded("the call is over: no task can be started in it")
        if threading.get_ident() != self.driver.loop.thread:
            raise LocalProtocolError(
                "tasks are started in the event loop; from a thread that is "
                "anyio.from_thread.run_sync(call.start_soon, function)"
            )

        async def task() -> None:
            try:
                await self._guard(lambda: function(*args))
            finally:
                self._acting -= 1
            self.hang_up_if_idle()

        self._acting += 1
        group.start_soon(task, name=name)

    def run_handler(
        self, handler: Handler, hook: Hook | None, about: Event | Call, *, series: str | None = None
    ) -> None:
        """Run a handler as soon as there is room; with `series`, behind the others of that name."""

        async def job() -> None:
            # Set and reset: one task may run several jobs after each other.
            token = current_hook.set(hook)
            try:
                answer = await self.context.threads.invoke(handler, self.payload(about))
                if hook is not None and (answer is not None or not hook.answered):
                    hook._answer(self._answer_from(hook, answer))
            finally:
                current_hook.reset(token)
                if hook is not None:
                    hook._release()

        if self._closed:
            taken = False
        elif series is None:
            taken = self.pool.submit(job)
        else:
            taken = self.pool.submit_in_order(series, job)
        if not taken:
            if not self._closed and self.log.may_note(self.limits.log_lines):
                self.log.warning(
                    "%s is not handled: CallLimits.handlers_waiting (%d) is reached",
                    series or (hook and hook.path),
                    self.limits.handlers_waiting,
                )
            if hook is not None:
                hook._release()

    def _answer_from(self, hook: Hook, answer: Any) -> list[dict[str, Any]] | dict[str, Any]:
        if isinstance(answer, dict) and "verb" not in answer and hook.event.kind is HookKind.PLAYED:
            return answer  # a tool's output, and not a verb: see `Reply`
        return self.verbs_from(answer)

    def _start(self, job: Job) -> None:
        if self._group is not None:
            self._group.start_soon(job)

    async def _guard(self, job: Callable[[], Awaitable[Any]]) -> None:
        """Run something of the user's, and remember in which order things failed."""
        try:
            with stray_refused:
                await job()
        except Exception as exc:
            # To say something to a caller who has just gone is no failure, nor to wait for what a hangup has
            # stopped: that is how calls end.
            if not (isinstance(exc, (CallEnded, VerbDropped)) and self.ending):
                self._failures.append(exc)
                raise

    def hang_up_if_idle(self) -> None:
        """Look whether anything is left that could act on the call, and hang up if not."""
        # The cheap questions first: this is asked whenever a handler has finished.
        if (
            self._acting
            or self.route.on_return != "hangup"
            or self.receivers.expecting
            or self.pool.running
            or self._failures
            or self.ending
        ):
            return
        if self.core.state is CallState.ANSWERING:
            self.log.warning("The handler of %s returned without an answer: the call is declined", self.route)
        self.do(Conclude())

    # --- what happens on the call -----------------------------------------------------------------------

    def payload(self, event: Event | Call) -> Any:
        """What a receiver gets to see of an event."""
        if not isinstance(event, Event):
            return event
        return self._payloads.wrap(event, self._cuts.get(getattr(event, "msgid", "")))

    def _deliver(self, event: Event) -> None:
        kind = type(event)
        if kind is ev.VerbHook:
            if event.hook == self.core.barge_in_hook:  # type: ignore[attr-defined]  # it is one
                self._claim_cut(event)  # type: ignore[arg-type]  # it is a VerbHook
        elif kind in NOTED:
            if self.log.may_note(self.limits.log_lines):
                note(self.log, event, self.route)
        elif kind is ev.CallOver:
            self._end(event.reason)  # type: ignore[attr-defined]  # it is a CallOver
        elif isinstance(event, SpeechEvent):
            self.speeches.take(event)
        self.receivers.deliver(event)
        if not self.saved:
            self._save_first()

    def _claim_cut(self, event: ev.VerbHook) -> None:
        """The hook of a barge-in carries the speech that it cut, or what is known of text without a block."""
        cut = self.core.speech.claim_cut()
        if cut is not None:
            self._cuts[event.msgid] = self.speeches.of(cut.speech) or cut
            if len(self._cuts) > CUTS_REMEMBERED:
                del self._cuts[next(iter(self._cuts))]

    def _end(self, reason: str) -> None:
        if not self.end_reason:
            self.end_reason = reason
        # The scope first: whoever waits for something inside it is cancelled, and not told of an error.
        if self._group is not None:
            self._group.cancel_scope.cancel()
        self._over.settle(None)
        self.receivers.finish()
        self.speeches.finish()
        self.audio.finish()

    @contextmanager
    def keep_alive(self) -> Iterator[None]:
        """Do not hang up while the block runs, because something in it can act on the call."""
        self._acting += 1
        try:
            yield
        finally:
            self._acting -= 1
            self.hang_up_if_idle()

    def child_began(self, child: Call, *, served: bool) -> Handler | None:
        """Add a leg of this call that became a call of its own, and tell the handler of such things.

        Where nothing else serves the child, it is given back to be the child's own handler, and lives as long
        as the child: the parent may well be over before.
        """
        self.call.children.append(child)
        handler = self.receivers.handler("session:adulting")
        if handler is not None and served:
            self.run_handler(handler, None, child, series="session:adulting")
            return None
        return handler

    def _moved(self) -> None:
        self._end("moved")

    def give_up(self, reason: str) -> None:
        """End the call on this side, without a word to anybody."""
        self._end(reason)

    async def wait_over(self) -> str:
        """Wait for the end, and tell its reason."""
        await self._over.wait()
        return self.end_reason

    def _save_first(self) -> None:
        """Write the call to the store once it is answered, if another process knew what to do with it."""
        if self.context.on_resume is not None and self._group is not None and self.core.answered_first:
            self.saved = True
            self._group.start_soon(self._invoke_and_log, "store", self.save)

    def _alone(self) -> anyio.Lock:
        """Held while something is written: one save at a time, or an older one could come last."""
        if self._saving is None:
            self._saving = anyio.Lock()
        return self._saving

    async def save(self) -> None:
        """Write the call to the store, for another process."""
        async with self._alone():
            if self.end_reason in GONE:
                raise CallEnded("the call is over: no process will ever go on with it")
            saved = SavedCall(self.core.snapshot(), self.call.state)
            key = self._key.stored
            self.saved = True
            await self.context.store.save(key, saved.encode())

    # --- the life of the call ---------------------------------------------------------------------------

    async def live(self, begin: Callable[[], None]) -> None:
        """Run the call from its first moment to its last. The module's docstring says how it ends.

        `begin` connects it, once it has a scope for the handlers of what it may hear at once.
        """
        try:
            await self._live(begin)
            if self._failures:
                await self.end_after_failure()
        finally:
            await self._clean_up()

    async def _live(self, begin: Callable[[], None]) -> None:
        async def main() -> None:
            try:
                if self.route.handler is not None:
                    await self.context.threads.invoke(self.route.handler, self.call)
            finally:
                self._acting -= 1

        self._acting += 1
        try:
            async with anyio.create_task_group() as group:
                self._group = group
                begin()
                await self._guard(main)
                self.hang_up_if_idle()
                if not self.over:
                    await anyio.sleep_forever()
        except BaseExceptionGroup as group_of_errors:
            # What a user's code raised is in `_failures`, in its order. Anything else stops the program.
            stops = group_of_errors.split(Exception)[1]
            if stops is not None:
                raise

    async def dismiss(self, begin: Callable[[], None]) -> None:
        """End a call that cannot be served, with its last words."""
        try:
            begin()
            await self.finish_within()
        finally:
            await self._clean_up()

    async def end_after_failure(self) -> None:
        """End the call after a failure: with last words if it was answered, and within a bounded time."""
        error, *others = map(unwrap, self._failures)
        for other in others:
            error.add_note(f"While cleaning up: {other!r}")
        self.error = error
        self.log.error("The handler of %s failed, so the call ends", self.route, exc_info=error)
        await self.finish_within(error)

    async def finish_within(self, error: Exception | None = None) -> None:
        with anyio.move_on_after(self.limits.last_words_seconds):
            if not self.over:
                self._say_goodbye()
            if error is not None:
                for function in self.context.on_error:
                    await self._invoke_and_log("on_error", function, self.call, error)
            await self._over.wait()
        if not self.over:
            self.log.warning(
                "The call did not end within CallLimits.last_words_seconds (%g); it is given up",
                self.limits.last_words_seconds,
            )

    def _say_goodbye(self) -> None:
        last_words = self.context.last_words
        try:
            if last_words and self.core.state is CallState.RUNNING:
                self.do(Replace([*last_words, {"verb": "hangup"}]))
            else:
                self.do(HangUp())
        except LocalProtocolError as exc:
            self.log.warning("The call could not be ended: %s", exc)

    async def _clean_up(self) -> None:
        transport = self.driver.transport
        self.driver.close()
        if transport is not None:
            # Not over, or given up: the server must not believe that anybody listens here.
            transport.abort()
        self.pool.close()
        self._end("given up")
        if self.saved and self.end_reason in GONE:
            with anyio.CancelScope(shield=True), anyio.move_on_after(self.limits.on_end_seconds):
                await self._invoke_and_log("store", self._forget)
        if not self.on_end:
            return
        with anyio.CancelScope(shield=True), anyio.move_on_after(self.limits.on_end_seconds) as scope:
            for function in self.on_end:
                await self._invoke_and_log("on_end", function, self.call)
        if scope.cancelled_caught:
            self.log.error("CallLimits.on_end_seconds (%g) is reached", self.limits.on_end_seconds)

    async def _forget(self) -> None:
        async with self._alone():
            await self.context.store.delete(self._key.stored)

    async def _invoke_and_log(self, what: str, function: Callable[..., Any], *args: Any) -> None:
        try:
            await self.context.threads.invoke(function, *args)
        except Exception:
            self.log.exception("%s: a function failed", what)
