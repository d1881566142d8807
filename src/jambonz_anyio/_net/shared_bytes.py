"""What all connections of a server may hold together of one kind, in bytes."""

from __future__ import annotations


class SharedBytes:
    """A bound that many share.

    >>> bodies = SharedBytes(100)
    >>> bodies.take(60), bodies.take(60), bodies.held
    (True, False, 60)
    """

    __slots__ = ("held", "most")

    def __init__(self, most: int) -> None:
        self.most: int = most
        self.held: int = 0
        """How much is held just now."""

    def take(self, size: int) -> bool:
        """Hold so much more. False: it would pass the bound, and nothing was taken."""
        if self.held + size > self.most:
            return False
        self.held += size
        return True

    def give_back(self, size: int) -> None:
        """Hold so much less."""
        self.held -= size
