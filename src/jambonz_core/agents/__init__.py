"""Language models, without I/O: what they answer, and what a conversation with them is made of."""
