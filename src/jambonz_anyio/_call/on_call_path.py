# Generated from the registry of the wire by `python scripts/generate.py`. Do not edit.
"""`CallPath.on`, with the payload of each message in the types of its handlers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal, TypeVar

    from jambonz_core.verbs import payloads as p
    from jambonz_core.wire.events import TurnMeasured

    from ..call import Call
    from .on_call import SomeHook

    SessionReconnectT = TypeVar("SessionReconnectT", bound="Callable[[Call, p.SessionReconnectData], object]")
    SessionRedirectT = TypeVar("SessionRedirectT", bound="Callable[[Call, p.SessionRedirectData], object]")
    SessionAdultingT = TypeVar("SessionAdultingT", bound="Callable[[Call, Call], object]")
    DialConfirmT = TypeVar("DialConfirmT", bound="Callable[[Call, p.DialConfirmData], object]")
    CallStatusT = TypeVar("CallStatusT", bound="Callable[[Call, p.CallStatusData], object]")
    VerbStatusT = TypeVar("VerbStatusT", bound="Callable[[Call, p.VerbStatusData], object]")
    ErrorT = TypeVar("ErrorT", bound="Callable[[Call, p.ErrorData], object]")
    LlmEventT = TypeVar("LlmEventT", bound="Callable[[Call, p.LlmEventData], object]")
    LlmToolCallT = TypeVar("LlmToolCallT", bound="Callable[[Call, p.LlmToolCallData], object]")
    AgentEventT = TypeVar("AgentEventT", bound="Callable[[Call, p.AgentEventData], object]")
    AgentToolCallT = TypeVar("AgentToolCallT", bound="Callable[[Call, p.AgentToolCallData], object]")
    TtsTokensResultT = TypeVar("TtsTokensResultT", bound="Callable[[Call, p.TtsTokensResultData], object]")
    TtsStreamingEventT = TypeVar("TtsStreamingEventT", bound="Callable[[Call, p.TtsStreamingEventData], object]")
    TurnT = TypeVar("TurnT", bound="Callable[[Call, TurnMeasured], object]")
    HookT = TypeVar("HookT", bound="Callable[[Call, SomeHook], object]")


class CallPathHandlers:
    """What `CallPath` is registered with: `on`."""

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
    def on(self, name: Literal["session:adulting"]) -> Callable[[SessionAdultingT], SessionAdultingT]: ...  # type: ignore[overload-overlap]
    @overload
    def on(self, name: Literal["session:adulting"], handler: SessionAdultingT) -> SessionAdultingT: ...
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
        """`call.on` for every call of the path: a handler of the call and the payload."""
        return self._on(name, handler)
