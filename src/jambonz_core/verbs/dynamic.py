"""Verbs that this library has no method for: by name, by a schema from run time, or not described at all."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from jambonz_core.verbs.profiles import Profile

R_co = TypeVar("R_co", covariant=True)


class DynamicVerbs(Generic[R_co]):
    """The two ways to say a verb by name, and methods for verbs whose schema came at run time.

    A class that binds verb methods has a `_profile`, whose schemas say which verbs there are.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        _profile: Profile

        def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> R_co: ...

    else:

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            from functools import partial

            from jambonz_core.validation.spelling import nearest

            known = self._profile.schemas.verbs
            wire = wire_name(name, known)
            if wire in known:
                return partial(self.verb, wire)
            meant = nearest(name, known)
            hint = f"; did you mean {meant!r}?" if meant else ""
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{hint}")

    def verb(
        self, name: str | Mapping[str, Any], given: Mapping[str, Any] | None = None, /, **fields: Any
    ) -> R_co:
        """Any verb that the profile's schemas describe, by its name, or as a dict in either spelling.

        >>> from jambonz_core import VerbBuilder
        >>> VerbBuilder().verb("say", text="Hi").verb({"pause": {"length": 1}}).build()
        [{'verb': 'say', 'text': 'Hi'}, {'verb': 'pause', 'length': 1}]
        """
        from jambonz_core.verbs.assembling import spelled

        known = self._profile.schemas.verbs
        if isinstance(name, str):
            wire = {(each[:-1] if keyword.iskeyword(each[:-1]) else each): fields[each] for each in fields}
            return self._add(wire_name(name, known), given, wire)
        document = spelled(name, known)
        return self._add(wire_name(document["verb"], known), document, fields)

    def raw(self, verb: Mapping[str, Any], /) -> R_co:
        """A verb that goes out as it is given, unseen by schemas and profile."""
        from jambonz_core.verbs.assembling import RAW

        return self._add(RAW, verb, {})


def wire_name(name: str, known: Mapping[str, Any]) -> str:
    """The wire's name of a verb that may be given by its Python name: `sip_decline` is `sip:decline`."""
    with_colon = name.replace("_", ":", 1)
    return with_colon if name not in known and with_colon in known else name
