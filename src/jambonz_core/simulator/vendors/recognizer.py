"""Recognition of speech: a listener with a vendor behind it, and the payloads in which its results travel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..legs.legs import Heard, Leg
from .faults import VendorFaults


class Recognition:
    """One running recogniser on a leg."""

    def __init__(
        self,
        faults: VendorFaults,
        leg: Leg,
        *,
        on_final: Callable[[Heard], None],
        on_interim: Callable[[Heard], None] = lambda _: None,
        on_voice: Callable[[], None] = lambda: None,
        on_failure: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.leg = leg
        self._faults = faults
        self.final = on_final
        self.interim = on_interim
        self.voice = on_voice
        self._on_failure = on_failure
        self.running: bool = False

    def start(self) -> None:
        """Begin to listen to the leg."""
        if not self.running:
            self.running = True
            self._faults.stt_watchers.append(self._on_failure)
            self.leg.listen(self)

    def stop(self) -> None:
        """Stop listening to the leg."""
        if self.running:
            self.running = False
            self._faults.stt_watchers.remove(self._on_failure)
            self.leg.unlisten(self)


def speech_payload(
    heard: list[Heard], vendor: str, language: str, *, final: bool, channel: int = 1
) -> dict[str, Any]:
    """`speech`, as hooks carry it. Several segments are merged, and their confidence is averaged."""
    transcript = " ".join(segment.text for segment in heard)
    confidence = sum(segment.confidence for segment in heard) / max(len(heard), 1)
    events = [_vendor_event(segment, vendor) for segment in heard]
    return {
        "language_code": language,
        "channel_tag": channel,
        "is_final": final,
        "alternatives": [{"confidence": round(confidence, 4), "transcript": transcript}],
        "vendor": {"name": vendor, "evt": events[0] if len(events) == 1 else events},
    }


def _vendor_event(heard: Heard, vendor: str) -> Mapping[str, Any]:
    """What the vendor itself said; its keys are rewritten on the way like all others."""
    alternative = {"transcript": heard.text, "confidence": heard.confidence}
    return {"type": "Results", "vendor": vendor, "isFinal": heard.final, "alternatives": [alternative]}
