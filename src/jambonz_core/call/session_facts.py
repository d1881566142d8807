"""What the verbs that were sent mean for the session as a whole.

Some facts decide about things that are said later, and the server does not report them: whether a text
stream was opened (streamed text without one is held unspoken, or thrown away), whether a background barge-in
is listening (it skips a `gather` and clears the verb stack), which vendor the `llm` verb speaks to (tool
output goes out in the vendor's own shape), and whether the verbs answer an incoming call and end it (a hangup
does nothing to a call that still rings).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, structs

from ..wire.live_commands import ToolOutput
from ..wire.message_reading import hook_path
from .hook_roles import SYNONYMS

ENDS_THE_CALL = frozenset({"hangup", "sip:decline"})

MAY_NOT_ANSWER = ENDS_THE_CALL | {
    *("alert", "config", "dial", "leave", "message", "pause", "redirect", "tag", "sip:request", "sip:refer")
}
"""Verbs behind which an incoming call may still ring. All others answer it first."""

MODEL_VERBS = frozenset({"llm", "agent"})
"""Verbs behind which a model talks to the caller, and may call tools."""

TOOL_CALLS = 64
"""Tool calls whose tool is remembered by name until the output is sent."""

TOOL_CHARACTERS = 1024
"""The longest name of a tool, with the id of its call, that is remembered."""


class SessionFacts(Struct, gc=False):
    """Learned in the order in which verbs are sent. Plain data, so a snapshot holds it as it is."""

    barge_in_on: bool = False
    """Whether the background barge-in listens, once everything that was sent has run."""
    barge_in_sticky: bool = False
    barge_in_spent: bool = False
    """Whether one has run that was not sticky."""
    barge_in_inputs: list[Any] = []
    barge_in_hook: str = ""
    llm_vendor: str = ""
    model: str = ""
    """Whose model was sent for last: ``agent``, or the vendor of an `llm` verb."""
    model_hook: str = ""
    """The action hook of the `llm` or `agent` verb that was sent last: it comes when that verb is over."""
    tools: dict[str, str] = {}
    """Names of tools by the id of their call: one vendor wants them repeated with the output."""
    answers: bool = False
    """Whether anything that was sent is sure to answer an incoming call."""
    ends: bool = False
    """Whether the verb that was sent last ends the call."""

    def learn(self, verb: Mapping[str, Any], name: str) -> bool | None:
        """Take in a verb and its name. Tells whether it opens (True) or closes (False) the text stream.

        What its name alone tells, `ends` and `answers`, is seen to by who knows the names of all verbs.
        """
        if name == "gather":
            say = verb.get("say")
            return True if isinstance(say, dict) and say.get("stream") else None
        if name == "say":
            return True if verb.get("stream") else None
        if name == "config":
            return self.learn_config(verb)
        if name in MODEL_VERBS:
            self.llm_vendor = _vendor(verb) if name == "llm" else ""
            self.model = self.llm_vendor or name
            self.model_hook = hook_path(verb.get("actionHook"))
        return None

    def learn_config(self, config: Mapping[str, Any]) -> bool | None:
        """Take in the fields of a `config` verb or command."""
        barge_in = config.get("bargeIn")
        if isinstance(barge_in, dict):
            self.barge_in_on = bool(barge_in.get("enable"))
            if self.barge_in_on:
                self.barge_in_sticky = bool(barge_in.get("sticky"))
                inputs = barge_in.get("input")
                self.barge_in_inputs = inputs if isinstance(inputs, list) else ["speech"]
                self.barge_in_hook = hook_path(barge_in.get("actionHook"))
        stream = config.get("ttsStream")
        return bool(stream.get("enable")) if isinstance(stream, dict) else None

    def tool_called(self, tool_call_id: str, name: str) -> bool:
        """A model calls a tool. Its output, if one is ever sent, comes later. False: it is not remembered."""
        if len(tool_call_id) + len(name) > TOOL_CHARACTERS:
            return False
        self.tools[tool_call_id] = name
        if len(self.tools) > TOOL_CALLS:
            del self.tools[next(iter(self.tools))]
        return True

    def completed(self, output: ToolOutput) -> ToolOutput:
        """The output of a tool with what it leaves out: the vendor of the model, and the name of the tool."""
        if output.vendor:
            return output
        tool = output.function or self.tools.get(output.tool_call_id, "")
        return structs.replace(output, vendor=self.llm_vendor, function=tool)

    def skips(self, gather: Mapping[str, Any]) -> bool:
        """Whether the background barge-in, which is on, makes the server skip this `gather`.

        It does, unless the gather needs speech and the background does not listen for any.
        """
        inputs = gather.get("input")
        wants_speech = "speech" in inputs if isinstance(inputs, list) else False
        if wants_speech and "speech" not in self.barge_in_inputs:
            self.barge_in_on = False
            return False
        return True

    def barged_in(self, *, quirk: bool) -> bool:
        """The background barge-in reported. Tells whether it has cleared the verb stack.

        It goes on listening only when it is sticky. With the open-source server's quirk, one that has run
        without being sticky never clears the stack again, also when it is switched on once more.
        """
        clears = not (quirk and self.barge_in_spent)
        if not self.barge_in_sticky:
            self.barge_in_on = False
            self.barge_in_spent = True
        return clears


def _vendor(verb: Mapping[str, Any]) -> str:
    """The vendor of an `llm` verb: named, or implied by the verb's synonym such as `openai_s2s`."""
    vendor = verb.get("vendor")
    if isinstance(vendor, str):
        return vendor
    name = str(verb.get("verb"))
    return name.removesuffix("_s2s") if name in SYNONYMS and name != "s2s" else ""
