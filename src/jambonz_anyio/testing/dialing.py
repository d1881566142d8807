"""Placing calls: `dial` to an application in this process, `dial_url` to whatever listens at a URL."""

from __future__ import annotations

import functools
import itertools
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from os import PathLike
from types import TracebackType
from typing import Any, Literal, ParamSpec, TypeAlias, TypeVar
from urllib.parse import urlsplit

import anyio

from jambonz_core.journal import JournalWriter
from jambonz_core.simulator import CallEngine, CallSetup, SimulatorOptions
from jambonz_core.simulator.journal import JournaledEngine
from jambonz_core.verbs.profiles import V10, Profile

from ..journals import journal_file
from ..transport import Application
from .dialers import Dialer, MemoryDialer
from .driver import CallDriver
from .faults import FaultPlan
from .model import Model, ModelScript
from .phone import Phone
from .records import AppLogged, ExpectationFailed
from .transcript import excerpt

HOST = "app.test"
"""The name under which an application in memory is reached."""

END_SECONDS = 30.0
"""How long a call may take to end after the caller has hung up."""

LET_GO_SECONDS = 15.0
"""How long an application may take to let go of a call that is over."""

OnFault: TypeAlias = Literal["fail", "ignore"]

T = TypeVar("T")
P = ParamSpec("P")

_calls = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What makes a test fail when its block is left, although nobody has asked for it."""

    unanswered: OnFault = "fail"
    """Hooks that got no answer in time."""
    app_errors: OnFault = "fail"
    """Exceptions of the application's handlers, and of what serves its connections."""
    leftovers: OnFault = "fail"
    """Connections that the application still serves although the call is over."""


class _PhoneBlock(AbstractAsyncContextManager[Phone]):
    """The block of a phone. A failure that is found when it is left shows the test, and nothing of how."""

    def __init__(self, block: AbstractAsyncContextManager[Phone]) -> None:
        self._block = block

    async def __aenter__(self) -> Phone:
        return await self._block.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        __tracebackhide__ = True
        try:
            return await self._block.__aexit__(kind, error, trace)
        except ExpectationFailed as failure:
            if failure._of_the_whole:
                raise failure.with_traceback(None)  # noqa: B904 - its cause is the application's error
            raise


def _phone_block(
    block: Callable[P, AsyncIterator[Phone]],
) -> Callable[P, AbstractAsyncContextManager[Phone]]:
    manager = asynccontextmanager(block)

    @functools.wraps(block)
    def made(*args: P.args, **kwargs: P.kwargs) -> AbstractAsyncContextManager[Phone]:
        return _PhoneBlock(manager(*args, **kwargs))

    return made


@_phone_block
async def dial(
    application: Application,
    path: str = "/",
    *,
    direction: Literal["inbound", "outbound"] = "inbound",
    from_: str | None = None,
    to: str | None = None,
    env_vars: Mapping[str, Any] | None = None,
    credentials: tuple[str, str] | None = None,
    webhook: bool = False,
    webhook_secret: str | None = None,
    profile: Profile | str | None = None,
    setup: CallSetup | None = None,
    options: SimulatorOptions | None = None,
    hosts: Mapping[str, Application] | None = None,
    model: ModelScript | None = None,
    checks: Checks | None = None,
    lifespan: bool = True,
    journal: JournalWriter | str | PathLike[str] | None = None,
    journal_content: bool = False,
) -> AsyncIterator[Phone]:
    """Call an application in this process, without sockets.

    ```python
    async with dial(app, "/") as phone:
        await phone.hears("Hello!")
        await phone.says("good morning")
        await phone.hears("You said: good morning")
    ```

    When the block is left, everybody hangs up whose call is not over yet, and the end is waited for. Then
    the block fails if a hook was never answered, a handler has failed, or the application does not let go of
    the call; `checks` can switch each of that off. What the block itself raises wins, with the transcript as
    a note.

    Args:
        application: An `App`, or anything else with `admit` and `respond`.
        path: Which of its paths is called.
        direction: ``inbound``, or ``outbound`` for a call that the REST API made: then the phone rings, and
            `await phone.answers()` picks it up.
        from_: The caller's number.
        to: The number that is called.
        env_vars: What the portal has filled in for the application's variables.
        credentials: User name and password that the server shows.
        webhook: Call the application by webhooks instead of a websocket.
        webhook_secret: Sign webhooks with this secret.
        profile: The server's version; by default the application's own.
        setup: More about the call; the arguments above win over it.
        options: The speed of speech and other settings of the simulator.
        hosts: Other applications by host name, for hooks and streams with absolute URLs.
        model: What plays the model of `llm` and `agent` verbs beside the block: an async function that is
            given a `Model`. It is as patient as the call is long, and ends with it.
        checks: What else makes the block fail.
        lifespan: Run the application's lifespan around the call, unless it is running already.
        journal: Where to write the journal of the call: a path, or a writer.
        journal_content: Whether the journal in a file may hold what people say; then it can be replayed.
    """
    if not hasattr(application, "admit"):
        raise TypeError(f"dial() calls an application, such as an App, and not {application!r}")
    scheme = "http" if webhook else "ws"
    url = f"{scheme}://{HOST}/{path.lstrip('/')}"
    setup = _setup(setup, direction, from_, to, env_vars, credentials)
    served = _profile(getattr(application, "profile", V10) if profile is None else profile)
    dialer: Dialer = MemoryDialer(application, host=HOST, hosts=hosts, secret=webhook_secret)
    async with AsyncExitStack() as stack:
        if lifespan:
            await stack.enter_async_context(_running(application))
        writer = stack.enter_context(_writer(journal, content=journal_content))
        phone = _call(url, dialer, setup, served, options, checks, writer, model)
        yield await stack.enter_async_context(phone)


