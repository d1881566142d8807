"""An agent that talks with a caller: a model, its tools, and the manners of the telephone.

```python
agent = VoiceAgent("You answer the telephone of a bakery.", model, [opening_hours], greeting="Hello!")


@app.call("/")
async def bakery(call: Call) -> None:
    await agent.run(call)
```

Everything here is made of what any program can use: `call.speak()`, `call.turn()`, `call.hooks()`, `texts`,
`Conversation` and `Tool`. Copy these files and change them, when an agent of yours has other manners.

1. The caller may speak at any time. What was being said is cut off then, and the request to the model closed.
2. A turn is what is done in answer to what the caller said: asking the model, running its tools, asking it
   again, saying what it says; and then waiting for the caller, who is asked whether he is still there. The
   next turn cancels it, wherever it stands.
3. A tool that runs is not cancelled by the caller's next words, unless it asks for that
   (`on_interrupt="cancel"`). Its output gets into the conversation whenever it comes.
4. A model that fails, hangs, gives nothing or calls tools for ever costs an apology. When it fails several
   times in a row, the caller hears the last words, and the call is hung up.

`persona` has what an agent is made of, `answering` the turn itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio

from jambonz_core.agents.conversation import Conversation
from jambonz_core.verbs.payloads import GatherResult
from jambonz_core.wire.errors import InvalidSnapshot
from jambonz_core.wire.events import StreamingEvent

from .answering import Talk
from .persona import Persona

if TYPE_CHECKING:
    from ..call import Call

PATH = "/voice-agent"


class VoiceAgent(Persona):
    """One agent, for any number of calls."""

    async def run(self, call: Call, conversation: Conversation | None = None) -> Conversation:
        """Talk with the caller until the call ends; returned is what was said.

        The conversation is kept in `call.state["voice_agent"]`, and goes on with a call that comes from
        another process.
        """
        if conversation is None:
            conversation = _kept(call)
        conversation.shorten = self._shorten or conversation.shorten
        failure: Exception | None = None
        try:
            await self._talk(call, conversation)
        except ExceptionGroup as group:
            failure = _only(group)
        if failure is not None:
            raise failure
        return conversation

    async def _talk(self, call: Call, conversation: Conversation) -> None:
        heard_here, events = call.hooks(PATH, GatherResult), call.events()
        async with heard_here, events, anyio.create_task_group() as tasks:
            talk = Talk(self, call, conversation, tasks)
            talk.has_call(self._named(_state(call).get("agent")))
            if call.saved_at is None:  # otherwise the server has all this from the other process
                barge_in = {**self._barge_in, "enable": True, "sticky": True, "actionHook": PATH}
                settings: dict[str, Any] = {
                    "ttsStream": {"enable": True},
                    "trackTtsPlayout": True,
                    "notifySttLatency": True,
                    **self._config,
                    "bargeIn": barge_in,
                }
                await call.config(settings).answer().send()
            tasks.start_soon(_watch, events, talk)
            tasks.start_soon(talk.begin, call.turn())
            async for heard in heard_here:
                words = _words_of(heard)
                if words:
                    tasks.start_soon(talk.turn, call.turn(), words, heard, anyio.current_time())
                else:
                    talk.nothing_said.set()
            tasks.cancel_scope.cancel()

    def _named(self, name: object) -> Persona:
        """The agent that had the call in another process: this one, or one that it hands over to."""
        seen: list[Persona] = [self]
        for agent in seen:
            if agent.name == name:
                return agent
            seen += [other for other in agent.hand_over_to if other not in seen]
        return self


def _state(call: Call) -> dict[str, Any]:
    """What an agent in another process has kept of the call."""
    state = call.state.get("voice_agent")
    return state if isinstance(state, dict) else {}


def _kept(call: Call) -> Conversation:
    """The conversation so far. What cannot be read, as of another version, is no reason to end a call."""
    state = _state(call)
    if state:
        try:
            return Conversation.restore(state.get("conversation"))
        except InvalidSnapshot as error:
            call.log.warning("The conversation begins anew: %s", error)
    return Conversation()


async def _watch(events: Any, talk: Talk) -> None:
    """Notice that the caller has begun to speak, before the words are there."""
    async for event in events:
        if isinstance(event, StreamingEvent) and event.event_type == "user_interruption":
            talk.caller_speaks.set()


def _words_of(heard: GatherResult) -> str:
    """What the caller said; keys are told in words, for a model has no other."""
    if heard.digits:
        return f"(The caller pressed {heard.digits}.)"
    return (heard.transcript or "").strip()


def _only(group: ExceptionGroup[Exception]) -> Exception:
    """The exception of a group of one."""
    inner: Exception = group
    while isinstance(inner, ExceptionGroup) and len(inner.exceptions) == 1:
        inner = inner.exceptions[0]
    return inner
