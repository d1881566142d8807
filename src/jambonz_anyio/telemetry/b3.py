"""The trace context that a jambonz server sends with its messages: one header of the format B3."""

from __future__ import annotations

import re

from opentelemetry.trace import SpanContext, TraceFlags

_B3 = re.compile(r"([0-9a-f]{32}|[0-9a-f]{16})-([0-9a-f]{16})(?:-([01d])(?:-[0-9a-f]{16})?)?")


def span_context(b3: str) -> SpanContext | None:
    """The server's span; None for what names none.

    >>> context = span_context("0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1")
    >>> f"{context.trace_id:x}", f"{context.span_id:x}", context.trace_flags.sampled, context.is_remote
    ('af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331', True, True)
    >>> span_context("0")
    """
    found = _B3.fullmatch(b3)
    if found is None:
        return None
    trace, span, sampled = found.groups()
    # What the server leaves open counts as recorded: it has traced what brought this.
    flags = TraceFlags(TraceFlags.DEFAULT if sampled == "0" else TraceFlags.SAMPLED)
    context = SpanContext(int(trace, 16), int(span, 16), is_remote=True, trace_flags=flags)
    return context if context.is_valid else None


def as_b3(context: SpanContext) -> str:
    """A span as that header."""
    sampled = "1" if context.trace_flags.sampled else "0"
    return f"{context.trace_id:032x}-{context.span_id:016x}-{sampled}"
