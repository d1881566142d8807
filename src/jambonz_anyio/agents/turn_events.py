"""What a voice agent tells of each turn, for logs, bills and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jambonz_core.agents.conversation_items import OutcomeName
from jambonz_core.agents.model_answers import Usage
from jambonz_core.wire.events import TurnLatency

from .spoken_answer import SpokenAnswer, ToolRun

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: the caller said something, and the agent answered, or was interrupted, or failed."""

    number: int
    agent: str
    """The name of the agent that had the call when the turn ended."""
    caller: str
    """What the caller said."""
    answer: str
    """What the model said, fillers and apologies of the agent included."""
    heard: str
    """What the caller has heard of it, as far as the server has told when the turn was over."""
    outcome: OutcomeName
    """What became of the answer: ``live`` where nothing is known to have stopped it yet."""
    interrupted: bool
    """Whether the caller interrupted the answer."""
    tools: Sequence[ToolRun]
    usage: Sequence[Usage]
    """What each request to the model has cost, where the model told."""
    error: Exception | None
    """Why the model gave no answer; None where it gave one."""
    latency: TurnLatency

    @classmethod
    def _of(
        cls, answer: SpokenAnswer, number: int, agent: str, caller: str, latency: TurnLatency, error: Any
    ) -> Turn:
        stopped: list[OutcomeName] = [part.outcome for part in answer.said if part.outcome != "accepted"]
        return cls(
            number=number,
            agent=agent,
            caller=caller,
            answer="".join(part.text for part in answer.said),
            heard="".join(part.known for part in answer.said),
            outcome=stopped[0] if stopped else "accepted",
            interrupted=answer.speech is not None and answer.speech.interrupted,
            tools=answer.tools,
            usage=tuple(answer.usage),
            error=error,
            latency=latency,
        )
