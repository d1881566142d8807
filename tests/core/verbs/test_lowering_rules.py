"""Each rule of a server profile, one test per rule that fails without it."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_core import V0_9, V10, Profile, VerbBuilder
from jambonz_core.schemas import BUILTIN
from jambonz_core.wire.errors import InvalidVerb, UnsupportedByProfile

LLM: dict[str, Any] = {"llmOptions": {"x": 1}}
VOICELIVE = {
    "auth": {"apiKey": "k"},
    "connectOptions": {"host": "h"},
    "llmOptions": {"session_update": {}, "response_create": {}},
}
KEY = {"auth": {"apiKey": "k"}}
OPENAI: dict[str, Any] = {**KEY, "llmOptions": {"response_create": {}}}
MICROSOFT = {**OPENAI, "connectOptions": {"host": "h"}}
GOOGLE = {**KEY, "llmOptions": {"setup": {}}}
PROVIDER = "llmOptions.Settings.agent.think.provider"
ULTRAVOX = {**KEY, **LLM}
GPTLIVE = {"auth": {"apiKey": "k"}, "llmOptions": {"session_update": {}}}


def deepgram(**provider: str) -> dict[str, Any]:
    return {**KEY, "llmOptions": {"Settings": {"agent": {"think": {"provider": provider}}}}}


DEEPGRAM = deepgram(type="open_ai", model="gpt")


def lowered(profile: Profile, verb: str, fields: dict[str, Any]) -> dict[str, Any]:
    [built] = VerbBuilder(profile).verb(verb, fields).build()
    return built


def refused(profile: Profile, verb: str, fields: dict[str, Any]) -> UnsupportedByProfile:
    builder = VerbBuilder(profile)
    with pytest.raises(UnsupportedByProfile) as caught:
        builder.verb(verb, fields)
    assert len(builder) == 0
    assert str(caught.value).startswith(f"{verb}: ")
    return caught.value


@pytest.mark.parametrize(
    ("verb", "fields", "result"),
    [
        ("stream", {"url": "wss://x"}, {"verb": "listen", "url": "wss://x"}),
        ("s2s", {"vendor": "openai", **OPENAI}, {"verb": "llm", "vendor": "openai", **OPENAI}),
        ("openai_s2s", OPENAI, {"verb": "llm", "vendor": "openai", **OPENAI}),
        ("microsoft_s2s", MICROSOFT, {"verb": "llm", "vendor": "microsoft", **MICROSOFT}),
        ("google_s2s", GOOGLE, {"verb": "llm", "vendor": "google", **GOOGLE}),
        ("deepgram_s2s", DEEPGRAM, {"verb": "llm", "vendor": "deepgram", **DEEPGRAM}),
        ("voiceagent_s2s", DEEPGRAM, {"verb": "llm", "vendor": "voiceagent", **DEEPGRAM}),
        (
            "ultravox_s2s",
            {**ULTRAVOX, "vendor": "ultravox"},
            {"verb": "llm", "vendor": "ultravox", **ULTRAVOX},
        ),
        (
            "elevenlabs_s2s",
            {"auth": {"agent_id": "a"}},
            {"verb": "llm", "vendor": "elevenlabs", "auth": {"agent_id": "a"}, "llmOptions": {}},
        ),
        (
            "elevenlabs_s2s",
            {"auth": {"agent_id": "a"}, **LLM},
            {"verb": "llm", "vendor": "elevenlabs", "auth": {"agent_id": "a"}, **LLM},
        ),
        ("room", {"name": "r"}, {"verb": "conference", "name": "r"}),
        (
            "room",
            {"name": "r", "stream": {"url": "u"}},
            {"verb": "conference", "name": "r", "listen": {"url": "u"}},
        ),
        (
            "conference",
            {"name": "r", "stream": {"url": "u"}},
            {"verb": "conference", "name": "r", "listen": {"url": "u"}},
        ),
        ("config", {"stream": {"enable": False}}, {"verb": "config", "listen": {"enable": False}}),
        ("config", {"notifyEvents": True}, {"verb": "config", "notifyEvents": True}),
        ("llm", {"vendor": "openai", **OPENAI}, {"verb": "llm", "vendor": "openai", **OPENAI}),
        ("lex", {"botId": "b", "botAlias": "a", "region": "r", "credentials": {}}, None),
        ("rasa", {"url": "https://x"}, None),
        ("listen", {"url": "u", "auth": {"username": "a", "password": "b"}}, None),
        (
            "stream",
            {"url": "u", "auth": {"username": "a", "password": "b"}},
            {"verb": "listen", "url": "u", "auth": {"username": "a", "password": "b"}},
        ),
        ("config", {"bargeIn": {"enable": True, "finishOnKey": "#", "partialResultHook": "/p"}}, None),
        ("gather", {"actionHook": {"url": "/x", "username": "a", "password": "b"}}, None),
        ("gather", {"recognizer": {"vendor": "cobalt", "cobaltOptions": {"serverUri": "x"}}}, None),
    ],
)
def test_the_open_server_gets_what_it_knows(verb: str, fields: dict[str, Any], result: Any) -> None:
    assert lowered(V0_9, verb, fields) == (result or {"verb": verb, **fields})


@pytest.mark.parametrize(
    ("verb", "fields", "path", "told"),
    [
        ("agent", {"llm": {}}, "verb", "servers have it from 10.1.0 on. Use llm"),
        (
            "transfer",
            {"mode": "blind", "target": [{"type": "phone"}]},
            "verb",
            "from 10.3.0 on. Use sip:refer, or dial",
        ),
        ("qwen_s2s", LLM, "verb", "servers have it from 10 on. Use llm with a vendor that it knows: openai"),
        ("gptlive_s2s", GPTLIVE, "verb", "servers have it from 11.0.4 on"),
        ("voicelive_s2s", VOICELIVE, "verb", "servers have it from 11.1.0 on"),
        ("llm", {"vendor": "qwen", **LLM}, "vendor", "server 0.9 has no vendor 'qwen'; it knows openai"),
        ("dial", {"target": [{"type": "phone"}], "codecs": ["PCMU"]}, "codecs", "Leave it out"),
        ("transcribe", {"enable": True}, "enable", "Leave it out"),
        ("config", {"bargeIn": {"sticky": True}}, "bargeIn.enable", "missing"),
        ("config", {"noiseIsolation": {"label": "x"}}, "noiseIsolation.label", "Leave it out"),
        (
            "dialogflow",
            {"project": "p", "credentials": "c", "lang": "en", "toolHook": "/t"},
            "toolHook",
            "refuses it",
        ),
        ("gather", {"play": {"loop": 1}}, "play.url", "missing"),
        ("gather", {"recognizer": {"vendor": "x", "xaiOptions": {}}}, "recognizer.xaiOptions", "refuses it"),
        ("config", {"stream": {"enable": True}, "listen": {"enable": True}}, "stream", "give one of them"),
        ("pipeline", {"llm": {"vendor": "openai"}}, "verb", "Use llm"),
        ("openai_s2s", LLM, "auth.apiKey", "server 0.9 needs it for openai"),
        ("llm", {"vendor": "openai", **KEY, **LLM}, "llmOptions.response_create", "needs it"),
        ("microsoft_s2s", OPENAI, "connectOptions.host", "server 0.9 needs it for microsoft"),
        (
            "llm",
            {"vendor": "openai", **KEY, "llmOptions": {"response_create": "Hi"}},
            "llmOptions.response_create",
            "as an object",
        ),
        ("google_s2s", {**KEY, **LLM}, "llmOptions.setup", "needs it"),
        ("deepgram_s2s", {**KEY, **LLM}, f"{PROVIDER}.model", "needs it"),
        ("deepgram_s2s", deepgram(model="gpt"), f"{PROVIDER}.type", "needs it"),
        ("ultravox_s2s", LLM, "auth.apiKey", "needs it"),
    ],
)
def test_the_open_server_refuses_what_it_does_not_know(
    verb: str, fields: dict[str, Any], path: str, told: str
) -> None:
    error = refused(V0_9, verb, fields)
    assert error.path == path
    assert told in str(error)


def test_a_shortcut_for_a_vendor_that_only_newer_servers_have() -> None:
    assert "server 0.9 has no vendor 'nova'" in str(refused(V0_9, "s2s", {"vendor": "nova", **LLM}))


@pytest.mark.parametrize("vendor", ["microsoft", "voiceagent"])
def test_version_10_gets_shortcuts_of_the_open_server_as_llm(vendor: str) -> None:
    assert lowered(V10, f"{vendor}_s2s", LLM) == {"verb": "llm", "vendor": vendor, **LLM}


@pytest.mark.parametrize("verb", ["lex", "rasa"])
def test_version_10_refuses_what_only_the_open_server_has(verb: str) -> None:
    example = BUILTIN.verb(verb)["examples"][0]
    fields = {name: value for name, value in example.items() if name != "verb"}
    error = refused(V10, verb, fields)
    assert "only the open-source server" in str(error)
    assert error.hint


def test_version_10_leaves_everything_else_alone() -> None:
    for verb in BUILTIN.verbs:
        if verb not in ("lex", "rasa", "microsoft_s2s", "voiceagent_s2s"):
            example = dict(BUILTIN.verb(verb)["examples"][0])
            if "verb" in example:
                assert lowered(V10, verb, example) == example


def test_the_given_verb_is_not_changed_by_lowering() -> None:
    fields = {"name": "r", "stream": {"url": "u"}}
    lowered(V0_9, "room", fields)
    assert fields == {"name": "r", "stream": {"url": "u"}}


def test_undeclared_properties_are_refused_unless_the_profile_is_lenient() -> None:
    with pytest.raises(InvalidVerb, match="Servers end a call over a property that they do not know"):
        lowered(V10, "say", {"text": "x", "mood": "good"})
    assert lowered(V10.lenient(), "say", {"text": "x", "mood": "good"})["mood"] == "good"
    with pytest.raises(InvalidVerb, match="text is 5"):
        lowered(V10.lenient(), "say", {"text": 5})
    refused(V0_9.lenient(), "say", {"text": "x", "mood": "good"})


@pytest.mark.parametrize("profile", [V0_9, V10], ids=["0.9", "v10"])
@pytest.mark.parametrize(
    ("verb", "fields", "path"),
    [
        ("say", {}, "text"),
        ("say", {"stream": False}, "text"),
        ("gather", {"say": {}}, "say.text"),
        (
            "dialogflow",
            {"model": "cx", "project": "p", "credentials": "c", "lang": "en"},
            "agent",
        ),
    ],
)
def test_what_no_server_can_make_is_refused(
    profile: Profile, verb: str, fields: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidVerb) as caught:
        VerbBuilder(profile).verb(verb, fields)
    assert caught.value.path == path


@pytest.mark.parametrize("profile", [V0_9, V10], ids=["0.9", "v10"])
@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("say", {"text": ""}),
        ("say", {"text": ["a", "b"]}),
        ("say", {"stream": True}),
        ("gather", {"say": {"stream": True}}),
        ("gather", {}),
        ("dialogflow", {"model": "es", "project": "p", "credentials": "c", "lang": "en"}),
        ("dialogflow", {"model": "cx", "agent": "a", "project": "p", "credentials": "c", "lang": "en"}),
    ],
)
def test_what_a_server_can_make_is_let_through(profile: Profile, verb: str, fields: dict[str, Any]) -> None:
    assert lowered(profile, verb, fields) == {"verb": verb, **fields}


def test_version_10_decides_itself_what_a_vendor_needs() -> None:
    assert lowered(V10, "llm", {"vendor": "openai", **LLM})["vendor"] == "openai"


# --- streamed audio has a rate -------------------------------------------------------------------------------

STREAMING = {"enabled": True, "streaming": True}


@pytest.mark.parametrize("profile", [V0_9, V10], ids=["0.9", "v10"])
@pytest.mark.parametrize(
    ("fields", "both"),
    [
        ({"bidirectionalAudio": STREAMING}, {**STREAMING, "sampleRate": 8000}),
        ({"bidirectionalAudio": STREAMING, "sampleRate": 16000}, {**STREAMING, "sampleRate": 16000}),
        ({"bidirectionalAudio": {**STREAMING, "sampleRate": 24000}}, {**STREAMING, "sampleRate": 24000}),
        ({"bidirectionalAudio": {"streaming": False}}, {"streaming": False}),
        ({"bidirectionalAudio": {"enabled": True}}, {"enabled": True}),
    ],
)
@pytest.mark.parametrize("place", ["listen", "stream", "config", "dial", "conference", "dial stream"])
def test_streamed_audio_gets_the_rate_of_its_stream(
    profile: Profile, fields: dict[str, Any], both: dict[str, Any], place: str
) -> None:
    listen = {"url": "/audio", **fields}
    if place in {"listen", "stream"}:
        found = lowered(profile, place, listen)
    elif place == "config":
        found = lowered(profile, "config", {"listen": {"enable": True, **listen}})["listen"]
    elif place == "conference":
        found = lowered(profile, "conference", {"name": "c", "listen": listen})["listen"]
    else:
        name = "stream" if place == "dial stream" else "listen"
        target = [{"type": "phone", "number": "1"}]
        found = lowered(profile, "dial", {"target": target, name: listen})[name]
    assert found["bidirectionalAudio"] == both
    assert listen["bidirectionalAudio"] == fields["bidirectionalAudio"]  # what was given is left as it is
