"""The model of a call, played by a test: the same conversation with every vendor, by both ways of the server, and
what a failing expectation says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from jambonz_anyio import App, Call, WebhookRequest
from jambonz_anyio.testing import ExpectationFailed, Model, Phone, dial

VENDORS: Mapping[str, dict[str, Any]] = {
    "openai": {"model": "gpt", "auth": {"apiKey": "k"}, "llmOptions": {"response_create": {}}},
    # Server 0.9 sends none of Google's events unless they are named.
    "google": {
        "model": "gemini",
        "auth": {"apiKey": "k"},
        "llmOptions": {"setup": {}},
        "events": ["llm_event"],
    },
    "elevenlabs": {"auth": {"agent_id": "a"}, "llmOptions": {}},
    "deepgram": {
        "auth": {"apiKey": "k"},
        "llmOptions": {"Settings": {"agent": {"think": {"provider": {"type": "open_ai", "model": "m"}}}}},
    },
    "ultravox": {"auth": {"apiKey": "k"}, "llmOptions": {}},
}
HOOKS: Mapping[str, Any] = {"toolHook": "/tool", "eventHook": "/event", "actionHook": "/done"}
ORDERS = {"7": {"status": "shipped"}, "8": {"status": "lost"}}


def calls_of(data: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Tool calls, as all the vendors and both verbs spell them."""
    if "function_calls" in data:
        return [(call["id"], call["name"], call["args"]) for call in data["function_calls"]]
    return [(data["tool_call_id"], data["name"], data.get("args") or data.get("arguments") or {})]


def shop(profile: str = "v10") -> App:
    """An application with one tool, and a path for each verb."""
    app = App(profile=profile)

    async def serve(call: Call) -> None:
        @call.on("/tool")
        async def tool(wanted: Any) -> None:
            for id, name, arguments in calls_of(wanted.raw):
                if name == "slow":
                    continue
                known = name == "get_order" and arguments.get("order_id") in ORDERS
                output = ORDERS[arguments["order_id"]] if known else "there is no such thing"
                await call.tool_output(id, output, is_error=not known)

        @call.on("/event")
        async def event(_: Any) -> None:
            pass

    @app.call("/llm/{vendor}")
    async def llm(call: Call) -> None:
        await serve(call)
        vendor = call.params["vendor"]
        over = await call.llm(vendor=vendor, **VENDORS[vendor], **HOOKS).result()
        await call.say(text=f"The model is gone: {over.completion_reason}.").send()

    @app.call("/agent")
    async def agent(call: Call) -> None:
        await serve(call)
        await call.agent(
            stt={"vendor": "deepgram"},
            tts={"vendor": "deepgram"},
            llm={"vendor": "openai", "model": "m", "auth": {"apiKey": "k"}, "llmOptions": {}},
            **HOOKS,
        ).send()

    @app.call("/bare")
    async def bare(call: Call) -> None:
        await call.llm(vendor="openai", **VENDORS["openai"]).send()

    return app


WAYS = [
    *((f"/llm/{vendor}", profile) for vendor in VENDORS for profile in ("0.9", "v10")),
    ("/agent", "v10"),
]


async def conversation(phone: Phone, model: Model) -> None:
    """What a caller and a model say to each other, whatever the vendor."""
    await model.says("Welcome to the shop.")
    await phone.hears("Welcome to the shop.")
    await phone.says("Where is my order?")
    await model.hears("my order")
    output = await model.calls("get_order", order_id="7")
    assert (output.value, output.is_error) == ({"status": "shipped"}, False)
    assert json.loads(output.text) == {"status": "shipped"}
    model.got("get_order", contains="shipped")
    model.got("get_order", {"status": "shipped"})
    await model.replies(
        "It has been shipped, and it will be with you on Monday, or on Tuesday at the latest."
    )
    await phone.hears("It has been shipped")
    await phone.interrupts("And the other one?")
    assert (await model.is_interrupted()).startswith("It has been shipped")
    other, nothing = await model.calls_together(
        ("get_order", {"order_id": "8"}), ("get_weather", {"city": "Oslo"})
    )
    assert other.value == {"status": "lost"}
    assert nothing.value == "there is no such thing"
    await model.replies("I am sorry.")
    await phone.hears("I am sorry.")
    model.heard("other one")
    model.said("at the latest")
    assert model.called("get_order").arguments == {"order_id": "8"}
    assert model.called("get_order", order_id="7").output == output
    assert [str(call) for call in model.tool_calls] == [
        "get_order(order_id='7')",
        "get_order(order_id='8')",
        "get_weather(city='Oslo')",
    ]


