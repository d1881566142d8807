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

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import audio as audio
    from .dialing import HURRIED as HURRIED
    from .dialing import Checks as Checks
    from .dialing import dial as dial
    from .dialing import dial_url as dial_url
    from .models import Agent as Agent
    from .models import Llm as Llm
    from .party import Party as Party
    from .phone import Phone as Phone
    from .records import Acted as Acted
    from .records import AppFailed as AppFailed
    from .records import AppLogged as AppLogged
    from .records import ExpectationFailed as ExpectationFailed
    from .records import FrameReceived as FrameReceived
    from .records import FrameSent as FrameSent
    from .records import HookSeen as HookSeen
    from .records import Noted as Noted
    from .records import Record as Record
    from .records import VerbSeen as VerbSeen
    from .rest_server import RestServer as RestServer
    from .running import LeakedTasks as LeakedTasks
    from .running import NothingCanHappen as NothingCanHappen
    from .running import run as run
    from .transcript import line_of as line_of

_HOMES = {
    # placing calls
    "dial": "dialing",
    "dial_url": "dialing",
    "Checks": "dialing",
    "HURRIED": "dialing",
    "run": "running",
    # being on the phone
    "Phone": "phone",
    "Party": "party",
    "Llm": "models",
    "Agent": "models",
    "ExpectationFailed": "records",
    "LeakedTasks": "running",
    "NothingCanHappen": "running",
    # REST
    "RestServer": "rest_server",
    # what happened
    "Record": "records",
    "Acted": "records",
    "AppFailed": "records",
    "AppLogged": "records",
    "FrameReceived": "records",
    "FrameSent": "records",
    "Noted": "records",
    "HookSeen": "records",
    "VerbSeen": "records",
    "line_of": "transcript",
}
"""Where each name lives."""

__all__ = list(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]  # the names above, spelled once


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if name == "audio":
        return import_module(f"{__name__}.audio")
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
