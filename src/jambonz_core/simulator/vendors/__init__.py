"""The vendors behind a simulated call: speech recognition, speech synthesis, and language models."""
