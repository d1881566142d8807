"""What `call.state` may hold: only what another process gets back as it was."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_anyio import App, Call, MemoryStore
from jambonz_anyio._call.saved_call import CallKey, SavedCall
from jambonz_anyio.testing import dial, run
from jambonz_core.wire.errors import CallEnded, LocalProtocolError


@pytest.mark.parametrize(
    ("state", "complaint"),
    [
        (
            {"seen": {"at": object()}},
            "call.state['seen']['at'] cannot be saved: a object has no form in JSON",
        ),
        ({"n": [float("nan")]}, "call.state['n'][0] cannot be saved: nan is not a number in JSON"),
        ({"by": {1: "one"}}, "call.state['by'] cannot be saved: the key 1 is not a string"),
        ({"raw": b"x"}, "call.state['raw'] cannot be saved: a bytes has no form in JSON"),
        (5, "call.state cannot be saved: it is a dict, and not int"),
    ],
)
def test_a_state_that_would_come_back_changed_is_not_saved(state: Any, complaint: str) -> None:
    with pytest.raises(LocalProtocolError) as caught:
        SavedCall({}, state, 0.0).encode()
    assert str(caught.value) == complaint


def test_a_state_that_contains_itself_is_not_saved() -> None:
    state: dict[str, Any] = {}
    state["again"] = state
    with pytest.raises(LocalProtocolError, match="nested too deeply"):
        SavedCall({}, state, 0.0).encode()


async def test_a_call_that_is_gone_is_not_saved_again(virtual_time: Any) -> None:
    store = MemoryStore()
    app = App(store=store)
    outcomes: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        @call.on_end
        async def end(call: Call) -> None:
            try:
                await call.checkpoint()
            except CallEnded as ended:
                outcomes.append(str(ended))

        await call.say(text="Bye.").send()
        await call.checkpoint()
        assert len(store) == 1

    async with dial(app, "/") as phone:
        await phone.call_ends()
    assert outcomes == ["the call is over: no process will ever go on with it"]
    kept = await store.claim(CallKey(None, "/", phone.call_sid).stored, "test", "n", begin=False)
    assert kept.ended
    assert kept.snapshot is None


def test_nothing_of_one_run_is_left_in_the_next() -> None:
    app = App(on_return="stay")

    @app.call("/")
    async def main(call: Call) -> None:
        await call.answer().send()

    async def once() -> int:
        """The timers that there are when the app has begun to run."""
        async with app.running():
            left = len(app._context.timers._heap)
            async with dial(app, "/", lifespan=False) as phone:
                await phone.hangs_up()
        return left

    assert [run(once, backend=backend) for backend in ("asyncio", "trio", "asyncio")] == [0, 0, 0]