@pytest.mark.parametrize(("path", "profile"), WAYS)
async def test_a_conversation_with_every_vendor(virtual_time: Any, path: str, profile: str) -> None:
    async with dial(shop(profile), path) as phone:
        await conversation(phone, phone.model)
        assert phone.faults == []
        await phone.model.ends()


@pytest.mark.parametrize("profile", ["0.9", "v10"])
async def test_the_vendor_fails(virtual_time: Any, profile: str) -> None:
    async with dial(shop(profile), "/llm/openai") as phone:
        await phone.model.says("I know a very long story, and it begins so:")
        await phone.hears("I know")
        await phone.model.fails("no capacity")
        await phone.hears("The model is gone: server error.")
        with pytest.raises(ExpectationFailed, match="the verb llm or agent to run"):
            await phone.model.says("Hello?")
    assert "cut off" in phone.transcript


async def test_what_failures_say(virtual_time: Any) -> None:
    async with dial(shop(), "/llm/openai") as phone:
        model = phone.model
        with pytest.raises(ExpectationFailed, match=r"to have called get_order\(\), and it called no tool"):
            model.called("get_order")
        with pytest.raises(ExpectationFailed, match="to have heard “order”, and it heard nothing"):
            model.heard("order")
        with pytest.raises(ExpectationFailed, match=r"to say “Yes\.”, but there was nothing to answer"):
            await model.replies("Yes.", timeout=1)
        await phone.says("Hello")
        await phone.hears("Yes.")
        await model.calls("get_order", order_id="9")
        wrong = r"to have called get_order\(order_id='7'\), and it called get_order\(order_id='9'\)"
        with pytest.raises(ExpectationFailed, match=wrong):
            model.called("get_order", order_id="7")
        with pytest.raises(ExpectationFailed, match="to contain “shipped”, and it was the error there is no"):
            model.got("get_order", contains="shipped")
        with pytest.raises(ExpectationFailed, match="to be 7 and to be no error, and it was the error there"):
            model.got("get_order", 7, is_error=False)
        model.got("get_order", is_error=True)
        with pytest.raises(ExpectationFailed, match=r"to have said “No”, and it said “Yes\.”"):
            model.said("No")
        with pytest.raises(ExpectationFailed, match="the model to hear “Goodbye”"):
            await model.hears("Goodbye", timeout=1)
        with pytest.raises(ExpectationFailed, match="the model to be interrupted"):
            await model.is_interrupted(timeout=1)
        slow = await model.wants("slow", {"timeout": 3})
        assert slow.arguments == {"timeout": 3}
        with pytest.raises(ExpectationFailed, match=r"an answer to slow\(timeout=3\), and there is none"):
            model.got("slow")
        with pytest.raises(ExpectationFailed, match=r"the output of the tool slow\(timeout=3\)"):
            await model.gets(slow, timeout=1)


async def test_a_verb_without_a_tool_hook(virtual_time: Any) -> None:
    async with dial(shop(), "/bare") as phone:
        with pytest.raises(ExpectationFailed, match="the verb has no toolHook"):
            await phone.model.calls("get_order")


