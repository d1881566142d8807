"""The session of the application's own call, inbound or outbound: how it begins, is answered, and ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...wire.limits import CLOSE_GOING_AWAY
from ..engine_events import CallCompleted, SipSent
from ..legs.call_info import first_payload
from ..legs.legs import Leg
from ..processes import Future, Steps
from ..requestors import Requestor, WebhookRequestor, WebsocketRequestor
from ..sockets import Answer, Sockets, is_http
from .amd import start_amd
from .dialogs import DialogSession
from .session import FeatureServer
from .task import BadVerbs, Needs, Task
from .verb import Verb

BUSY = {486, 600, 603}


class MainSession(DialogSession):
    """What both directions share; it is also the owner of the caller's leg."""

    def __init__(self, world: FeatureServer, sockets: Sockets, leg: Leg, url: str) -> None:
        requestor: Requestor
        if url.startswith(("http://", "https://")):
            requestor = WebhookRequestor(world, sockets, url, world.setup.credentials)
        else:
            requestor = WebsocketRequestor(
                world, sockets, url, world.setup.credentials, call_sid=self.envelope_sid(world)
            )
        super().__init__(world, sockets, leg, requestor)
        if world.setup.status_hook is None:
            self.notifier: Requestor | None = None
        elif is_http(world.setup.status_hook) and requestor.websocket:
            self.notifier = WebhookRequestor(world, sockets, world.setup.status_hook)
        world.sessions.append(self)
        leg.owner = self
        leg.ended.watch(lambda _: self._leg_over())

    began = False
    """Whether the application has given its first verbs; before that it is told nothing."""

    def call(self) -> Steps[None]:
        """Run the call from the INVITE to its end."""
        return
        yield

    def envelope_sid(self, world: FeatureServer) -> str:
        """The call that the envelope names before a first payload has told it."""
        return ""

    def _leg_over(self) -> None:
        # An end without a final status was already told in another way: 603 for a stack that ended
        # unanswered.
        self.world.emit(CallCompleted(self.ended_by or self.info.call_status, self.leg.duration))

    def finish(self, code: int = 1000) -> None:
        """Close everything. Legs that became calls of their own live on."""
        self.close(code)
        self.world.session_over(self)

    def _stack_over(self) -> None:
        """The stack has run dry for good."""
        if self.leg.answered:
            self.hang_up("jambonz")
        elif not self.leg.over:
            # Refused without a final status message.
            self.world.emit(SipSent(self.leg.name, "603", {}))
            self.ended_by = "jambonz"
            self.leg.became("failed", 603)
            self.leg.end("jambonz")

    # What the caller does about the call.

    def ring(self, *, early_media: bool) -> None:
        self.world.warn("action-ignored", "This leg cannot ring: it made the call.")

    def pick_up(self) -> None:
        self.world.warn("action-ignored", "This leg cannot pick up: it made the call.")

    def fail(self, status: int) -> None:
        self.world.warn("action-ignored", "This leg cannot refuse: it made the call.")

    def party_hangs_up(self, headers: Mapping[str, str]) -> None:
        """The far end hangs up, or gives up before it was answered."""
        if self.leg.answered:
            self.info.bye_headers = dict(headers)
            self.hang_up("caller")
        elif not self.leg.over:
            self.ended_by: str = "caller"
            self.info.terminated_by = self.ended_by
            self.leg.became("no-answer", 487)
            self.leg.end("caller")
            if self.began:
                self.send_status()
            self.release()


class InboundSession(MainSession):
    """The session of a call that somebody made to the application."""

    def call(self) -> Steps[None]:
        """Run the call from the INVITE to its end."""
        request = self.requestor.request("session:new", first_payload(self.world.setup, self.info))
        if (yield self.world.scheduler.wait(request, self.leg.ended)) == 1:
            # The caller gave up. A request that has moved to a reconnect has no time limit of its own.
            yield self.world.scheduler.wait(request, timeout=self.world.options.ack_seconds)
        answer = request.value if request.settled else Answer(failure="the caller has given up")
        why = answer.failure
        if not why:
            why = self._first_verbs(answer.data)
        if why:
            self.world.warn(
                "call-rejected",
                f"The call is refused with 480: {why}.",
                "Answer session:new within 5 s with an array of verbs that is not empty.",
            )
            if not self.leg.over:
                self.world.emit(SipSent(self.leg.name, "480", {"X-Reason": why}))
                self.leg.became("failed", 480)
                self.leg.end("jambonz")
            self.finish(CLOSE_GOING_AWAY)
            return
        self.take_commands()
        self.began = True
        self.send_status()
        if not self.leg.over:
            yield from self.run()
            self._stack_over()
        self.finish()

    def _first_verbs(self, data: Any) -> str:
        if not isinstance(data, list) or not data:
            return "the first answer holds no verbs"
        try:
            self.stack: list[Task] = self.make(data)
        except BadVerbs as bad:
            return f"a verb of the first answer is refused ({bad})"
        return ""

    def answer(self, *, early_media: bool = False) -> Steps[None]:
        if early_media:
            if not self.leg.early_media:
                self.leg.early_media = True
                self.world.emit(SipSent(self.leg.name, "183", {}))
            return
        yield self.world.scheduler.wait(self.leg.ended, timeout=self.world.options.answer_seconds)
        if not self.leg.over and not self.leg.answered:
            self.answered_with: Any = self.settings.sip_request_hook
            self.leg.became("in-progress", 200)
            self.send_status()


