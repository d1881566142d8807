"""The two roles against each other, in any order of events that a network and a caller can bring about."""

from __future__ import annotations

import json
from itertools import cycle
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jambonz_core.call import ClearText, EndCall, FlushText, Replace, Reply, Send, WriteText
from jambonz_core.simulator import (
    CALLER,
    Answer,
    CallSetup,
    HangUp,
    ModelEnds,
    PressKeys,
    SimulatorOptions,
    SlowVendor,
    Speak,
    UpdateCall,
)

SAY = {"verb": "say", "text": "Some words for you."}
PAUSE = {"verb": "pause", "length": 0.5}


def _verbs() -> st.SearchStrategy[list[dict[str, Any]]]:
    hooks = st.sampled_from(["/a", "/b", "/c"])
    verb = st.one_of(
        st.sampled_from([SAY, PAUSE, {"verb": "answer"}, {"verb": "tag", "data": {"a": 1}}]),
        st.builds(lambda hook: {"verb": "play", "url": "http://x/y.wav", "actionHook": hook}, hooks),
        st.builds(
            lambda hook, what: {
                "verb": "gather",
                "input": [what],
                "timeout": 2,
                "numDigits": 1,
                "actionHook": hook,
                "partialResultHook": "/partial",
            },
            hooks,
            st.sampled_from(["speech", "digits"]),
        ),
        st.builds(lambda hook: {"verb": "redirect", "actionHook": hook}, hooks),
        st.builds(
            lambda hook: {"verb": "enqueue", "name": "q", "actionHook": hook, "waitHook": "/wait"}, hooks
        ),
        st.builds(
            lambda hook, confirm: {
                "verb": "dial",
                "target": [{"type": "phone", "number": "+1"}],
                "timeout": 3,
                "actionHook": hook,
                **({"confirmHook": "/confirm"} if confirm else {}),
            },
            hooks,
            st.booleans(),
        ),
        st.builds(
            lambda hook: {"verb": "conference", "name": "c", "actionHook": hook, "enterHook": "/enter"}, hooks
        ),
        st.just({"verb": "llm", "vendor": "openai", "llmOptions": {}, "actionHook": "/llm"}),
        st.builds(
            lambda sticky: {
                "verb": "config",
                "bargeIn": {"enable": True, "sticky": sticky, "input": ["speech"], "actionHook": "/barge"},
            },
            st.booleans(),
        ),
        st.just({"verb": "config", "notifyEvents": True}),
    )
    return st.lists(verb, min_size=1, max_size=4)


RARELY = st.integers(0, 11).map(lambda number: number == 11)
"""What ends a call must not happen all the time, or no call gets far."""

TIMES = st.sampled_from([0.0, 0.001, 0.019, 0.02, 0.1, 0.6, 1.1, 4.0, 5.2])


