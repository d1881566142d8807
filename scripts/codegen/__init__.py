"""What `scripts/generate.py` is made of: one module per kind of generated file."""
