"""What stands inside verbs, with exact types.

```python
from jambonz_anyio.components import Synthesizer

call.say(text="Hello!", synthesizer=Synthesizer(vendor="google", language="en-GB"))
```

What `Synthesizer(…)` makes is a plain dict, and a verb takes any other dict just as well. Whole verbs are
here too, such as `SayVerb`, for those who keep them as dicts.
"""

from jambonz_core.verbs.types import *  # noqa: F403 - which has the list of them
