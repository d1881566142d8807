"""What a party does within its dialog, hold, transfer and requests, for sessions that take it.

Those are the sessions of whole calls: the application's own call, and a dialled leg that became one.
"""

from __future__ import annotations

from typing import Any

from ..actions import Refer, SendSip
from ..engine_events import SipSent
from ..legs.legs import Leg
from ..processes import Steps
from ..sockets import Answer
from .session import CallSession
from .task import BadVerbs


class DialogSession(CallSession):
    """A session whose party can put it on hold, transfer it, and send it requests."""

    answered_with: Any = None
    """The `sipRequestWithinDialogHook` that was set when the call was answered."""

    def dialog_hook(self) -> Any:
        """The `sipRequestWithinDialogHook` that is asked: one that is set after the answer never is."""
        return self.answered_with

    def hold(self, *, on: bool) -> None:
        """The party puts the other side on hold, or takes it back."""
        self.leg.on_hold = on
        if self.current is not None:
            self.current.party_held(self.leg, on=on)

    def refer(self, refer: Refer) -> None:
        """The party asks for a transfer."""
        if self.current is not None and self.current.party_refers(self.leg, refer):
            return
        if self.settings.refer_hook and refer.referred_by != "":
            self.world.scheduler.spawn(self._refer(refer))
        else:
            self.world.emit(SipSent(self.leg.name, "501", {"to": "REFER"}))

    def _refer(self, refer: Refer) -> Steps[None]:
        data = {**self.info.standard(), "refer_details": refer_details(self.leg, None, refer)}
        answer = yield self.requestor.request("verb:hook", data, self.settings.refer_hook)
        self.world.emit(SipSent(self.leg.name, "202", {"to": "REFER"}))
        self._replied(answer, "the referHook")

    def sip(self, request: SendSip) -> None:
        """The party sends a request within the dialog."""
        status = {"INFO": 200, "MESSAGE": 202}.get(request.method, 501)
        self.world.emit(SipSent(self.leg.name, str(status), {"to": request.method}))
        if status == 501 or not self.settings.sip_request_hook:
            return
        if not self.dialog_hook():
            self.world.warn(
                "sip-request-untold",
                "The sipRequestWithinDialogHook is not asked: it was set after the call was answered.",
                "Set it in a config before anything that answers the call.",
            )
        elif self.current is None:
            self.world.warn(
                "sip-request-untold", "The sipRequestWithinDialogHook is not asked: no verb is running."
            )
        else:
            self.world.scheduler.spawn(self._sip(request))

    def _sip(self, request: SendSip) -> Steps[None]:
        asked = {
            "sip_method": request.method,
            "sip_body": request.body,
            "sip_headers": dict(request.headers),
        }
        data = {**self.info.standard(), **asked}
        answer = yield self.requestor.request("verb:hook", data, self.dialog_hook())
        self._replied(answer, "the sipRequestWithinDialogHook")

    def _replied(self, answer: Answer, what: str) -> None:
        try:
            self.reply(answer.data, what)
        except BadVerbs as bad:
            self.refused(bad, f"the answer to {what}")


def refer_details(leg: Leg, other: Leg | None, refer: Refer) -> dict[str, Any]:
    """What a hook is told of a REFER."""
    by = leg.info.from_ if refer.referred_by is None else refer.referred_by
    extra = {name: value for name, value in refer.headers.items() if name.lower().startswith("x-")}
    return {
        "sip_refer_to": refer.to,
        "refer_to_user": _user_of(refer.to),
        "sip_referred_by": by,
        "referred_by_user": _user_of(by),
        "referring_call_sid": leg.info.call_sid,
        "referred_call_sid": other.info.call_sid if other is not None else None,
        **extra,
    }


def _user_of(address: str) -> str:
    return address.removeprefix("sip:").partition("@")[0]
