"""The rules of a transport as checks that any transport can be put through.

Whoever writes one, for connections of another kind, says how it is opened and gives its other end a few
methods; every check is then a test:

```python
@asynccontextmanager
async def opened(limits: ServerLimits) -> AsyncIterator[tuple[Transport, TransportPeer]]:
    ...                                                     # a connection, and both of its ends


@pytest.mark.parametrize("check", TRANSPORT_CHECKS, ids=lambda check: check.__name__)
async def test_my_transport(check):
    await check(opened)
```

The transports of this package pass them all, on every event loop. What each rule says stands at
`jambonz_anyio.transport.Transport`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol, TypeAlias

import anyio
from anyio.lowlevel import checkpoint

from jambonz_core.wire.errors import LocalProtocolError

from ..limits import ServerLimits
from ..transport import Closed, Transport

SECONDS = 5.0
"""How long a check waits for something that must happen."""


class TransportPeer(Protocol):
    """The other end of a transport, as the checks drive it. It answers pings and closes when it reads."""

    async def start_reading(self) -> None:
        """Read from now on, always. Before, nothing that the transport pushes is taken."""

    async def receive(self) -> str | bytes | Closed:
        """The next message, or how the connection ended: 1006 when it broke."""
        ...

    async def send(self, message: str | bytes) -> None:
        """Send one message to the transport."""

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Send a close, and wait for nothing."""

    async def vanish(self) -> None:
        """Break the connection without a close."""


OpenTransport: TypeAlias = Callable[
    [ServerLimits], AbstractAsyncContextManager[tuple[Transport, TransportPeer]]
]
TransportCheck: TypeAlias = Callable[[OpenTransport], Awaitable[None]]


class _Sink:
    """Keeps what a transport hands over, and checks what holds of every sink."""

    def __init__(self) -> None:
        self.frames: list[str | bytes] = []
        self.receipts: list[tuple[int, int]] = []
        """Each receipt that came, with the number of frames that had come before."""
        self.ends: list[Closed] = []
        self.on_frame: Callable[[], None] = lambda: None
        self._changed = anyio.Event()

    def frame(self, data: str | bytes) -> None:
        _expect(not self.ends, "a frame comes before closed()")
        self.frames.append(data)
        self._wake()
        self.on_frame()

    def receipt(self, count: int) -> None:
        _expect(not self.ends, "a receipt comes before closed()")
        self.receipts.append((count, len(self.frames)))
        self._wake()

    def closed(self, closed: Closed) -> None:
        _expect(not self.ends, "closed() is called once")
        self.ends.append(closed)
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()

    async def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait until the condition holds, or fail the test."""
        with anyio.move_on_after(SECONDS) as patience:
            while not holds():
                await self._changed.wait()
        _expect(not patience.cancelled_caught, what)


class _Run:
    """A transport that is run in a task of its own."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.sink = _Sink()
        self.outcome: Closed | None = None
        self.scope = anyio.CancelScope()

    async def run(self) -> None:
        with self.scope:
            self.outcome = await self.transport.run(self.sink)
            _expect(
                self.sink.ends == [self.outcome], "closed() is called before run() returns, with the same"
            )

    async def over(self) -> Closed:
        """Wait until the sink was told that it is over."""
        await self.sink.until(lambda: self.sink.ends, "run() ends, and tells the sink")
        return self.sink.ends[0]


@asynccontextmanager
async def _running(transport: Transport) -> AsyncIterator[_Run]:
    run = _Run(transport)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run.run)
        try:
            yield run
        finally:
            run.scope.cancel()
    _expect(len(run.sink.ends) == 1, "a transport whose run() was cancelled tells its sink")


def _expect(holds: object, rule: str) -> None:
    if not holds:
        raise AssertionError(f"the transport breaks a rule: {rule}")


def _equal(found: object, expected: object, rule: str) -> None:
    if found != expected:
        raise AssertionError(f"the transport breaks a rule: {rule}; expected {expected!r}, not {found!r}")


async def _received(peer: TransportPeer, count: int) -> list[str | bytes | Closed]:
    with anyio.fail_after(SECONDS):
        return [await peer.receive() for _ in range(count)]


