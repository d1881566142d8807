"""The verbs of the simulated server: what each one does, and the stack that runs them."""
