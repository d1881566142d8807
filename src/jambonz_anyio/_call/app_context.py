"""What all calls of an application share, and what those of one path share."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from anyio.abc import TaskGroup

from jambonz_core.call import AppCall, CallOptions
from jambonz_core.verbs.profiles import V10, Profile
from jambonz_core.webhooks.environment import Environment

from ..limits import CallLimits
from ..stores import MemoryStore, Store
from .call_observer import AppObserver
from .call_tokens import CallTokens
from .driver import CoreDriver
from .invoke import Threads
from .timers import Timers
from .tool_runs import ToolPath

if TYPE_CHECKING:
    from ..journals import Journals

OnReturn = Literal["hangup", "stay"]

_NO_JOURNAL = nullcontext()


@dataclass(slots=True)
class CallRoute:
    """A path on which the application takes calls."""

    pattern: str
    handler: Callable[..., Any] | None = None
    """The main handler; None for a call that others act on."""
    hooks: dict[str, Callable[..., Any]] = field(default_factory=dict)
    """Handlers of hooks and events of all calls of this path: functions of the call and the payload."""
    on_return: OnReturn = "hangup"
    tools: dict[str, ToolPath] = field(default_factory=dict)
    """The tools of all calls of this path, by their tool hook."""

    def __str__(self) -> str:
        return self.pattern


@dataclass(slots=True)
class AudioRoute:
    """A path on which the application takes audio streams."""

    pattern: str
    handler: Callable[..., Any] | None = None
    streaming: bool | None = None
    """The playback mode of the path's `listen` verbs, where it is known."""

    def __str__(self) -> str:
        return self.pattern


@dataclass(slots=True)
class WebhookRoute:
    """A path on which the application takes webhooks."""

    pattern: str
    handler: Callable[..., Any] | None = None
    allow_get: bool = False
    secrets: tuple[bytes, ...] | None = field(kw_only=True, repr=False)
    """Any of them proves a request. None means that everybody is believed, which the program has to say."""


@dataclass(slots=True)
class AppContext:
    """One object per `App`, handed to each of its calls and audio streams."""

    profile: Profile = V10
    options: CallOptions = field(default_factory=CallOptions)
    limits: CallLimits = field(default_factory=CallLimits)
    store: Store = field(default_factory=MemoryStore)
    store_given: bool = False
    """Whether the program has chosen the store."""
    last_words: list[dict[str, Any]] = field(default_factory=list)
    """Verbs that a caller hears when a handler failed."""
    logger: logging.Logger = field(default_factory=lambda: logging.getLogger("jambonz_anyio"))
    on_error: list[Callable[..., Any]] = field(default_factory=list)
    """Functions of the failed call and its exception."""
    on_resume: Callable[..., Any] | None = None
    """The main handler of a call that another process began."""
    tools: dict[str, ToolPath] = field(default_factory=dict)
    """The tools of all calls, by their tool hook."""
    log_content: bool = False
    detached: set[CoreDriver] = field(default_factory=set)
    """Live calls that have no connection just now. They count as calls of the server."""
    timers: Timers = field(default_factory=Timers)
    home: TaskGroup | None = None
    """A group of tasks that outlives every call, while the application runs in one."""
    threads: Threads = field(default_factory=lambda: Threads(CallLimits().threads))
    tokens: CallTokens = field(default_factory=CallTokens)
    """The tokens of its calls, which open their audio."""
    environment: Environment = field(default_factory=Environment)
    """The variables that the application declares."""
    journals: Journals | None = None
    """Where the journals of calls go; None for no journals."""
    observer: AppObserver | None = None
    """Who looks on, such as telemetry."""

    @property
    def shares_calls(self) -> bool:
        """Whether calls are kept for other processes."""
        return self.store_given or self.on_resume is not None

    @property
    def core(self) -> type[AppCall]:
        """What the core of a call is made of: one that keeps a journal, where journals are kept."""
        if self.journals is None:
            return AppCall
        from jambonz_core.journal import JournaledCall

        return JournaledCall

    def new_core(self) -> AppCall:
        """The core of a call of which nothing is known yet."""
        return self.core(options=self.options, profile=self.profile)

    def journal(self, call_sid: str, core: AppCall) -> AbstractContextManager[None]:
        """The time of a call, in which its core writes its journal if it keeps one."""
        # Where none is kept, one object for all: it is held as long as a call lives.
        return _NO_JOURNAL if self.journals is None else self._writing(self.journals, call_sid, core)

    @contextmanager
    def _writing(self, journals: Journals, call_sid: str, core: AppCall) -> Iterator[None]:
        from jambonz_core.journal import JournaledCall

        with journals.open(call_sid) as writer:
            if isinstance(core, JournaledCall):
                core.record_to(writer)
            yield
