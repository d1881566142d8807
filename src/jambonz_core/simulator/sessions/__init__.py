"""The sessions of a simulated call: what runs verbs on a leg, and what all verbs have in common."""