async def test_a_text_that_only_looks_like_json_stays_one(virtual_time: Any) -> None:
    app = App()

    @app.call("/")
    async def serve(call: Call) -> None:
        @call.on("/tool")
        async def tool(wanted: Any) -> None:
            await call.tool_output(wanted.tool_call_id, "[not JSON")

        await call.llm(vendor="openai", **VENDORS["openai"], toolHook="/tool").send()

    async with dial(app) as phone:
        assert (await phone.model.calls("x")).value == "[not JSON"


async def test_a_script_plays_the_model(virtual_time: Any) -> None:
    async def shop_model(model: Model) -> None:
        while True:
            found = await model.hears("order")
            assert found[0] == "order"
            output = await model.calls("get_order", order_id="7")
            await model.replies(f"It is {output.value['status']}.")

    async with dial(shop(), "/llm/openai", model=shop_model) as phone:
        for _ in range(2):
            await phone.waits(60)
            await phone.says("Where is my order?")
            await phone.hears("It is shipped.")
        phone.model.called("get_order", order_id="7")


async def test_a_script_that_fails_is_a_test_that_fails(virtual_time: Any) -> None:
    async def impatient(model: Model) -> None:
        await model.hears("order", timeout=1)

    with pytest.raises(ExpectationFailed, match="the model to hear “order”"):
        async with dial(shop(), "/llm/openai", model=impatient) as phone:
            await phone.waits(60)


# --- by webhooks --------------------------------------------------------------------------------------------


def by_webhook(verb: str, vendor: str, profile: str) -> App:
    """A shop that jambonz asks for its tools by POST: the answer's body is the output."""
    app = App(webhook_secret="s3cret", profile=profile)

    @app.webhook("/voice")
    async def voice(request: WebhookRequest) -> Any:
        settings = {"vendor": vendor, **VENDORS[vendor]}
        if verb == "agent":
            settings["llmOptions"] = {}
            stt = {"vendor": "deepgram"}
            return [{"verb": "agent", "stt": stt, "llm": settings, **HOOKS}]
        return [{"verb": "llm", **settings, **HOOKS}]

    @app.webhook("/tool")
    async def tool(request: WebhookRequest) -> Any:
        outputs = {id: ORDERS[arguments["order_id"]] for id, _, arguments in calls_of(request.data)}
        if vendor == "google":
            responses = [{"id": id, "response": {"output": output}} for id, output in outputs.items()]
            return {"toolResponse": {"functionResponses": responses}}
        [(id, output)] = outputs.items()
        if profile == "0.9":
            item = {"type": "function_call_output", "call_id": id, "output": json.dumps(output)}
            return {"type": "conversation.item.create", "item": item}
        return {"result": output}

    @app.webhook("/event")
    async def event(request: WebhookRequest) -> None:
        assert request.data

    @app.webhook("/done")
    async def done(request: WebhookRequest) -> Any:
        return [{"verb": "say", "text": f"The model is gone: {request.data['completion_reason']}."}]

    return app


@pytest.mark.parametrize(
    ("verb", "vendor", "profile"),
    [
        ("llm", "openai", "0.9"),
        ("llm", "google", "0.9"),
        ("llm", "openai", "v10"),
        ("llm", "google", "v10"),
        ("agent", "openai", "v10"),
    ],
)
async def test_tools_by_webhook(virtual_time: Any, verb: str, vendor: str, profile: str) -> None:
    app = by_webhook(verb, vendor, profile)
    async with dial(app, "/voice", webhook=True, webhook_secret="s3cret") as phone:
        await phone.says("Where are my orders?")
        shipped, lost = await phone.model.calls_together(
            ("get_order", {"order_id": "7"}), ("get_order", {"order_id": "8"})
        )
        assert (shipped.value, lost.value) == ({"status": "shipped"}, {"status": "lost"})
        await phone.model.replies("One is shipped, the other is lost.")
        await phone.hears("the other is lost")
        await phone.model.ends()
        await phone.hears("The model is gone: normal conversation end.")
        assert phone.faults == []
