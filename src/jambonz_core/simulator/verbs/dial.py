"""`dial`: calls one party or several, and connects the first that accepts.

What an application sees of the legs are their own `call:status` messages and, at the end, the action hook.
Two oddities of the open server are kept: after a ring time-out, or when the called party was not confirmed,
the hook shows the last provisional status, and the leg gets no final `call:status`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..actions import Refer
from ..engine_events import Bridged, SipSent
from ..legs.call_info import CallInfo
from ..legs.legs import Leg
from ..legs.outdial import OutDial
from ..processes import Future, Steps
from ..sessions.amd import start_amd
from ..sessions.child_sessions import AdultSession, ConfirmSession
from ..sessions.dialogs import refer_details
from ..sessions.session import CallSession
from ..sessions.task import BadVerbs, Kill, Needs, Task
from ..sessions.verb import Verb
from .key_patterns import KeyPatterns
from .listen import Listen
from .speech import as_list
from .transcribe import Transcribe

TARGETS = 10
RING_SECONDS = 60.0
_HELD_VERBS = {"say", "play", "pause"}


class Dial(Verb):
    """Calls others, and connects one of them."""

    name = "dial"
    needs = Needs.NOTHING

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.connected: Leg | None = None
        """The party that the caller is talking to."""
        self.listen: Listen | None = None
        self.transcription: Transcribe | None = None
        self._last: Leg | None = None
        self._dials: dict[str, OutDial] = {}
        self._accepted: Future[Leg | None] = Future()
        self._open = 0
        self._adulted = False
        self._hold_verbs: list[Task] = []

    # Its course.

    def run(self) -> Steps[None]:
        if not self.spec.get("answerOnBridge") and not self.leg.answered:
            yield from self.session.answer()
        targets = self.targets()
        for target in targets:
            self._call(target)
        if not targets:
            self._accepted.settle(None)
        timeout = float(self.spec.get("timeout", RING_SECONDS))
        yield self.world.scheduler.wait(self._accepted, self.ended, timeout=timeout)
        winner = self._accepted.value if self._accepted.settled else None
        for dial in self._dials.values():
            if dial.leg is not winner:
                dial.give_up()
        if winner is not None and not self.killed:
            yield from self._talk(winner)
        yield from self.act(self._results(), replies=self.killed is not Kill.REPLACED)

    def targets(self) -> list[Mapping[str, Any]]:
        targets = [target for target in as_list(self.spec.get("target")) if isinstance(target, Mapping)]
        distinct = [target for position, target in enumerate(targets) if target not in targets[:position]]
        if len(distinct) > TARGETS:
            self.world.warn(
                "too-many-targets", f"Only the first {TARGETS} of {len(distinct)} targets are called."
            )
        return distinct[:TARGETS]

    def _call(self, target: Mapping[str, Any]) -> None:
        leg = self._last = self.new_leg(target)
        dial = self._dials[leg.name] = OutDial(self.world, leg, self.send_status)
        dial.on_hold = lambda on: self.party_held(leg, on=on)
        dial.on_refer = lambda refer: self.refer(leg, refer)
        self._open += 1
        dial.start()
        self.world.scheduler.spawn(self._ring(dial, target))

    def new_leg(self, target: Mapping[str, Any]) -> Leg:
        """The leg of a party that is about to be called."""
        parent = self.session.info
        number = self.world.number("leg")
        caller_id = str(self.spec.get("callerId") or parent.from_)
        info = CallInfo(
            call_sid=self.world.sid("b1e9c0de"),
            direction="outbound",
            from_=caller_id,
            to=str(target.get("number") or target.get("sipUri") or target.get("name") or ""),
            call_id=f"{parent.call_id}-b{number}",
            account_sid=parent.account_sid,
            application_sid=parent.application_sid,
            trace_id=parent.trace_id,
            caller_id=caller_id,
            parent_call_sid=parent.call_sid,
            sbc_call_id=f"{parent.call_id}-b{number}-sbc",
            customer_data=self.spec.get("tag"),
        )
        leg = self.world.legs[f"b{number}"] = Leg(self.world, f"b{number}", info)
        return leg

    def send_status(self, leg: Leg) -> None:
        """Tell whoever wants statuses of a called party's."""
        self._last = leg
        if self.session.notifier is not None:
            self.session.notifier.notify("call:status", leg.info.standard(), self.session.status_hook)

    def _ring(self, dial: OutDial, target: Mapping[str, Any]) -> Steps[None]:
        accepted = yield dial.result
        if accepted:
            if self.spec.get("amd"):
                start_amd(self.session, dial.leg, self.spec["amd"])
            accepted = yield from self._confirmed(dial, target)
        self._open -= 1
        if accepted and not self._accepted.settled:
            self._accepted.settle(dial.leg)
        elif not self._open:
            self._accepted.settle(None)

    def _confirmed(self, dial: OutDial, target: Mapping[str, Any]) -> Steps[bool]:
        """Ask the application about the party, and let it speak with them first."""
        hook = target.get("confirmHook") or self.spec.get("confirmHook")
        leg = dial.leg
        if not hook:
            return True
        answer = yield self.session.requestor.request("dial:confirm", leg.info.standard(), hook)
        accepted = not answer.failure
        if accepted and isinstance(answer.data, list) and answer.data:
            confirm = ConfirmSession(self.session, leg)
            try:
                confirm.take(answer.data)
            except BadVerbs as bad:
                self.session.refused(bad, "the answer to dial:confirm")
                accepted = False
            else:
                yield from confirm.run()
                # Its connection is the parent's and stays; what it listens with does not.
                confirm.stop_background()
        if leg.over or not accepted:
            dial.give_up()
            return False
        return True

    def _talk(self, leg: Leg) -> Steps[None]:
        """The two are connected, until one of them or the application ends it."""
        if not self.leg.answered:
            yield from self.session.answer()
        self.connected = leg
        self.world.emit(Bridged(self.leg.name, leg.name))
        self.leg.bridge(leg)
        self._start_beside(leg)
        watchers = self._watch_keys(leg)
        limit = self.spec.get("timeLimit")
        yield self.world.scheduler.wait(leg.ended, self.ended, timeout=float(limit) if limit else None)
        for watched, watcher in watchers:
            watched.key_watchers.remove(watcher)
        for verb in (self.listen, self.transcription):
            if verb is not None:
                verb.kill(Kill.REPLACED)
        self.leg.unbridge()
        self.connected = None
        if not self._adulted:
            self._dials[leg.name].end("jambonz")

    def _start_beside(self, leg: Leg) -> None:
        spawn = self.world.scheduler.spawn
        listen = self.spec.get("listen") or self.spec.get("stream")
        if isinstance(listen, Mapping):
            self.listen = Listen(self.session, listen)
            self.listen.nested = True
            spawn(self.listen.run())
        if isinstance(self.spec.get("transcribe"), Mapping):
            self.transcription = Transcribe(self.session, self.spec["transcribe"])
            self.transcription.nested = True
            self.transcription.hear_both(self.leg, leg)
            spawn(self.transcription.run())

    def _results(self) -> dict[str, Any]:
        if self._last is None:
            return {"dial_call_status": "failed", "dial_sip_status": 404}
        winner = self._accepted.value if self._accepted.settled else None
        info = (winner or self._last).info
        return {
            "dial_call_status": info.call_status,
            "dial_sip_status": info.sip_status,
            "dial_call_sid": info.call_sid,
            "dial_sbc_callid": info.sbc_call_id,
        }

    # Keys, hold, transfer.

    def _watch_keys(self, leg: Leg) -> list[tuple[Leg, Any]]:
        capture, hook = self.spec.get("dtmfCapture"), self.spec.get("dtmfHook")
        if not capture or not hook:
            return []
        parent = capture.get("parentCall", []) if isinstance(capture, Mapping) else capture
        child = capture.get("childCall", []) if isinstance(capture, Mapping) else capture
        # The open server hangs what was meant for the caller's keys on the called party.
        plan = [(leg, [*child, *parent])] if self.world.strict else [(leg, child), (self.leg, parent)]
        watchers = []
        for watched, wanted in plan:
            if not wanted:
                continue
            found = lambda keys, info=watched.info: self.tell(hook, {**info.standard(), "dtmf": keys})  # noqa: E731
            patterns = KeyPatterns(self.world, wanted, found)
            watched.key_watchers.append(patterns.key)
            watchers.append((watched, patterns.key))
        return watchers

    def party_held(self, leg: Leg, *, on: bool) -> None:
        """A party put the other one on hold, or came back."""
        if not on:
            for verb in self._hold_verbs:
                verb.kill(Kill.REPLACED)
        elif self.spec.get("onHoldHook") and self.connected is not None:
            self.world.scheduler.spawn(self._entertain(leg))

    def _entertain(self, holder: Leg) -> Steps[None]:
        assert self.connected is not None
        held = self.leg if holder is self.connected else self.connected
        detail = {"from": holder.info.from_, "to": holder.info.to}
        data = {**self.session.info.standard(), "hold_detail": detail}
        reply = yield from self.ask(self.spec["onHoldHook"], data, replies=False)
        if not isinstance(reply, list):
            return
        try:
            self._hold_verbs = self.session.make(reply)
        except BadVerbs as bad:
            self.session.refused(bad, "the answer to onHoldHook")
            return
        for verb in self._hold_verbs:
            if verb.name not in _HELD_VERBS:
                self.world.warn(
                    "verb-not-allowed",
                    f"{verb.name} cannot be played to a party on hold: the answer is dropped.",
                )
                return
        for verb in self._hold_verbs:
            if holder.on_hold:
                verb.leg = held
                verb.nested = True
                yield from verb.run()

    def party_refers(self, leg: Leg, refer: Refer) -> bool:
        if self.connected is None:
            return False
        self.refer(leg, refer)
        return True

    def refer(self, leg: Leg, refer: Refer) -> None:
        """A party asks to be transferred."""
        if self.connected is None or not self.spec.get("referHook") or refer.referred_by == "":
            self.world.emit(SipSent(leg.name, "501", {"to": "REFER"}))
            return
        self.world.scheduler.spawn(self._refer(leg, refer))

    def _refer(self, leg: Leg, refer: Refer) -> Steps[None]:
        child = self.connected
        assert child is not None
        other = child if leg is self.leg else self.leg
        data = {**leg.info.standard(), "refer_details": refer_details(leg, other, refer)}
        answer = yield self.session.requestor.request("verb:hook", data, self.spec["referHook"])
        self.world.emit(SipSent(leg.name, "202", {"to": "REFER"}))
        if not isinstance(answer.data, list) or not answer.data:
            return
        try:
            if leg is self.leg:
                self.adult(child, answer.data)
            else:
                self.session.reply(answer.data, "the referHook of dial")
        except BadVerbs as bad:
            self.session.refused(bad, "the answer to referHook")

    def adult(self, leg: Leg, verbs: list[Any]) -> None:
        """The called party becomes a call of its own, with these verbs, on a new connection."""
        if self.connected is not leg:
            # The hook that gave the verbs took its time, and somebody has hung up meanwhile.
            self.world.warn("verbs-after-end", f"The verbs for {leg.name} are dropped: the dial is over.")
            return
        session = AdultSession(self.session, leg, self._dials[leg.name])
        session.stack = session.make(verbs)
        self._adulted = True
        session.start()
        self.ended.settle(None)
