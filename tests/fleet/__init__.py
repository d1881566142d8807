"""Several workers behind nginx with a store in Redis, which are killed, replaced and cut off while calls go on.

`python -m tests.fleet --help` plays any number of calls; the test beside it is a short run of that on every event
loop.
"""
