"""Run every benchmark, one after the other, and print their tables: `make bench`.

Nothing here is a test: machines are shared and slow at times, and only ratios to a peer in one run count.
"""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks.contenders import NODE_SDK, ROOT, has_node_sdk

PARTS = (
    ("parsing, text and audio in the core", "core", ()),
    ("building and validating verbs; import", "verbs", ()),
    ("a hook and its answer", "hooks", ()),
    ("receipts", "receipts", ()),
    ("memory of an idle call", "hooks", ("--memory",)),
    ("streamed tokens", "tokens", ()),
    ("echoed audio frames", "audio", ()),
)


def main() -> int:
    """Run all parts; the exit code says whether all of them ran."""
    if not has_node_sdk():
        print(f"The Node SDK is left out: it is not installed in {NODE_SDK} (see benchmarks/README.md).")
    failed = []
    for title, module, arguments in PARTS:
        print(f"\n== {title}", flush=True)
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{module}", *arguments], cwd=ROOT, check=False
        )
        print(f"({time.monotonic() - began:.0f} s)", flush=True)
        if done.returncode:
            failed.append(title)
    if failed:
        print(f"\nThese did not run to their end: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
