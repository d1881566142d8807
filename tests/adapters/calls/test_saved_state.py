"""What `call.state` may hold: only what another process gets back as it was."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_anyio.saved_call import SavedCall
from jambonz_core.errors import LocalProtocolError


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
        SavedCall({}, state, "").encode()
    assert str(caught.value) == complaint


def test_a_state_that_contains_itself_is_not_saved() -> None:
    state: dict[str, Any] = {}
    state["again"] = state
    with pytest.raises(LocalProtocolError, match="nested too deeply"):
        SavedCall({}, state, "").encode()
