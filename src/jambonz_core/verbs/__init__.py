"""Verbs: building, checking, and what the server tells about them afterwards."""
