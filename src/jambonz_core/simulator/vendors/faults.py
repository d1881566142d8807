"""What the vendors of a session do wrong, on demand."""

from __future__ import annotations

from collections.abc import Callable


class VendorFaults:
    """Failures that were ordered and have not happened yet, and who wants to know of recognition failures."""

    def __init__(self) -> None:
        self.stt_watchers: list[Callable[[str], None]] = []
        self._tts = 0
        self._tts_details = ""

    def fail_tts(self, details: str, count: int) -> None:
        """Let the next texts fail at the speech vendor."""
        self._tts, self._tts_details = count, details

    def tts_fails(self) -> str | None:
        """Whether this text fails, and how."""
        if not self._tts:
            return None
        self._tts -= 1
        return self._tts_details

    def fail_stt(self, details: str) -> None:
        """Let every recognition that runs fail."""
        for watcher in self.stt_watchers[:]:
            watcher(details)
