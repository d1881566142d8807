"""Calls by the thousand through a bad network, with an account of every call and every word.

A simulated server, a fault proxy and an application are in one process, over loopback sockets. The application
(`application`) writes down what it says, what it waits for and what the library reports to it. The simulator's
record says what the server read and what was heard. `accounts` compares the two: whatever was said is heard
once, or reported as repeated or lost; each call comes to its end, or there is a reason in the network for which
a real server gives up; whoever waits is let go. `__main__` is the runner: `python -m tests.soak --help`.
"""
