"""The page about the simulator names every warning that there is, and none that there is not."""

from __future__ import annotations

import re
from pathlib import Path

from jambonz_core.journal.remarks import REMARKS

ROOT = Path(__file__).parents[3]


def test_every_warning_is_documented() -> None:
    sources = [
        *ROOT.glob("src/jambonz_core/simulator/**/*.py"),
        ROOT / "src/jambonz_core/call/jambonz_call.py",
    ]
    text = "".join(source.read_text(encoding="utf-8") for source in sources)
    codes = set(re.findall(r'warn\(\s*"([a-z0-9-]+)"', text)) | set(re.findall(r'\("(ack-[a-z]+)"', text))
    page = (ROOT / "docs/simulator.md").read_text(encoding="utf-8")
    faults = page[page.index("### Faults") : page.index("### Remarks")]
    remarks = page[page.index("### Remarks") : page.index("## Two servers")]
    assert _codes(faults) == codes - REMARKS
    assert _codes(remarks) == REMARKS
    assert codes >= REMARKS


def _codes(text: str) -> set[str]:
    return set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", text))
