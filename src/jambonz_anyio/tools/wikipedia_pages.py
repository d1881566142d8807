"""What Wikipedia says of something: the beginning of the page that fits best."""

from __future__ import annotations

import re
from typing import Annotated, Any

from msgspec import Meta

from jambonz_core.wire.errors import LocalProtocolError

from .json_requests import REQUEST_SECONDS, JsonRequests
from .tool_functions import Tool, ToolError

SUMMARY_CHARACTERS = 1500
"""How much of a page is told: about a minute of speech."""


def wikipedia(
    *,
    language: str = "en",
    base_url: str | None = None,
    seconds: float = REQUEST_SECONDS,
    cache_seconds: float = 3600.0,
) -> Tool[..., Any]:
    """A tool that looks something up in Wikipedia.

    Args:
        language: Which Wikipedia: ``en``, ``pt``, ….
        base_url: Where it is; by the language when left out.
        seconds: How long the request may take.
        cache_seconds: How long an answer is remembered.
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,19}", language):
        raise LocalProtocolError(f"{language!r} is no language of Wikipedia")
    pages = JsonRequests(
        "Wikipedia",
        base_url or f"https://{language}.wikipedia.org",
        seconds=seconds,
        cache_seconds=cache_seconds,
    )

    async def search_wikipedia(topic: Annotated[str, Meta(min_length=1, max_length=300)]) -> dict[str, Any]:
        """Look something up in Wikipedia: people, places, events, ideas.

        Args:
            topic: What to look up, in a few words.
        """
        found = await pages.get(
            "/w/api.php",
            action="query",
            format="json",
            formatversion=2,
            generator="search",
            gsrsearch=topic,
            gsrlimit=1,
            prop="extracts|info",
            exintro=1,
            explaintext=1,
            inprop="url",
        )
        try:
            if "error" in found:
                raise ToolError(f"Wikipedia cannot look that up: {found['error'].get('info', '')}"[:300])
            [page] = found["query"]["pages"] if "query" in found else [None]
            if page is None:
                raise ToolError(f"Wikipedia has nothing about {topic!r}")
            return {
                "title": page["title"],
                "text": shortened(page["extract"], SUMMARY_CHARACTERS),
                "url": page["fullurl"],
            }
        except (AttributeError, KeyError, TypeError, ValueError):
            raise ToolError("Wikipedia answered in a way that is not understood") from None

    return Tool(search_wikipedia, seconds=seconds + 1, idempotent=True)


def shortened(text: str, characters: int) -> str:
    """As many whole sentences as fit; a part of the first where not even that does.

    >>> shortened("One. Two. Three.", 10)
    'One. Two.'
    """
    text = text.strip()
    if len(text) <= characters:
        return text
    cut = text[:characters]
    end = max(cut.rfind(mark) for mark in (". ", "! ", "? ", ".\n"))
    if end < 0 and cut.endswith((".", "!", "?")):
        return cut
    return cut[: end + 1] if end >= 0 else f"{cut[:-1]}…"
