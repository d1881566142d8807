"""A search of the web, by Tavily, which needs a key."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from jambonz_core.wire.errors import LocalProtocolError

from .json_requests import REQUEST_SECONDS, JsonRequests
from .tool_functions import Tool, ToolError
from .wikipedia_pages import shortened

RESULT_CHARACTERS = 600
"""How much is told of each page that was found."""


def web_search(
    api_key: str,
    *,
    base_url: str = "https://api.tavily.com",
    results: int = 3,
    depth: Literal["basic", "advanced"] = "basic",
    seconds: float = REQUEST_SECONDS,
    cache_seconds: float = 300.0,
) -> Tool[..., Any]:
    """A tool that searches the web.

    Args:
        api_key: The key of an account at Tavily.
        base_url: Where Tavily's API is.
        results: How many pages are told of, 1 to 10.
        depth: ``basic``, or ``advanced``, which finds more, takes longer and costs twice as much.
        seconds: How long the request may take.
        cache_seconds: How long an answer is remembered.
    """
    if not str(api_key or "").strip() or not api_key.isascii():
        raise LocalProtocolError("the web search needs the key of an account at Tavily")
    if results not in range(1, 11):
        raise LocalProtocolError(f"the web search tells of 1 to 10 pages, not of {results!r}")
    pages = JsonRequests(
        "web search",
        base_url,
        seconds=seconds,
        cache_seconds=cache_seconds,
        headers={"Authorization": f"Bearer {api_key.strip()}"},
    )

    async def search_web(
        query: Annotated[str, Meta(min_length=1, max_length=400)],
        topic: Literal["general", "news"] = "general",
    ) -> dict[str, Any]:
        """Search the web for what is new, or for what nobody else knows.

        Args:
            query: What to search for.
            topic: "news" for what has happened in the last days.
        """
        found = await pages.post(
            "/search",
            {
                "query": query,
                "topic": topic,
                "max_results": results,
                "search_depth": depth,
                "include_answer": True,
            },
        )
        try:
            told = [
                {
                    "title": page["title"],
                    "url": page["url"],
                    "text": shortened(page["content"], RESULT_CHARACTERS),
                }
                for page in found["results"][:results]
            ]
            answer = found.get("answer")
        except (AttributeError, KeyError, TypeError):
            raise ToolError("the web search answered in a way that is not understood") from None
        if not told and not answer:
            raise ToolError(f"nothing was found for {query!r}")
        return {**({"answer": shortened(str(answer), RESULT_CHARACTERS)} if answer else {}), "results": told}

    return Tool(search_web, seconds=seconds + 1, idempotent=True)
