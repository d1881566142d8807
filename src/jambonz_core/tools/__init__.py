"""Tools that a model may call: how their calls are settled, and what is read from a function that is one.

`ToolCalls` is the machine, which `AppCall` runs; `ToolSignature` makes a JSON Schema of a function and its
arguments; `declared_for` puts a tool into the form in which a vendor's verb wants to hear of it.
"""

from .declared_tools import declared_for, tools_update
from .signature import ToolSignature
from .tool_calls import OnInterrupt, ToolCall, ToolCalls
from .tool_states import ToolInput, ToolState

__all__ = [
    "ToolCalls",
    "ToolCall",
    "ToolState",
    "ToolInput",
    "OnInterrupt",
    "ToolSignature",
    "declared_for",
    "tools_update",
]
