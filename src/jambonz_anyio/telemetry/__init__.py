"""Traces and metrics of calls, by OpenTelemetry (extra `otel`).

```python
from jambonz_anyio.telemetry import instrument

instrument(app)
```

The library uses the API of OpenTelemetry alone. What becomes of the spans and numbers, the program decides by
the SDK and the exporters that it sets up; without these, nothing is recorded and next to nothing is paid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .instrumentation import Instrumentation, instrument
    from .names import METRICS, SCHEMA_URL, SPANS, MetricName, SpanName
else:
    from jambonz_core.lazy_exports import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            ".instrumentation": "Instrumentation instrument",
            ".names": "METRICS SCHEMA_URL SPANS MetricName SpanName",
        },
    )

__all__ = ["instrument", "Instrumentation", "SCHEMA_URL", "SPANS", "SpanName", "METRICS", "MetricName"]
