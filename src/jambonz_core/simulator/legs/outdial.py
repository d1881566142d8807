"""One party that the server calls: from the INVITE to the end, whoever makes it do something.

By default a called phone rings by itself and then waits for an action; `SimulatorOptions` can make it pick
up by itself, or leave even the ringing to an action.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..actions import Refer, SendSip
from ..processes import Future, Steps
from ..world import World
from .legs import Leg, LegState

BUSY = {486, 600}


class OutDial:
    """A call that the server makes, and the owner of its leg."""

    def __init__(self, world: World, leg: Leg, send_status: Callable[[Leg], None]) -> None:
        self.world = world
        self.leg = leg
        self.result: Future[bool] = Future()
        """Settles with whether the party picked up."""
        self.watched: bool = True
        """Whether statuses are sent; when it is given up, they are not."""
        self.on_hold: Callable[[bool], None] = lambda _: None
        self.on_refer: Callable[[Refer], None] = lambda _: None
        self.on_sip: Callable[[SendSip], None] = self._untold
        self.send_status = send_status
        """Tells whoever wants the statuses of this leg."""
        leg.owner = self

    def start(self) -> None:
        """Send the INVITE to the party that is dialled."""
        self._became("trying", 100)
        self.world.scheduler.spawn(self._by_itself())

    def _by_itself(self) -> Steps[None]:
        options = self.world.options
        if options.ring_seconds is not None:
            yield options.ring_seconds
            self.ring(early_media=False)
        if options.pick_up_seconds is not None:
            yield options.pick_up_seconds
            self.pick_up()

    def give_up(self) -> None:
        """Cancel it, or hang up. Nobody is told how it ended."""
        self.watched = False
        if not self.leg.over:
            self.leg.state = LegState.ENDED
            self.leg.end("jambonz")
        self.result.settle(False)

    def end(self, by: str) -> None:
        """End an answered leg from this side, or because the party hung up."""
        if self.leg.over:
            return
        self.leg.info.duration = self.leg.duration
        self._became("completed", 200)
        self.leg.end(by)

    def _became(self, status: str, sip_status: int) -> None:
        self.leg.became(status, sip_status)
        if self.watched:
            self.send_status(self.leg)

    # What its party does.

    def ring(self, *, early_media: bool) -> None:
        if self.leg.state is LegState.TRYING:
            self.leg.early_media = early_media
            self._became(*(("early-media", 183) if early_media else ("ringing", 180)))

    def pick_up(self) -> None:
        if not self.leg.answered and not self.leg.over:
            self._became("in-progress", 200)
            self.result.settle(True)

    def fail(self, status: int) -> None:
        if self.leg.answered or self.leg.over:
            return
        name = "busy" if status in BUSY else "no-answer" if status == 487 else "failed"
        self._became(name, status)
        self.leg.end(name)
        self.result.settle(False)

    def party_hangs_up(self, headers: Mapping[str, str]) -> None:
        if self.leg.answered:
            self.leg.info.bye_headers = dict(headers)
            self.end("caller")
        else:
            self.fail(487)

    def hold(self, *, on: bool) -> None:
        self.leg.on_hold = on
        self.on_hold(on)

    def refer(self, refer: Refer) -> None:
        self.on_refer(refer)

    def sip(self, request: SendSip) -> None:
        self.on_sip(request)

    def _untold(self, request: SendSip) -> None:
        self.world.warn(
            "action-ignored", f"Nobody is told of a {request.method} by a party that was dialled."
        )
