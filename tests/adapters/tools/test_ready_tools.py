"""The ready tools against services on the loopback, which answer as the real ones do, or as those should not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from jambonz_anyio import LocalProtocolError
from jambonz_anyio.tools import date_and_time, weather, web_search, wikipedia
from jambonz_anyio.tools.json_requests import ANSWER_BYTES, CACHED, JsonRequests
from jambonz_anyio.tools.tool_functions import ToolError

pytestmark = pytest.mark.anyio

OSLO = {"name": "Oslo", "latitude": 59.91, "longitude": 10.75, "country": "Norway", "admin1": "Oslo County"}
FORECAST = {
    "current_units": {
        "temperature_2m": "°C",
        "apparent_temperature": "°C",
        "relative_humidity_2m": "%",
        "wind_speed_10m": "km/h",
    },
    "current": {
        "temperature_2m": -3.1,
        "apparent_temperature": -8.0,
        "relative_humidity_2m": 80,
        "weather_code": 73,
        "wind_speed_10m": 14.2,
    },
    "daily": {
        "time": ["2026-01-05", "2026-01-06"],
        "weather_code": [75, 1234],
        "temperature_2m_max": [-1.0, 0.5],
        "temperature_2m_min": [-6.2, -4.0],
        "precipitation_probability_max": [90, 20],
    },
}
PAGE = {
    "query": {
        "pages": [
            {
                "pageid": 1,
                "title": "Oslo",
                "extract": "Oslo is the capital of Norway. " * 100,
                "fullurl": "https://en.wikipedia.org/wiki/Oslo",
            }
        ]
    }
}
FOUND = {
    "answer": "It is open until ten.",
    "results": [
        {"title": "Hours", "url": "https://example.com", "content": "Open until ten. " * 100, "score": 0.9}
    ],
}


# --- weather --------------------------------------------------------------------------------------------------


async def test_the_weather(service: Any) -> None:
    service.answers = {"/v1/search": (200, {"results": [OSLO]}), "/v1/forecast": (200, FORECAST)}
    tool = weather(base_url=service.url, geocoding_url=service.url, units="imperial", language="no")
    result = await tool.run({"place": "Oslo", "days": 2})
    assert not result.is_error
    assert result.output == {
        "place": "Oslo, Oslo County, Norway",
        "now": {
            "sky": "snow",
            "temperature": "-3.1 °C",
            "feels_like": "-8.0 °C",
            "humidity": "80 %",
            "wind": "14.2 km/h",
        },
        "days": [
            {
                "date": "2026-01-05",
                "sky": "heavy snow",
                "low": "-6.2 °C",
                "high": "-1.0 °C",
                "chance_of_rain_percent": 90,
            },
            {
                "date": "2026-01-06",
                "sky": "unknown",
                "low": "-4.0 °C",
                "high": "0.5 °C",
                "chance_of_rain_percent": 20,
            },
        ],
    }
    looked_up, told = service.asked
    assert looked_up.params == {"name": "Oslo", "count": "1", "language": "no", "format": "json"}
    assert (told.params["latitude"], told.params["forecast_days"]) == ("59.91", "2")
    assert told.params["temperature_unit"] == "fahrenheit"
    await tool.run({"place": "Oslo", "days": 2})
    assert len(service.asked) == 2, "an answer is remembered"


@pytest.mark.parametrize("places", [{}, {"results": []}])
async def test_a_place_that_is_none(service: Any, places: Any) -> None:
    service.answers = {"/v1/search": (200, places)}
    result = await weather(base_url=service.url, geocoding_url=service.url).run({"place": "Nowhere"})
    assert result.is_error
    assert result.output == "there is no place 'Nowhere'; name a town near it"


@pytest.mark.parametrize("odd", [[], {"results": 3}, {"results": [{}]}, {"results": ["x"]}, None])
async def test_weather_that_is_not_understood(service: Any, odd: Any) -> None:
    service.answers = {"/v1/search": (200, odd), "/v1/forecast": (200, {})}
    result = await weather(base_url=service.url, geocoding_url=service.url).run({"place": "Oslo"})
    assert result.output == "the weather service answered in a way that is not understood"


async def test_a_forecast_that_is_not_understood(service: Any) -> None:
    service.answers = {"/v1/search": (200, {"results": [OSLO]}), "/v1/forecast": (200, {"current": {}})}
    result = await weather(base_url=service.url, geocoding_url=service.url).run({"place": "Oslo"})
    assert result.output == "the weather service answered in a way that is not understood"


# --- Wikipedia ------------------------------------------------------------------------------------------------


async def test_wikipedia(service: Any) -> None:
    service.answers = {"/w/api.php": (200, PAGE)}
    result = await wikipedia(base_url=service.url).run({"topic": "capital of Norway"})
    assert result.output["title"] == "Oslo"
    assert result.output["url"] == "https://en.wikipedia.org/wiki/Oslo"
    assert len(result.output["text"]) <= 1500
    assert result.output["text"].endswith("Norway.")
    [asked] = service.asked
    assert (asked.params["gsrsearch"], asked.params["formatversion"]) == ("capital of Norway", "2")
    assert "jambonz" in asked.headers["user-agent"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"batchcomplete": True}, "Wikipedia has nothing about 'x'"),
        ({"error": {"info": "too long"}}, "Wikipedia cannot look that up: too long"),
        ({"query": {"pages": []}}, "Wikipedia answered in a way that is not understood"),
        ({"query": {"pages": [{"title": "Oslo"}]}}, "Wikipedia answered in a way that is not understood"),
        ([], "Wikipedia has nothing about 'x'"),
    ],
)
async def test_wikipedia_without_a_page(service: Any, answer: Any, said: str) -> None:
    service.answers = {"/w/api.php": (200, answer)}
    result = await wikipedia(base_url=service.url).run({"topic": "x"})
    assert (result.output, result.is_error) == (said, True)


# --- the web --------------------------------------------------------------------------------------------------


async def test_the_web(service: Any) -> None:
    service.answers = {"/search": (200, FOUND)}
    result = await web_search("tvly-1", base_url=service.url, results=2).run({"query": "when do they close?"})
    [page] = result.output["results"]
    assert result.output["answer"] == "It is open until ten."
    assert (page["title"], page["url"]) == ("Hours", "https://example.com")
    assert len(page["text"]) <= 600
    [asked] = service.asked
    assert asked.headers["authorization"] == "Bearer tvly-1"
    assert asked.body == {
        "query": "when do they close?",
        "topic": "general",
        "max_results": 2,
        "search_depth": "basic",
        "include_answer": True,
    }


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, {"results": []}), "nothing was found for 'x'"),
        ((200, {"results": [{}]}), "the web search answered in a way that is not understood"),
        ((200, []), "the web search answered in a way that is not understood"),
        ((401, {"detail": "bad key"}), "the web search answered with status 401"),
        ((500, b"oops"), "the web search answered with status 500"),
    ],
)
async def test_the_web_has_nothing(service: Any, answer: Any, said: str) -> None:
    service.answers = {"/search": answer}
    result = await web_search("k", base_url=service.url).run({"query": "x"})
    assert (result.output, result.is_error) == (said, True)


async def test_a_key_that_is_refused_is_told_to_a_person(
    service: Any, caplog: pytest.LogCaptureFixture
) -> None:
    service.answers = {"/search": (401, {})}
    await web_search("a-secret", base_url=service.url).run({"query": "x"})
    assert "look at its key" in caplog.text
    assert "a-secret" not in caplog.text


def test_what_cannot_work_is_refused_when_the_tool_is_made() -> None:
    for key in ("", "  ", None, "ключ"):
        with pytest.raises(LocalProtocolError, match="needs the key"):
            web_search(key)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(LocalProtocolError, match="1 to 10"):
        web_search("k", results=0)
    with pytest.raises(LocalProtocolError, match="is no language"):
        wikipedia(language="../x")
    with pytest.raises(LocalProtocolError, match="metric"):
        weather(units="odd")  # type: ignore[arg-type]  # that is the point
    with pytest.raises(LocalProtocolError, match="begins with http"):
        weather(base_url="api.open-meteo.com")
    with pytest.raises(LocalProtocolError, match="there is no time zone"):
        date_and_time(zone="Europe/Nowhere")


# --- services that fail -----------------------------------------------------------------------------------------


async def failure(service: Any, answer: Any, **options: Any) -> str:
    service.answers = {"/x": answer}
    with pytest.raises(ToolError) as failed:
        await JsonRequests("service", service.url, **options).get("/x")
    return str(failed.value)


async def test_failures_in_plain_words(service: Any) -> None:
    assert await failure(service, (503, {})) == "the service answered with status 503"
    assert await failure(service, (302, {})) == "the service answered with status 302"
    assert await failure(service, (200, b"<html>")) == "the service answered what is no JSON"
    assert await failure(service, (200, b'"\xff"')) == "the service answered what is no JSON"
    assert await failure(service, (200, b"[" * 100_000)) == "the service answered what is no JSON"
    assert await failure(service, service.cut) == "the service cannot be reached"
    large = b'"' + b"x" * ANSWER_BYTES + b'"'
    assert await failure(service, (200, large)) == f"the service answered more than {ANSWER_BYTES} bytes"


async def test_a_service_that_hangs(service: Any) -> None:
    said = "the service did not answer within 0.2 seconds"
    assert await failure(service, service.hang, seconds=0.2) == said
    assert await failure(service, service.trickle, seconds=0.2) == said


async def test_a_service_that_is_not_there() -> None:
    with pytest.raises(ToolError, match="cannot be reached"):
        await JsonRequests("service", "http://127.0.0.1:9").get("/x")


async def test_failures_are_not_remembered_and_answers_for_a_while(service: Any) -> None:
    requests = JsonRequests("service", service.url, cache_seconds=60)
    service.answers = {"/x": (500, {})}
    with pytest.raises(ToolError):
        await requests.get("/x", a=1)
    service.answers = {"/x": (200, {"b": 1})}
    assert await requests.get("/x", a=1) == {"b": 1}
    service.answers = {}
    assert await requests.get("/x", a=1) == {"b": 1}
    with pytest.raises(ToolError):
        await requests.get("/x", a=2)
    requests._cache_seconds = 0.0
    service.answers = {"/x": (200, 3)}
    assert await requests.get("/x", a=2) == 3
    assert len(requests._cache) == 1


async def test_so_many_answers_are_remembered(service: Any) -> None:
    requests = JsonRequests("service", service.url, cache_seconds=60)
    requests._cache.update({str(n): (0.0, n) for n in range(CACHED)})
    service.answers = {"/x": (200, 1)}
    await requests.get("/x")
    assert len(requests._cache) == CACHED
    assert "0" not in requests._cache


async def test_https_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = JsonRequests("service", "https://127.0.0.1:9")
    assert requests._verified() is requests._verified()
    with pytest.raises(ToolError, match="cannot be reached"):
        await requests.get("/x")


async def test_without_an_http_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "httpx", None)
    monkeypatch.setitem(sys.modules, "httpx2", None)
    with pytest.raises(LocalProtocolError, match="the extra 'tools'"):
        await JsonRequests("service", "http://127.0.0.1:9").get("/x")


# --- date and time ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "name", "time", "offset"),
    [
        ("Europe/Lisbon", "Europe/Lisbon", "00:30:05", "+0000"),
        ("europe/lisbon", "Europe/Lisbon", "00:30:05", "+0000"),
        ("new york", "America/New_York", "19:30:05", "-0500"),
        ("Sao_Paulo", "America/Sao_Paulo", "21:30:05", "-0300"),
        ("UTC", "UTC", "00:30:05", "+0000"),
        ("UTC+2", "UTC+02:00", "02:30:05", "+0200"),
        ("gmt-3:30", "UTC-03:30", "21:00:05", "-0330"),
        ("+0545", "UTC+05:45", "06:15:05", "+0545"),
    ],
)
async def test_any_zone(zone: str, name: str, time: str, offset: str) -> None:
    tool = date_and_time(clock=lambda: datetime(2026, 1, 5, 0, 30, 5, tzinfo=UTC))
    result = await tool.run({"zone": zone})
    told = result.output
    assert (told["zone"], told["time"], told["utc_offset"]) == (name, time, offset)
    assert told["weekday"] in ("Monday", "Sunday")


async def test_the_zone_of_who_made_the_tool() -> None:
    tool = date_and_time(zone="Asia/Tokyo")
    assert tool.parameters["properties"]["zone"]["default"] == "Asia/Tokyo"
    assert (await tool.run()).output["zone"] == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Lisbn", "did you mean Europe/Lisbon"),
        ("qqqqqqqq", "name it like Europe/Lisbon, or like UTC+2"),
        ("../../etc/passwd", "there is no time zone"),
        ("UTC+99", "there is no time zone"),
    ],
)
async def test_a_zone_that_is_none(zone: str, said: str) -> None:
    result = await date_and_time().run({"zone": zone})
    assert result.is_error
    assert said in result.output
