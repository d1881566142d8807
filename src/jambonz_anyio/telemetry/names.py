"""The names of everything that telemetry tells: one table, and the address of the schema it follows.

Dashboards and alerts are built on these names, so they change only with the version in `SCHEMA_URL`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

SCOPE = "jambonz_anyio"
"""The name of the tracer and of the meter."""

SCHEMA_URL = "https://jambonz.org/schema/telemetry/1.0.0"
"""Which version of these names it is; an address that nobody asks."""


class SpanName(NamedTuple):
    """One kind of span."""

    name: str
    meaning: str
    attributes: tuple[str, ...]


class MetricName(NamedTuple):
    """One metric."""

    name: str
    kind: Literal["counter", "updowncounter", "histogram", "observable counter"]
    unit: str
    meaning: str
    attributes: tuple[str, ...] = ()


CALL_SID = "jambonz.call_sid"
PATH = "jambonz.path"
DIRECTION = "jambonz.direction"
END_REASON = "jambonz.end_reason"
RESUMED = "jambonz.resumed"
FROM = "jambonz.from"
TO = "jambonz.to"
ERROR_TYPE = "error.type"
HOOK = "jambonz.hook"
HOOK_KIND = "jambonz.hook.kind"
ANSWERED_BY = "jambonz.hook.answered_by"
WORDS = "jambonz.words"
VERB = "jambonz.verb"
VERB_ID = "jambonz.verb.id"
VERB_ENDED_BY = "jambonz.verb.ended_by"
TURN_NUMBER = "jambonz.turn.number"
TURN_BY = "jambonz.turn.by"
TURN_WAY = "jambonz.turn.way"
TURN_PART = "jambonz.turn.part"
TURN_BASIS = "jambonz.turn.basis"
SPEECH_OUTCOME = "jambonz.speech.outcome"
SPEECH_ACCEPTED = "jambonz.speech.accepted"
SPEECH_DISCARDED = "jambonz.speech.discarded"
SPEECH_TEXT = "jambonz.speech.text"
TOOL = "jambonz.tool"
TOOL_CALL_ID = "jambonz.tool.call_id"
TOOL_OUTCOME = "jambonz.tool.outcome"
TOOL_ARGUMENTS = "jambonz.tool.arguments"
LIMIT = "jambonz.limit"
OPERATION = "jambonz.store.operation"
OUTCOME = "jambonz.store.outcome"

TURN_PARTS = ("recognition", "app", "network", "voice", "model", "total")
"""The parts of a latency: each is an attribute ``jambonz.turn.…`` of the span, and a value of `TURN_PART`."""

CALL_SPAN = SpanName(
    "jambonz.call",
    "one call, from its first message here to its end; a child of the server's span, where it names one (b3)",
    (CALL_SID, PATH, DIRECTION, RESUMED, END_REASON, ERROR_TYPE, FROM, TO),
)
HOOK_SPAN = SpanName(
    "jambonz.hook",
    "a message that wants an answer, until that has left",
    (HOOK, HOOK_KIND, ANSWERED_BY, WORDS),
)
VERB_SPAN = SpanName(
    "jambonz.verb",
    "a verb that reports something, from sending it to its report",
    (VERB, VERB_ID, VERB_ENDED_BY),
)
TURN_SPAN = SpanName(
    "jambonz.turn",
    "the caller's words, from the hook that brought them to the first thing written or heard for them",
    (TURN_NUMBER, TURN_BY, TURN_WAY, TURN_BASIS, *(f"jambonz.turn.{part}" for part in TURN_PARTS)),
)
SPEECH_SPAN = SpanName(
    "jambonz.speech",
    "streamed text, from opening it until nothing can happen to it any more",
    (SPEECH_OUTCOME, SPEECH_ACCEPTED, SPEECH_DISCARDED, SPEECH_TEXT),
)
TOOL_SPAN = SpanName(
    "jambonz.tool",
    "a tool that a model has called, or that the program runs by itself, until its one outcome",
    (TOOL, TOOL_CALL_ID, TOOL_OUTCOME, TOOL_ARGUMENTS),
)

SPANS = (CALL_SPAN, HOOK_SPAN, VERB_SPAN, TURN_SPAN, SPEECH_SPAN, TOOL_SPAN)

CONTENT = frozenset({FROM, TO, WORDS, SPEECH_TEXT, TOOL_ARGUMENTS})
"""Attributes that are there only where content was asked for."""

ACTIVE_CALLS = MetricName(
    "jambonz.calls.active", "updowncounter", "{call}", "calls that are served just now", (PATH,)
)
CALL_DURATION = MetricName(
    "jambonz.call.duration",
    "histogram",
    "s",
    "calls that are over, and how long they took",
    (PATH, END_REASON),
)
HOOK_DURATION = MetricName(
    "jambonz.hook.duration", "histogram", "s", "from reading a hook to its answer", (PATH, HOOK_KIND)
)
DEADLINE_ACKS = MetricName(
    "jambonz.hook.deadline_acks",
    "counter",
    "{hook}",
    "hooks that were answered by the library, because your handler was late",
    (PATH, HOOK_KIND),
)
TURN_LATENCY = MetricName(
    "jambonz.turn.latency", "histogram", "s", "the parts of turns that are known", (PATH, TURN_PART)
)
REFUSED_TEXT = MetricName(
    "jambonz.text.refused", "counter", "{message}", "pieces of streamed text that the server refused", (PATH,)
)
DROPPED_AUDIO = MetricName(
    "jambonz.audio.dropped", "counter", "{frame}", "frames of audio that nobody has taken", (LIMIT,)
)
LOOP_LAG = MetricName(
    "jambonz.loop.lag", "histogram", "s", "how late the event loop is for a timer, while there are calls"
)
STORE_DURATION = MetricName(
    "jambonz.store.duration",
    "histogram",
    "s",
    "what was asked of the store, and how long it took",
    (OPERATION, OUTCOME),
)
STORE_FAILURES = MetricName(
    "jambonz.store.failures",
    "observable counter",
    "{failure}",
    "the counts of `App.store_failures`",
    (OPERATION,),
)

METRICS = (
    *(ACTIVE_CALLS, CALL_DURATION, HOOK_DURATION, DEADLINE_ACKS, TURN_LATENCY),
    *(REFUSED_TEXT, DROPPED_AUDIO, LOOP_LAG, STORE_DURATION, STORE_FAILURES),
)
