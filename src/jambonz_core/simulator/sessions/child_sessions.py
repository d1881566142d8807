"""Sessions of a called party: while it is being confirmed, and after it has become a call of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from ..legs.legs import Leg, LegState
from ..legs.outdial import OutDial
from ..processes import Future, Steps
from ..requestors import Requestor, WebhookRequestor, WebsocketRequestor
from ..settings import SessionSettings
from ..sockets import Answer
from .dialogs import DialogSession
from .session import CallSession
from .task import BadVerbs, Needs, Task

CONFIRM_VERBS = frozenset({"config", "gather", "say", "tag"})
"""What replies to hooks of a confirm session may contain. That `play` is missing is the server's slip."""


class ConfirmSession(CallSession):
    """Verbs for a called party before it is connected. It never idles, and takes no commands."""

    idles = False
    streams = False

    def __init__(self, parent: CallSession, leg: Leg) -> None:
        super().__init__(parent.world, parent.sockets, leg, parent.requestor, parent.faults)
        self.settings: SessionSettings = parent.settings
        leg.ended.watch(lambda _: self.release())

    def take(self, data: list[Any]) -> None:
        """Run the verbs of the answer to the confirm hook. Raises `BadVerbs`, also for a verb that can do
        without a party who hears it: the server takes none here, and lets the party go.
        """
        verbs = self.make(data)
        barred = [verb.name for verb in verbs if verb.needs not in {Needs.MEDIA, Needs.ANSWERED}]
        if barred:
            raise BadVerbs([f"the called party cannot be confirmed by {', '.join(barred)}"])
        self.stack: list[Task] = verbs

    def hang_up(self, by: str, headers: object = None) -> None:
        """End the party's leg. Nobody is told how it ended."""
        self.leg.state = LegState.ENDED
        self.leg.end(by)
        self.release()

    def allowed(self, verbs: list[Task]) -> list[Task]:
        for verb in verbs:
            if verb.name not in CONFIRM_VERBS:
                self.world.warn(
                    "verb-not-allowed", f"{verb.name} is dropped from the answer to a confirm session."
                )
        return [verb for verb in verbs if verb.name in CONFIRM_VERBS]

    def replace(self, verbs: list[Task]) -> None:
        if verbs and all(verb.name not in CONFIRM_VERBS for verb in verbs):
            self.world.warn(
                "verb-not-allowed", "Nothing in the answer to a confirm session is allowed there."
            )
        else:
            super().replace(verbs)


class AdultSession(DialogSession):
    """A called party on its own: a new connection, `session:adulting`, and verbs that were given
    beforehand. It lives as long as its party stays, whatever becomes of the call that it came from.
    """

    streams = False

    def __init__(self, parent: CallSession, leg: Leg, dial: OutDial) -> None:
        requestor = _adulting_requestor(parent)
        super().__init__(parent.world, parent.sockets, leg, requestor, parent.faults)
        self.parent = parent
        self._dial = dial
        self.status_hook: Any = parent.status_hook
        if parent.notifier is None or not parent.notifier.websocket:
            # Nobody wants statuses, or they are posted elsewhere; else the new connection has them.
            self.notifier: Requestor | None = parent.notifier

    def dialog_hook(self) -> Any:
        """The `sipRequestWithinDialogHook`, whenever it was set: this leg was answered before all that."""
        return self.settings.sip_request_hook

    def start(self) -> None:
        """Introduce it and run its verbs; both at once, as the answer to the introduction means nothing."""
        self.world.sessions.append(self)
        dial = self._dial
        dial.send_status = lambda _: self.send_status()
        dial.on_hold = lambda on: self.hold(on=on)
        dial.on_refer = self.refer
        dial.on_sip = self.sip
        self.leg.ended.watch(lambda _: self.release())
        parent_info = {"parent_call_info": self.parent.info.standard()}
        about = {**self.info.standard(), **parent_info}
        introduction = self.requestor.request("session:adulting", about, "/adulting")
        self.take_commands()
        self.world.scheduler.spawn(self._live(introduction))

    def _live(self, introduction: Future[Answer]) -> Steps[None]:
        yield from self.run()
        self._dial.end("jambonz")
        # A life that is over before its connection is open is told of all the same.
        yield introduction
        self.close()
        self.world.session_over(self)

    def hang_up(self, by: str, headers: object = None) -> None:
        self._dial.end(by)
        self.release()


def _adulting_requestor(parent: CallSession) -> Requestor:
    """The way to the application for a leg that becomes a call: with the credentials of the call's first
    application, and at the parent's URL and `/adulting`, which is appended to all of it: a query ends with
    it, and a fragment, which does not travel, takes it along.
    """
    url, first = parent.requestor.url, parent.world.setup.credentials
    if not parent.requestor.websocket:
        return WebhookRequestor(parent.world, parent.sockets, urljoin(url, "/adulting"), first)
    return WebsocketRequestor(parent.world, parent.sockets, f"{url}/adulting", first)
