"""What programs import from ``jambonz_sdk.components``: what stands inside verbs, by its class names.

```python
session.gather(input=["speech"], recognizer=Recognizer(vendor="deepgram", language="en-US"))
```

Each is checked when it is made, and is a plain dict. Names are taken in Python's spelling and in that of the
wire. `jambonz_anyio.components` has types of the same things, for type checkers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from jambonz_core.validation.checking import check_component
from jambonz_core.validation.wire_names import component_in_wire_names
from jambonz_core.verbs.profiles import V10
from jambonz_core.wire.plain import plain

Makes: TypeAlias = Callable[..., dict[str, Any]]

SCHEMAS = "https://jambonz.org/schema/components/"
OF_AGENT = "https://jambonz.org/schema/verbs/agent#/properties/"


def _component(identity: str) -> Makes:
    def make(given: Mapping[str, Any] | None = None, /, **fields: Any) -> dict[str, Any]:
        """Make it of a dict, or of keywords; a keyword that is None was not given."""
        chosen = {name: value for name, value in fields.items() if value is not None}
        document: dict[str, Any] = plain(component_in_wire_names(identity, {**(given or {}), **chosen}, V10))
        check_component(identity, document, V10)
        return document

    return make


ActionHook: Final = _component(SCHEMAS + "actionHook")
ActionHookDelayAction: Final = _component(SCHEMAS + "actionHookDelayAction")
AnsweringMachineDetection: Final = _component(SCHEMAS + "amd")
AssemblyaiRecognizerOptions: Final = _component(SCHEMAS + "recognizer-assemblyAiOptions")
Auth: Final = _component(SCHEMAS + "auth")
AwsRecognizerOptions: Final = _component(SCHEMAS + "recognizer-awsOptions")
AzureRecognizerOptions: Final = _component(SCHEMAS + "recognizer-azureOptions")
BargeIn: Final = _component(OF_AGENT + "bargeIn")
BidirectionalAudio: Final = _component(SCHEMAS + "bidirectionalAudio")
CustomRecognizerOptions: Final = _component(SCHEMAS + "recognizer-customOptions")
DeepgramRecognizerOptions: Final = _component(SCHEMAS + "recognizer-deepgramOptions")
ElevenlabsRecognizerOptions: Final = _component(SCHEMAS + "recognizer-elevenlabsOptions")
FillerNoise: Final = _component(SCHEMAS + "fillerNoise")
GladiaRecognizerOptions: Final = _component(SCHEMAS + "recognizer-gladiaOptions")
GoogleRecognizerOptions: Final = _component(SCHEMAS + "recognizer-googleOptions")
GradiumRecognizerOptions: Final = _component(SCHEMAS + "recognizer-gradiumOptions")
Handoff: Final = _component(SCHEMAS + "handoff")
Hangup: Final = _component(SCHEMAS + "hangup")
HoundifyRecognizerOptions: Final = _component(SCHEMAS + "recognizer-houndifyOptions")
IbmRecognizerOptions: Final = _component(SCHEMAS + "recognizer-ibmOptions")
LlmBaseProperties: Final = _component(SCHEMAS + "llm-base")
McpServer: Final = _component(OF_AGENT + "mcpServers/items")
MistralRecognizerOptions: Final = _component(SCHEMAS + "recognizer-mistralOptions")
ModulateRecognizerOptions: Final = _component(SCHEMAS + "recognizer-modulateOptions")
NvidiaRecognizerOptions: Final = _component(SCHEMAS + "recognizer-nvidiaOptions")
OpenaiRecognizerOptions: Final = _component(SCHEMAS + "recognizer-openaiOptions")
Recognizer: Final = _component(SCHEMAS + "recognizer")
SonioxRecognizerOptions: Final = _component(SCHEMAS + "recognizer-sonioxOptions")
SpeechmaticsRecognizerOptions: Final = _component(SCHEMAS + "recognizer-speechmaticsOptions")
Synthesizer: Final = _component(SCHEMAS + "synthesizer")
Target: Final = _component(SCHEMAS + "target")
TransferOptions: Final = _component(SCHEMAS + "transferOptions")
VAD: Final = _component(SCHEMAS + "vad")
XaiRecognizerOptions: Final = _component(SCHEMAS + "recognizer-xaiOptions")
ZoomRecognizerOptions: Final = _component(SCHEMAS + "recognizer-zoomOptions")