class OutboundSession(MainSession):
    """The REST API has the application call somebody."""

    def __init__(self, world: FeatureServer, sockets: Sockets, leg: Leg, url: str) -> None:
        self.picked_up: Future[None] = Future()
        super().__init__(world, sockets, leg, url)
        if self.notifier is None:
            # Without a status hook the call hook's own socket is used.
            self.notifier: Requestor | None = self.requestor
        self.take_commands()
        self.began = True

    def call(self) -> Steps[None]:
        """Run the call from the INVITE to its end."""
        self.stack: list[Task] = [RestDial(self, {})]
        yield from self.run()
        if self.leg.state.value != "ended":
            self._stack_over()
        if self.picked_up.settled:
            self.finish()
        else:
            yield self.world.options.finished_within_seconds
            self.finish()

    def refuse(
        self,
        status: int,
        reason: str = "",
        headers: Mapping[str, str] | None = None,
        *,
        told: bool = True,
    ) -> None:
        if not self.leg.answered and not self.leg.over:
            # It is this side that has called: it gives up.
            self.world.emit(SipSent(self.leg.name, "CANCEL", dict(headers or {})))
            self._ends("no-answer", 487, told=told)

    def _ends(self, status: str, sip_status: int, *, told: bool = True) -> None:
        """The called party did not answer, and will not."""
        self.leg.became(status, sip_status)
        if told:
            self.send_status()
        self.leg.end("callee")
        self.release()

    def status(self, status: str, sip_status: int) -> None:
        """A new status of the called party."""
        self.leg.became(status, sip_status)
        self.send_status()

    # What the called party does.

    def ring(self, *, early_media: bool) -> None:
        if self.leg.state.value == "trying":
            self.leg.early_media = early_media
            self.status(*(("early-media", 183) if early_media else ("ringing", 180)))

    def pick_up(self) -> None:
        if not self.leg.answered and not self.leg.over:
            self.answered_with: Any = self.settings.sip_request_hook
            self.status("in-progress", 200)
            self.picked_up.settle(None)

    def fail(self, status: int) -> None:
        if self.leg.answered or self.leg.over:
            return
        self._ends("busy" if status in BUSY else "no-answer" if status == 487 else "failed", status)


class RestDial(Verb):
    """The verb with which an outbound call begins: it calls, and then asks the application for verbs."""

    name = "rest:dial"
    needs = Needs.NOTHING

    def run(self) -> Steps[None]:
        session = self.session
        assert isinstance(session, OutboundSession)
        session.send_status()
        self.world.scheduler.spawn(self._by_itself(session))
        ring = self.world.setup.ring_timeout
        picked = yield self.world.scheduler.wait(session.picked_up, self.leg.ended, self.ended, timeout=ring)
        if picked is None:
            session.refuse(487)
        if not session.picked_up.settled:
            return
        self._limit(session)
        if self.world.setup.amd:
            start_amd(session, self.leg, self.world.setup.amd)
        payload = first_payload(self.world.setup, session.info)
        answer = yield session.requestor.request("session:new", payload)
        yield from self._obey(answer)

    def _obey(self, answer: Answer) -> Steps[None]:
        if answer.failure:
            self.world.warn(
                "first-answer-missing", f"Nobody answered session:new ({answer.failure}); the call idles."
            )
            return
        try:
            replaced = self.session.reply(answer.data, "session:new")
        except BadVerbs as bad:
            self.session.refused(bad, "the answer to session:new")
            return
        if not replaced and answer.data is None:
            # Not even an empty array: the call stays inside this verb until a command comes.
            yield self.ended

    def _by_itself(self, session: OutboundSession) -> Steps[None]:
        options = self.world.options
        if options.ring_seconds is not None:
            yield options.ring_seconds
            session.ring(early_media=False)
        if options.pick_up_seconds is not None:
            yield options.pick_up_seconds
            session.pick_up()

    def _limit(self, session: OutboundSession) -> None:
        limit = self.world.setup.time_limit
        if limit:

            def end() -> None:
                self.world.emit(SipSent(self.leg.name, "BYE", {"X-Reason": "Max Call Duration"}))
                session.hang_up("jambonz")

            self.world.scheduler.after(limit, end)
