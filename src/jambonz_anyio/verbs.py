"""Single verbs by the official SDK's class names: `Say(text="Hello")` is a dict, ready for any verb method.

```python
from jambonz_anyio.verbs import Gather, Say

session.gather(Gather(input=["speech"], actionHook="/heard", say=Say(text="Yes?")))
```
"""

from __future__ import annotations

from typing import Any

from jambonz_core.verbs.builder import make
from jambonz_core.verbs.methods import METHODS

_SPELLINGS = {"DTMF": "dtmf", "LLM": "llm", "AzureVoiceLiveS2S": "voicelive_s2s", "GptLiveS2S": "gptlive_s2s"}
"""Names that do not follow the rule."""

_NAMES = {
    **{
        "".join(part.capitalize() for part in name.split("_")).replace("S2s", "S2S"): name for name in METHODS
    },
    **_SPELLINGS,
}


def __getattr__(name: str) -> Any:
    method = _NAMES.get(name)
    if method is None:
        raise AttributeError(f"there is no verb {name}")
    return getattr(make, method)


def __dir__() -> list[str]:
    return sorted(_NAMES)
