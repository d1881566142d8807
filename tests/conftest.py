"""Settings that every test shares: one Hypothesis profile, the same on every machine."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "project",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long", parent=settings.get_profile("project"), max_examples=2000, derandomize=False
)
settings.load_profile("project")