async def _jam(transport: Transport, frame: str | bytes, above: int) -> int:
    """Push until more than that waits, and goes on waiting; how many were pushed."""
    for count in range(1, 100_000):
        transport.push(frame)
        # A writer may take it in a task of its own.
        for _ in range(20 if transport.backlog > above else 1):
            await checkpoint()
        if transport.backlog > above:
            return count
    raise AssertionError("the transport breaks a rule: what a peer does not take waits, and backlog tells")


# What comes -------------------------------------------------------------------------------------------------


async def messages_come_whole_and_in_order(opened: OpenTransport) -> None:
    """Text arrives as str and audio as bytes, in the order in which they were sent."""
    sent: list[str | bytes] = ["one", b"two", "", b"", "\N{SNOWMAN}" * 1000, b"\0\xff" * 5000]
    async with opened(ServerLimits()) as (transport, peer), _running(transport) as run:
        await peer.start_reading()
        for message in sent:
            await peer.send(message)
        await run.sink.until(lambda: len(run.sink.frames) == len(sent), "every message comes")
        _equal(run.sink.frames, sent, "messages come whole and in order")


async def what_came_before_run_is_handed_over(opened: OpenTransport) -> None:
    """A message that the peer sends before `run` is called reaches the sink."""
    async with opened(ServerLimits()) as (transport, peer):
        await peer.start_reading()
        await peer.send("early")
        async with _running(transport) as run:
            await run.sink.until(
                lambda: run.sink.frames == ["early"], "what came before run() is handed over"
            )


async def a_message_above_the_limit_ends_it_with_1009(opened: OpenTransport) -> None:
    """A message above `message_bytes` does not reach the sink."""
    async with opened(ServerLimits(message_bytes=1000)) as (transport, peer), _running(transport) as run:
        await peer.start_reading()
        await peer.send("\N{SNOWMAN}" * 333)
        await peer.send("\N{SNOWMAN}" * 334)
        outcome = await run.over()
        _equal((outcome.code, outcome.local), (1009, True), "message_bytes counts bytes, and ends with 1009")
        _expect("message_bytes" in outcome.reason, "a limit that is hit says its name")
        _equal(run.sink.frames, ["\N{SNOWMAN}" * 333], "a message above the limit is not handed over")


# What goes --------------------------------------------------------------------------------------------------


async def what_is_pushed_arrives_in_order(opened: OpenTransport) -> None:
    """Frames arrive in order, also when pushed before `run`, and more than the socket takes at once."""
    async with opened(ServerLimits(high_water_bytes=100_000)) as (transport, peer):
        transport.push("before run()")
        async with _running(transport):
            frames: list[str | bytes] = [f"{number} " * 2000 for number in range(50)]
            frames[10:10] = [b"\1" * 30_000, "mark"]
            for frame in frames:
                transport.push(frame)
            await peer.start_reading()
            _equal(await _received(peer, 1), ["before run()"], "what is pushed before run() is sent")
            _equal(await _received(peer, len(frames)), frames, "what is pushed arrives, and in order")
            with anyio.fail_after(SECONDS):
                while transport.backlog:
                    await checkpoint()


async def half_a_character_is_refused(opened: OpenTransport) -> None:
    """By push(), which raises for nothing else."""
    async with opened(ServerLimits()) as (transport, _), _running(transport):
        try:
            transport.push("\ud800")
        except LocalProtocolError:
            return
        _expect(False, "push() raises LocalProtocolError for text that is not valid Unicode")


async def room_returns_at_once_while_there_is_some(opened: OpenTransport) -> None:
    """Without a checkpoint: a loop that sends pays nothing for it."""
    async with opened(ServerLimits()) as (transport, peer), _running(transport):
        await peer.start_reading()
        _expect(transport.push("x"), "push() tells that there is room")
        with anyio.CancelScope() as scope:
            scope.cancel()
            await transport.room()
            return
        _expect(False, "room() has no checkpoint where there is room")


async def room_waits_for_a_peer_that_does_not_read(opened: OpenTransport) -> None:
    """`room` waits while the peer does not read, and no longer."""
    limits = ServerLimits(high_water_bytes=50_000)
    async with opened(limits) as (transport, peer), _running(transport) as run:
        pushed = await _jam(transport, b"\2" * 10_000, 200_000) + 1
        _expect(not transport.push(b"\2" * 10_000), "push() tells when high_water_bytes wait")
        with anyio.move_on_after(0.02) as scope:
            await transport.room()
        _expect(scope.cancelled_caught, "room() waits while high_water_bytes wait")
        await peer.start_reading()
        with anyio.fail_after(SECONDS):
            await transport.room()
        _equal(await _received(peer, pushed), [b"\2" * 10_000] * pushed, "nothing that waited is lost")
        _expect(not run.sink.ends, "a slow peer is no reason to end")


