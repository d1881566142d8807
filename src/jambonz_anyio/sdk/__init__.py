"""The face of the official SDKs, for programs and habits that come from there."""
