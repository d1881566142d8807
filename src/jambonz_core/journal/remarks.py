"""What a simulated server warns of that is no fault of the application: it happens on ordinary calls, too."""

REMARKS = frozenset(
    {
        # Idioms, told because something of what was sent comes to nothing.
        "barge-in-already-on",
        "command-after-end",
        "gather-skipped",
        "stream-before-answer",
        "stream-command-ignored",  # who greets does so before the vendor is connected
        "verbs-after-end",
        "verbs-replaced",
        # About other people, and about the simulation.
        "action-ignored",
        "command-not-simulated",
        "conference-full",
        "no-such-leg",
        "verb-not-simulated",
    }
)
"""The codes of those warnings."""