async def a_connection_that_takes_nothing_more_has_room_after_a_checkpoint(opened: OpenTransport) -> None:
    """Whoever loops on it neither stops the event loop nor escapes cancellation."""
    for closing in (True, False):
        limits = ServerLimits(close_seconds=0.05)
        async with opened(limits) as (transport, _), _running(transport):
            await _jam(transport, "x" * 1000, 200_000)
            async with anyio.create_task_group() as tasks:
                if closing:
                    began = anyio.Event()

                    async def close(began: anyio.Event, transport: Transport) -> None:
                        began.set()
                        await transport.close(1001)

                    tasks.start_soon(close, began, transport)
                    await began.wait()
                else:
                    transport.abort()
                with anyio.CancelScope() as scope:
                    scope.cancel()
                    _expect(not transport.push("to nobody"), "push() tells that it was in vain")
                    await transport.room()
                _expect(scope.cancelled_caught, "room() on a dead or closing connection has a checkpoint")
                with anyio.fail_after(SECONDS):
                    await transport.room()


async def the_end_lets_everybody_go_who_waits_for_room(opened: OpenTransport) -> None:
    """Whoever waits in `room` goes on when the connection ends, however it ends."""
    limits = ServerLimits(high_water_bytes=10_000)
    async with opened(limits) as (transport, _), _running(transport):
        await _jam(transport, b"\3" * 5000, 200_000)
        waiting = 0

        async def wait() -> None:
            nonlocal waiting
            waiting += 1
            await transport.room()

        with anyio.fail_after(SECONDS):
            async with anyio.create_task_group() as tasks:
                for _ in range(2):
                    tasks.start_soon(wait)
                while waiting < 2:
                    await checkpoint()
                transport.abort()


async def more_than_outbox_bytes_cuts_it(opened: OpenTransport) -> None:
    """A connection is cut, with a reason, when more than `outbox_bytes` wait in it."""
    limits = ServerLimits(outbox_bytes=100_000)
    async with opened(limits) as (transport, _), _running(transport) as run:
        for _ in range(10_000):
            transport.push(b"\4" * 10_000)
            _expect(transport.backlog < 4 * limits.outbox_bytes, "no more waits than outbox_bytes allow")
            if run.sink.ends or transport.backlog == 0:
                await checkpoint()
        outcome = await run.over()
        _equal((outcome.code, outcome.local), (1006, True), "a peer that does not read is cut")
        _expect("outbox_bytes" in outcome.reason, "a limit that is hit says its name")


async def what_fits_cuts_nothing(opened: OpenTransport) -> None:
    """A connection to a peer that does not read tells when one message more would be too many."""
    limits = ServerLimits(outbox_bytes=100_000, outbox_frames=1000)
    async with opened(limits) as (transport, _), _running(transport) as run:
        for _ in range(10_000):
            if not transport.fits(10_000):
                break
            transport.push(b"\4" * 10_000)
            if transport.backlog == 0:
                await checkpoint()
        _expect(not transport.fits(10_000), "outbox_bytes is reached some time")
        for _ in range(3):
            await checkpoint()
        _expect(not run.sink.ends, "what fits does not cut the connection")


async def audio_that_waits_can_be_dropped(opened: OpenTransport) -> None:
    """Text keeps its place, and the newest frames are not the only ones that stay."""
    async with opened(ServerLimits(high_water_bytes=50_000)) as (transport, peer), _running(transport):
        await _jam(transport, "x" * 10_000, 200_000)
        transport.push("before")
        transport.push(b"dropped" * 100)
        transport.push("mark")
        transport.push(b"dropped, too" * 100)
        transport.drop_audio()
        transport.push("kill")
        transport.push(b"new")
        await peer.start_reading()
        found: list[str | bytes | Closed] = []
        while found[-1:] != [b"new"]:
            found += await _received(peer, 1)
        _equal(
            [each for each in found if each != "x" * 10_000],
            ["before", "mark", "kill", b"new"],
            "drop_audio() forgets binary messages that wait, and nothing else",
        )


