"""`texts` with the real clients of models, over real connections: the words, the tools, the costs, and the close."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import httpx2
import pytest

from jambonz_anyio.agents import CalledTool, ModelFailed, TextStream, Usage, texts

from .model_server import (
    ANTHROPIC,
    ANTHROPIC_TEXT,
    CALLS,
    CHAT,
    MESSAGE_START,
    RESPONSES,
    TEXT,
    ModelServer,
    chat_chunk,
    chat_tool,
    response,
    serving,
    sse,
)

if TYPE_CHECKING:  # each worker of a run collects these tests, and the clients take long to import
    import anthropic
    import openai
    from anthropic.types import MessageParam
    from openai.types.chat import ChatCompletionMessageParam
    from pydantic_ai.models.openai import OpenAIChatModel

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]

# At the end of an answer, and where a server reports a failure, the clients leave generators of their own to the
# garbage collector, which trio, and nobody else, warns of. When an answer is closed before its end, nothing is left.
left_by_the_client = pytest.mark.filterwarnings(
    "ignore:Async generator '(openai|anthropic|httpx|httpcore):ResourceWarning",
    "ignore:Exception ignored in. <async_generator object:pytest.PytestUnraisableExceptionWarning",
)

CHAT_MESSAGES: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello?"}]
MESSAGES: list[MessageParam] = [{"role": "user", "content": "Hello?"}]


def openai_client(url: str) -> openai.AsyncOpenAI:
    import openai

    # Loading certificates takes most of the time of such a test.
    http = httpx2.AsyncClient(verify=False)
    return openai.AsyncOpenAI(base_url=url, api_key="key", max_retries=0, http_client=http)


def anthropic_client(url: str) -> anthropic.AsyncAnthropic:
    import anthropic

    http = httpx2.AsyncClient(verify=False)
    return anthropic.AsyncAnthropic(base_url=url, api_key="key", max_retries=0, http_client=http)


def chat(client: Any) -> Any:
    return client.chat.completions.create(model="m", messages=CHAT_MESSAGES, stream=True)


def chat_managed(client: Any) -> Any:
    return client.chat.completions.stream(model="m", messages=CHAT_MESSAGES)


def responses(client: Any) -> Any:
    return client.responses.create(model="m", input="Hello?", stream=True)


def responses_managed(client: Any) -> Any:
    return client.responses.stream(model="m", input="Hello?")


def messages(client: Any) -> Any:
    return client.messages.create(model="m", max_tokens=99, messages=MESSAGES, stream=True)


def messages_managed(client: Any) -> Any:
    return client.messages.stream(model="m", max_tokens=99, messages=MESSAGES)


def plain(client: Any) -> Any:
    return client.stream("POST", "/chat/completions", json={"messages": CHAT_MESSAGES})


def plain_sent(client: Any) -> Any:
    return client.send(client.build_request("POST", "/chat/completions", json={}), stream=True)


def with_httpx(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, verify=False)


def with_httpx2(url: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=url, verify=False)


WAYS: dict[str, tuple[Callable[[str], Any], Callable[[Any], Any], bytes]] = {
    "chat": (openai_client, chat, CHAT),
    "chat managed": (openai_client, chat_managed, CHAT),
    "responses": (openai_client, responses, RESPONSES),
    "responses managed": (openai_client, responses_managed, RESPONSES),
    "messages": (anthropic_client, messages, ANTHROPIC),
    "messages managed": (anthropic_client, messages_managed, ANTHROPIC),
    "httpx": (with_httpx, plain, CHAT),
    "httpx sent": (with_httpx, plain_sent, CHAT),
    "httpx2": (with_httpx2, plain, CHAT),
    "httpx2 responses": (with_httpx2, plain, RESPONSES),
    "httpx2 messages": (with_httpx2, plain, ANTHROPIC),
}
"""A client, what it is asked, and a whole answer."""

TOOLS = [CalledTool(id, name, arguments) for id, name, arguments in CALLS]
FINISHED = {"chat": "tool_calls", "responses": "completed", "messages": "tool_use", "httpx": "tool_calls"}


def beginning(answer: bytes) -> bytes:
    """An answer up to its first words."""
    return answer[: answer.index(b"\n\n", answer.index(TEXT[0].encode())) + 2]


async def collect(stream: Any, heard: list[str]) -> None:
    async for text in texts(stream):
        heard.append(text)


@pytest.fixture(params=list(WAYS))
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@left_by_the_client
async def test_words_tools_and_costs_come(way: str) -> None:
    make, ask, answer = WAYS[way]
    async with serving(ModelServer([answer])) as server, make(server.url) as client:
        stream = texts(ask(client))
        with anyio.fail_after(10):
            assert [text async for text in stream] == TEXT
    assert stream.text == "".join(TEXT)
    assert stream.tool_calls == TOOLS
    assert stream.usage == Usage(input_tokens=20, output_tokens=7, cached_tokens=16)
    assert stream.finish_reason in FINISHED.values()
    assert server.requests
    assert not server.cancelled.is_set()


async def test_what_is_closed_in_the_middle_is_seen_by_the_server(way: str) -> None:
    make, ask, answer = WAYS[way]
    first, never = beginning(answer), anyio.Event()
    async with serving(ModelServer([first, never])) as server, make(server.url) as client:
        async with texts(ask(client)) as stream:
            assert await anext(stream) == TEXT[0]
        with anyio.fail_after(5):
            await server.cancelled.wait()
        assert [text async for text in stream] == []


async def test_what_is_cancelled_while_it_waits_is_seen_by_the_server(way: str) -> None:
    make, ask, answer = WAYS[way]
    first, never = beginning(answer), anyio.Event()
    async with serving(ModelServer([first, never])) as server, make(server.url) as client:
        heard: list[str] = []

        async def listen(stream: TextStream) -> None:
            async for text in stream:
                heard.append(text)
                tasks.cancel_scope.cancel()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listen, texts(ask(client)))
        with anyio.fail_after(5):
            await server.cancelled.wait()
    assert heard == TEXT[:1]


async def test_a_request_that_gets_no_answer_can_be_cancelled(way: str) -> None:
    make, ask, _ = WAYS[way]
    never = anyio.Event()
    async with serving(ModelServer([never])) as server, make(server.url) as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anext, texts(ask(client)))
            await server.asked.wait()
            tasks.cancel_scope.cancel()
        with anyio.fail_after(5):
            await server.cancelled.wait()


async def test_a_connection_that_breaks_is_an_error(way: str) -> None:
    make, ask, answer = WAYS[way]
    async with serving(ModelServer([beginning(answer)], cut=True)) as server, make(server.url) as client:
        heard: list[str] = []
        with pytest.raises(Exception) as raised:  # the client's own
            await collect(ask(client), heard)
        assert type(raised.value).__module__.split(".")[0] in ("openai", "anthropic", "httpx", "httpx2")
    assert heard == TEXT[:1]


@left_by_the_client
@pytest.mark.parametrize("way", ["chat", "messages", "httpx"])
@pytest.mark.parametrize("size", [1, 7])
async def test_answers_that_come_in_small_pieces(way: str, size: int) -> None:
    """Cut anywhere: inside the events, their lines, and the characters."""
    make, ask, answer = WAYS[way]
    pieces = [answer[at : at + size] for at in range(0, len(answer), size)]
    async with serving(ModelServer(pieces)) as server, make(server.url) as client:
        stream = texts(ask(client))
        assert [text async for text in stream] == TEXT
        assert stream.tool_calls == TOOLS


ERROR = {"error": {"message": "the model is overloaded", "type": "server_error", "code": None}}
FAILED = response("failed", error={"code": "server_error", "message": "the model is overloaded"})
OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "the model is overloaded"}}


@left_by_the_client
@pytest.mark.parametrize(
    ("way", "failure"),
    [
        ("chat", sse(ERROR)),
        ("chat managed", sse(ERROR)),
        ("responses", sse({"type": "response.failed", "response": FAILED, "sequence_number": 1}, named=True)),
        ("messages", sse(OVERLOADED, named=True)),
        ("messages managed", sse(OVERLOADED, named=True)),
        ("httpx", sse(ERROR)),
        ("httpx2 responses", sse({"type": "response.failed", "response": FAILED})),
        ("httpx2 messages", sse(OVERLOADED, named=True)),
    ],
)
async def test_a_failure_in_the_middle_is_raised(way: str, failure: bytes) -> None:
    make, ask, answer = WAYS[way]
    async with serving(ModelServer([beginning(answer), failure])) as server, make(server.url) as client:
        heard: list[str] = []
        with pytest.raises(Exception, match="the model is overloaded"):
            await collect(ask(client), heard)
    assert heard == TEXT[:1]


@pytest.mark.parametrize("way", ["httpx", "httpx sent", "httpx2"])
async def test_a_refusal_is_told_with_what_the_server_says(way: str) -> None:
    make, ask, _ = WAYS[way]
    refusal = b'{"error": "' + b"no such model " * 100 + b'"}'
    async with serving(ModelServer([refusal], status=404)) as server, make(server.url) as client:
        with pytest.raises(ModelFailed, match=r"404.*no such model") as raised:
            await anext(texts(ask(client)))
        assert len(str(raised.value)) < 500


async def test_a_stream_that_ends_in_the_middle_of_a_tool_call_is_an_error() -> None:
    torn = sse(chat_tool(0, '{"day": "Sun', "call_a", "opening_hours"))
    async with serving(ModelServer([torn])) as server, openai_client(server.url) as client:
        with pytest.raises(ModelFailed, match="broke off while it called opening_hours"):
            await anext(texts(chat(client)))


async def test_a_stream_that_was_never_asked_for_a_text_requests_nothing() -> None:
    async with serving(ModelServer([CHAT])) as server, openai_client(server.url) as client:
        stream = texts(chat(client))
        await stream.aclose()
        assert not server.requests


async def test_anthropic_costs_come_in_two_parts() -> None:
    answer = sse(MESSAGE_START, *ANTHROPIC_TEXT[:1], named=True)
    async with serving(ModelServer([answer])) as server, anthropic_client(server.url) as client:
        stream = texts(messages(client))
        assert [text async for text in stream] == TEXT[:1]
        assert stream.usage == Usage(input_tokens=20, output_tokens=1, cached_tokens=16)
        assert stream.finish_reason is None


def pydantic_model(client: openai.AsyncOpenAI) -> OpenAIChatModel:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    return OpenAIChatModel("m", provider=OpenAIProvider(openai_client=client))


@pytest.mark.parametrize("anyio_backend", [("asyncio", {"use_uvloop": False})], ids=["asyncio"])
class TestPydanticAi:
    """pydantic-ai itself runs on asyncio only."""

    def stream(self, client: openai.AsyncOpenAI) -> Any:
        from pydantic_ai.direct import model_request_stream
        from pydantic_ai.messages import ModelRequest

        return model_request_stream(pydantic_model(client), [ModelRequest.user_text_prompt("Hello?")])

    async def test_words_and_tools_of_a_request(self) -> None:
        async with serving(ModelServer([CHAT])) as server, openai_client(server.url) as client:
            stream = texts(self.stream(client))
            assert "".join([text async for text in stream]) == "".join(TEXT)
            assert stream.tool_calls == TOOLS

    async def test_a_request_is_cancelled(self) -> None:
        first, never = beginning(CHAT), anyio.Event()
        async with serving(ModelServer([first, never])) as server, openai_client(server.url) as client:
            async with texts(self.stream(client)) as stream:
                assert await anext(stream) == TEXT[0]
            with anyio.fail_after(5):
                await server.cancelled.wait()

    async def test_an_agent_runs_its_tools_itself(self) -> None:
        from pydantic_ai import Agent

        wanted = sse(chat_tool(0, '{"day": "Sunday"}', "call_a", "opening_hours"), chat_chunk("tool_calls"))
        said = sse(chat_chunk(content="From two "), chat_chunk(content="to six."), chat_chunk("stop"))
        asked = []

        async with serving(ModelServer([wanted], [said])) as server, openai_client(server.url) as client:
            agent = Agent(pydantic_model(client))

            @agent.tool_plain
            def opening_hours(day: str) -> str:
                asked.append(day)
                return "2 to 6"

            for stream in (agent.run_stream("Hello?"), agent.run_stream_events("Hello?")):
                answer = texts(stream)
                assert "".join([text async for text in answer]) == "From two to six."
                assert answer.tool_calls == []
                server.scripts = [[wanted], [said]]
        assert asked == ["Sunday", "Sunday"]

    async def test_a_run_of_an_agent_is_cancelled(self) -> None:
        from pydantic_ai import Agent

        first, never = beginning(CHAT), anyio.Event()
        async with serving(ModelServer([first, never])) as server, openai_client(server.url) as client:
            agent = Agent(pydantic_model(client))
            stream = texts(agent.run_stream("Hello?"))
            assert await anext(stream) == TEXT[0]
            await stream.aclose()
            with anyio.fail_after(5):
                await server.cancelled.wait()
