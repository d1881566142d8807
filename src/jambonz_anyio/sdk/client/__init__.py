"""What programs import from ``jambonz_sdk.client``, under the same names."""

from __future__ import annotations

from .api import CallsResource, ConferencesResource, JambonzClient, QueuesResource

__all__ = ["JambonzClient", "CallsResource", "ConferencesResource", "QueuesResource"]
