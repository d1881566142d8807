"""The weather, from Open-Meteo, which needs no key for what is not commercial."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from jambonz_core.wire.errors import LocalProtocolError

from .json_requests import REQUEST_SECONDS, JsonRequests
from .tool_functions import Tool, ToolError

_SKY = {
    0: "clear",
    1: "mainly clear",
    2: "partly cloudy",
    3: "overcast",
    45: "fog",
    48: "freezing fog",
    51: "light drizzle",
    53: "drizzle",
    55: "dense drizzle",
    56: "light freezing drizzle",
    57: "freezing drizzle",
    61: "light rain",
    63: "rain",
    65: "heavy rain",
    66: "light freezing rain",
    67: "freezing rain",
    71: "light snow",
    73: "snow",
    75: "heavy snow",
    77: "snow grains",
    80: "light showers",
    81: "showers",
    82: "violent showers",
    85: "light snow showers",
    86: "snow showers",
    95: "thunderstorm",
    96: "thunderstorm with hail",
    99: "thunderstorm with heavy hail",
}
"""The codes of the World Meteorological Organization, in words."""

Units = Literal["metric", "imperial"]
_UNITS: dict[Units, dict[str, str]] = {
    "metric": {},
    "imperial": {"temperature_unit": "fahrenheit", "wind_speed_unit": "mph", "precipitation_unit": "inch"},
}


def weather(
    *,
    base_url: str = "https://api.open-meteo.com",
    geocoding_url: str = "https://geocoding-api.open-meteo.com",
    units: Units = "metric",
    language: str = "en",
    seconds: float = REQUEST_SECONDS,
    cache_seconds: float = 600.0,
) -> Tool[..., Any]:
    """A tool that tells the weather of a place, now and in the days to come.

    Args:
        base_url: Where Open-Meteo's forecasts are; customers have an address of their own.
        geocoding_url: Where it looks places up.
        units: ``metric`` or ``imperial``.
        language: The language in which places are named.
        seconds: How long each of its two requests may take.
        cache_seconds: How long an answer is remembered.
    """
    if units not in _UNITS:
        raise LocalProtocolError(f"units are 'metric' or 'imperial', not {units!r}")
    places = JsonRequests("weather service", geocoding_url, seconds=seconds, cache_seconds=24 * cache_seconds)
    forecasts = JsonRequests("weather service", base_url, seconds=seconds, cache_seconds=cache_seconds)

    async def get_weather(
        place: Annotated[str, Meta(min_length=1, max_length=100)],
        days: Annotated[int, Meta(ge=1, le=7)] = 1,
    ) -> dict[str, Any]:
        """Tell the weather of a place: now, today, and in the days to come.

        Args:
            place: The name of a town, without its country.
            days: How many days to tell of, today included.
        """
        found = await places.get("/v1/search", name=place, count=1, language=language, format="json")
        try:
            where = (found.get("results") or [None])[0]
            if where is None:
                raise ToolError(f"there is no place {place!r}; name a town near it")
            told = await forecasts.get(
                "/v1/forecast",
                latitude=where["latitude"],
                longitude=where["longitude"],
                current="temperature_2m,apparent_temperature,relative_humidity_2m,weather_code,wind_speed_10m",
                daily="weather_code,temperature_2m_max,temperature_2m_min,precipitation_probability_max",
                timezone="auto",
                forecast_days=days,
                **_UNITS[units],
            )
            return _in_words(where, told)
        except (AttributeError, IndexError, KeyError, TypeError):
            raise ToolError("the weather service answered in a way that is not understood") from None

    return Tool(get_weather, seconds=2 * seconds + 1, idempotent=True)


def _in_words(where: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    now, units, daily = told["current"], told["current_units"], told["daily"]

    def measured(name: str) -> str:
        return f"{now[name]} {units.get(name, '')}".strip()

    return {
        "place": ", ".join(str(where[key]) for key in ("name", "admin1", "country") if where.get(key)),
        "now": {
            "sky": _SKY.get(now["weather_code"], "unknown"),
            "temperature": measured("temperature_2m"),
            "feels_like": measured("apparent_temperature"),
            "humidity": measured("relative_humidity_2m"),
            "wind": measured("wind_speed_10m"),
        },
        "days": [
            {
                "date": date,
                "sky": _SKY.get(daily["weather_code"][at], "unknown"),
                "low": f"{daily['temperature_2m_min'][at]} {units.get('temperature_2m', '')}".strip(),
                "high": f"{daily['temperature_2m_max'][at]} {units.get('temperature_2m', '')}".strip(),
                "chance_of_rain_percent": daily["precipitation_probability_max"][at],
            }
            for at, date in enumerate(daily["time"])
        ],
    }
