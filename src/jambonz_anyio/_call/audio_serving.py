"""Serving an audio connection: from its acceptance to the end of its handler."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from typing import TypeAlias

import anyio

from jambonz_core.wire.errors import CallEnded, VerbDropped
from jambonz_core.wire.limits import CLOSE_ABNORMAL

from .._net.transport import Closed, Transport
from ..call import AudioStream, Call
from ..logs import enter_call
from .app_context import AppContext, AudioRoute
from .invoke import is_async, stray_refused, unwrap
from .routes import Match
from .user_frames import place_of, user_traceback

FindCall: TypeAlias = Callable[[Hashable, str], Call | None]
"""Finds the call that a stream belongs to: by the identity of its connection, and the id that it names."""


async def serve_audio(
    context: AppContext, match: Match[AudioRoute], find: FindCall, transport: Transport
) -> None:
    """Serve an audio connection until it is over, and its handler with it.

    The handler is woken for every frame, so it is the one that gets a task of its own: see `Transport.run`.
    """
    async with anyio.create_task_group() as tasks:
        with context.timers.hosted_by(tasks):
            stream = AudioStream(context, match.target, match.params, transport)
            tasks.start_soon(_attend, context, match.target, find, stream)
            closed = Closed(CLOSE_ABNORMAL, "the transport failed", local=True)
            try:
                closed = await transport.run(_StreamSink(stream))
            except Exception:
                context.logger.exception("A transport failed")
            finally:
                if stream.closed_as is None:
                    stream._closed(closed)  # transports tell their sink; this one has not


async def _attend(context: AppContext, route: AudioRoute, find: FindCall, stream: AudioStream) -> None:
    """Run the handler, once the stream has said what it is, and close the stream behind it.

    All in one function: what waits for a frame is woken through every coroutine that waits for it.
    """
    with anyio.move_on_after(context.limits.opening_seconds) as patience:
        if not await stream._started.wait():
            return
    if patience.cancelled_caught:
        stream.log.warning("An audio connection said nothing; it is closed")
        await stream.close()
        return
    enter_call(stream.call_sid)
    call = stream.call = find(stream._transport.peer.identity, stream.call_sid)
    with contextlib.ExitStack() as stack:
        if call is not None:
            stack.enter_context(call._carry(stream))
            streaming, rate = call._runtime.sent.playback_mode(stream._transport.peer.path)
            if stream._core.streaming is not None:
                streaming = stream._core.streaming
            stream._core.learn_playback(streaming=streaming, sample_rate=rate)
        try:
            with anyio.CancelScope() as stream._scope:
                # Only others end the handler as a whole.
                stream._cancelled = context.timers.loop.cancelled_inside(stream._scope)
                if stream.closed_as is not None:
                    stream._scope.deadline = context.timers.clock() + context.limits.stream_end_seconds
                if route.handler is not None:
                    if is_async(route.handler):
                        with stray_refused:
                            await route.handler(stream)
                    else:
                        await context.threads.invoke(route.handler, stream)
                if stream._function is not None:
                    await stream._function_over.wait()
            if stream._function_failure is not None:
                raise stream._function_failure
            if stream._scope.cancelled_caught:
                stream.log.warning("CallLimits.stream_end_seconds is reached: the handler is cancelled")
        except Exception as exc:
            error = unwrap(exc)
            # To send to who has just gone is no failure: that is how streams and calls end.
            if not (isinstance(error, (CallEnded, VerbDropped)) and _over(stream)):
                stream.error = error
        if stream.error is not None:
            stream.log.error(
                "The handler of %s failed in %s, so the stream ends",
                route,
                place_of(stream.error),
                exc_info=(type(stream.error), stream.error, user_traceback(stream.error)),
            )
            for function in context.on_error:
                try:
                    await context.threads.invoke(function, stream, stream.error)
                except Exception:
                    stream.log.exception("on_error: a function failed")
    await stream._transport.close(1000)


class _StreamSink:
    """What the transport hands everything to: methods of the stream, which are bound once."""

    __slots__ = ("closed", "frame")

    def __init__(self, stream: AudioStream) -> None:
        self.frame = stream._frame
        self.closed = stream._closed

    def receipt(self, count: int) -> None:
        """Do nothing: an audio stream asks for no receipts, because its marks tell more."""


def _over(stream: AudioStream) -> bool:
    return stream.closed_as is not None or (stream.call is not None and stream.call.ended)