# Receipts ---------------------------------------------------------------------------------------------------


async def receipts_prove_what_was_read(opened: OpenTransport) -> None:
    """Receipts tell what the peer has read; a transport without receipts tells nothing."""
    async with opened(ServerLimits()) as (transport, peer), _running(transport) as run:
        transport.push("one")
        transport.push("two", receipt=True)
        transport.push("three")
        transport.ask_receipt()
        await peer.send("heard")
        await run.sink.until(lambda: run.sink.frames == ["heard"], "a message comes")
        await peer.start_reading()
        _equal(await _received(peer, 3), ["one", "two", "three"], "receipts are no messages")
        if transport.receipts:
            await run.sink.until(lambda: run.sink.receipts[-1:] == [(3, 1)], "a ping gets its receipt")
            _expect(run.sink.receipts in ([(3, 1)], [(2, 1), (3, 1)]), "receipts come in order")
            transport.ask_receipt()
            await run.sink.until(
                lambda: run.sink.receipts[-2:] == [(3, 1), (3, 1)], "asked again, there is another receipt"
            )
        else:
            await peer.send("and more")
            await run.sink.until(lambda: len(run.sink.frames) == 2, "a message comes")
            _equal(run.sink.receipts, [], "a transport without receipts gives none")


# Ends -------------------------------------------------------------------------------------------------------


async def the_peer_closes(opened: OpenTransport) -> None:
    """With its code and reason, behind what it said."""
    async with opened(ServerLimits()) as (transport, peer), _running(transport) as run:
        await peer.start_reading()
        await peer.send("last words")
        await peer.close(4001, "that is all")
        _equal(await run.over(), Closed(4001, "that is all"), "the peer's code and reason are the outcome")
        _equal(run.sink.frames, ["last words"], "what came before the close is handed over")
        transport.push("to nobody")
        await transport.close(1000)
        transport.abort()
        _equal(run.sink.ends, [Closed(4001, "that is all")], "what is over stays so")


async def this_side_closes(opened: OpenTransport) -> None:
    """Behind the text that was pushed, and before nothing."""
    async with opened(ServerLimits()) as (transport, peer), _running(transport) as run:
        await peer.start_reading()
        transport.push("before")
        await transport.close(1012, "restart")
        transport.push("after")
        _equal(await _received(peer, 2), ["before", Closed(1012, "restart")], "a close goes behind text")
        _equal(await run.over(), Closed(1012, "restart", local=True), "our code is the outcome")
        await transport.close(1000)
        _equal(run.sink.ends, [Closed(1012, "restart", local=True)], "the first close counts")


async def closing_without_running(opened: OpenTransport) -> None:
    """A transport can be closed without `run`; a later `run` only tells how it ended."""
    async with opened(ServerLimits()) as (transport, peer):
        await peer.start_reading()
        transport.push("before")
        with anyio.fail_after(SECONDS):
            await transport.close(1011)
        _equal(await _received(peer, 2), ["before", Closed(1011)], "close() works without run()")
        async with _running(transport) as run:
            _equal(await run.over(), Closed(1011, local=True), "run() after close() tells how it ended")


async def a_close_that_nobody_takes_ends_in_time(opened: OpenTransport) -> None:
    """Within close_seconds, and audio does not hold it up."""
    limits = ServerLimits(close_seconds=0.05, high_water_bytes=50_000)
    async with opened(limits) as (transport, _), _running(transport) as run:
        await _jam(transport, b"\5" * 10_000, 200_000)
        with anyio.fail_after(SECONDS):
            await transport.close(1012)
        outcome = await run.over()
        _equal((outcome.code, outcome.local), (1012, True), "the code that this side chose is the outcome")


async def codes_that_no_close_may_carry_are_refused(opened: OpenTransport) -> None:
    """`close` refuses codes that may not travel, such as 1006, which means that there was none."""
    async with opened(ServerLimits()) as (transport, _), _running(transport) as run:
        for code in (0, 999, 1005, 1006, 1015, 2000, 5000):
            try:
                await transport.close(code)
            except LocalProtocolError:
                continue
            _expect(False, f"close({code}) raises LocalProtocolError")
        _expect(not run.sink.ends, "a refused code changes nothing")


