"""The verbs that speak SIP: `sip:decline`, `sip:refer`, `sip:request`, and v10's `transfer`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .events import Bridged, SipSent
from .outdial import OutDial
from .processes import Future, Steps
from .verb_stack import Needs, Verb, VerbError

if TYPE_CHECKING:
    from .session import Session

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

    def __init__(self, session: Session, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.refused: int | None = None
        self._notices: list[int] = []
        self._notice: Future[None] = Future()
        self._answered: Future[None] = Future()

    def refuse(self, status: int) -> None:
        """The request itself was answered with this status."""
        self.refused = status
        self._answered.settle(None)

    def _asked(self) -> Steps[None]:
        """Wait for the answer to the request; without an action it is a good one, soon."""
        yield self.world.scheduler.wait(self._answered, self.ended, timeout=_ANSWER_SECONDS)

    def notified(self, status: int) -> None:
        """A NOTIFY came."""
        self._notices.append(status)
        notice, self._notice = self._notice, Future()
        notice.settle(None)

    def _final(self) -> Steps[int | None]:
        """The final status of a transfer, telling the event hook of every NOTIFY; None when none comes."""
        ends = self.world.now + _NOTIFY_SECONDS
        while not self.killed:
            while self._notices:
                status = self._notices.pop(0)
                told = yield from self._told(status)
                if status >= 200:
                    return status if told else None
            left = ends - self.world.now
            if left <= 0 or (yield self.world.scheduler.wait(self._notice, self.ended, timeout=left)) != 0:
                return None
        return None

    def _told(self, status: int) -> Steps[bool]:
        """Tell the event hook. An unacked final one suppresses the prompt action hook."""
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
        if self.refused is None or self.refused < 300:
            results: dict[str, Any] = {"result": "success", "sipStatus": self.refused or 200}
        else:
            results = {"result": "failed", "err": f"status {self.refused}"}
        failure = yield from self.act(results)
        if failure:
            # The server tries once more, to say that it failed, and does not survive a second silence.
            failure = yield from self.act({"result": "failed", "err": failure})
            if failure:
                raise VerbError(f"nobody answered its hook ({failure})")


class Transfer(SipWaiting):
    """v10: hands the caller over, blindly or with somebody asked first."""

    name = "transfer"

    def run(self) -> Steps[None]:
        blind = self.spec.get("mode", "blind") == "blind" and self.spec.get("blindMethod", "refer") == "refer"
        if blind:
            self.world.emit(SipSent(self.leg.name, "REFER", {"refer_to": self.spec.get("target", "")}))
            yield from self._asked()
            status = self.refused
            if status is None:
                status = (yield from self._final()) or 202
            bridged, sip_status = status < 300, status
            more: dict[str, Any] = {}
            reason = "completed" if bridged else _REASONS.get(status, "error")
        else:
            bridged, sip_status, reason, more = yield from self._call()
        result = "bridged" if bridged else "failed"
        if not bridged and self.spec.get("disposition") in {"voicemail", "return"}:
            result = {"voicemail": "voicemail", "return": "returned"}[self.spec["disposition"]]
        yield from self.act(
            {"transfer_result": result, "transfer_reason": reason, "sip_status": sip_status, **more}
        )

    def _call(self) -> Steps[tuple[bool, int, str, dict[str, Any]]]:
        from .dial import Dial

        dialling = Dial(self.session, {"target": self.spec.get("target")})
        leg = dialling.new_leg(dialling.targets()[0])
        dial = OutDial(self.world, leg, dialling.send_status)
        dial.start()
        timeout = float(self.spec.get("timeout", 30))
        yield self.world.scheduler.wait(dial.result, self.ended, timeout=timeout)
        more = {"dial_call_sid": leg.info.call_sid}
        if self.killed:
            dial.give_up()
            return False, 487, "caller-abandoned", more
        if not dial.result.settled:
            dial.give_up()
            return False, 487, "no-answer", more
        if not dial.result.value:
            status = leg.info.sip_status
            return False, status, _REASONS.get(status, "error"), more
        self.world.emit(Bridged(self.leg.name, leg.name))
        yield self.world.scheduler.wait(leg.ended, self.ended)
        dial.end("jambonz")
        return True, 200, "completed", more


_REASONS = {486: "busy", 600: "busy", 603: "declined", 487: "no-answer", 408: "no-answer", 480: "no-answer"}
