"""`register_tools`, in the form in which the official SDK has it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .tool_functions import AnyTool

if TYPE_CHECKING:
    from ..call import Call
    from ..sdk.websocket.session import Session


def register_tools(
    session: Session | Call, path: str, tools: Iterable[AnyTool], *, logger: logging.Logger | None = None
) -> None:
    """`call.tools` for a session: run these tools when the model of a verb with this `toolHook` calls them.

    Beside functions and `Tool` objects it takes what has `schema` and `execute`, as the official SDK's tools
    do: `schema` with `name`, `description` and `parameters`, and `execute` a function of the arguments, as
    one dict.
    """
    call: Any = getattr(session, "call", session)
    call.tools(path, tools, logger=logger)