@_phone_block
async def dial_url(
    url: str,
    *,
    direction: Literal["inbound", "outbound"] = "inbound",
    from_: str | None = None,
    to: str | None = None,
    env_vars: Mapping[str, Any] | None = None,
    credentials: tuple[str, str] | None = None,
    webhook_secret: str | None = None,
    profile: Profile | str = V10,
    setup: CallSetup | None = None,
    options: SimulatorOptions | None = None,
    model: ModelScript | None = None,
    checks: Checks | None = None,
    tls: Any = None,
    faults: FaultPlan | None = None,
    journal: JournalWriter | str | PathLike[str] | None = None,
    journal_content: bool = False,
) -> AsyncIterator[Phone]:
    """Call whatever listens at a URL, in whatever language it is written: ``ws://``, ``wss://`` or, for
    webhooks, ``http://`` and ``https://``.

    The call takes place in real time. `options` can make speech fast (`HURRIED` does); how long the
    application takes is its own affair. `tls` is an `ssl.SSLContext` for servers with certificates of their
    own. `faults` puts a bad network between the two, such as `random_faults(seed=7)`, and what goes wrong on
    it is in the transcript. All else is as for `dial`.
    """
    from .fault_proxy import FaultSeen, bad_network
    from .sockets import SocketDialer

    setup = _setup(setup, direction, from_, to, env_vars, credentials)
    if urlsplit(url).scheme not in {"ws", "wss", "http", "https"}:
        raise ValueError(f"cannot call {url!r}: a URL begins with ws://, wss://, http:// or https://")
    dialer = SocketDialer(tls=tls, secret=webhook_secret)
    phones: list[Phone] = []

    def happened(seen: FaultSeen) -> None:
        for phone in phones:
            phone.note(f"on the way: {seen.fault}")

    async with AsyncExitStack() as stack:
        if faults is not None:
            url, _ = await stack.enter_async_context(bad_network(url, faults, on_fault=happened))
        writer = stack.enter_context(_writer(journal, content=journal_content))
        call = _call(url, dialer, setup, _profile(profile), options, checks, writer, model)
        phones.append(await stack.enter_async_context(call))
        yield phones[0]


HURRIED = SimulatorOptions(
    characters_per_second=400.0, words_per_second=60.0, endpointing_seconds=0.05, ring_seconds=0.05
)
"""A world in which people speak about twenty times as fast, for calls that take place in real time."""


def _setup(
    setup: CallSetup | None,
    direction: str,
    from_: str | None,
    to: str | None,
    env_vars: Mapping[str, Any] | None,
    credentials: tuple[str, str] | None,
) -> CallSetup:
    if direction not in {"inbound", "outbound"}:
        raise ValueError(f"a call is inbound or outbound, not {direction!r}")
    if setup is None:
        # Each call has an id of its own: an application may have several at once.
        setup = CallSetup(call_sid=f"5b9d4a3e-0000-4000-8000-{next(_calls):012d}")
    return replace(
        setup,
        direction=direction,
        from_=setup.from_ if from_ is None else from_,
        to=setup.to if to is None else to,
        env_vars=setup.env_vars if env_vars is None else env_vars,
        credentials=setup.credentials if credentials is None else credentials,
    )


@contextmanager
def _writer(
    journal: JournalWriter | str | PathLike[str] | None, *, content: bool
) -> Iterator[JournalWriter | None]:
    if journal is None or isinstance(journal, JournalWriter):
        yield journal
        return
    with journal_file(journal, content=content) as writer:
        yield writer


def _profile(profile: Profile | str) -> Profile:
    return Profile(profile) if isinstance(profile, str) else profile


_running_now: set[int] = set()
"""Applications whose lifespan a phone has entered, by identity: two phones at once share it."""


