"""A call at work: its tasks, its handlers, and the connection it has. Not for programs."""
