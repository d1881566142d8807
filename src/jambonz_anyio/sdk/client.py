"""What programs import from ``jambonz_sdk.client``, under the same name."""

from __future__ import annotations

from ..rest import JambonzClient

__all__ = ["JambonzClient"]
