# Generated from schemas/ by `python scripts/generate.py`. Do not edit.
"""Single verbs by the official SDK's class names.

`Say(text="Hello")` is a dict, ready for any verb method:

```python
from jambonz_anyio.verbs import Gather, Say

session.gather(Gather(input=["speech"], actionHook="/heard", say=Say(text="Yes?")))
```

What stands inside a verb has its types in `jambonz_anyio.components`.
"""

from __future__ import annotations

from typing import Final

from jambonz_core.verbs.builder import make

Say: Final = make.say
Play: Final = make.play
Gather: Final = make.gather
Dial: Final = make.dial
Config: Final = make.config
Hangup: Final = make.hangup
Agent: Final = make.agent
Alert: Final = make.alert
Answer: Final = make.answer
Conference: Final = make.conference
DeepgramS2S: Final = make.deepgram_s2s
Dequeue: Final = make.dequeue
Dialogflow: Final = make.dialogflow
DTMF: Final = make.dtmf
Dub: Final = make.dub
ElevenlabsS2S: Final = make.elevenlabs_s2s
Enqueue: Final = make.enqueue
GoogleS2S: Final = make.google_s2s
GptLiveS2S: Final = make.gptlive_s2s
Leave: Final = make.leave
Lex: Final = make.lex
Listen: Final = make.listen
LLM: Final = make.llm
Message: Final = make.message
MicrosoftS2S: Final = make.microsoft_s2s
NovaS2S: Final = make.nova_s2s
OpenaiS2S: Final = make.openai_s2s
Pause: Final = make.pause
Pipeline: Final = make.pipeline
QwenS2S: Final = make.qwen_s2s
Rasa: Final = make.rasa
Redirect: Final = make.redirect
RestDial: Final = make.rest_dial
Room: Final = make.room
S2S: Final = make.s2s
SipDecline: Final = make.sip_decline
SipRefer: Final = make.sip_refer
SipRequest: Final = make.sip_request
Stream: Final = make.stream
Tag: Final = make.tag
Transcribe: Final = make.transcribe
Transfer: Final = make.transfer
UltravoxS2S: Final = make.ultravox_s2s
VoiceagentS2S: Final = make.voiceagent_s2s
AzureVoiceLiveS2S: Final = make.voicelive_s2s
