# Generated from the registry of the wire by `python scripts/generate.py`. Do not edit.
"""`Call.on`, with the payload of each message in the types of its handlers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal, Self, TypeVar

    from jambonz_core.verbs import payloads as p
    from jambonz_core.wire.events import TurnMeasured

    class SomeHook(  # type: ignore[misc]  # they agree about nothing, and nobody makes one
        p.AgentEventData, p.AgentToolCallData, p.AgentTurn, p.AmdEvent, p.ConferenceResult,
        p.ConferenceStatus, p.ConferenceWait, p.DequeueResult, p.DialConfirmData, p.DialDtmf, p.DialHold,
        p.DialRefer, p.DialResult, p.DialogflowEvent, p.DialogflowResult, p.EnqueueResult, p.EnqueueWait,
        p.GatherPartial, p.GatherResult, p.LexEvent, p.LexResult, p.ListenResult, p.LlmEventData,
        p.LlmResult, p.LlmToolCallData, p.MessageResult, p.PipelineTurn, p.PlayResult, p.QueueStatus,
        p.RasaEvent, p.RasaResult, p.ReferEvent, p.ReferResult, p.SessionRedirectData, p.SipRequestResult,
        p.SipRequestWithinDialog, p.TranscribeEvent, p.TransferResult, p.TranslationEvent,
    ):
        """The payload of some hook, of whichever class a handler takes."""

    SessionReconnectT = TypeVar("SessionReconnectT", bound="Callable[[p.SessionReconnectData], object]")
    SessionRedirectT = TypeVar("SessionRedirectT", bound="Callable[[p.SessionRedirectData], object]")
    SessionAdultingT = TypeVar("SessionAdultingT")
    DialConfirmT = TypeVar("DialConfirmT", bound="Callable[[p.DialConfirmData], object]")
    CallStatusT = TypeVar("CallStatusT", bound="Callable[[p.CallStatusData], object]")
    VerbStatusT = TypeVar("VerbStatusT", bound="Callable[[p.VerbStatusData], object]")
    ErrorT = TypeVar("ErrorT", bound="Callable[[p.ErrorData], object]")
    LlmEventT = TypeVar("LlmEventT", bound="Callable[[p.LlmEventData], object]")
    LlmToolCallT = TypeVar("LlmToolCallT", bound="Callable[[p.LlmToolCallData], object]")
    AgentEventT = TypeVar("AgentEventT", bound="Callable[[p.AgentEventData], object]")
    AgentToolCallT = TypeVar("AgentToolCallT", bound="Callable[[p.AgentToolCallData], object]")
    TtsTokensResultT = TypeVar("TtsTokensResultT", bound="Callable[[p.TtsTokensResultData], object]")
    TtsStreamingEventT = TypeVar("TtsStreamingEventT", bound="Callable[[p.TtsStreamingEventData], object]")
    TurnT = TypeVar("TurnT", bound="Callable[[TurnMeasured], object]")
    HookT = TypeVar("HookT", bound="Callable[[SomeHook], object]")


class CallHandlers:
    """What `Call` is registered with: `on`."""

    __slots__ = ()

    if TYPE_CHECKING:

        def _on(self, name: str, handler: Any, /) -> Any:
            """Keep a handler and give it back, or a decorator for one."""

    @overload
    def on(self, name: Literal["session:reconnect"]) -> Callable[[SessionReconnectT], SessionReconnectT]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["session:reconnect"], handler: SessionReconnectT) -> SessionReconnectT: ...
    @overload
    def on(self, name: Literal["session:redirect"]) -> Callable[[SessionRedirectT], SessionRedirectT]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["session:redirect"], handler: SessionRedirectT) -> SessionRedirectT: ...
    @overload
    def on(self, name: Literal["session:adulting"]) -> Callable[[Callable[[Self], SessionAdultingT]], Callable[[Self], SessionAdultingT]]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["session:adulting"], handler: Callable[[Self], SessionAdultingT]) -> Callable[[Self], SessionAdultingT]: ...
    @overload
    def on(self, name: Literal["dial:confirm"]) -> Callable[[DialConfirmT], DialConfirmT]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["dial:confirm"], handler: DialConfirmT) -> DialConfirmT: ...
    @overload
    def on(self, name: Literal["call:status"]) -> Callable[[CallStatusT], CallStatusT]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["call:status"], handler: CallStatusT) -> CallStatusT: ...
    @overload
    def on(self, name: Literal["verb:status"]) -> Callable[[VerbStatusT], VerbStatusT]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["verb:status"], handler: VerbStatusT) -> VerbStatusT: ...
    @overload
    def on(self, name: Literal["jambonz:error"]) -> Callable[[ErrorT], ErrorT]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["jambonz:error"], handler: ErrorT) -> ErrorT: ...
    @overload
    def on(self, name: Literal["llm:event"]) -> Callable[[LlmEventT], LlmEventT]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["llm:event"], handler: LlmEventT) -> LlmEventT: ...
    @overload
    def on(self, name: Literal["llm:tool-call"]) -> Callable[[LlmToolCallT], LlmToolCallT]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["llm:tool-call"], handler: LlmToolCallT) -> LlmToolCallT: ...
    @overload
    def on(self, name: Literal["agent:event"]) -> Callable[[AgentEventT], AgentEventT]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["agent:event"], handler: AgentEventT) -> AgentEventT: ...
    @overload
    def on(self, name: Literal["agent:tool-call"]) -> Callable[[AgentToolCallT], AgentToolCallT]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["agent:tool-call"], handler: AgentToolCallT) -> AgentToolCallT: ...
    @overload
    def on(self, name: Literal["tts:tokens-result"]) -> Callable[[TtsTokensResultT], TtsTokensResultT]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["tts:tokens-result"], handler: TtsTokensResultT) -> TtsTokensResultT: ...
    @overload
    def on(self, name: Literal["tts:streaming-event", "tts:stream_open", "tts:stream_closed", "tts:stream_paused", "tts:stream_resumed", "tts:user_interruption", "tts:tts_spoken"]) -> Callable[[TtsStreamingEventT], TtsStreamingEventT]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["tts:streaming-event", "tts:stream_open", "tts:stream_closed", "tts:stream_paused", "tts:stream_resumed", "tts:user_interruption", "tts:tts_spoken"], handler: TtsStreamingEventT) -> TtsStreamingEventT: ...
    @overload
    def on(self, name: Literal["turn"]) -> Callable[[TurnT], TurnT]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["turn"], handler: TurnT) -> TurnT: ...
    @overload
    def on(self, name: str) -> Callable[[HookT], HookT]: ...
    @overload
    def on(self, name: str, handler: HookT) -> HookT: ...

    def on(self, name: str, handler: Any = None) -> Any:
        """Call `handler(payload)` whenever a hook of this path comes, or an event of this name.

        Names of events are those of the wire, such as ``call:status``, ``verb:status``, ``llm:tool-call`` or
        ``session:redirect``. ``verb:hook`` stands for every path that has no handler, and ``turn`` for what
        the library has measured of a turn (`TurnMeasured`). A handler of a hook answers it: with the verbs
        that it returns, or by `reply()`, or with nothing. It runs as a task of the call.

        ```python
        @call.on("/menu")
        async def menu(choice) -> Chain:
            return call.say(text=f"You pressed {choice.digits}.")
        ```
        """
        return self._on(name, handler)
