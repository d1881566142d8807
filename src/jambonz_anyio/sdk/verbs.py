"""What programs import from ``jambonz_sdk.verbs``: single verbs by their class names.

```python
from jambonz_anyio.sdk.components import Recognizer
from jambonz_anyio.sdk.verbs import Gather, Say

session.gather(Gather(
    input=["speech", "digits"],
    action_hook="/menu",
    num_digits=1,
    say=Say(text="Press 1 for sales."),
    recognizer=Recognizer(vendor="deepgram", language="en-US"),
))
```

Each is checked when it is made, and is a plain dict. Names are taken in Python's spelling and in that of the
wire. `jambonz_anyio.verbs` has the same verbs with the wire's names only, which type checkers know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from jambonz_core.validation.wire_names import verb_in_wire_names
from jambonz_core.verbs.builder import Verb, VerbMaker

Makes: TypeAlias = Callable[..., Verb]


class InEitherSpelling(VerbMaker):
    """Makes verbs of names in Python's spelling, too."""

    __slots__ = ()

    def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> Verb:
        given = verb_in_wire_names(verb, given, self._profile)
        return super()._add(verb, given, verb_in_wire_names(verb, fields, self._profile))


_make = InEitherSpelling()

Say: Final[Makes] = _make.say
Play: Final[Makes] = _make.play
Gather: Final[Makes] = _make.gather
Dial: Final[Makes] = _make.dial
Config: Final[Makes] = _make.config
Hangup: Final[Makes] = _make.hangup
Agent: Final[Makes] = _make.agent
Alert: Final[Makes] = _make.alert
Answer: Final[Makes] = _make.answer
Conference: Final[Makes] = _make.conference
DeepgramS2S: Final[Makes] = _make.deepgram_s2s
Dequeue: Final[Makes] = _make.dequeue
Dialogflow: Final[Makes] = _make.dialogflow
DTMF: Final[Makes] = _make.dtmf
Dub: Final[Makes] = _make.dub
ElevenlabsS2S: Final[Makes] = _make.elevenlabs_s2s
Enqueue: Final[Makes] = _make.enqueue
GoogleS2S: Final[Makes] = _make.google_s2s
GptLiveS2S: Final[Makes] = _make.gptlive_s2s
Leave: Final[Makes] = _make.leave
Lex: Final[Makes] = _make.lex
Listen: Final[Makes] = _make.listen
LLM: Final[Makes] = _make.llm
Message: Final[Makes] = _make.message
MicrosoftS2S: Final[Makes] = _make.microsoft_s2s
NovaS2S: Final[Makes] = _make.nova_s2s
OpenaiS2S: Final[Makes] = _make.openai_s2s
Pause: Final[Makes] = _make.pause
Pipeline: Final[Makes] = _make.pipeline
QwenS2S: Final[Makes] = _make.qwen_s2s
Rasa: Final[Makes] = _make.rasa
Redirect: Final[Makes] = _make.redirect
RestDial: Final[Makes] = _make.rest_dial
Room: Final[Makes] = _make.room
S2S: Final[Makes] = _make.s2s
SipDecline: Final[Makes] = _make.sip_decline
SipRefer: Final[Makes] = _make.sip_refer
SipRequest: Final[Makes] = _make.sip_request
Stream: Final[Makes] = _make.stream
Tag: Final[Makes] = _make.tag
Transcribe: Final[Makes] = _make.transcribe
Transfer: Final[Makes] = _make.transfer
UltravoxS2S: Final[Makes] = _make.ultravox_s2s
VoiceagentS2S: Final[Makes] = _make.voiceagent_s2s
AzureVoiceLiveS2S: Final[Makes] = _make.voicelive_s2s
