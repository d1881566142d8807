"""The verbs of the simulated server: what each does, and how an application's array becomes verbs."""
