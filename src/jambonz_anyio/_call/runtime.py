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

import time
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint

from jambonz_core.call import AppCall
from jambonz_core.call.commands import BRING_VERBS, Command, Conclude, EndCall, Replace, Send
from jambonz_core.call.states import CallState
from jambonz_core.speech.speech_events import SpeechEvent
from jambonz_core.verbs.builder import VerbBuilder
from jambonz_core.wire import events as ev
from jambonz_core.wire.errors import CallEnded, LocalProtocolError, VerbDropped
from jambonz_core.wire.event import Event
from jambonz_core.wire.limits import CLOSE_SERVICE_RESTART
from jambonz_core.wire.unproved import UnprovedWrite

from .._net.transport import Closed, Peer
from ..chain import Chain, verbs_from
from ..limits import CallLimits
from ..logs import current_call_sid, enter_call
from ..speech import Speeches
from .app_context import AppContext, CallRoute
from .awaited_verbs import AwaitedVerbs
from .call_lines import tell_began, tell_ended
from .call_log import NOTED, CallLog, note
from .call_observer import AppObserver, ObservedCall
from .call_tokens import CallToken
from .driver import CoreDriver
from .handlers import HandlerPool
from .invoke import Handler, stray_refused, unwrap
from .one_shot import Notifier, OneShot
from .own_tools import RunningTool, told_on
from .receivers import Receivers
from .saved_call import CallKey, SavedCall
from .sent_redirects import CameBy
from .sent_verbs import SentVerbs
from .stored_call import StoredCall
from .tool_runs import ToolRuns
from .turns import Turns
from .user_frames import place_of, user_traceback

OF_TOOLS = frozenset({ev.ToolCallTaken, ev.ToolCallSettled, ev.ToolCallIgnored, ev.ToolOutputLate})
"""What the core tells of tool calls that were taken."""

GONE = frozenset({"completed", "closed"})
"""Ends after which no process will ever hear of the call again, as opposed to this one."""

_NOBODY_ELSE: frozenset[Hashable] = frozenset()
"""One for all: Python makes a new one each time, of 216 bytes."""


