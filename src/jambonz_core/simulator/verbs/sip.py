"""The verbs that speak SIP: `sip:decline`, `sip:refer`, `sip:request`, and v10's `transfer`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engine_events import Bridged, SipSent
from ..legs.outdial import OutDial
from ..processes import Future, Steps
from ..sessions.session import CallSession
from ..sessions.task import Kill, Needs, VerbError
from ..sessions.verb import Verb
from .dial import Dial

_NOTIFY_SECONDS = 15.0
_ANSWER_SECONDS = 0.1


class SipDecline(Verb):
    """Refuses a call that was not answered."""

    name = "sip:decline"
    needs = Needs.UNANSWERED

    def run(self) -> Steps[None]:
        status = int(self.spec.get("status", 603))
        self.session.refuse(status, str(self.spec.get("reason", "")), self.spec.get("headers"))
        return
        yield


class SipWaiting(Verb):
    """A verb that waits for what the SIP side says, which is an action of the outside."""

    needs = Needs.ANSWERED

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.refused: int | None = None
        self._notices: list[int] = []
        self._notice: Future[None] = Future()
        self._answered: Future[None] = Future()

    def refuse(self, status: int) -> None:
        """The request itself was answered with this status."""
        if self._answered.settled:
            self.world.warn("action-ignored", f"The request of {self.name} was answered already.")
            return
        self.refused = status
        self._answered.settle(None)

    def _asked(self) -> Steps[None]:
        """Wait for the answer to the request; without an action it is a good one, soon."""
        yield self.world.scheduler.wait(self._answered, self.ended, timeout=_ANSWER_SECONDS)
        self._answered.settle(None)

    def notified(self, status: int) -> None:
        """Take a NOTIFY that came for the verb."""
        self._notices.append(status)
        notice, self._notice = self._notice, Future()
        notice.settle(None)

    def _final(self) -> Steps[int | None]:
        """The final status of a transfer, telling the event hook of every NOTIFY; None when none comes, or
        when the hook did not ack it: then the server waits on, as if it had not come.
        """
        ends = self.world.now + _NOTIFY_SECONDS
        while not self.killed:
            while self._notices:
                status = self._notices.pop(0)
                told = yield from self._told(status)
                if status >= 200 and told:
                    return status
            left = ends - self.world.now
            if left <= 0 or (yield self.world.scheduler.wait(self._notice, self.ended, timeout=left)) != 0:
                return None
        return None

    def _told(self, status: int) -> Steps[bool]:
        """Tell the event hook. Whether it has acked."""
        hook = self.spec.get("eventHook")
        if not hook:
            return True
        data = {"event": "transfer-status", "call_status": status}
        answer = yield self.session.requestor.request("verb:hook", data, hook)
        return not answer.failure


class SipRefer(SipWaiting):
    """Asks the far end to go elsewhere."""

    name = "sip:refer"

    def run(self) -> Steps[None]:
        self.world.emit(SipSent(self.leg.name, "REFER", {"refer_to": self.spec.get("referTo", "")}))
        yield from self._asked()
        if self.refused is not None:
            yield from self.act({"refer_status": self.refused})
            return
        final = yield from self._final()
        if self.killed:
            return
        more = {} if final is None else {"final_referred_call_status": final}
        yield from self.act({"refer_status": 202, **more})


class SipRequest(SipWaiting):
    """Sends a request within the dialog."""

    name = "sip:request"

    def run(self) -> Steps[None]:
        self.world.emit(SipSent(self.leg.name, str(self.spec.get("method", "")), dict(self.spec)))
        yield from self._asked()
        # Any answer is a success, whatever its status says.
        failure = yield from self.act({"result": "success", "sipStatus": self.refused or 200})
        if failure:
            # The server tries once more, to say that it failed, and does not survive a second silence.
            failure = yield from self.act({"result": "failed", "err": failure})
            if failure:
                raise VerbError(f"its hook got no answer that can be used ({failure})")


class Transfer(SipWaiting):
    """v10: hands the caller over, blindly or with somebody briefed first."""

    name = "transfer"

    def run(self) -> Steps[None]:
        dialling = Dial(
            self.session, {"target": self.spec.get("target"), "callerId": self.spec.get("callerId")}
        )
        if self.spec.get("mode") != "warm" and self.spec.get("blindMethod", "refer") == "refer":
            status, more = yield from self._refer(dialling)
        else:
            status, more = yield from self._call(dialling)
        reason = "completed" if status < 300 else _REASONS.get(status, "error")
        if self.killed is Kill.CALL_GONE and status >= 300:
            reason = "caller-abandoned"
        result = "bridged" if status < 300 else "failed"
        if reason in _DISPOSITIONS:
            wanted = (self.spec.get("disposition") or {}).get(_DISPOSITIONS[reason], "return")
            result = {"return": "returned", "voicemail": "voicemail"}.get(wanted, "failed")
            if wanted == "voicemail":
                url = str(self.spec["disposition"].get("voicemailUrl", ""))
                yield self.leg.hear_clip(url, self.world.options.clip(url)).done
        told = {"transfer_result": result, "transfer_reason": reason, "sip_status": status, **more}
        yield from self.act(told)
        if result == "failed" and not self.killed:
            self.session.hang_up("jambonz")

    def _refer(self, dialling: Dial) -> Steps[tuple[int, dict[str, Any]]]:
        self.world.emit(SipSent(self.leg.name, "REFER", {"refer_to": dict(dialling.targets()[0])}))
        yield from self._asked()
        if self.refused is not None:
            return self.refused, {}
        final = yield from self._final()
        return final or 202, {}

    def _call(self, dialling: Dial) -> Steps[tuple[int, dict[str, Any]]]:
        leg = dialling.new_leg(dialling.targets()[0])
        dial = OutDial(self.world, leg, dialling.send_status)
        more = {"dial_call_sid": leg.info.call_sid}
        dial.start()
        timeout = float(self.spec.get("timeout", 30))
        yield self.world.scheduler.wait(dial.result, self.ended, timeout=timeout)
        if not leg.answered:
            status = leg.info.sip_status if leg.over else 487
            dial.give_up()
            return status, more
        brief = self.spec.get("brief")
        if isinstance(brief, Mapping):
            yield leg.hear_text(str(brief.get("text", ""))).done
        self.world.emit(Bridged(self.leg.name, leg.name))
        self.leg.bridge(leg)
        yield self.world.scheduler.wait(leg.ended, self.ended)
        self.leg.unbridge()
        dial.end("jambonz")
        return 200, more


_REASONS = {486: "busy", 600: "busy", 603: "declined", 487: "no-answer", 408: "no-answer", 480: "no-answer"}
_DISPOSITIONS = {"no-answer": "onNoAnswer", "busy": "onBusy", "declined": "onDecline", "error": "onFailure"}
"""Which setting decides what becomes of the caller when a transfer fails."""
