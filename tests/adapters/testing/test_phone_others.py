"""Everybody else on a call: dialled parties, models, audio streams, webhooks, and other hosts."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_anyio import App, AudioStream, Call, WebhookRequest
from jambonz_anyio.testing import ExpectationFailed, audio, dial
from jambonz_core.simulator import CallSetup, LegChanged, ModelSends

app = App(webhook_secret="s3cret")


@app.call("/dial")
async def transfer(call: Call) -> None:
    @call.on("/confirm")
    async def confirm(asked: Any) -> Any:
        return call.say(text="A call for you.")

    reached = await (
        call.say(text="I will connect you.")
        .dial(target=[{"type": "phone", "number": "+4712"}], answerOnBridge=True, confirmHook="/confirm")
        .result()
    )
    await call.say(text=f"It was {reached.dial_call_status}.").send()


@app.call("/keys")
async def keys(call: Call) -> None:
    await call.answer().dtmf(dtmf="42#").pause(length=60).send()


@app.call("/hold")
async def hold(call: Call) -> None:
    @call.on("/refer")
    async def refer(asked: Any) -> Any:
        return call.say(text="You want to be transferred.")

    await call.config(referHook="/refer").gather(input=["speech"], actionHook="/x", timeout=60).send()


@app.call("/llm")
async def llm(call: Call) -> None:
    @call.on("/tool")
    async def tool(wanted: Any) -> None:
        await call.update_llm({"type": "session.update", "session": {"temperature": 0.5}})
        await call.tool_output(wanted.tool_call_id, {"result": "rain"})

    ended = await call.llm(
        vendor="openai",
        model="gpt-realtime",
        auth={"apiKey": "k"},
        llmOptions={"response_create": {"modalities": ["text", "audio"]}},
        eventHook="/event",
        toolHook="/tool",
    ).result()
    await call.say(text=f"The model says: {ended.completion_reason}.").send()


@app.call("/listen")
async def listen(call: Call) -> None:
    await (
        call.say(text="Speak.")
        .listen(url="/audio", bidirectionalAudio={"enabled": True, "streaming": True, "sampleRate": 8000})
        .send()
    )


@app.audio("/audio")
async def loopback(stream: AudioStream) -> None:
    async for pcm in stream:
        await stream.send(pcm)


@app.webhook("/hook")
async def hook(request: WebhookRequest) -> Any:
    if "speech" in request.data:
        heard = request.data["speech"]["alternatives"][0]["transcript"]
        return [{"verb": "say", "text": f"You said: {heard}"}]
    return [
        {"verb": "say", "text": "Webhook here."},
        {"verb": "gather", "input": ["speech"], "actionHook": "/hook", "timeout": 10},
    ]


async def test_a_dialled_party_answers_and_both_are_heard(virtual_time: Any) -> None:
    async with dial(app, "/dial") as phone:
        await phone.hears("I will connect you.")
        called = phone.party("b1")
        assert called is phone.party("b1")
        assert phone.party("caller") is phone
        await called.answers()
        await called.hears("A call for you.")
        await phone.waits(30)
        await called.hangs_up()
        await phone.hears("It was completed.")
    assert "b1       is ringing 180" in phone.transcript


async def test_the_parties_of_a_bridge_talk_though_nothing_recognises_speech(virtual_time: Any) -> None:
    async with dial(app, "/dial") as phone:
        called = phone.party("b1")
        await called.answers()
        await called.hears("A call for you.")
        await phone.says("good morning")
        await called.hears("good morning")
        await called.says("and to you")
        await phone.hears("and to you")
        await called.hangs_up()


async def test_a_stream_carries_silence_until_the_caller_speaks(virtual_time: Any) -> None:
    voiced: list[bool] = []
    streams = App()

    @streams.call("/")
    async def stream(call: Call) -> None:
        await call.answer().listen(url="/audio").send()

    @streams.audio("/audio")
    async def heard(stream: AudioStream) -> None:
        async for pcm in stream:
            voiced.append(any(pcm))

    async with dial(streams, "/") as phone:
        await phone.waits(2)
        assert voiced
        assert not any(voiced)
        await phone.says("good morning")
        assert any(voiced)


@pytest.mark.parametrize(("how", "status"), [("busy", "busy"), ("declines", "failed")])
async def test_a_dialled_party_does_not_want(virtual_time: Any, how: str, status: str) -> None:
    async with dial(app, "/dial") as phone:
        await getattr(phone.party("b1"), how)()
        await phone.hears(f"It was {status}.")


async def test_a_party_that_nobody_dials(virtual_time: Any) -> None:
    async with dial(app, "/keys") as phone:
        with pytest.raises(ExpectationFailed, match="nobody dialled b7"):
            await phone.party("b7").answers()


async def test_keys_are_heard_and_audio_and_sounds_are_not_there(virtual_time: Any) -> None:
    async with dial(app, "/keys") as phone:
        await phone.hears_keys("42#")
        with pytest.raises(ExpectationFailed, match="no audio stream listens"):
            await phone.sends_audio(audio.silence(0.1))
    with pytest.raises(ExpectationFailed, match="to hear the keys 1"):
        async with dial(app, "/keys") as phone:
            await phone.hears_keys("1")
    with pytest.raises(ExpectationFailed, match="to hear the sound"):
        async with dial(app, "/keys") as phone:
            await phone.hears_sound("x.mp3")
    with pytest.raises(ExpectationFailed, match=r"to hear 0.1 s of audio"):
        async with dial(app, "/keys") as phone:
            await phone.hears_audio()


async def test_a_caller_holds_resumes_and_asks_for_a_transfer(virtual_time: Any) -> None:
    async with dial(app, "/hold") as phone:
        await phone.says("wait", timeout=3)
        await phone.holds()
        await phone.resumes()
        await phone.refers("sip:anna@example.com")
        await phone.hears("You want to be transferred.")


async def test_a_model_calls_a_tool_is_updated_and_ends(virtual_time: Any) -> None:
    async with dial(app, "/llm") as phone:
        output = await phone.model.calls("get_weather", city="Oslo")
        assert "rain" in str(output)
        assert (await phone.model.is_updated())["session"] == {"temperature": 0.5}
        await phone.model.sends({"type": "response.done"})
        assert phone.records[-1].at >= 0
        assert any(
            getattr(record.what, "action", None) == ModelSends({"type": "response.done"})
            for record in phone.records
        )
        await phone.model.ends("server failure")
        await phone.hears("The model says: server failure.")
        with pytest.raises(ExpectationFailed, match="the verb llm or agent to run"):
            await phone.model.ends()


async def test_an_agent_takes_a_turn(virtual_time: Any) -> None:
    agents = App()

    @agents.call("/")
    async def agent(call: Call) -> None:
        @call.on("/tool")
        async def tool(wanted: Any) -> None:
            await call.tool_output(wanted.tool_call_id, "sunny")
            await call.update_agent({"type": "generate_reply", "user_input": "hello"})

        @call.on("/event")
        async def event(event: Any) -> None:
            seen.append(event)

        await call.agent(
            stt={"vendor": "deepgram"},
            tts={"vendor": "deepgram"},
            llm={"vendor": "openai", "model": "gpt-4.1", "auth": {"apiKey": "k"}, "llmOptions": {}},
            eventHook="/event",
            toolHook="/tool",
            actionHook="/done",
        ).send()

    seen: list[Any] = []
    async with dial(agents) as phone:
        await phone.model.says("It is a fine day.", transcript="how is the weather")
        await phone.hears("It is a fine day.")
        assert "sunny" in str(await phone.model.calls("get_weather"))
        assert (await phone.model.is_updated())["type"] == "generate_reply"
        await phone.model.sends({"type": "history_summarized"})
        await phone.model.ends()
        assert seen


async def test_audio_goes_both_ways(virtual_time: Any) -> None:
    async with dial(app, "/listen") as phone:
        await phone.hears("Speak.")
        sound = audio.tone(440, 0.4)
        await phone.sends_audio(sound + audio.silence(0.2))
        heard = await phone.hears_audio(0.5)
        assert audio.has_tone(heard, 440)
        audio.assert_heard(heard, sound)


async def test_an_application_of_webhooks(virtual_time: Any) -> None:
    async with dial(app, "/hook", webhook=True, webhook_secret="s3cret") as phone:
        await phone.hears("Webhook here.")
        await phone.says("good morning")
        await phone.hears("You said: good morning")
        await phone.call_ends("jambonz")
    assert "asks POST http://app.test/hook" in phone.transcript


async def test_a_webhook_that_is_not_signed_is_refused(virtual_time: Any) -> None:
    with pytest.raises(ExpectationFailed, match="nobody answered session:new"):
        async with dial(app, "/hook", webhook=True) as phone:
            await phone.call_ends()


async def test_a_webhook_that_raises(virtual_time: Any) -> None:
    class Broken(App):
        async def respond(self, request: Any) -> Any:
            raise LookupError("no such row")

    with pytest.raises(ExpectationFailed, match="no such row"):
        async with dial(Broken(), "/hook", webhook=True) as phone:
            await phone.call_ends()


async def test_hooks_at_other_hosts_reach_other_applications(virtual_time: Any) -> None:
    main = App()

    @main.call("/")
    async def begin(call: Call) -> None:
        await call.say(text="One moment.").redirect(actionHook="https://hooks.test/hook").send()

    async with dial(main, hosts={"hooks.test": app}, webhook_secret="s3cret") as phone:
        await phone.hears("Webhook here.")
        await phone.hangs_up()
    async with dial(main) as phone:
        await phone.hears("One moment.")
        await phone.call_ends()
        assert "there is no application 'hooks.test' in this test" in phone.transcript


async def test_credentials_are_shown(virtual_time: Any) -> None:
    locked = App(auth=("jambonz", "pw"))

    @locked.call("/")
    async def main(call: Call) -> None:
        await call.say(text="Come in.").send()

    async with dial(locked, credentials=("jambonz", "pw")) as phone:
        await phone.hears("Come in.")
    async with dial(locked, setup=CallSetup(credentials=("jambonz", "guess"))) as phone:
        await phone.call_ends("failed")
        assert "refused with 401" in phone.transcript


async def test_rest_changes_a_call(virtual_time: Any) -> None:
    async with dial(app, "/hold") as phone:
        await phone.says("hello", timeout=3)
        phone.update_call({"call_status": "completed"})
        await phone.call_ends("jambonz")


@app.call("/parent")
async def parent(call: Call) -> None:
    @call.on("/what-now")
    async def what_now(_: Any) -> Any:
        return call.say(text="You are a call of your own now.")

    await call.dial(target=[{"type": "phone", "number": "+4712"}], referHook="/what-now").result()
    await call.say(text="You are transferred.").hangup().send()


@app.call("/parent/adulting")
async def independent(call: Call) -> None:
    heard = await call.gather(input=["speech"], say={"text": "How was it?"}).result()
    await call.say(text=f"You said: {heard.transcript}").hangup().send()


async def test_a_leg_that_became_a_call_goes_on_without_the_caller(virtual_time: Any) -> None:
    async with dial(app, "/parent") as phone:
        colleague = phone.party("b1")
        await colleague.answers()
        await phone.waits(5)
        await phone.refers("sip:somebody@else")
        await phone.hears("You are transferred.")
        await phone.call_ends("jambonz")
        await colleague.hears("How was it?")
        began = phone.at
        await colleague.says("It was fine, thank you.")
        assert phone.at > began + 1
        await colleague.hears("You said: It was fine, thank you.")
    assert "b1       hangs up" not in phone.transcript


async def test_everybody_hangs_up_in_the_end(virtual_time: Any) -> None:
    async with dial(app, "/parent") as phone:
        colleague = phone.party("b1")
        await colleague.answers()
        await phone.waits(5)
        await phone.refers("sip:somebody@else")
        await colleague.hears("How was it?")
    gone = [record.what.leg for record in phone.records if isinstance(record.what, LegChanged)]
    assert gone[-2:] == ["caller", "b1"]
    assert phone.transcript.count("b1       hangs up") == 1
