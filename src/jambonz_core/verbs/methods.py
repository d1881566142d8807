"""How a verb's declaration becomes a method, and the verbs that nobody has declared.

`declared.VerbMethods` declares each verb once, as a function that is never run: its name on the wire, its
keywords, their meaning, and, as its return type, what the verb reports to its action hook. At run time `verb`
puts a plain function in its place, which hands what it was given to the `_add` of its owner.

What that returns is the owner's affair, so type checkers see a descriptor: on a class whose `_add` gives `T`,
`say` takes the declared keywords and gives `T`. The declared result serves those whose verbs can be waited
for: their own descriptor, made from this one, can say "a chain that reports a `GatherResult`".
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from jambonz_core.verbs.assembling import RAW, spelled

if TYPE_CHECKING:
    from typing import Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar, overload

    from jambonz_core.verbs.payloads import HookPayload
    from jambonz_core.verbs.profiles import Profile

    P = ParamSpec("P")
    ResultT = TypeVar("ResultT")
    ResultT_co = TypeVar("ResultT_co", covariant=True)
    GivenT = TypeVar("GivenT")
    GivenT_co = TypeVar("GivenT_co", covariant=True)

    class Adds(Protocol[GivenT_co]):
        """An object with an `add` that verbs are handed to, such as a builder or a call."""

        def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> GivenT_co: ...

    class VerbMethod(Generic[P, ResultT_co]):
        """A method with the parameters of a verb; what it returns is what its owner's `_add` returns."""

        @overload
        def __get__(self, owner: None, kind: type, /) -> Self: ...
        @overload
        def __get__(self, owner: Adds[GivenT], kind: type, /) -> Callable[P, GivenT]: ...
        def __get__(self, owner: Any, kind: Any, /) -> Any: ...

    def verb(
        name: str, /, *, alone: str = "", **renamed: str
    ) -> Callable[[Callable[Concatenate[Any, P], ResultT]], VerbMethod[P, ResultT]]:
        """Declare the verb that has this name on the wire.

        `alone` is the property that a string means which is given without a name. `renamed` has the wire's
        names of keywords that cannot be called so in Python.
        """
        ...

    def by_name(function: Callable[Concatenate[Any, P], ResultT]) -> VerbMethod[P, ResultT]:
        """For what adds a verb by itself: only its type is changed."""
        ...

else:

    def verb(wire, /, *, alone="", **renamed):
        def method_of(declared):
            if alone or renamed:

                def method(self, given=None, /, **fields):
                    fields = {renamed.get(name, name): fields[name] for name in fields}
                    if isinstance(given, str) and alone and fields.get(alone) is None:
                        fields[alone], given = given, None
                    return self._add(wire, given, fields)

            else:

                def method(self, given=None, /, **fields):
                    return self._add(wire, given, fields)

            # What `functools.wraps` does, less what nobody asks for: 45 times at the first import.
            method.__name__, method.__qualname__ = declared.__name__, declared.__qualname__
            method.__doc__, method.__wrapped__ = declared.__doc__, declared
            return method

        return method_of

    def by_name(function):
        return function


class UndeclaredVerbs:
    """Methods for verbs whose schema came at run time.

    A class that verbs can be said to has a `_profile`, whose schemas say which verbs there are.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        _profile: Profile

    else:

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            from jambonz_core.validation.spelling import nearest

            known = self._profile.schemas.verbs
            wire = wire_name(name, known)
            if wire in known:
                return partial(self.verb, wire)
            meant = nearest(name, known)
            hint = f"; did you mean {meant!r}?" if meant else ""
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{hint}")


class VerbsByName(UndeclaredVerbs):
    """The two ways to say a verb by name."""

    __slots__ = ()

    # Their return type is what the verb reports, as in a declaration, and not what they return.

    @by_name
    def verb(
        self: Any, name: str | Mapping[str, Any], given: Mapping[str, Any] | None = None, /, **fields: Any
    ) -> HookPayload:
        """Any verb that the profile's schemas describe, by its name, or as a dict in either spelling.

        >>> from jambonz_core import VerbBuilder
        >>> VerbBuilder().verb("say", text="Hi").verb({"pause": {"length": 1}}).build()
        [{'verb': 'say', 'text': 'Hi'}, {'verb': 'pause', 'length': 1}]
        """
        known = self._profile.schemas.verbs
        if isinstance(name, str):
            wire = {(each[:-1] if keyword.iskeyword(each[:-1]) else each): fields[each] for each in fields}
            return self._add(wire_name(name, known), given, wire)  # type: ignore[no-any-return]
        document = spelled(name, known)
        return self._add(wire_name(document["verb"], known), document, fields)  # type: ignore[no-any-return]

    @by_name
    def raw(self: Any, verb: Mapping[str, Any], /) -> HookPayload:
        """A verb that goes out as it is given, unseen by schemas and profile."""
        return self._add(RAW, verb, {})  # type: ignore[no-any-return]


def wire_name(name: str, known: Mapping[str, Any]) -> str:
    """The wire's name of a verb that may be given by its Python name: `sip_decline` is `sip:decline`."""
    with_colon = name.replace("_", ":", 1)
    return with_colon if name not in known and with_colon in known else name
