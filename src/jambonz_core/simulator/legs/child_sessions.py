"""Sessions of a called party: while it is being confirmed, and after it has become a call of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from ..processes import Future, Steps
from ..requestors import Requestor, WebhookRequestor, WebsocketRequestor
from ..session import Session
from ..sockets import Answer
from ..verbs.verb_stack import Verb
from .dialogs import DialogSession
from .legs import Leg

if TYPE_CHECKING:
    from .outdial import OutDial

CONFIRM_VERBS = frozenset({"config", "gather", "say", "tag"})
"""What replies to hooks of a confirm session may contain. That `play` is missing is the server's slip."""


class ConfirmSession(Session):
    """Verbs for a called party before it is connected. It never idles, and takes no commands."""

    idles = False
    streams = False

    def __init__(self, parent: Session, leg: Leg) -> None:
        super().__init__(parent.world, parent.sockets, leg, parent.requestor, parent.faults)
        self.settings = parent.settings
        leg.ended.watch(lambda _: self.release())

    def allowed(self, verbs: list[Verb]) -> list[Verb]:
        for verb in verbs:
            if verb.name not in CONFIRM_VERBS:
                self.world.warn(
                    "verb-not-allowed", f"{verb.name} is dropped from the answer to a confirm session."
                )
        return [verb for verb in verbs if verb.name in CONFIRM_VERBS]

    def replace(self, verbs: list[Verb]) -> None:
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

    def __init__(self, parent: Session, leg: Leg, dial: OutDial) -> None:
        requestor = _adulting_requestor(parent)
        super().__init__(parent.world, parent.sockets, leg, requestor, parent.faults)
        self.parent = parent
        self._dial = dial
        self.status_hook = parent.status_hook
        if parent.notifier is None or not parent.notifier.websocket:
            # Nobody wants statuses, or they are posted elsewhere; else the new connection has them.
            self.notifier = parent.notifier

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


def _adulting_requestor(parent: Session) -> Requestor:
    url = parent.requestor.url
    if not parent.requestor.websocket:
        return WebhookRequestor(parent.world, parent.sockets, urljoin(url, "/adulting"))
    scheme, host, path, _, fragment = urlsplit(url)
    return WebsocketRequestor(
        parent.world, parent.sockets, urlunsplit((scheme, host, path.rstrip("/") + "/adulting", "", fragment))
    )