class Runtime:
    """Runs one call: puts its parts together, and owns its scope."""

    __slots__ = (
        "__weakref__",
        "_acting",
        "_call",
        "_ended",
        "_failures",
        "_group",
        "_judged",
        "_on_end",
        "_own_tools",
        "_save_due",
        "_saves_later",
        "_speeches",
        "_state",
        "_stored",
        "_stream_news",
        "_turns",
        "b3",
        "came_by",
        "context",
        "continues",
        "driver",
        "end_reason",
        "error",
        "limits",
        "log",
        "opened_by",
        "over",
        "params",
        "peer",
        "pool",
        "receivers",
        "route",
        "saved_at",
        "sent",
        "trace",
        "unproved",
    )

    def __init__(
        self,
        call: object,
        context: AppContext,
        route: CallRoute,
        core: AppCall,
        key: CallKey,
        peer: Peer,
        params: dict[str, str],
    ) -> None:
        self._call = call
        """The object that programs hold of the call, which their functions are given."""
        self.context = context
        self.route = route
        self.limits: CallLimits = context.limits
        self.log: CallLog = CallLog(context.logger, key.call_sid)
        self.opened_by = "session:reconnect"
        """The message with which the call began in this process."""
        self.b3: str = ""
        """The trace context of that message."""
        self.trace: str = ""
        """That of the process which has saved the call."""
        self.came_by: CameBy | None = None
        """What its connections show, where a redirect brought it here."""
        self.peer = peer
        self.params = params
        self.continues: frozenset[Hashable] = _NOBODY_ELSE
        """The identities of the calls here that were redirected to this one."""
        self._state: dict[str, Any] | None = None
        self.saved_at: float | None = None
        """When the state was saved with which the call was put back, in seconds since 1970."""
        self.unproved: tuple[UnprovedWrite, ...] = ()
        """What was not proved to have been read when the call was put back."""
        self.driver: CoreDriver = CoreDriver(
            self, core, context.timers, CallToken(context.tokens), context.detached
        )
        self.sent: SentVerbs = SentVerbs(context.profile.registry, self.log)
        self.pool: HandlerPool = HandlerPool(self, self.driver, self.limits, self.log)
        self.receivers: Receivers = Receivers(
            self,
            self.driver,
            self.pool,
            context.threads,
            self.sent,
            self.limits,
            self.log,
            of_route={name: partial(handler, call) for name, handler in route.hooks.items()},
        )
        if route.tools or context.tools:
            self.with_tools()
        self._speeches: Speeches | None = None
        self._turns: Turns | None = None
        self._stream_news: Notifier | None = None
        self.error: Exception | None = None
        self.end_reason: str = ""
        self._on_end: list[Callable[..., Any]] | None = None
        self._acting: int = 0
        """How many things can act on the call besides its receivers: tasks, the main handler, streams."""
        self._own_tools: int = 0
        """How many tools that the program runs by itself had no id."""
        self.over: bool = False
        """Whether the call has ended."""
        self._ended: Notifier | None = None
        self._judged: OneShot[bool | None] | None = None
        """Whether a call that nobody knew had begun; None when it is over before that is known."""
        self._group: TaskGroup | None = None
        self._failures: tuple[Exception, ...] = ()
        self._stored: StoredCall | None = None
        """The call in the store, where other processes share it."""
        self._save_due: bool = False
        """Whether it is still to be saved for the first time."""
        self._saves_later: bool = False
        """Whether it will be saved because time has passed."""

    def with_tools(self) -> ToolRuns:
        """What runs the tools of the call."""
        tools = self.receivers.tools
        if tools is None:
            tools = self.receivers.tools = ToolRuns(
                self,
                self._call,
                self.driver,
                self.context.timers,
                self.context.threads,
                self.limits,
                self.log,
                of_route={**self.context.tools, **self.route.tools},
            )
        return tools

    def tool_run(
        self, name: str, arguments: Mapping[str, Any], tool_call_id: str
    ) -> AbstractContextManager[RunningTool]:
        """The time in which the program runs a tool by itself."""
        if not tool_call_id:
            self._own_tools += 1
            tool_call_id = f"own-{self._own_tools}"
        return told_on(self.driver, tool_call_id, name, arguments)

    # --- what most calls need not have ------------------------------------------------------------------

    @property
    def state(self) -> dict[str, Any]:
        """What the program wants saved."""
        if self._state is None:
            self._state = {}
        return self._state

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        self._state = state

    @property
    def awaited(self) -> AwaitedVerbs:
        """Verbs that somebody waits for."""
        if self.receivers.awaited is None:
            self.receivers.awaited = AwaitedVerbs(self.driver, self.sent)
        return self.receivers.awaited

    @property
    def speeches(self) -> Speeches:
        """Text that is streamed."""
        if self._speeches is None:
            self._speeches = Speeches(self.driver, self.log, over=self.over)
        return self._speeches

    @property
    def turns(self) -> Turns:
        """The turns of the conversation."""
        if self._turns is None:
            self._turns = Turns()
        return self._turns

    @property
    def stream_news(self) -> Notifier:
        """Tells that an audio stream of the call began, or that none will."""
        if self._stream_news is None:
            self._stream_news = Notifier()
        return self._stream_news

    # --- tasks ------------------------------------------------------------------------------------------

    def start_soon(self, function: Callable[..., Awaitable[Any]], *args: Any, name: object = None) -> None:
        """Start a task of the call."""
        group = self._group
        if group is None or self.over:
            raise CallEnded("the call is over: no task can be started in it")
        self.driver.loop.check_thread("tasks are started in the", "call.start_soon, function")

        async def task() -> None:
            if self.driver.observer is not None and current_call_sid() != self.log.call_sid:
                # What a task of the call starts is inside whatever that one does.
                self.driver.observer.enter()
            enter_call(self.log.call_sid)
            try:
                await self._guard(lambda: function(*args))
            except anyio.get_cancelled_exc_class():
                if self.driver.closed:
                    return  # not passed on: see `HandlerPool._work_in_a_task`
                raise
            finally:
                self._acting -= 1
            self.hang_up_if_idle()

        self._acting += 1
        group.start_soon(task, name=name)

    def start(self, function: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
        """Start a task of the call that runs something of ours."""
        if self._group is not None:
            self._group.start_soon(function, *args)

    async def _guard(self, job: Callable[[], Awaitable[Any]]) -> None:
        """Run something of the user's, which ends the call if it fails."""
        try:
            with stray_refused:
                await job()
        except Exception as error:
            if self.failed(error):
                raise

    def failed(self, error: Exception) -> bool:
        """Take note that something of the user's has raised this. False: it is no failure.

        To say something to a caller who has just gone is none, nor to wait for what a hangup has stopped:
        that is how calls end.
        """
        if isinstance(error, (CallEnded, VerbDropped)) and self.driver.ending:
            return False
        self._failures = *self._failures, error
        return True

    def hang_up_if_idle(self) -> None:
        """Look whether anything is left that could act on the call, and hang up if not."""
        # The cheap questions first: this is asked whenever a handler has finished.
        if (
            self._acting
            or self.receivers.expecting
            or self.route.on_return != "hangup"
            or self.pool.running
            or self._failures
            or self.driver.ending
        ):
            return
        if self.driver.core.state is CallState.ANSWERING:
            self.log.warning("The handler of %s returned without an answer: the call is declined", self.route)
        self.driver.do(Conclude())

    # --- what happens on the call -----------------------------------------------------------------------

    def heard(self, event: Event) -> None:
        """Something has happened on the call: have everybody learn of it whom it concerns."""
        driver = self.driver
        if driver.observer is not None:
            driver.observer.heard(event)
        if type(event) is ev.VerbHook:
            if event.hook == driver.core.barge_in_hook:
                self._claim_cut(event)
            self.receivers.deliver_hook(event)
        else:
            self._see_to(event)
            self.receivers.deliver(event)
        if self._save_due:
            self._save_first()

    def _see_to(self, event: Event) -> None:
        """Do what is not up to the program when something has happened."""
        kind = type(event)
        if kind in NOTED:
            if self.log.may_note(self.limits.log_lines):
                note(self.log, event, self.route)
        elif kind is ev.LimitReached:
            self.log.reached(event.limit, event.what)  # type: ignore[attr-defined]  # it is a LimitReached
        elif kind is ev.UnknownCallJudged:
            if self._judged is not None:
                self._judged.settle(event.begun)  # type: ignore[attr-defined]  # it is one
        elif kind is ev.CallOver:
            self._end(event.reason)  # type: ignore[attr-defined]  # it is a CallOver
        elif kind in OF_TOOLS:
            if self.receivers.tools is not None:
                self.receivers.tools.take(event)
        elif kind is ev.AbortConnection:
            self.cut()
        elif isinstance(event, SpeechEvent) and self._speeches is not None:
            self._speeches.take(event)

    def done(self, command: Command) -> None:
        """The core has taken a command: remember what will come of it."""
        if type(command) in BRING_VERBS:
            self.sent.learn(command.verbs)  # type: ignore[union-attr]  # it is one of them
        if self.driver.observer is not None:
            self.driver.observer.done(command)
        if self._save_due:
            self._save_first()

    def _claim_cut(self, event: ev.VerbHook) -> None:
        """The hook of a barge-in carries the speech that it cut, or what is known of text without a block."""
        cut = self.driver.core.speech.claim_cut()
        if cut is not None:
            speech = None if self._speeches is None else self._speeches.of(cut.speech)
            self.sent.learn_cut(event.msgid, speech or cut)

    def _end(self, reason: str) -> None:
        if not self.end_reason:
            self.end_reason = reason
        # The scope first: whoever waits for something inside it is cancelled, and not told of an error.
        if self._group is not None:
            self._group.cancel_scope.cancel()
        self.over = True
        if self._ended is not None:
            self._ended.notify()
        if self._judged is not None:
            self._judged.settle(None)
        self.receivers.finish()
        if self._speeches is not None:
            self._speeches.finish()
        if self._stream_news is not None:
            self._stream_news.notify()

    @contextmanager
    def keep_alive(self) -> Iterator[None]:
        """Do not hang up while the block runs, because something in it can act on the call."""
        self._acting += 1
        try:
            yield
        finally:
            self._acting -= 1
            self.hang_up_if_idle()

    def child_began(self, child: object, *, served: bool) -> Handler | None:
        """Tell the handler of such things, if there is one.

        Where nothing else serves the child, it is given back to be the child's own handler, and lives as long
        as the child: the parent may well be over before.
        """
        handler = self.receivers.handler("session:adulting")
        if handler is not None and served:
            self.pool.run_in_order("session:adulting", handler, child)
            return None
        return handler

    def store_as(self, stored: StoredCall | None) -> None:
        """Keep the call in the store."""
        self._stored = stored
        if stored is not None:
            self._save_due = True
            stored.serve(self)

    @property
    def shared(self) -> bool:
        """Whether other processes may go on with the call."""
        return self._stored is not None

    def lost(self, closed: Closed) -> None:
        """A connection has ended."""
        if self._stored is not None:
            self._stored.lost(self)
        if closed.local and closed.code == CLOSE_SERVICE_RESTART:
            # This process is going down, and has told the server to go on elsewhere.
            self._end("moved")

    def ask_pong(self, answered: Callable[[], None]) -> None:
        """Ping the server, and call this when it has answered."""
        self.driver.ask_pong(answered)

    def cut(self) -> None:
        """Abort the connection, if there is one."""
        transport = self.driver.transport
        if transport is not None:
            transport.abort()

    def give_up(self, reason: str) -> None:
        """End the call on this side, without a word to anybody."""
        self._end(reason)

    async def wait_over(self) -> str:
        """Wait for the end, and tell its reason."""
        if self.over:
            await checkpoint()
        else:
            if self._ended is None:
                self._ended = Notifier()
            await self._ended.wait()
        return self.end_reason

    def on_end(self, function: Callable[..., Any]) -> None:
        """Call a function when the call is over."""
        if self._on_end is None:
            self._on_end = []
        self._on_end.append(function)

    def _save_first(self) -> None:
        """Write the call to the store once it is answered."""
        if self._group is not None and not self.driver.closed and self.driver.core.answered_first:
            self._save_due = False
            # A moment later: the handler may be about to say what it wants saved.
            self._group.start_soon(self._save_soon)

    async def _save_soon(self) -> None:
        if self._stored is not None:
            self._stored.save_soon()

    async def save(self) -> None:
        """Write the call to the store, for another process. Raises where that is not possible."""
        await checkpoint()
        if self.end_reason in GONE:
            raise CallEnded("the call is over: no process will ever go on with it")
        # What cannot be saved is the program's fault, and shows also where no other process would read it.
        self._saved_form()
        if self._stored is not None:
            if self.driver.core.answered_first:
                self._save_due = False
            await self._stored.save()

    def snapshot(self) -> bytes | None:
        """What another process needs to go on with the call; None while nothing was said or noted."""
        core = self.driver.core
        if not core.answered_first and not self._state:
            return None
        saved = self._saved_form()
        if core.in_doubt:
            # Whoever reads this will say again what was not proved. That is to be the least there can be.
            self._save_when_proved()
        return saved

    def _save_when_proved(self) -> None:
        assert self._stored is not None
        transport = self.driver.transport
        self.driver.when_proved = self._stored.save_soon
        if transport is None or transport.receipts or self.driver.closed or self._saves_later:
            return
        assert self._group is not None
        self._saves_later = True
        self._group.start_soon(self._save_later)

    async def _save_later(self) -> None:
        """Where nothing proves what was read, time does."""
        await anyio.sleep(self.context.options.unproved)
        self._saves_later = False
        await self._save_soon()

    def _saved_form(self) -> bytes:
        core = self.driver.core
        now = self.context.timers.clock()
        saved = core.snapshot(now) if core.answered_first else None
        trace = "" if self.driver.observer is None else self.driver.observer.trace
        return SavedCall(saved, self.state, time.time(), trace).encode()

    # --- the life of the call ---------------------------------------------------------------------------

    async def live(self, begin: Callable[[], None]) -> None:
        """Run the call from its first moment to its last. The module's docstring says how it ends.

        `begin` connects it, once it has a scope for the handlers of what it may hear at once.
        """
        # All calls that are idle wait in this coroutine, so it has few variables, and calls no other one that
        # would wait instead of it.
        began = self._begin()
        self._acting += 1
        try:
            try:
                async with anyio.create_task_group() as group:
                    self._group = group
                    self.driver.scope = group.cancel_scope
                    begin()
                    del begin  # it may hold more than the call
                    if self.receivers.tools is not None:
                        self.receivers.tools.resume()
                    await self._guard(self._handle)
                    self.hang_up_if_idle()
                    while not self.over:
                        # Until the scope is cancelled. What waits here meanwhile runs the handlers of hooks.
                        try:
                            await self.pool.park()
                        except BaseException:
                            if self.pool.handed_over is not None:
                                # It came just before: it begins, and is cancelled where it waits.
                                group.cancel_scope.cancel()
                                await self.pool.work(self.pool.take())
                            raise
                        await self.pool.work(self.pool.take())
            except BaseExceptionGroup as errors:
                # What a user's code raised is in `_failures`, in its order. Anything else stops the program.
                if errors.split(Exception)[1] is not None:
                    raise
            if self._failures:
                await self.end_after_failure()
        finally:
            await self._clean_up()
            self._tell_ended(began)

    async def _handle(self) -> None:
        """Run the main handler."""
        try:
            if self.route.handler is not None:
                returned = await self.context.threads.invoke(self.route.handler, self._call)
                if _are_verbs(returned):
                    self.driver.do(Send(verbs_from(returned, self.driver.core.profile)))
        finally:
            self._acting -= 1

    def _begin(self) -> float:
        """Say that the call begins, and tell when that was."""
        context, call_sid = self.context, self.log.call_sid
        enter_call(call_sid)
        began = context.timers.clock()
        tell_began(context.logger, self.driver.core, call_sid, self.route, self.opened_by)
        if context.observer is not None:
            self._observe(context.observer)
        return began

    def _tell_ended(self, began: float) -> None:
        """Say that the call is over."""
        observer, turns = self.driver.observer, self.driver.turns
        if observer is not None:
            for turn in turns.over() if turns is not None else ():
                observer.heard(turn)
            observer.ended(self.end_reason, self.error)
        tell_ended(
            self.context.logger,
            self.driver.core,
            self.log.call_sid,
            self.route,
            seconds=self.context.timers.clock() - began,
            reason=self.end_reason,
            error=self.error,
        )

    def _observe(self, by: AppObserver) -> None:
        core, resumed = self.driver.core, self.opened_by == "session:reconnect"
        clock, path = self.context.timers.clock, str(self.route)
        call = ObservedCall(self.log.call_sid, path, core.session, self.b3, resumed, self.trace, clock)
        observer = self.driver.observer = by.began(call)
        if observer is not None:
            self.driver.measure_turns()
            observer.enter()

    async def had_begun(self, begin: Callable[[], None]) -> bool | None:
        """Connect a call that nobody knows, and find out whether it had begun. None: it is over.

        Meanwhile no handler runs. Behind this comes `live` or `dismiss`, which clean up.
        """
        try:
            self._judged = OneShot()
            if self.over:
                self._judged.settle(None)
            begin()
            return await self._judged.wait()
        except BaseException:
            await self._clean_up()
            raise

    async def dismiss(self, begin: Callable[[], None]) -> None:
        """End a call that cannot be served, with its last words."""
        enter_call(self.log.call_sid)
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
        self.log.error(
            "The handler of %s failed in %s, so the call ends",
            self.route,
            place_of(error),
            exc_info=(type(error), error, user_traceback(error)),
        )
        await self.finish_within(error)

    async def finish_within(self, error: Exception | None = None) -> None:
        with anyio.move_on_after(self.limits.last_words_seconds):
            if not self.over:
                self._say_goodbye()
            if error is not None:
                for function in self.context.on_error:
                    await self._invoke_and_log("on_error", function, self._call, error)
            await self.wait_over()
        if not self.over:
            self.log.warning(
                "The call did not end within CallLimits.last_words_seconds (%g); it is given up",
                self.limits.last_words_seconds,
            )

    def _say_goodbye(self) -> None:
        last_words, core = self.context.last_words, self.driver.core
        # Before the first answer somebody hears them who was called, and has picked up.
        heard = core.state is CallState.RUNNING or (core.state is CallState.ANSWERING and core.picked_up)
        try:
            if last_words and heard:
                self.driver.do(Replace([*last_words, {"verb": "hangup"}]))
            else:
                self.driver.do(EndCall())
        except LocalProtocolError as exc:
            self.log.warning("The call could not be ended: %s", exc)

    async def _clean_up(self) -> None:
        transport = self.driver.transport
        self.driver.loop.departures.leave()
        self.driver.close()
        if transport is not None:
            # Not over, or given up: the server must not believe that anybody listens here.
            transport.abort()
        self.pool.close()
        self._end("given up")
        stored = self._stored
        if stored is not None:
            stored.part(self, over=self.end_reason in GONE)
        await self._run_on_end()
        if stored is not None:
            await stored.parted(self)
        # Nothing happens any more. With the circles cut, reference counting frees a call as soon as its
        # program has let go of it: a thousand that end at once leave nothing to the collector, which stops
        # the loop.
        self.receivers.forget()
        if self._speeches is not None:
            self._speeches.forget()
        self._on_end = None
        self._call = None

    async def _run_on_end(self) -> None:
        if not self._on_end:
            return
        with anyio.CancelScope(shield=True), anyio.move_on_after(self.limits.on_end_seconds) as scope:
            for function in self._on_end:
                await self._invoke_and_log("on_end", function, self._call)
        if scope.cancelled_caught:
            self.log.error("CallLimits.on_end_seconds (%g) is reached", self.limits.on_end_seconds)

    async def _invoke_and_log(self, what: str, function: Callable[..., Any], *args: Any) -> None:
        try:
            await self.context.threads.invoke(function, *args)
        except Exception as error:
            shown = (type(error), error, user_traceback(error))
            place = place_of(error)
            self.log.exception("%s: a function failed in %s", what, place, exc_info=shown)


def _are_verbs(returned: object) -> bool:
    """Whether a handler has returned verbs, rather than something that its caller has no use for."""
    first = returned[0] if isinstance(returned, list) and returned else returned
    return isinstance(first, (Chain, VerbBuilder)) or (isinstance(first, dict) and "verb" in first)
