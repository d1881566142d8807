"""Outbound calls that the same process serves: place one, meet its session, own it for a block.

Three parties meet here. The *block* (`Placing`) places the call over REST and waits. The *application* shows
every new session and every early status to its `Placements`, which knows by a nonce who waits for it. A
`Claim` is what the application gets for a session that was waited for: it runs that in the place of a route's
handler, and it ends when the block ends. The rules:

1. The session may come before the answer to the request; whichever comes first counts, the other is let go.
2. The block owns the call from the moment the request is sent. Raised or cancelled out of, it hangs up: by
   the session if there is one, else over REST if the sid is known, else by turning it away as it comes.
3. News of failure comes by three ways: a status with the nonce, a look over REST every few seconds (an
   application's status hook may lead elsewhere), and time.
4. What the block raises wins. Trouble in hanging up is a note on it.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import anyio

from jambonz_anyio.rest.placements import Expected, Placements
from jambonz_core.rest.errors import CallFailed
from jambonz_core.rest.fields import joined
from jambonz_core.rest.placing import OVER, NewCallFields, failure_of, tagged
from jambonz_core.wire.errors import CallEnded, JambonzError

if TYPE_CHECKING:
    from typing import Unpack

    from jambonz_anyio.rest.client import JambonzClient

RING_SECONDS = 60
"""How long the server lets a call ring when nobody says otherwise."""

SLACK_SECONDS = 15.0
"""Beyond ringing: for the way to the carrier and back, and for the session to come up."""

LOOK_SECONDS = 5.0
"""Between two looks at the call's status over REST."""

HANG_UP_SECONDS = 10.0
"""For hanging up a call whose block failed; then it is left to its time limit."""

C = TypeVar("C")


class Placing(Generic[C]):
    """``async with app.place(client, …) as call:`` — see the rules above."""

    def __init__(
        self,
        placements: Placements[C],
        client: JambonzClient,
        opts: Mapping[str, Any] | None = None,
        *,
        fields: NewCallFields,
    ) -> None:
        self._placements = placements
        self._client = client
        self._opts = dict(opts or {})
        self._fields = fields
        self._expected: Expected[C] | None = None
        self.call_sid: str = ""
        """The call's sid as soon as the server answered the request."""

    async def __aenter__(self) -> C:
        nonce = secrets.token_hex(16)
        tag = joined({"tag": self._opts.pop("tag", None)}, {"tag": self._fields.get("tag")})["tag"]
        fields: NewCallFields = {**self._fields, "tag": tagged(tag, nonce)}
        self._expected = expected = self._placements.expect(nonce)
        try:
            await self._meet(expected, fields)
            if expected.call is not None:
                return expected.call
            raise expected.failure or await self._out_of_time()
        except BaseException as error:
            self._placements.forget(expected)
            await self._let_go(error)
            if expected.claim is not None:
                expected.claim.leave()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        assert self._expected is not None
        assert self._expected.claim is not None
        try:
            if error is not None:
                await self._let_go(error)
        finally:
            self._expected.claim.leave()

    async def _meet(self, expected: Expected[C], fields: NewCallFields) -> None:
        """Place the call and wait for news of it, from wherever they come first."""
        ring = fields.get("timeout") or self._opts.get("timeout") or RING_SECONDS
        patience = ring + SLACK_SECONDS if isinstance(ring, (int, float)) else math.inf
        # `_place` lets no exception out, so none comes wrapped in a group.
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._place, expected, fields)
            with anyio.move_on_after(patience):
                await expected.settled.wait()
            tasks.cancel_scope.cancel()

    async def _place(self, expected: Expected[C], fields: NewCallFields) -> None:
        try:
            self.call_sid = str(await self._client.calls.create(self._opts, **fields))
        except Exception as error:  # a wrong keyword as well: all of it is raised where the block is entered
            expected.fail(error)
            return
        while True:
            await anyio.sleep(LOOK_SECONDS)
            try:
                info = await self._client.calls.get(self.call_sid)
            except JambonzError:
                continue  # it is only a look; the next one may tell more
            failure = failure_of(info)
            if failure is not None:
                expected.fail(failure)

    async def _out_of_time(self) -> CallFailed:
        """Nothing was heard. The server may know more than it told."""
        status = ""
        if self.call_sid:
            with anyio.move_on_after(HANG_UP_SECONDS):
                try:
                    status = str((await self._client.calls.get(self.call_sid)).get("call_status", ""))
                except JambonzError:
                    pass  # then it knows nothing
        if status == "in-progress":
            said = "the call was answered, but its session did not come here: does its hook lead elsewhere?"
        else:
            said = "nothing was heard of the call in time"
        return CallFailed(said, call_sid=self.call_sid, call_status=status or "unknown")

    async def _let_go(self, error: BaseException) -> None:
        """Hang up, whatever goes on around; what fails in that is a note on the error that was the reason."""
        call = self._expected.call if self._expected is not None else None
        if call is None and isinstance(error, CallFailed) and error.call_status in OVER:
            return
        with anyio.CancelScope(shield=True), anyio.move_on_after(HANG_UP_SECONDS) as limit:
            try:
                if call is not None:
                    await self._placements.hang_up(call)
                elif self.call_sid:
                    await self._client.calls.hang_up(self.call_sid)
            except CallEnded:
                pass  # so much the better
            except JambonzError as trouble:
                error.add_note(f"hanging up failed: {trouble}")
        if limit.cancelled_caught:
            error.add_note(f"hanging up did not finish within {HANG_UP_SECONDS:g} s")


def place(
    placements: Placements[C],
    client: JambonzClient,
    opts: Mapping[str, Any] | None = None,
    **fields: Unpack[NewCallFields],
) -> Placing[C]:
    """Place a call and own it for a block; what ``App.place`` is made of.

    `opts` and `fields` are those of ``client.calls.create``. Raises `CallFailed` when nobody answers, and
    what the request raises when it is refused.
    """
    return Placing(placements, client, opts, fields=fields)