async def aborting(opened: OpenTransport) -> None:
    """At once, on this side; the peer is not told that all was well."""
    async with opened(ServerLimits()) as (transport, peer), _running(transport) as run:
        await peer.start_reading()
        await peer.send("read")
        await run.sink.until(lambda: run.sink.frames, "a message comes")
        transport.abort()
        transport.push("to nobody")
        await transport.close(1000)
        outcome = await run.over()
        _equal((outcome.code, outcome.local), (1006, True), "an aborted connection ends with 1006, locally")
        with anyio.fail_after(SECONDS):
            end = await peer.receive()
        _expect(isinstance(end, Closed) and end.code != 1000, "abort() never looks like a normal end")


async def a_frame_may_abort_the_connection_it_came_on(opened: OpenTransport) -> None:
    """Nothing that came with it is handed over then."""
    async with opened(ServerLimits()) as (transport, peer):
        await peer.start_reading()
        await peer.send("one")
        await peer.send("two")
        run = _Run(transport)
        run.sink.on_frame = transport.abort
        with anyio.fail_after(SECONDS):
            await run.run()
        _equal(run.sink.frames, ["one"], "nothing is handed over once it is over")


async def the_peer_vanishes(opened: OpenTransport) -> None:
    """A peer that is gone without a close ends the connection with 1006."""
    async with opened(ServerLimits()) as (transport, peer), _running(transport) as run:
        await peer.start_reading()
        await peer.send("said")
        await run.sink.until(lambda: run.sink.frames, "a message comes")
        await peer.vanish()
        outcome = await run.over()
        _equal((outcome.code, outcome.local), (1006, False), "a connection that broke ended with 1006")
        with anyio.fail_after(SECONDS):
            await transport.room()
            await transport.close(1000)


async def cancelling_run_aborts(opened: OpenTransport) -> None:
    """Cancelling `run` aborts the connection, and the sink still learns of it."""
    async with opened(ServerLimits()) as (transport, peer), _running(transport) as run:
        await peer.start_reading()
        await peer.send("read")
        await run.sink.until(lambda: run.sink.frames, "a message comes")
        run.scope.cancel()
        outcome = await run.over()
        _equal((outcome.code, outcome.local), (1006, True), "cancelling run() aborts")
        _equal(run.outcome, None, "cancelling run() is not swallowed")
        with anyio.fail_after(SECONDS):
            end = await peer.receive()
        _expect(isinstance(end, Closed) and end.code != 1000, "cancelling never looks like a normal end")


async def run_is_called_once(opened: OpenTransport) -> None:
    """A second `run` is refused, because a transport has one reader."""
    async with opened(ServerLimits()) as (transport, peer), _running(transport) as run:
        await peer.start_reading()
        await peer.send("read")
        await run.sink.until(lambda: run.sink.frames, "a message comes")
        try:
            await transport.run(_Sink())
        except LocalProtocolError:
            _expect(not run.sink.ends, "a second run() leaves the first alone")
            return
        _expect(False, "a second run() raises LocalProtocolError")


TRANSPORT_CHECKS: tuple[TransportCheck, ...] = (
    messages_come_whole_and_in_order,
    what_came_before_run_is_handed_over,
    a_message_above_the_limit_ends_it_with_1009,
    what_is_pushed_arrives_in_order,
    half_a_character_is_refused,
    room_returns_at_once_while_there_is_some,
    room_waits_for_a_peer_that_does_not_read,
    a_connection_that_takes_nothing_more_has_room_after_a_checkpoint,
    the_end_lets_everybody_go_who_waits_for_room,
    more_than_outbox_bytes_cuts_it,
    what_fits_cuts_nothing,
    audio_that_waits_can_be_dropped,
    receipts_prove_what_was_read,
    the_peer_closes,
    this_side_closes,
    closing_without_running,
    a_close_that_nobody_takes_ends_in_time,
    codes_that_no_close_may_carry_are_refused,
    aborting,
    a_frame_may_abort_the_connection_it_came_on,
    the_peer_vanishes,
    cancelling_run_aborts,
    run_is_called_once,
)
"""Every rule of a transport, each a coroutine function of what opens one."""
