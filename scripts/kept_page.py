"""A page of the docs that a script writes from the code, and that is proved to be current."""

from __future__ import annotations

from pathlib import Path


def keep_page(page: Path, text: str, script: str, arguments: list[str]) -> int:
    """Write the page; with `--check` only look whether it is what the script writes today. The exit code."""
    if "--check" not in arguments:
        page.write_text(text, encoding="utf-8")
        return 0
    if page.exists() and page.read_text(encoding="utf-8") == text:
        return 0
    print(f"docs/{page.name} is not what {script} writes today: run `make generate`")
    return 1
