"""Key sequences that a `dial` waits for while the parties talk."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..world import World

AGEING_SECONDS = 3.0
"""After so long without a key, what was pressed before is forgotten."""


class KeyPatterns:
    """Matches the end of what one party pressed."""

    def __init__(self, world: World, patterns: Iterable[str], found: Callable[[str], None]) -> None:
        self._world = world
        self._patterns = [str(pattern) for pattern in patterns]
        self._found = found
        self._pressed = ""
        self._last = 0.0

    def key(self, digit: str, _duration: int) -> None:
        """Take a key that was pressed."""
        if self._world.now - self._last > AGEING_SECONDS:
            self._pressed = ""
        self._last = self._world.now
        self._pressed += digit
        for pattern in self._patterns:
            if self._pressed.endswith(pattern):
                self._pressed = ""
                self._found(pattern)
                return