@asynccontextmanager
async def _running(application: Application) -> AsyncIterator[None]:
    """The lifespan of an application that has one."""
    running = getattr(application, "running", None)
    key = id(application)
    if running is None or key in _running_now:
        yield
        return
    _running_now.add(key)
    try:
        async with _plainly(running()):
            yield
    finally:
        _running_now.discard(key)


@asynccontextmanager
async def _plainly(around: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
    """Enter something that has a task group, without what the block raises coming out as a group of one."""
    failure: Exception | None = None
    try:
        async with around as value:
            try:
                yield value
            except Exception as error:
                failure = error
    except BaseExceptionGroup as group:
        # What ends a test without being an error of it, such as pytest.skip(); or a fault of what is around.
        if len(group.exceptions) == 1:
            raise group.exceptions[0] from None
        raise
    if failure is not None:
        raise failure


@asynccontextmanager
async def _call(
    url: str,
    dialer: Dialer,
    setup: CallSetup,
    profile: Profile,
    options: SimulatorOptions | None,
    checks: Checks | None,
    journal: JournalWriter | None,
    model: ModelScript | None,
) -> AsyncIterator[Phone]:
    if journal is None:
        engine = CallEngine(url, setup=setup, profile=profile, options=options)
    else:
        engine = JournaledEngine(url, journal=journal, setup=setup, profile=profile, options=options)
    driver = CallDriver(engine, dialer)
    phone = Phone(driver)
    with _listening_to_logs(driver, setup.call_sid):
        async with _plainly(anyio.create_task_group()) as tasks:
            driver.start(tasks)
            if model is not None:
                tasks.start_soon(_play, model, phone, driver, name="model of a simulated call")
            try:
                yield phone
            except ExpectationFailed:
                raise
            except Exception as error:
                error.add_note(f"The call until then:\n{excerpt(driver.records)}")
                raise
            else:
                try:
                    await _hang_up_and_check(phone, driver, checks or Checks())
                except ExpectationFailed as failure:
                    failure._of_the_whole = True
                    raise
            finally:
                tasks.cancel_scope.cancel()


async def _play(script: ModelScript, phone: Phone, driver: CallDriver) -> None:
    """Let a script play the model. What it still waits for when the call is over is no failure."""
    try:
        await script(Model(driver, phone, patience=float("inf")))
    except ExpectationFailed:
        if not driver.engine.over:
            raise


async def _hang_up_and_check(phone: Phone, driver: CallDriver, checks: Checks) -> None:
    """End the call, and look for what nobody asked about."""
    if not phone.over:
        await phone.hangs_up()
    for leg in driver.engine.independent:
        await phone.party(leg).hangs_up()
    await phone.expects(lambda: driver.finished or None, "the call to be over for the server", END_SECONDS)
    end = driver.now + LET_GO_SECONDS
    await driver.wait_for(lambda: driver.dialer.serving == 0 or None, lambda: end)
    if checks.app_errors == "fail" and driver.app_error is not None:
        raise phone.failure(f"the application failed: {driver.app_error!r}")
    if forgotten := driver.steps.forgotten():
        raise phone.failure(f"never awaited, so never done: {', '.join(forgotten)}")
    late = [hook for hook in phone.hooks if hook.unanswered.startswith(LATE)]
    if checks.unanswered == "fail" and late:
        names = ", ".join(f"{hook.type} {hook.hook}".strip() for hook in late)
        raise phone.failure(f"nobody answered {names}")
    if checks.leftovers == "fail" and driver.dialer.serving:
        raise phone.failure(f"the application still serves the call, {LET_GO_SECONDS:g} s after its end")


LATE = ("timeout", "reconnect failed", "status ")
"""Beginnings of the reasons for which a hook without an answer is the application's fault, and not that of a
connection."""


class _LogWatcher(logging.Handler):
    """Puts warnings and errors of one call into its record."""

    def __init__(self, driver: CallDriver, call_sid: str) -> None:
        super().__init__(logging.WARNING)
        self._driver = driver
        self._call_sid = call_sid
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        call_sid = getattr(record, "call_sid", None) or None
        # What failed before it was known for whom is told to every call there is.
        unclear = call_sid is None and record.exc_info and record.name.startswith("jambonz_anyio")
        if call_sid == self._call_sid or unclear:
            error = record.exc_info[1] if record.exc_info else None
            logged = AppLogged(record.levelname, record.getMessage(), error)
            if threading.get_ident() == self._thread:
                self._driver.record(logged)
            else:
                self._driver.record_aside(logged)


@contextmanager
def _listening_to_logs(driver: CallDriver, call_sid: str) -> Iterator[None]:
    watcher = _LogWatcher(driver, call_sid)
    root = logging.getLogger()
    root.addHandler(watcher)
    try:
        yield
    finally:
        root.removeHandler(watcher)
