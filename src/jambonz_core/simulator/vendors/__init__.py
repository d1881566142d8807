"""The vendors behind a simulated call: speech recognition, speech synthesis, and the tools of models."""