class Conversation(RuleBasedStateMachine):
    """A call on which anything happens at any time."""

    make: Any

    def __init__(self) -> None:
        super().__init__()
        self.draw: st.DataObject | None = None

    @initialize(
        outbound=st.booleans(),
        delays=st.lists(st.sampled_from([0.0, 0.002, 0.04]), min_size=1, max_size=3),
        jitters=st.lists(st.sampled_from([0.0, 0.003, 0.01]), min_size=1, max_size=5),
        stream=st.sampled_from([True, True, False]),
        after=TIMES,
        verbs=_verbs(),
        receipts=st.booleans(),
    )
    def begin(
        self,
        outbound: bool,
        delays: list[float],
        jitters: list[float],
        stream: bool,
        after: float,
        verbs: list[dict[str, Any]],
        receipts: bool,
    ) -> None:
        setup = CallSetup(direction="outbound" if outbound else "inbound")
        delay, jitter = cycle(delays), cycle(jitters)
        self.net = self.make(
            setup=setup,
            options=SimulatorOptions(ring_seconds=None),
            delay=lambda: next(delay),
            jitter=lambda: next(jitter),
            receipts=receipts,
        )
        if outbound:
            self.net._server("act", Answer(CALLER))
        self.net.run(after)
        if stream:
            verbs = [{"verb": "answer"}, {"verb": "config", "ttsStream": {"enable": True}}, *verbs]
        self.net.do(Send(verbs))

    # The application.

    @rule(verbs=_verbs())
    def send(self, verbs: list[dict[str, Any]]) -> None:
        self.net.do(Send(verbs))

    @rule(verbs=_verbs())
    def replace(self, verbs: list[dict[str, Any]]) -> None:
        self.net.do(Replace(verbs))

    @rule(size=st.sampled_from([7000, 11000, 20000]), count=st.integers(2, 4))
    def send_much(self, size: int, count: int) -> None:
        """More than a message may hold: it must be cut into several that mean the same."""
        self.net.do(Send([{"verb": "say", "text": "x" * size, "loop": 1}] * count))

    @precondition(lambda self: self.net.engine.running not in {"", "rest:dial"})
    @rule()
    def ask_for_verbs(self) -> None:
        """The REST API points the call at another path of this application."""
        self.net._server("act", UpdateCall({"call_hook": "/other"}))

    @precondition(lambda self: self.net.held)
    @rule(data=st.data(), verbs=st.just([]) | _verbs())
    def reply(self, data: st.DataObject, verbs: list[dict[str, Any]]) -> None:
        msgid = data.draw(st.sampled_from(sorted(self.net.held)))
        del self.net.held[msgid]
        self.net.do(Reply(msgid, verbs))

    @rule(words=st.integers(1, 80), end=st.sampled_from([" ", ". ", "", ".\n\n"]))
    def write(self, words: int, end: str) -> None:
        before = self.net.written.text
        text = self.net.written.write(words, end)
        if not self.net.do(WriteText(text)):
            self.net.written.text = before

    @rule(command=st.sampled_from([FlushText(), ClearText()]))
    def steer_text(self, command: Any) -> None:
        self.net.do(command)

    @rule(sure=RARELY)
    def hang_up(self, sure: bool) -> None:
        # Nobody can hang up a call of which nothing was heard yet.
        if sure and self.net.local:
            self.net.do(EndCall())

    # The caller, and the vendor.

    @rule(action=st.sampled_from([Speak("one two three"), Speak("yes", duration=0.2), PressKeys("12")]))
    def caller(self, action: Any) -> None:
        self.net._server("act", action)

    @rule(sure=RARELY)
    def caller_hangs_up(self, sure: bool) -> None:
        if sure:
            self.net._server("act", HangUp())

    @rule(leg=st.sampled_from(["b1", "b2"]), answers=st.booleans())
    def called_party(self, leg: str, answers: bool) -> None:
        if leg in self.net.engine.legs:
            self.net._server("act", Answer(leg) if answers else HangUp(leg))

    @rule()
    def model(self) -> None:
        self.net._server("act", ModelEnds())

    @rule(seconds=st.sampled_from([0.0, 0.5]))
    def vendor(self, seconds: float) -> None:
        self.net._server("act", SlowVendor(seconds))

    # The network.

    @rule(seconds=TIMES)
    def wait(self, seconds: float) -> None:
        self.net.run(seconds)

    @rule(
        to_app=st.integers(0, 4),
        to_server=st.integers(0, 4),
        skew=st.sampled_from([0.0, 0.05, -0.05, 0.7, -0.7]),
    )
    def drop(self, to_app: int, to_server: int, skew: float) -> None:
        self.net.drop(to_app, to_server, skew)

    @rule()
    def swallow_pongs(self) -> None:
        self.net.swallow_pongs()

    def teardown(self) -> None:
        if not hasattr(self, "net"):
            return
        self.net._server("act", HangUp())
        self.net.finish()
        self.net.again()


@pytest.mark.untraced
def test_the_books_balance_whatever_happens(network: Any) -> None:
    class Here(Conversation):
        make = staticmethod(network)

    run_state_machine_as_test(Here, settings=settings(stateful_step_count=30))


def test_a_plain_call_has_nothing_to_report(network: Any) -> None:
    net = network()
    net.run(0.1)
    net.do(Send([SAY, {"verb": "gather", "input": ["speech"], "actionHook": "/g", "timeout": 5}]))
    net.run(3.0)
    net._server("act", Speak("hello there"))
    net.run(3.0)
    (msgid,) = net.held
    net.do(Reply(msgid, [SAY, {"verb": "hangup"}]))
    net.run(5.0)
    net.finish()
    net.again()
    assert net.warnings == []
    assert json.dumps(net.acks)


def test_a_command_follows_the_pong_of_the_first_answer_at_once(network: Any) -> None:
    """In no time at all: what came before a ping has taken effect when its pong is written."""
    net = network(receipts=True)
    net.run(0.1)
    net.do(Send([SAY]))
    net.do(Send([SAY]))
    before = net.now
    net.run(0.0)
    reads = [arguments[1] for method, arguments in net.inputs if method == "receive_together"]
    read = [text for frames in reads for text in frames]
    assert [json.loads(text)["type"] for text in read] == ["ack", "command"]
    assert net.now == before
    net.run(30.0)
    net.do(EndCall())
    net.finish()
    net.again()
    assert net.warnings == []
