"""The telephone: the caller of a simulated call, with everything that a test wants to do to it and know of
it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from jambonz_core.call import TurnLatency, TurnMeasured
from jambonz_core.simulator import (
    CALLER,
    Action,
    CallCompleted,
    CommandTaken,
    DropConnection,
    HookAnswered,
    RefuseTokens,
    Situation,
    SlowVendor,
    SttFailure,
    TtsFailure,
    UpdateCall,
    VendorDown,
    VendorUp,
    Warned,
)

from .dialers import MemoryDialer
from .forgotten_awaits import notice_forgotten_awaits
from .model import Model
from .party import PATIENCE, Party
from .records import HookSeen, Noted, Record, VerbSeen, seen
from .transcript import transcript
from .turns import HeardTurns, in_words

if TYPE_CHECKING:
    from ..transport import Application
    from .driver import CallDriver

EventT = TypeVar("EventT")


@notice_forgotten_awaits
class Phone(Party):
    """A call in progress, from the caller's end. `dial` and `dial_url` make one."""

    def __init__(self, driver: CallDriver) -> None:
        super().__init__(driver, CALLER)
        self.model: Model = Model(driver, self)
        """The model of a running `llm` or `agent` verb."""
        self._parties: dict[str, Party] = {}
        self._seen_read: dict[type[Any], int] = {}
        self._turns = HeardTurns(driver.engine.world.options.words_per_second)

    # --- other people -----------------------------------------------------------------------------------

    def party(self, leg: str) -> Party:
        """Somebody whom the application dials: ``b1`` is the first, ``b2`` the second, in the order of
        dialling.

        ```python
        await phone.party("b1").answers()
        await phone.party("b1").hears("A call for you")
        ```
        """
        if leg == self.leg:
            return self
        if leg not in self._parties:
            self._parties[leg] = Party(self._driver, leg)
        return self._parties[leg]

    # --- more expectations ------------------------------------------------------------------------------

    async def call_ends(self, reason: str | None = None, *, timeout: float = PATIENCE) -> CallCompleted:
        """Wait for the end of the call; with `reason`, for this one.

        ``caller`` and ``jambonz`` are who hung up; a call that was never answered ends with a status, such as
        ``failed`` or ``busy``.
        """

        def ended() -> CallCompleted | None:
            for record in self._driver.records:
                if isinstance(record.what, CallCompleted):
                    return record.what
            return None

        completed = await self._expect(ended, "the call to end", timeout)
        if reason is not None and completed.reason != reason:
            raise self.failure(f"expected the call to end by {reason}, and it was {completed.reason}")
        return completed

    async def sees(self, kind: type[EventT], *, timeout: float = PATIENCE, **fields: Any) -> EventT:
        """Wait for an event of the simulator, or take one that came since the last such wait.

        ```python
        await phone.sees(VerbStarted, verb="gather")
        ```
        """

        def came() -> EventT | None:
            read = self._seen_read.get(kind, 0)
            for position, record in enumerate(self._driver.records[read:]):
                what = record.what
                if isinstance(what, kind) and all(
                    getattr(what, name) == value for name, value in fields.items()
                ):
                    self._seen_read[kind] = read + position + 1
                    return what
            return None

        wanted = ", ".join(f"{name}={value!r}" for name, value in fields.items())
        return await self._expect(came, f"{kind.__name__}({wanted})", timeout)

    async def answered_within(self, seconds: float, *, timeout: float = PATIENCE) -> TurnLatency:
        """Wait until the caller's last words are answered, and check that it did not take longer than this:
        from the end of those words to the first sound of the answer.

        ```python
        await phone.says("good morning")
        latency = await phone.answered_within(0.8)
        ```
        """

        def answered() -> TurnLatency | None:
            self._turns.follow(self._driver.records)
            if self._turns.silent_at is None:
                raise self.failure("expected to be answered, but the caller has said nothing")
            latency = self._turns.of_last_words()
            if latency is None:
                self._fail_if_gone(f"to be answered within {seconds:g} s", self._turns.what_is_missing)
            return latency

        latency = await self._patiently(answered, timeout)
        if latency is None:
            missing = self._turns.what_is_missing()
            raise self.failure(f"expected to be answered within {seconds:g} s, but {missing}")
        parts = in_words(latency)
        if latency.total is None:
            raise self.failure(
                f"expected to be answered within {seconds:g} s, but nothing was heard ({parts})"
            )
        if latency.total > seconds + 1e-9:
            took = f"it took {latency.total:.2f} s ({parts})"
            raise self.failure(f"expected to be answered within {seconds:g} s, and {took}")
        return latency

    async def expects(
        self, check: Callable[[], EventT | None], what: str, timeout: float = PATIENCE
    ) -> EventT:
        """Wait until `check()` gives something other than None; it is asked whenever anything has happened.

        ```python
        await phone.expects(lambda: len(phone.hooks) >= 3 or None, "three hooks")
        ```
        """
        return await self._expect(check, what, timeout)

    # --- what can be known ------------------------------------------------------------------------------

    @property
    def at(self) -> float:
        """Seconds since the call began."""
        return self._driver.now

    @property
    def call_sid(self) -> str:
        """The id of the call."""
        return self._driver.engine.world.setup.call_sid

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self._driver.engine.over

    @property
    def situation(self) -> Situation:
        """How the call stands now: who is on it, which verbs run and wait, and who would be heard."""
        return self._driver.engine.situation

    @property
    def records(self) -> list[Record]:
        """Everything that has happened, in order."""
        return list(self._driver.records)

    @property
    def transcript(self) -> str:
        """What has happened, for people to read."""
        return transcript(self._driver.records)

    @property
    def warnings(self) -> list[Warned]:
        """What a real server would at most have written to its log: faults and remarks."""
        return [record.what for record in self._driver.records if isinstance(record.what, Warned)]

    @property
    def faults(self) -> list[Warned]:
        """The warnings that should not have come: ordinary calls have none.

        ```python
        assert not phone.faults
        ```
        """
        return [warning for warning in self.warnings if warning.fault]

    @property
    def hooks(self) -> list[HookSeen]:
        """The messages that wanted an answer, each with its answer."""
        return seen(self._driver.records).hooks

    @property
    def verbs(self) -> list[VerbSeen]:
        """The verbs that ran, in order."""
        return seen(self._driver.records).verbs

    @property
    def turns(self) -> list[TurnMeasured]:
        """What the caller said and how it was answered, each with its latency; those that are over.

        `latency.total` is exact here: from the end of the words to the first sound. What the application
        took, `latency.app`, contains the way to it and back.
        """
        self._turns.follow(self._driver.records)
        return list(self._turns.turns)

    @property
    def commands(self) -> list[CommandTaken]:
        """The commands that the application has sent."""
        return seen(self._driver.records).commands

    def watch(self, watcher: Callable[[Record], None]) -> None:
        """Call a function with everything that happens from now on. It must not block; it may `act`."""
        self._driver.watchers.append(watcher)

    def note(self, text: str) -> None:
        """Write a line into the transcript."""
        self._driver.record(Noted(text))

    # --- what vendors, the network and the server do ----------------------------------------------------

    def act(self, action: Action) -> None:
        """Let anything happen that the simulator knows (`jambonz_core.simulator.actions`)."""
        self._driver.act(action)

    def drops(self, code: int = 1006) -> None:
        """The control connection breaks.

        The server comes back by itself, after half a second the first time.
        """
        if not self._driver.connected:
            raise self.failure("there is no connection to drop")
        self.act(DropConnection(code))

    async def comes_back(self, *, timeout: float = PATIENCE) -> None:
        """Wait until the server has come back, and the application has answered it."""
        await self.sees(HookAnswered, type="session:reconnect", timeout=timeout)

    def slow_acks(self, seconds: float) -> None:
        """Acks arrive so much later from now on, and what was sent behind them with them; 0 ends it."""
        self._driver.ack_delay = seconds

    def refuse_tokens(self, count: int = 1) -> None:
        """The next texts of the token stream are refused, as if the server's buffer were full."""
        self.act(RefuseTokens(count))

    def vendor_down(self) -> None:
        """The streaming speech vendor goes away, and cannot be reached."""
        self.act(VendorDown())

    def vendor_up(self) -> None:
        """The speech vendor can be reached again."""
        self.act(VendorUp())

    def slow_vendor(self, seconds: float) -> None:
        """The streaming speech vendor takes this long for each piece of text; 0 makes it fast again."""
        self.act(SlowVendor(seconds))

    def tts_fails(self, details: str = "synthesis failed", *, count: int = 1) -> None:
        """The next texts cannot be spoken."""
        self.act(TtsFailure(details, count))

    def stt_fails(self, details: str = "recognizer stopped") -> None:
        """Speech recognition fails, wherever it is running."""
        self.act(SttFailure(details))

    def update_call(self, data: Mapping[str, Any]) -> None:
        """Somebody controls the call over the REST API, with this request body."""
        self.act(UpdateCall(dict(data)))

    def resume_elsewhere(self, application: Application, *, drained: bool = False) -> None:
        """The application's process goes, and another one takes its place: the server reconnects to that.

        Without `drained` the process dies at once; with it, it is shut down politely: its connections are
        closed with 1012, and it has five seconds.
        """
        dialer = self._driver.dialer
        if not isinstance(dialer, MemoryDialer):
            raise TypeError("only a call in memory can go on elsewhere: over sockets, restart the program")
        self.note("another process takes over")
        dialer.move_to(application, drained=drained)
        if not drained and self._driver.connected:
            self.drops()
