"""How many LLM tokens a second reach a speech buffer that drains at once, without delay and at 20 ms.

    python -m benchmarks.tokens                    # every contender that is installed
    python -m benchmarks.tokens --only uvloop,Node

Each program writes `w0 `, `w1 `, … in a plain loop that awaits every write. The text that arrives is compared
with the text that was written: not a word may be missing or out of place.
"""

from __future__ import annotations

import argparse

from benchmarks.contenders import APPS, BACKENDS, Contender, Running, chosen, has_node_sdk, node, served
from benchmarks.control_load import TokenLoad

DELAYS = (0.0, 0.020)


def contenders(tokens: int) -> list[Contender]:
    """The contenders that can run here."""
    target = str(APPS / "tokens.py:app")
    found = [served(f"ours, {backend}", target, backend, TOKENS=str(tokens)) for backend in BACKENDS]
    if has_node_sdk():
        found.append(node("Node SDK", "node_tokens.mjs", TOKENS=str(tokens)))
    return found


def measure(contender: Contender, tokens: int, delay: float, seconds: float) -> tuple[float, bool, int]:
    """Tokens a second, whether the text arrived whole and in order, and how many tokens that was."""
    running = Running(contender)
    load = None
    try:
        load = TokenLoad(running.port, delay)
        taken, took, text = load.run(tokens, seconds)
        whole = text == "".join(f"w{number} " for number in range(taken))
        return taken / took, whole, taken
    finally:
        if load is not None:
            load.close()
        running.stop()


def main() -> None:
    """Measure, and print a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--tokens", type=int, default=20000)
    options.add_argument("--seconds", type=float, default=15.0, help="after which a slow one is stopped")
    options.add_argument("--only", default="", help="parts of the names of those to measure, with commas")
    given = options.parse_args()
    print(f"{'tokens a second':20} {'round trip':>10} {'delivered':>10} {'tokens/s':>12}  text")
    for contender in chosen(contenders(given.tokens), given.only):
        for delay in DELAYS:
            rate, whole, taken = measure(contender, given.tokens, delay, given.seconds)
            verdict = "whole, in order" if whole else "NOT what was written"
            print(
                f"{contender.name:20} {delay * 1000:7.0f} ms {taken:10} {rate:12,.0f}  {verdict}", flush=True
            )


if __name__ == "__main__":
    main()
