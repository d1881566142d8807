"""What hooks and events report, as types: for the parameters of handlers, and for what `result()` gives.

```python
from jambonz_anyio.payloads import GatherResult

@call.on("/heard")
async def heard(result: GatherResult) -> None:
    print(result.transcript)
```
"""

from jambonz_core.verbs.payload_base import CutSpeech as CutSpeech  # noqa: PLC0414 - exported
from jambonz_core.verbs.payload_base import Payload as Payload  # noqa: PLC0414 - exported
from jambonz_core.verbs.payloads import *  # noqa: F403 - which has the list of them
