"""Who a voice agent is: what its model is told, what it may do, and its words for what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jambonz_core.agents.conversation import Shorten
from jambonz_core.wire.errors import LocalProtocolError

from ..tools import AnyTool, Filler, Tool, as_tools
from .spoken_answer import Model
from .turn_events import Turn

_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Persona:
    """The settings of a `VoiceAgent`."""

    def __init__(
        self,
        instructions: str,
        model: Model,
        tools: Sequence[AnyTool] = (),
        *,
        name: str = "agent",
        description: str = "",
        greeting: str = "",
        hand_over_to: Sequence[Persona] = (),
        filler: Filler = "",
        filler_seconds: float = 2.0,
        silence_seconds: float | None = 8.0,
        prompts: Sequence[str] = ("Are you still there?",),
        goodbye: str = "Goodbye.",
        apology: str = "Sorry, I did not get that. Could you say it again?",
        last_words: str = "Sorry, something is broken here. Please call again later.",
        model_failures: int = 2,
        model_seconds: float = 15.0,
        tool_rounds: int = 5,
        config: Mapping[str, Any] | None = None,
        barge_in: Mapping[str, Any] | None = None,
        shorten: Shorten | None = None,
        on_turn: Callable[[Turn], Any] | None = None,
    ) -> None:
        """Describe the agent.

        Args:
            instructions: What the model is told of its part.
            model: A function of the conversation and the tools that asks the model.
            tools: What the model may call: tools, or functions that become some.
            name: Of the agent, for reports of turns and for others that hand over to it.
            description: When others should hand over to it, for their models.
            greeting: What it says first.
            hand_over_to: Agents that its model may hand the caller over to. The conversation goes on.
            filler: What it says when the model takes longer than `filler_seconds` for its first word. A tool
                has a filler of its own.
            filler_seconds: How long that is.
            silence_seconds: How long a caller may say nothing before the next of the prompts; None for ever.
            prompts: What is said to a caller who says nothing, one after the other.
            goodbye: What is said when all of them were in vain, before the agent hangs up.
            apology: What is said when the model has failed.
            last_words: What is said when it has failed `model_failures` times in a row, before hanging up.
            model_failures: How many times that is.
            model_seconds: How long the model may be silent, before its first word and between two.
            tool_rounds: How many times in one turn it may call tools.
            config: More of the verb `config`, such as a `recognizer` and a `synthesizer`.
            barge_in: More of its `bargeIn`, such as `minBargeinWordCount`.
            shorten: Keeps the conversation short; see `Conversation`.
            on_turn: Called with a `Turn` at the end of each, plain or async.
        """
        for fault, message in (
            (not callable(model), f"the model of an agent is a function, not a {type(model).__name__}"),
            (
                not isinstance(instructions, str),
                f"the instructions of an agent are a text, not a {type(instructions).__name__}",
            ),
            (not _NAME.fullmatch(name), f"name is letters, digits, _ and -, at most 40, not {name!r}"),
            (isinstance(prompts, str), "prompts is a list of texts, not one text"),
            (
                not all(isinstance(other, Persona) for other in hand_over_to),
                "hand_over_to is a list of agents",
            ),
            (
                len({getattr(other, "name", other) for other in hand_over_to}) < len(hand_over_to),
                "the agents of hand_over_to need different names",
            ),
            (tool_rounds < 0, f"tool_rounds is at least 0, not {tool_rounds}"),
            (model_failures < 1, f"model_failures is at least 1, not {model_failures}"),
            (
                silence_seconds is not None and silence_seconds <= 0,
                f"silence_seconds is more than 0, or None, not {silence_seconds}",
            ),
        ):
            if fault:
                raise LocalProtocolError(message)
        self.instructions: str = instructions
        """What the model is told of its part."""
        self.model: Model = model
        """Asks the model."""
        self.tools: list[Tool[..., Any]] = list(as_tools(tools).values())
        """What the model may call."""
        self.name: str = name
        """For reports of turns, and for other agents."""
        self.description: str = description
        """When other agents should hand over to this one."""
        self.greeting: str = greeting
        """What it says first."""
        self.hand_over_to: list[Persona] = list(hand_over_to)
        """The agents that this one may hand a caller over to."""
        self._filler, self._filler_seconds = filler, filler_seconds
        self._silence_seconds, self._prompts, self._goodbye = silence_seconds, tuple(prompts), goodbye
        self._apology, self._last_words = apology, last_words
        self._model_failures, self._model_seconds = model_failures, model_seconds
        self._tool_rounds = tool_rounds
        self._config = dict(config or {})
        self._barge_in = {"input": ["speech"], **(barge_in or {})}
        self._shorten = shorten
        self._on_turn = on_turn

    def _session(self, path: str) -> dict[str, Any]:
        """What the verb `config` says of a session with this agent, whose hooks go to `path`."""
        return {
            "ttsStream": {"enable": True},
            "trackTtsPlayout": True,
            "notifySttLatency": True,
            **self._config,
            "bargeIn": {**self._barge_in, "enable": True, "sticky": True, "actionHook": path},
        }

    def _named(self, name: object) -> Persona:
        """The agent of this name: this one, or one that it hands over to; this one where there is none."""
        seen: list[Persona] = [self]
        for agent in seen:
            if agent.name == name:
                return agent
            seen += [other for other in agent.hand_over_to if other not in seen]
        return self
