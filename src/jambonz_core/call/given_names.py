"""Names that this side gives to verbs of a call, each of them once, whichever process gives it."""

from __future__ import annotations

from msgspec import Struct

GIVEN_HOOKS = "/~"
"""How the hook paths begin that this side gives; those of a program begin otherwise."""


class GivenNames(Struct, gc=False):
    """How many there are. Plain data, so a snapshot holds it as it is.

    >>> names = GivenNames()
    >>> names.new_hook(), names.new_hook(), names.new_verb_id()
    ('/~1', '/~2', '~1')
    >>> names.restored += 1
    >>> names.new_hook()
    '/~1~3'
    """

    restored: int = 0
    """How many processes the call was carried through. What they have given since their last snapshot is not
    known, so the number is a part of the name.
    """
    hooks: int = 0
    verb_ids: int = 0

    def new_hook(self) -> str:
        """A hook path that no other verb of the call has."""
        self.hooks += 1
        return f"/{self._name(self.hooks)}"

    def new_verb_id(self) -> str:
        """A verb `id` that no other verb of the call has."""
        self.verb_ids += 1
        return self._name(self.verb_ids)

    def _name(self, number: int) -> str:
        return f"~{number}" if not self.restored else f"~{self.restored}~{number}"
