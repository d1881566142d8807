"""Tools of the verbs `agent` and `llm`, whose calls a conversation takes note of.

There the server asks the model, and the library runs the tools; nothing else tells a conversation of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from jambonz_core.agents.conversation import Conversation
from jambonz_core.agents.model_answers import CalledTool

from ..tools import AnyTool, Tool, ToolError, as_tools

if TYPE_CHECKING:
    from ..call import Call


def noted_tools(call: Call, conversation: Conversation, tools: Iterable[AnyTool]) -> list[Tool[..., Any]]:
    """The same tools, each of which notes its calls and its outputs in the conversation.

    ```python
    call.tools("/tool", noted_tools(call, conversation, [opening_hours]))
    ```
    """
    return [
        Tool(
            partial(_run, call, conversation, each),
            name=each.name,
            description=each.description,
            parameters=each.parameters,
            seconds=each.seconds,
            filler=each.filler,
            on_interrupt=each.on_interrupt,
            idempotent=each.idempotent,
        )
        for each in as_tools(tools).values()
    ]


async def _run(
    call: Call, conversation: Conversation, tool: Tool[..., Any], arguments: dict[str, Any]
) -> Any:
    # Without an id: the server's is not known here, and the messages have ids of their own.
    [exchange] = conversation.tools([CalledTool("", tool.name, arguments)])
    try:
        # Who runs this has the time, and tells of it.
        result = await tool.run(arguments, call=call, seconds=math.inf, told=False)
        exchange.settle(result.output, is_error=result.is_error)
    finally:
        if not exchange.answered:
            exchange.settle(f"{tool.name} was stopped before it had an output", is_error=True)
    if result.is_error:
        raise ToolError(str(result.output))
    return result.output if result.steer is None else result.steer
