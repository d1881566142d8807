"""A caller who says nothing: for how long, so that a program can ask whether he is still there.

```python
silence = CallerSilence(call)
call.start_soon(silence.watch)
await silence.lasts(8.0)
await call.say(text="Are you still there?").send()
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from jambonz_core.wire.events import StreamingEvent

if TYPE_CHECKING:
    from ..call import Call

UTTERANCE_SECONDS = 30.0
"""How long what the caller has begun to say may take, before it counts as noise."""


class CallerSilence:
    """How long a caller has said nothing, in a session with a text stream and barge-in.

    The server tells when the caller begins to speak, before there are any words. What becomes of them is told
    by the program, which gets the hook: `spoke`.
    """

    def __init__(self, call: Call) -> None:
        self._call = call
        self._begun = anyio.Event()
        """The caller has begun to speak."""
        self._over = anyio.Event()
        """What he said has come, or was nothing that could be understood."""

    async def watch(self) -> None:
        """Notice when the caller begins to speak, until the call ends."""
        async for event in self._call.events():
            if isinstance(event, StreamingEvent) and event.event_type == "user_interruption":
                if self._over.is_set():
                    self._begun, self._over = anyio.Event(), anyio.Event()
                self._begun.set()

    def spoke(self) -> None:
        """The hook of what the caller has said is here, with words or without."""
        if self._begun.is_set():
            self._over.set()

    async def lasts(self, seconds: float | None) -> None:
        """Wait until the caller has said nothing for so long; None for ever.

        What he begins to say is waited for, for half a minute. When it has come, the time begins anew.
        """
        while seconds is not None:
            begun, over = self._begun, self._over
            with anyio.move_on_after(seconds):
                await begun.wait()
            if not begun.is_set():
                return
            with anyio.move_on_after(UTTERANCE_SECONDS):
                await over.wait()
            if self._begun is begun:
                self._begun, self._over = anyio.Event(), anyio.Event()
        await anyio.sleep_forever()
