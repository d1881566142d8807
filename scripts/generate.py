"""Write the Python that is generated from `schemas/` and from the data files beside it, or check that it is
current.

    python scripts/generate.py           writes every generated file
    python scripts/generate.py --check   writes nothing; lists what is stale and exits with 1 if anything is

Generated files are checked in, so that neither users nor editors need this script. Their output is a pure
function of the inputs: no formatter runs over it, because two versions of a formatter would then disagree
about what is current.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from codegen import chains, declared, payloads, profiles, registered, schema_texts, types
from codegen.reading import ROOT, SchemaFiles


def outputs() -> dict[Path, str]:
    """Every generated file with the text it should have."""
    files = SchemaFiles.read()
    texts: dict[Path, str] = {}
    for module in (schema_texts, types, declared, chains, payloads, profiles, registered):
        texts.update(module.generate(files))
    return texts


def stale(texts: dict[Path, str]) -> list[Path]:
    """The files whose text on disk differs."""
    return [
        path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the generated Python, or check that it is current.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing, exit with 1 when a file is stale"
    )
    check = parser.parse_args().check
    texts = outputs()
    changed = stale(texts)
    for path in changed:
        print(f"{'stale' if check else 'wrote'} {path.relative_to(ROOT)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[path], encoding="utf-8")
    if check and changed:
        print("Run `python scripts/generate.py` and commit what it writes.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
