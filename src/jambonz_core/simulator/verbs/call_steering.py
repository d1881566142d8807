"""The verbs that steer the call itself, from `answer` to `hangup`, and `message`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engine_events import SipSent
from ..processes import Steps
from ..requestors import WebhookRequestor, WebsocketRequestor
from ..sessions.session import CallSession
from ..sessions.task import Needs, VerbError
from ..sessions.verb import Verb
from ..sockets import credentials_of, hook_url, is_http, is_websocket_url


class AnswerCall(Verb):
    """Answers, and does nothing else."""

    name = "answer"


class HangUpCall(Verb):
    """Ends an answered call. Before that it is skipped."""

    name = "hangup"
    needs = Needs.ANSWERED

    def run(self) -> Steps[None]:
        headers = self.spec.get("headers") or {}
        self.world.emit(SipSent(self.leg.name, "BYE", dict(headers)))
        self.session.hang_up("jambonz")
        return
        yield


class Redirect(Verb):
    """Asks another hook for verbs. If nobody answers, the call ends."""

    name = "redirect"
    needs = Needs.NOTHING

    def run(self) -> Steps[None]:
        session = self.session
        if self.spec.get("statusHook"):
            session.status_hook = self.spec["statusHook"]
        if is_websocket_url(self.hook) and session.requestor.websocket:
            # A new connection, whose first message is the redirect; the old one stays open.
            requestor = WebsocketRequestor(
                self.world, session.sockets, hook_url(self.hook), credentials_of(self.hook)
            )
            session.former_requestors.append(session.requestor)
            session.requestor = requestor
            session.take_commands()
        elif is_http(self.hook) and not session.requestor.websocket:
            session.requestor = WebhookRequestor(
                self.world, session.sockets, hook_url(self.hook), credentials_of(self.hook)
            )
        elif is_websocket_url(self.hook):
            requestor = WebsocketRequestor(
                self.world, session.sockets, hook_url(self.hook), credentials_of(self.hook)
            )
            session.requestor = requestor
            session.take_commands()
            failure = yield from self._begin_again(requestor)
            if failure:
                raise VerbError(failure)
            return
        failure = yield from self.act({}, type="session:redirect")
        if failure:
            raise VerbError(f"its hook got no answer that can be used ({failure})")

    def _begin_again(self, requestor: WebsocketRequestor) -> Steps[str]:
        """From webhooks to a websocket: the new socket gets a `session:new`, with the call's data only."""
        answer = yield requestor.request("session:new", self.session.info.standard())
        if not answer.failure:
            self.session.reply(answer.data, "session:new")
        return str(answer.failure)


class Tag(Verb):
    """Replaces the call's `customerData`."""

    name = "tag"
    needs = Needs.NOTHING

    def run(self) -> Steps[None]:
        data = self.spec.get("data")
        self.session.info.customer_data = dict(data) if isinstance(data, Mapping) else data
        return
        yield


class Alert(Verb):
    """The open server writes a record; v10 is documented to ring with an Alert-Info header."""

    name = "alert"
    needs = Needs.NOTHING

    def run(self) -> Steps[None]:
        if not self.world.strict and not self.leg.answered:
            detail = {"Alert-Info": self.spec.get("message", "")}
            self.world.emit(SipSent(self.leg.name, "180", detail))
        return
        yield


class Leave(Verb):
    """Means something in the reply to a queue's wait hook only; anywhere else it breaks the call."""

    name = "leave"
    needs = Needs.NOTHING

    def run(self) -> Steps[None]:
        if self.nested:
            return
        raise VerbError("leave belongs in the reply to the waitHook of an enqueue")
        yield


class Unsimulated(Verb):
    """A verb whose schema the program has given: the server is said to know it, and the stand-in does not."""

    needs = Needs.NOTHING

    def __init__(self, session: CallSession, spec: Mapping[str, Any], name: str) -> None:
        super().__init__(session, spec)
        self.name = name

    def run(self) -> Steps[None]:
        self.world.warn("verb-not-simulated", f"{self.name} is not known to the simulator; it ends at once.")
        return
        yield


class Message(Verb):
    """A text message. Its hook is not waited for: the next verb starts meanwhile."""

    name = "message"
    needs = Needs.NOTHING

    def run(self) -> Steps[None]:
        results: dict[str, Any] = {
            "message_sid": self.spec.get("message_sid") or self.world.sid("message"),
            "message_status": "success",
            "carrier": self.spec.get("carrier", "simulated carrier"),
            "carrier_message_id": self.world.sid("carried"),
        }
        self.world.scheduler.spawn(self.act(results))
        return
        yield
