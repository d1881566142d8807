"""What a call keeps that waits for its caller: of this there may be tens of thousands in one process."""

from __future__ import annotations

import gc
import weakref
from enum import Enum
from types import FunctionType, ModuleType
from typing import Any

from jambonz_core.call import AppCall, Reply, Send, VerbHook

MOST_LOOKED_AT = 20
"""Objects of an idle call that the garbage collector looks at each time. There are a dozen."""

ANSWER: list[dict[str, Any]] = [{"verb": "gather", "input": ["speech"], "actionHook": "/heard"}]


def idle_call(number: int) -> AppCall:
    """A call whose first answer was read, and that has had a hook, with nothing under way."""
    call, sid = AppCall(), f"c{number}"
    call.connected(0.0, receipts=True)
    new = '{"type":"session:new","msgid":"m1","call_sid":"%s","data":{"call_sid":"%s","direction":"inbound"}}'
    call.receive(new % (sid, sid), 0.0)
    call.do(Send([dict(verb) for verb in ANSWER]), 0.0)
    call.outgoing()
    call.receipt(1, 0.1)
    hook = '{"type":"verb:hook","msgid":"m2","call_sid":"%s","hook":"/heard","data":{"reason":"timeout"}}'
    [event] = call.receive(hook % sid, 1.0)
    assert isinstance(event, VerbHook)
    call.do(Reply.to(event, [dict(verb) for verb in ANSWER]), 1.0)
    call.outgoing()
    call.receipt(2, 1.1)
    call.outgoing()
    assert not call.in_doubt
    return call


def reached(call: AppCall) -> dict[int, object]:
    """All that a call refers to, and what that refers to, and so on."""
    found: dict[int, object] = {}
    left: list[object] = [call]
    while left:
        each = left.pop()
        if id(each) not in found and not isinstance(each, (type, Enum, FunctionType, ModuleType)):
            found[id(each)] = each
            left += gc.get_referents(each)
    return found


def test_an_idle_call_makes_nothing_for_what_it_does_not_use() -> None:
    calls = [idle_call(number) for number in range(2)]
    gc.collect()
    of_both = [reached(call) for call in calls]
    own = [each for key, each in of_both[0].items() if key not in of_both[1] and gc.is_tracked(each)]
    assert len(own) <= MOST_LOOKED_AT, sorted(type(each).__name__ for each in own)


class Marked:
    """Something that can be looked for."""


def test_a_circle_that_a_program_has_made_through_the_payload_is_found_by_the_collector() -> None:
    call, marked = idle_call(1), Marked()
    call.session["mine"] = (marked, call)
    left = weakref.ref(marked)
    del call, marked
    gc.collect()
    assert left() is None
