"""What the payload classes offer beyond their fields: the answers that programs are after.

Bases for the classes in `payloads`, which are written from the schemas and cannot know these.
"""

from __future__ import annotations

from typing import Any

from jambonz_core.verbs.payload_base import (
    Field,
    Payload,
    as_flag,
    as_number,
    as_object,
    as_text,
    text,
)


class CallInfo(Payload):
    """What comes with nearly every hook, and that the published base schema leaves out."""

    __slots__ = ()

    verb_id: Field[str | None] = text("verb_id")
    """The `id` of the verb that this hook belongs to, if it was given one."""
    parent_call_sid: Field[str | None] = text("parent_call_sid")
    """The call that dialled this one, on a called leg."""

    @property
    def customer_data(self) -> dict[str, Any]:
        """What the `tag` verb or the REST API attached to the call."""
        # Some hooks carry the server's own object instead of its JSON form; the key is lower-case there.
        return as_object(self._raw.get("customerData")) or as_object(self._raw.get("customerdata"))


class Heard(CallInfo):
    """What speech recognition understood, with the best guess at hand."""

    __slots__ = ()

    def _best(self) -> dict[str, Any]:
        try:
            best = self._raw["speech"]["alternatives"][0]
        except (KeyError, IndexError, TypeError):  # nothing was heard, or these are no objects and arrays
            return {}
        return best if isinstance(best, dict) else {}

    @property
    def transcript(self) -> str:
        """The best alternative of what was said; empty when nothing was."""
        return as_text(self._best().get("transcript")) or ""

    @property
    def confidence(self) -> float | None:
        """How sure the recogniser is of `transcript`, from 0 to 1."""
        return as_number(self._best().get("confidence"))

    @property
    def is_final(self) -> bool:
        """Whether the recogniser is done with this utterance."""
        return bool(as_flag(as_object(self._raw.get("speech")).get("is_final")))


class Bridged(CallInfo):
    """What jambonz reports when a `dial` verb has ended."""

    __slots__ = ()

    @property
    def answered(self) -> bool:
        """Whether somebody was connected."""
        return self._raw.get("dial_call_status") == "completed"


class LatencyBase(Payload):
    """Where the time of an agent's turn went, in milliseconds.

    Two spellings are published; each property here reads whichever came.
    """

    __slots__ = ()

    @property
    def stt(self) -> float | None:
        """Speech recognition: from the caller's last word to the final transcript."""
        return self._either("stt_ms", "transcriber_latency")

    @property
    def end_of_turn(self) -> float | None:
        """Deciding that the caller had finished."""
        return self._either("eot_ms", "turn_detection_latency")

    @property
    def llm(self) -> float | None:
        """The language model: from the request to its first token."""
        return self._either("llm_ms", "model_latency")

    @property
    def tts(self) -> float | None:
        """Speech synthesis: from the first text to the first audio."""
        return self._either("tts_ms", "voice_latency")

    def _either(self, short: str, long: str) -> float | None:
        value = as_number(self._raw.get(short))
        return as_number(self._raw.get(long)) if value is None else value


class Replied(Payload):
    """An agent's answer, which is called `agent_response` by some versions and `llm_response` by others."""

    __slots__ = ()

    @property
    def is_response(self) -> bool:
        """Whether this event carries what the agent said."""
        return self._raw.get("type") in ("agent_response", "llm_response")
