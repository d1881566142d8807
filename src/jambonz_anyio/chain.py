"""Verbs that are being put together, and the ways to have them run.

A chain belongs to the expression that built it: `call.say(…)` starts a fresh one, and each further verb is
added to that one only, so two tasks that speak on one call never mix their verbs. Nothing is sent before one
of these:

* `await chain.send()`: run them after what is queued;
* `await chain.replace()`: stop what runs, forget what is queued, run these;
* `await chain.reply()`: answer the hook that called the handler we are in;
* `await chain.result()`: send, and wait for what the verb reports;
* `await chain.done()`: send, and wait until the last verb is over.

A few verbs are also commands that act at once, past all that is queued. For those a chain of one verb may
itself be awaited: `await call.hangup()` ends the call now, `call.say(text="Bye.").hangup().send()` when its
turn comes.

A chain that is dropped without any of these was almost certainly meant to be sent, so it warns.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar, cast

from jambonz_core.call.commands import Command, EndCall, Replace, Send
from jambonz_core.verbs.assembling import assemble, spelled
from jambonz_core.verbs.builder import VerbBuilder
from jambonz_core.verbs.declared import VerbMethods
from jambonz_core.verbs.methods import UndeclaredVerbs
from jambonz_core.verbs.profiles import Profile
from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.live_commands import Configure, Dtmf, Dub, Redirect, SipRequest, Tag
from jambonz_core.wire.unproved import UnsureChoice

from ._call.awaited_verbs import SaysVerbs
from ._call.held_hook import current_hook

if TYPE_CHECKING:
    from typing import ParamSpec, Self, overload

    from jambonz_core.verbs.methods import VerbMethod

    P = ParamSpec("P")
    ResultT = TypeVar("ResultT")

ResultT_co = TypeVar("ResultT_co", covariant=True)


class UnsentChainWarning(RuntimeWarning):
    """Verbs were built and never sent."""


if TYPE_CHECKING:

    class ChainMethod(Generic[P, ResultT_co]):
        """A method with the parameters of a verb, which returns a chain that reports what the verb does."""

        @overload
        def __get__(self, owner: None, kind: type, /) -> Self: ...
        @overload
        def __get__(self, owner: ChainVerbs, kind: type, /) -> Callable[P, Chain[ResultT_co]]: ...
        def __get__(self, owner: Any, kind: Any, /) -> Any: ...

    def on_chain(declared: VerbMethod[P, ResultT]) -> ChainMethod[P, ResultT]:
        """The method of a verb, for what chains begin with and go on with."""
        ...

else:

    def on_chain(declared):
        return declared


class ChainVerbs(UndeclaredVerbs):
    """What can be said on a call: the verbs, as methods that return a chain.

    They are those of `VerbMethods`; only what type checkers take them to return is another. So
    ``call.gather(…)`` is a ``Chain[GatherResult]``, whose ``result()`` has the fields of that hook. A verb
    without a hook to report by gives a ``Chain[None]``.
    """

    __slots__ = ()

    verb: Final = on_chain(VerbMethods.verb)
    raw: Final = on_chain(VerbMethods.raw)
    # One line for each verb, written by `python scripts/generate.py`.
    say: Final = on_chain(VerbMethods.say)
    play: Final = on_chain(VerbMethods.play)
    gather: Final = on_chain(VerbMethods.gather)
    dial: Final = on_chain(VerbMethods.dial)
    config: Final = on_chain(VerbMethods.config)
    hangup: Final = on_chain(VerbMethods.hangup)
    agent: Final = on_chain(VerbMethods.agent)
    alert: Final = on_chain(VerbMethods.alert)
    answer: Final = on_chain(VerbMethods.answer)
    conference: Final = on_chain(VerbMethods.conference)
    deepgram_s2s: Final = on_chain(VerbMethods.deepgram_s2s)
    dequeue: Final = on_chain(VerbMethods.dequeue)
    dialogflow: Final = on_chain(VerbMethods.dialogflow)
    dtmf: Final = on_chain(VerbMethods.dtmf)
    dub: Final = on_chain(VerbMethods.dub)
    elevenlabs_s2s: Final = on_chain(VerbMethods.elevenlabs_s2s)
    enqueue: Final = on_chain(VerbMethods.enqueue)
    google_s2s: Final = on_chain(VerbMethods.google_s2s)
    gptlive_s2s: Final = on_chain(VerbMethods.gptlive_s2s)
    leave: Final = on_chain(VerbMethods.leave)
    lex: Final = on_chain(VerbMethods.lex)
    listen: Final = on_chain(VerbMethods.listen)
    llm: Final = on_chain(VerbMethods.llm)
    message: Final = on_chain(VerbMethods.message)
    microsoft_s2s: Final = on_chain(VerbMethods.microsoft_s2s)
    nova_s2s: Final = on_chain(VerbMethods.nova_s2s)
    openai_s2s: Final = on_chain(VerbMethods.openai_s2s)
    pause: Final = on_chain(VerbMethods.pause)
    pipeline: Final = on_chain(VerbMethods.pipeline)
    qwen_s2s: Final = on_chain(VerbMethods.qwen_s2s)
    rasa: Final = on_chain(VerbMethods.rasa)
    redirect: Final = on_chain(VerbMethods.redirect)
    rest_dial: Final = on_chain(VerbMethods.rest_dial)
    room: Final = on_chain(VerbMethods.room)
    s2s: Final = on_chain(VerbMethods.s2s)
    sip_decline: Final = on_chain(VerbMethods.sip_decline)
    sip_refer: Final = on_chain(VerbMethods.sip_refer)
    sip_request: Final = on_chain(VerbMethods.sip_request)
    stream: Final = on_chain(VerbMethods.stream)
    tag: Final = on_chain(VerbMethods.tag)
    transcribe: Final = on_chain(VerbMethods.transcribe)
    transfer: Final = on_chain(VerbMethods.transfer)
    ultravox_s2s: Final = on_chain(VerbMethods.ultravox_s2s)
    voiceagent_s2s: Final = on_chain(VerbMethods.voiceagent_s2s)
    voicelive_s2s: Final = on_chain(VerbMethods.voicelive_s2s)
    # Here ends what is written.


class Chain(ChainVerbs, Generic[ResultT_co]):
    """Verbs of one call, to be sent together.

    The type parameter is what the last verb reports: `call.gather(…)` is a `Chain[GatherResult]`.
    """

    __slots__ = ("__weakref__", "_driver", "_profile", "_runtime", "_spent", "_tried", "_verbs")

    def __init__(self, runtime: SaysVerbs, verbs: list[dict[str, Any]]) -> None:
        self._runtime = runtime
        driver = self._driver = runtime.driver
        self._profile = driver.core.profile
        self._verbs = verbs
        self._spent = False
        self._tried = False

    def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> Chain[Any]:
        try:
            self._verbs.append(assemble(verb, given, fields, self._profile))
        except BaseException:
            # The exception says enough; a warning about the rest of the chain would only stand before it.
            self._spent = True
            raise
        return self

    def take(self) -> list[dict[str, Any]]:
        """The verbs as plain dicts, for a purpose of your own. The chain is spent by it.

        >>> call.say(text="Hello").take()  # doctest: +SKIP
        [{'verb': 'say', 'text': 'Hello'}]
        """
        if self._spent:
            raise LocalProtocolError("this chain was sent already; build the verbs anew to say them again")
        self._spent = True
        return self._verbs

    def discard(self) -> None:
        """Forget the verbs, without a warning that they were never sent."""
        self._spent = True

    async def send(self, *, if_unsure: UnsureChoice | None = None) -> None:
        """Run the verbs after those that are queued.

        While the call is not answered yet, they are (a part of) its first answer. `if_unsure` decides what
        becomes of them when the connection is lost and nothing proves that they were read: left out, verbs
        that act (`dial`, `message`, …) are reported as lost, and others are sent again.
        """
        with _HandingOver(self) as verbs:
            await self._driver.checkpoint()
            self._driver.do(Send(verbs, if_unsure))
        await self._driver.room()

    async def replace(self, *, if_unsure: UnsureChoice | None = None) -> None:
        """Stop what runs now, forget what is queued, and run these verbs. `if_unsure` is that of `send()`."""
        with _HandingOver(self) as verbs:
            await self._driver.checkpoint()
            self._driver.do(Replace(verbs, if_unsure))
        await self._driver.room()

    async def reply(self) -> None:
        """Answer the hook that called the running handler. Each hook takes one answer."""
        with _HandingOver(self) as verbs:
            await self._driver.checkpoint()
            hook = current_hook.get()
            if hook is None or hook.driver is not self._driver:
                raise LocalProtocolError(
                    "reply() answers the hook whose handler runs, and none does here; use send()"
                )
            hook.answer(verbs)
        await self._driver.room()

    async def result(self, *, if_unsure: UnsureChoice | None = None) -> ResultT_co:
        """Send the verbs and wait for what they report.

        With several verbs it is the last one of them that has a report. Raises `VerbDropped` when none can
        come any more: the verbs were replaced, cleared by a barge-in, failed, or ended without a word. Being
        cancelled while it waits stops what runs. Some verbs can end without a word (`dial`, `listen`, …);
        behind those a `config` with `notifyEvents` is sent, which tells that they are over, so from then on
        there are `verb:status` events on this call. `if_unsure` is that of `send()`.

        ```python
        heard = await call.gather(input=["speech"], timeout=10).result()
        ```
        """
        with _HandingOver(self) as verbs:
            await self._driver.checkpoint()
            waiting = self._runtime.awaited.send_for_result(verbs, if_unsure)
        return cast("ResultT_co", await waiting)

    async def done(self, *, if_unsure: UnsureChoice | None = None) -> None:
        """Send the verbs and wait until the last one is over.

        Raises `VerbDropped` when it was stopped before. Being cancelled while it waits stops what runs. Sends
        a `config` with `notifyEvents` behind them, without which the server would not tell; so from then on
        there are `verb:status` events on this call. `if_unsure` is that of `send()`.
        """
        with _HandingOver(self) as verbs:
            await self._driver.checkpoint()
            waiting = self._runtime.awaited.send_for_end(verbs, if_unsure)
        await waiting

    def __await__(self) -> Generator[Any, Any, None]:
        """Do it now, for a verb that is also a command."""
        return self._driver.order(_command_for(self.take())).__await__()

    def __len__(self) -> int:
        return len(self._verbs)

    def __del__(self) -> None:
        if not self._spent and not self._tried and self._verbs:
            names = ", ".join(str(verb.get("verb")) for verb in self._verbs)
            warnings.warn(
                f"a chain was never sent: {names}; end it with send(), replace(), reply() or result()",
                UnsentChainWarning,
                stacklevel=2,
            )


class _HandingOver:
    """The verbs of a chain, for one attempt to send them: if it is refused, nothing was sent, and they are
    still there."""

    __slots__ = ("_chain",)

    def __init__(self, chain: Chain[Any]) -> None:
        self._chain = chain

    def __enter__(self) -> list[dict[str, Any]]:
        return self._chain.take()

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, LocalProtocolError):
            self._chain._spent, self._chain._tried = False, True


AnyVerbs: TypeAlias = (
    "Chain[Any] | VerbBuilder | Mapping[str, Any] | Sequence[Chain[Any] | VerbBuilder | Mapping[str, Any]]"
)
"""Verbs as a program may give them: a chain, a builder, a verb, or a list of these."""


def verbs_from(given: Any, profile: Profile) -> list[dict[str, Any]]:
    """Verbs out of whatever a program may give: a chain, a verb, a list of these, or nothing."""
    if given is None:
        return []
    if isinstance(given, Chain):
        return given.take()
    if isinstance(given, VerbBuilder):
        return given.build(profile)
    if isinstance(given, Mapping):
        verb = spelled(given, profile.schemas.verbs)
        return [assemble(verb["verb"], verb, {}, profile)]
    if isinstance(given, Sequence) and not isinstance(given, (str, bytes)):
        return [verb for part in given for verb in verbs_from(part, profile)]
    raise LocalProtocolError(f"expected verbs, as a chain or as dicts, not {type(given).__name__}")


def _command_for(verbs: Sequence[Mapping[str, Any]]) -> Command:
    """The command that does at once what a verb does in its turn, for `await call.hangup()` and its like."""
    if len(verbs) != 1:
        raise LocalProtocolError("one verb at a time can be done at once; end the chain with send()")
    verb = dict(verbs[0])
    name = verb.pop("verb")
    verb.pop("id", None)
    match name:
        case "hangup":
            return EndCall(**verb)
        case "sip:decline":
            return EndCall(**verb)
        case "config":
            return Configure(config=verb)
        case "dub":
            return Dub(dub=verb)
        case "dtmf":
            return Dtmf(digit=verb["dtmf"], duration=verb.get("duration"))
        case "tag":
            return Tag(data=verb["data"])
        case "redirect":
            return Redirect(call_hook=verb["actionHook"])
        case "sip:request":
            headers = verb.get("headers")
            return SipRequest(method=verb["method"], content=verb.get("body"), headers=headers)
    raise LocalProtocolError(
        f"{name} cannot be done at once, so it is not to be awaited: end the chain with send(), or result()"
    )
