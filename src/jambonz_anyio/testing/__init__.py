"""Testing voice applications: a telephone for programs, and time that nobody waits for.

```python
from jambonz_anyio.testing import dial


async def test_echo(virtual_time) -> None:
    async with dial(app, "/") as phone:
        await phone.hears("Hello!")
        await phone.says("good morning")
        await phone.hears("You said: good morning")
```

`docs/testing.md` is the guide. Names are loaded when they are first used: the pytest plugin lives here, and
is imported in every session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import audio
    from .dialing import HURRIED, Checks, dial, dial_url
    from .fault_proxy import FaultProxy, FaultSeen, bad_network
    from .faults import FAULT_KINDS, Fault, FaultPlan, random_faults
    from .model import Model, ModelScript, ToolCall, ToolOutput
    from .party import Party
    from .phone import Phone
    from .placing import PlacedCalls, placed_calls
    from .records import (
        Acted,
        AppFailed,
        AppLogged,
        ExpectationFailed,
        FrameReceived,
        FrameSent,
        HookSeen,
        Noted,
        Record,
        VerbSeen,
    )
    from .rest_server import RestServer
    from .running import LeakedTasks, NothingCanHappen, run
    from .transcript import line_of
else:
    from jambonz_core.lazy_exports import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            ".": "audio",
            ".dialing": "HURRIED Checks dial dial_url",
            ".fault_proxy": "FaultProxy FaultSeen bad_network",
            ".faults": "FAULT_KINDS Fault FaultPlan random_faults",
            ".model": "Model ModelScript ToolCall ToolOutput",
            ".party": "Party",
            ".phone": "Phone",
            ".placing": "PlacedCalls placed_calls",
            ".records": (
                "Acted AppFailed AppLogged ExpectationFailed FrameReceived FrameSent HookSeen Noted "
                "Record VerbSeen"
            ),
            ".rest_server": "RestServer",
            ".running": "LeakedTasks NothingCanHappen run",
            ".transcript": "line_of",
        },
    )

__all__ = [
    # placing calls
    "dial",
    "dial_url",
    "placed_calls",
    "PlacedCalls",
    "Checks",
    "HURRIED",
    "run",
    # being on the phone
    "Phone",
    "Party",
    "Model",
    "ModelScript",
    "ToolCall",
    "ToolOutput",
    "ExpectationFailed",
    "LeakedTasks",
    "NothingCanHappen",
    # bad networks
    "random_faults",
    "bad_network",
    "Fault",
    "FaultPlan",
    "FaultProxy",
    "FaultSeen",
    "FAULT_KINDS",
    # REST
    "RestServer",
    # what happened
    "Record",
    "Acted",
    "AppFailed",
    "AppLogged",
    "FrameReceived",
    "FrameSent",
    "Noted",
    "HookSeen",
    "VerbSeen",
    "line_of",
    # what callers say and hear
    "audio",
]
