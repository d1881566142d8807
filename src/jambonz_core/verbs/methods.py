# Generated from schemas/ by `python scripts/generate.py`. Do not edit.
"""The verbs as methods, with exact types; written from the schemas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, Never, TypeVar

if TYPE_CHECKING:
    from jambonz_core.verbs.types import (
        ActionHook,
        ActionHookDelayAction,
        AgentBargeIn,
        AgentLanguageConfigValue,
        AgentLlm,
        AgentMcpServersItem,
        AgentNoiseIsolation,
        AgentTurnDetection,
        AgentVerb,
        AlertVerb,
        Amd,
        AnswerVerb,
        Auth,
        BidirectionalAudio,
        ConferenceVerb,
        ConfigBargeIn,
        ConfigNoiseIsolation,
        ConfigTtsStream,
        ConfigTurnTaking,
        ConfigVerb,
        DeepgramS2sVerb,
        DequeueVerb,
        DialogflowQueryInput,
        DialogflowVerb,
        DialVerb,
        DtmfVerb,
        DubVerb,
        ElevenlabsS2sAuth,
        ElevenlabsS2sLlmOptions,
        ElevenlabsS2sVerb,
        EnqueueVerb,
        FillerNoise,
        GatherVerb,
        GoogleS2sVerb,
        GptliveS2sAuth,
        GptliveS2sLlmOptions,
        GptliveS2sVerb,
        Handoff,
        Hangup,
        HangupVerb,
        LeaveVerb,
        LexIntent,
        LexVerb,
        ListenVerb,
        LlmBaseAuth,
        LlmBaseMcpServersItem,
        LlmVerb,
        MessageVerb,
        MicrosoftS2sVerb,
        NovaS2sAuth,
        NovaS2sLlmOptions,
        NovaS2sVerb,
        OpenaiS2sVerb,
        PauseVerb,
        PipelineBargeIn,
        PipelineMcpServersItem,
        PipelineNoiseIsolation,
        PipelineTurnDetection,
        PipelineVerb,
        PlayVerb,
        QwenS2sVerb,
        RasaVerb,
        Recognizer,
        RedirectVerb,
        RestDialVerb,
        RoomVerb,
        S2sVerb,
        SayVerb,
        SipDeclineVerb,
        SipReferVerb,
        SipRequestVerb,
        StreamVerb,
        Synthesizer,
        TagVerb,
        Target,
        ToolFillerConfig,
        TranscribeVerb,
        TransferBrief,
        TransferOptionsConfirm,
        TransferOptionsDisposition,
        TransferVerb,
        UltravoxS2sVerb,
        Vad,
        VoiceagentS2sVerb,
        VoiceliveS2sAuth,
        VoiceliveS2sConnectOptions,
        VoiceliveS2sLlmOptions,
        VoiceliveS2sVerb,
    )

R_co = TypeVar("R_co", covariant=True)

METHODS: dict[str, str] = {
    'say': 'say',
    'play': 'play',
    'gather': 'gather',
    'dial': 'dial',
    'config': 'config',
    'hangup': 'hangup',
    'agent': 'agent',
    'alert': 'alert',
    'answer': 'answer',
    'conference': 'conference',
    'deepgram_s2s': 'deepgram_s2s',
    'dequeue': 'dequeue',
    'dialogflow': 'dialogflow',
    'dtmf': 'dtmf',
    'dub': 'dub',
    'elevenlabs_s2s': 'elevenlabs_s2s',
    'enqueue': 'enqueue',
    'google_s2s': 'google_s2s',
    'gptlive_s2s': 'gptlive_s2s',
    'leave': 'leave',
    'lex': 'lex',
    'listen': 'listen',
    'llm': 'llm',
    'message': 'message',
    'microsoft_s2s': 'microsoft_s2s',
    'nova_s2s': 'nova_s2s',
    'openai_s2s': 'openai_s2s',
    'pause': 'pause',
    'pipeline': 'pipeline',
    'qwen_s2s': 'qwen_s2s',
    'rasa': 'rasa',
    'redirect': 'redirect',
    'rest_dial': 'rest:dial',
    'room': 'room',
    's2s': 's2s',
    'sip_decline': 'sip:decline',
    'sip_refer': 'sip:refer',
    'sip_request': 'sip:request',
    'stream': 'stream',
    'tag': 'tag',
    'transcribe': 'transcribe',
    'transfer': 'transfer',
    'ultravox_s2s': 'ultravox_s2s',
    'voiceagent_s2s': 'voiceagent_s2s',
    'voicelive_s2s': 'voicelive_s2s',
}
"""The verb on the wire behind each method."""


class VerbMethods(Generic[R_co]):
    """One method per verb, for everything that verbs can be said to.

    A method takes keyword arguments, or one positional argument: a plain dict with the verb's fields, or a verb that was
    made before. None means "not given"; what is not given never goes on the wire. A class that binds the methods has
    `_add`, which gets the verb's name, the positional argument and the keywords, and whose value every method returns.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> R_co: ...

    def say(
        self,
        given: SayVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        text: str | Sequence[str] | None = None,
        instructions: str | None = None,
        stream: bool | None = None,
        loop: float | str | None = None,
        synthesizer: Synthesizer | Mapping[str, Any] | None = None,
        earlyMedia: bool | None = None,
        disableTtsCache: bool | None = None,
        closeStreamOnEmpty: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `say`.

        On servers from 0.9.6.

        Args:
            id
            text
            instructions
            stream
            loop
            synthesizer
            earlyMedia
            disableTtsCache
            closeStreamOnEmpty
        """
        return self._add(
            "say",
            given,
            {
                "id": id,
                "text": text,
                "instructions": instructions,
                "stream": stream,
                "loop": loop,
                "synthesizer": synthesizer,
                "earlyMedia": earlyMedia,
                "disableTtsCache": disableTtsCache,
                "closeStreamOnEmpty": closeStreamOnEmpty,
                **unknown,
            },
        )

    def play(
        self,
        given: PlayVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        url: str | Sequence[str] | None = None,
        loop: float | str | None = None,
        earlyMedia: bool | None = None,
        seekOffset: float | str | None = None,
        timeoutSecs: float | str | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `play`.

        On servers from 0.9.6.

        Args:
            id
            url: (required)
            loop
            earlyMedia
            seekOffset
            timeoutSecs
            actionHook
        """
        return self._add(
            "play",
            given,
            {
                "id": id,
                "url": url,
                "loop": loop,
                "earlyMedia": earlyMedia,
                "seekOffset": seekOffset,
                "timeoutSecs": timeoutSecs,
                "actionHook": actionHook,
                **unknown,
            },
        )

    def gather(
        self,
        given: GatherVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        input: Sequence[Literal['speech', 'digits']] | None = None,
        finishOnKey: str | None = None,
        numDigits: float | None = None,
        minDigits: float | None = None,
        maxDigits: float | None = None,
        interDigitTimeout: float | None = None,
        speechTimeout: float | None = None,
        timeout: float | None = None,
        partialResultHook: str | ActionHook | Mapping[str, Any] | None = None,
        listenDuringPrompt: bool | None = None,
        dtmfBargein: bool | None = None,
        bargein: bool | None = None,
        minBargeinWordCount: float | None = None,
        recognizer: Recognizer | Mapping[str, Any] | None = None,
        say: Mapping[str, Any] | None = None,
        play: Mapping[str, Any] | None = None,
        fillerNoise: FillerNoise | Mapping[str, Any] | None = None,
        actionHookDelayAction: ActionHookDelayAction | Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `gather`.

        On servers from 0.9.6.

        Args:
            id
            actionHook
            input: One of `"speech"`, `"digits"`. Left out: `["digits"]`.
            finishOnKey
            numDigits
            minDigits
            maxDigits
            interDigitTimeout
            speechTimeout
            timeout
            partialResultHook
            listenDuringPrompt: Left out: `true`.
            dtmfBargein
            bargein
            minBargeinWordCount
            recognizer
            say
            play
            fillerNoise
            actionHookDelayAction
        """
        return self._add(
            "gather",
            given,
            {
                "id": id,
                "actionHook": actionHook,
                "input": input,
                "finishOnKey": finishOnKey,
                "numDigits": numDigits,
                "minDigits": minDigits,
                "maxDigits": maxDigits,
                "interDigitTimeout": interDigitTimeout,
                "speechTimeout": speechTimeout,
                "timeout": timeout,
                "partialResultHook": partialResultHook,
                "listenDuringPrompt": listenDuringPrompt,
                "dtmfBargein": dtmfBargein,
                "bargein": bargein,
                "minBargeinWordCount": minBargeinWordCount,
                "recognizer": recognizer,
                "say": say,
                "play": play,
                "fillerNoise": fillerNoise,
                "actionHookDelayAction": actionHookDelayAction,
                **unknown,
            },
        )

    def dial(
        self,
        given: DialVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        target: Sequence[Target | Mapping[str, Any]] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        onHoldHook: str | ActionHook | Mapping[str, Any] | None = None,
        answerOnBridge: bool | None = None,
        callerId: str | None = None,
        callerName: str | None = None,
        confirmHook: str | ActionHook | Mapping[str, Any] | None = None,
        referHook: str | ActionHook | Mapping[str, Any] | None = None,
        dialMusic: str | None = None,
        dtmfCapture: Sequence[str] | Mapping[str, Any] | None = None,
        dtmfHook: str | ActionHook | Mapping[str, Any] | None = None,
        headers: Mapping[str, str | float] | None = None,
        anchorMedia: bool | None = None,
        codecs: Sequence[str] | None = None,
        exitMediaPath: bool | None = None,
        boostAudioSignal: float | str | None = None,
        listen: Mapping[str, Any] | None = None,
        stream: Mapping[str, Any] | None = None,
        transcribe: Mapping[str, Any] | None = None,
        timeLimit: float | None = None,
        timeout: float | None = None,
        proxy: str | None = None,
        amd: Amd | Mapping[str, Any] | None = None,
        dub: Sequence[DubVerb | Mapping[str, Any]] | None = None,
        tag: Mapping[str, Any] | None = None,
        forwardPAI: bool | None = None,
        srtpEncryption: Literal['sdes', 'dtls'] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `dial`.

        On servers from 0.9.6.

        Args:
            id
            target: (required)
            actionHook
            onHoldHook
            answerOnBridge
            callerId
            callerName
            confirmHook
            referHook
            dialMusic
            dtmfCapture
            dtmfHook
            headers
            anchorMedia
            codecs
            exitMediaPath
            boostAudioSignal
            listen
            stream
            transcribe
            timeLimit
            timeout
            proxy
            amd
            dub
            tag
            forwardPAI
            srtpEncryption: One of `"sdes"`, `"dtls"`.
        """
        return self._add(
            "dial",
            given,
            {
                "id": id,
                "target": target,
                "actionHook": actionHook,
                "onHoldHook": onHoldHook,
                "answerOnBridge": answerOnBridge,
                "callerId": callerId,
                "callerName": callerName,
                "confirmHook": confirmHook,
                "referHook": referHook,
                "dialMusic": dialMusic,
                "dtmfCapture": dtmfCapture,
                "dtmfHook": dtmfHook,
                "headers": headers,
                "anchorMedia": anchorMedia,
                "codecs": codecs,
                "exitMediaPath": exitMediaPath,
                "boostAudioSignal": boostAudioSignal,
                "listen": listen,
                "stream": stream,
                "transcribe": transcribe,
                "timeLimit": timeLimit,
                "timeout": timeout,
                "proxy": proxy,
                "amd": amd,
                "dub": dub,
                "tag": tag,
                "forwardPAI": forwardPAI,
                "srtpEncryption": srtpEncryption,
                **unknown,
            },
        )

    def config(
        self,
        given: ConfigVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        synthesizer: Synthesizer | Mapping[str, Any] | None = None,
        recognizer: Recognizer | Mapping[str, Any] | None = None,
        bargeIn: ConfigBargeIn | Mapping[str, Any] | None = None,
        ttsStream: ConfigTtsStream | Mapping[str, Any] | None = None,
        record: Mapping[str, Any] | None = None,
        listen: Mapping[str, Any] | None = None,
        stream: Mapping[str, Any] | None = None,
        transcribe: Mapping[str, Any] | None = None,
        amd: Amd | Mapping[str, Any] | None = None,
        fillerNoise: FillerNoise | Mapping[str, Any] | None = None,
        vad: Vad | Mapping[str, Any] | None = None,
        notifyEvents: bool | None = None,
        notifySttLatency: bool | None = None,
        reset: str | Sequence[str] | None = None,
        onHoldMusic: str | None = None,
        actionHookDelayAction: ActionHookDelayAction | Mapping[str, Any] | None = None,
        sipRequestWithinDialogHook: str | ActionHook | Mapping[str, Any] | None = None,
        boostAudioSignal: float | str | None = None,
        referHook: str | ActionHook | Mapping[str, Any] | None = None,
        earlyMedia: bool | None = None,
        autoStreamTts: bool | None = None,
        disableTtsCache: bool | None = None,
        trackTtsPlayout: bool | None = None,
        noiseIsolation: ConfigNoiseIsolation | Mapping[str, Any] | None = None,
        turnTaking: ConfigTurnTaking | Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `config`.

        On servers from 0.9.6.

        Args:
            id
            synthesizer
            recognizer
            bargeIn
            ttsStream
            record
            listen
            stream
            transcribe
            amd
            fillerNoise
            vad
            notifyEvents
            notifySttLatency
            reset
            onHoldMusic
            actionHookDelayAction
            sipRequestWithinDialogHook
            boostAudioSignal
            referHook
            earlyMedia
            autoStreamTts
            disableTtsCache
            trackTtsPlayout
            noiseIsolation
            turnTaking
        """
        return self._add(
            "config",
            given,
            {
                "id": id,
                "synthesizer": synthesizer,
                "recognizer": recognizer,
                "bargeIn": bargeIn,
                "ttsStream": ttsStream,
                "record": record,
                "listen": listen,
                "stream": stream,
                "transcribe": transcribe,
                "amd": amd,
                "fillerNoise": fillerNoise,
                "vad": vad,
                "notifyEvents": notifyEvents,
                "notifySttLatency": notifySttLatency,
                "reset": reset,
                "onHoldMusic": onHoldMusic,
                "actionHookDelayAction": actionHookDelayAction,
                "sipRequestWithinDialogHook": sipRequestWithinDialogHook,
                "boostAudioSignal": boostAudioSignal,
                "referHook": referHook,
                "earlyMedia": earlyMedia,
                "autoStreamTts": autoStreamTts,
                "disableTtsCache": disableTtsCache,
                "trackTtsPlayout": trackTtsPlayout,
                "noiseIsolation": noiseIsolation,
                "turnTaking": turnTaking,
                **unknown,
            },
        )

    def hangup(
        self,
        given: HangupVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        headers: Mapping[str, str | float] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `hangup`.

        On servers from 0.9.6.

        Args:
            id
            headers
        """
        return self._add(
            "hangup",
            given,
            {
                "id": id,
                "headers": headers,
                **unknown,
            },
        )

    def agent(
        self,
        given: AgentVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        stt: Recognizer | Mapping[str, Any] | None = None,
        tts: Synthesizer | Mapping[str, Any] | None = None,
        autoLockLanguage: bool | Literal['always'] | None = None,
        languageConfig: Mapping[str, AgentLanguageConfigValue | Mapping[str, Any]] | None = None,
        turnDetection: Literal['stt', 'krisp'] | AgentTurnDetection | Mapping[str, Any] | None = None,
        bargeIn: AgentBargeIn | Mapping[str, Any] | None = None,
        noResponseTimeout: float | None = None,
        noResponseMaxPrompts: int | None = None,
        llm: AgentLlm | Mapping[str, Any] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        greeting: bool | None = None,
        earlyGeneration: bool | None = None,
        speak: bool | None = None,
        speechCleanup: bool | None = None,
        noiseIsolation: Literal['krisp', 'rnnoise', 'kugelaudio'] | AgentNoiseIsolation | Mapping[str, Any] | None = None,
        mcpServers: Sequence[AgentMcpServersItem | Mapping[str, Any]] | None = None,
        handoff: Handoff | Mapping[str, Any] | None = None,
        hangup: Hangup | Mapping[str, Any] | None = None,
        toolFiller: Literal[False] | ToolFillerConfig | Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `agent`.

        On servers from 10.1.0.

        Args:
            id
            stt
            tts
            autoLockLanguage: Left out: `false`.
            languageConfig
            turnDetection: Left out: `"stt"`.
            bargeIn
            noResponseTimeout: At least 0. Left out: `12`.
            noResponseMaxPrompts: At least 0. Left out: `0`.
            llm
            actionHook
            eventHook
            toolHook
            greeting: Left out: `true`.
            earlyGeneration: Left out: `false`.
            speak: Left out: `true`.
            speechCleanup: Left out: `true`.
            noiseIsolation
            mcpServers
            handoff
            hangup
            toolFiller
        """
        return self._add(
            "agent",
            given,
            {
                "id": id,
                "stt": stt,
                "tts": tts,
                "autoLockLanguage": autoLockLanguage,
                "languageConfig": languageConfig,
                "turnDetection": turnDetection,
                "bargeIn": bargeIn,
                "noResponseTimeout": noResponseTimeout,
                "noResponseMaxPrompts": noResponseMaxPrompts,
                "llm": llm,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "greeting": greeting,
                "earlyGeneration": earlyGeneration,
                "speak": speak,
                "speechCleanup": speechCleanup,
                "noiseIsolation": noiseIsolation,
                "mcpServers": mcpServers,
                "handoff": handoff,
                "hangup": hangup,
                "toolFiller": toolFiller,
                **unknown,
            },
        )

    def alert(
        self,
        given: AlertVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        message: str | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `alert`.

        On servers from 0.9.6.

        Args:
            id
            message: (required)
        """
        return self._add(
            "alert",
            given,
            {
                "id": id,
                "message": message,
                **unknown,
            },
        )

    def answer(
        self,
        given: AnswerVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `answer`.

        On servers from 0.9.6.

        Args:
            id
        """
        return self._add(
            "answer",
            given,
            {
                "id": id,
                **unknown,
            },
        )

    def conference(
        self,
        given: ConferenceVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        name: str | None = None,
        beep: bool | None = None,
        memberTag: str | None = None,
        speakOnlyTo: str | None = None,
        startConferenceOnEnter: bool | None = None,
        endConferenceOnExit: bool | None = None,
        endConferenceDuration: float | None = None,
        maxParticipants: float | None = None,
        joinMuted: bool | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        waitHook: str | ActionHook | Mapping[str, Any] | None = None,
        statusEvents: Sequence[str] | None = None,
        statusHook: str | ActionHook | Mapping[str, Any] | None = None,
        enterHook: str | ActionHook | Mapping[str, Any] | None = None,
        record: Mapping[str, Any] | None = None,
        listen: Mapping[str, Any] | None = None,
        stream: Mapping[str, Any] | None = None,
        distributeDtmf: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `conference`.

        On servers from 0.9.6.

        Args:
            id
            name: (required)
            beep
            memberTag
            speakOnlyTo
            startConferenceOnEnter
            endConferenceOnExit
            endConferenceDuration
            maxParticipants
            joinMuted
            actionHook
            waitHook
            statusEvents
            statusHook
            enterHook
            record
            listen
            stream
            distributeDtmf
        """
        return self._add(
            "conference",
            given,
            {
                "id": id,
                "name": name,
                "beep": beep,
                "memberTag": memberTag,
                "speakOnlyTo": speakOnlyTo,
                "startConferenceOnEnter": startConferenceOnEnter,
                "endConferenceOnExit": endConferenceOnExit,
                "endConferenceDuration": endConferenceDuration,
                "maxParticipants": maxParticipants,
                "joinMuted": joinMuted,
                "actionHook": actionHook,
                "waitHook": waitHook,
                "statusEvents": statusEvents,
                "statusHook": statusHook,
                "enterHook": enterHook,
                "record": record,
                "listen": listen,
                "stream": stream,
                "distributeDtmf": distributeDtmf,
                **unknown,
            },
        )

    def deepgram_s2s(
        self,
        given: DeepgramS2sVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        vendor: Literal['deepgram'] | None = None,
        model: str | None = None,
        auth: LlmBaseAuth | Mapping[str, Any] | None = None,
        connectOptions: Mapping[str, Any] | None = None,
        llmOptions: Mapping[str, Any] | None = None,
        mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        handoff: Handoff | Mapping[str, Any] | None = None,
        hangup: Hangup | Mapping[str, Any] | None = None,
        events: Sequence[str] | None = None,
        responseTimeoutMs: int | None = None,
        cancelOnResponseTimeout: bool | None = None,
        cancelOnBargeIn: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `deepgram_s2s`.

        On servers from 10.1.0.

        Args:
            id
            vendor
            model
            auth
            connectOptions
            llmOptions: (required)
            mcpServers
            actionHook
            eventHook
            toolHook
            handoff
            hangup
            events
            responseTimeoutMs: At least 1.
            cancelOnResponseTimeout: Left out: `false`.
            cancelOnBargeIn: Left out: `false`.
        """
        return self._add(
            "deepgram_s2s",
            given,
            {
                "id": id,
                "vendor": vendor,
                "model": model,
                "auth": auth,
                "connectOptions": connectOptions,
                "llmOptions": llmOptions,
                "mcpServers": mcpServers,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "handoff": handoff,
                "hangup": hangup,
                "events": events,
                "responseTimeoutMs": responseTimeoutMs,
                "cancelOnResponseTimeout": cancelOnResponseTimeout,
                "cancelOnBargeIn": cancelOnBargeIn,
                **unknown,
            },
        )

    def dequeue(
        self,
        given: DequeueVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        name: str | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        timeout: float | None = None,
        beep: bool | None = None,
        callSid: str | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `dequeue`.

        On servers from 0.9.6.

        Args:
            id
            name: (required)
            actionHook
            timeout
            beep
            callSid
        """
        return self._add(
            "dequeue",
            given,
            {
                "id": id,
                "name": name,
                "actionHook": actionHook,
                "timeout": timeout,
                "beep": beep,
                "callSid": callSid,
                **unknown,
            },
        )

    def dialogflow(
        self,
        given: DialogflowVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        credentials: Mapping[str, Any] | str | None = None,
        project: str | None = None,
        agent: str | None = None,
        environment: str | None = None,
        deployment: str | None = None,
        region: str | None = None,
        model: Literal['es', 'cx', 'ces'] | None = None,
        lang: str | None = None,
        sessionId: str | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        events: Sequence[str] | None = None,
        welcomeEvent: str | None = None,
        welcomeEventParams: Mapping[str, Any] | None = None,
        noInputTimeout: float | None = None,
        noInputEvent: str | None = None,
        passDtmfAsTextInput: bool | None = None,
        thinkingMusic: str | None = None,
        tts: Synthesizer | Mapping[str, Any] | None = None,
        bargein: bool | None = None,
        queryInput: DialogflowQueryInput | Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `dialogflow`.

        On servers from 0.9.6.

        Args:
            id
            credentials: (required)
            project: (required)
            agent
            environment
            deployment
            region
            model: One of `"es"`, `"cx"`, `"ces"`.
            lang: (required)
            sessionId
            actionHook
            eventHook
            toolHook
            events
            welcomeEvent
            welcomeEventParams
            noInputTimeout
            noInputEvent
            passDtmfAsTextInput
            thinkingMusic
            tts
            bargein
            queryInput
        """
        return self._add(
            "dialogflow",
            given,
            {
                "id": id,
                "credentials": credentials,
                "project": project,
                "agent": agent,
                "environment": environment,
                "deployment": deployment,
                "region": region,
                "model": model,
                "lang": lang,
                "sessionId": sessionId,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "events": events,
                "welcomeEvent": welcomeEvent,
                "welcomeEventParams": welcomeEventParams,
                "noInputTimeout": noInputTimeout,
                "noInputEvent": noInputEvent,
                "passDtmfAsTextInput": passDtmfAsTextInput,
                "thinkingMusic": thinkingMusic,
                "tts": tts,
                "bargein": bargein,
                "queryInput": queryInput,
                **unknown,
            },
        )

    def dtmf(
        self,
        given: DtmfVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        dtmf: str | None = None,
        duration: float | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `dtmf`.

        On servers from 0.9.6.

        Args:
            id
            dtmf: (required)
            duration: Left out: `500`.
        """
        return self._add(
            "dtmf",
            given,
            {
                "id": id,
                "dtmf": dtmf,
                "duration": duration,
                **unknown,
            },
        )

    def dub(
        self,
        given: DubVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        action: Literal['addTrack', 'removeTrack', 'silenceTrack', 'playOnTrack', 'sayOnTrack'] | None = None,
        track: str | None = None,
        play: str | None = None,
        say: str | Mapping[str, Any] | None = None,
        loop: bool | None = None,
        gain: float | str | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `dub`.

        On servers from 0.9.6.

        Args:
            id
            action: (required) One of `"addTrack"`, `"removeTrack"`, `"silenceTrack"`, `"playOnTrack"`,
                `"sayOnTrack"`.
            track: (required)
            play
            say
            loop
            gain
        """
        return self._add(
            "dub",
            given,
            {
                "id": id,
                "action": action,
                "track": track,
                "play": play,
                "say": say,
                "loop": loop,
                "gain": gain,
                **unknown,
            },
        )

    def elevenlabs_s2s(
        self,
        given: ElevenlabsS2sVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        vendor: Literal['elevenlabs'] | None = None,
        model: str | None = None,
        auth: ElevenlabsS2sAuth | Mapping[str, Any] | None = None,
        connectOptions: Mapping[str, Any] | None = None,
        llmOptions: ElevenlabsS2sLlmOptions | Mapping[str, Any] | None = None,
        mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        handoff: Handoff | Mapping[str, Any] | None = None,
        hangup: Hangup | Mapping[str, Any] | None = None,
        events: Sequence[str] | None = None,
        responseTimeoutMs: int | None = None,
        cancelOnResponseTimeout: bool | None = None,
        cancelOnBargeIn: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `elevenlabs_s2s`.

        On servers from 10.1.0.

        Args:
            id
            vendor
            model
            auth: (required)
            connectOptions
            llmOptions
            mcpServers
            actionHook
            eventHook
            toolHook
            handoff
            hangup
            events
            responseTimeoutMs: At least 1.
            cancelOnResponseTimeout: Left out: `false`.
            cancelOnBargeIn: Left out: `false`.
        """
        return self._add(
            "elevenlabs_s2s",
            given,
            {
                "id": id,
                "vendor": vendor,
                "model": model,
                "auth": auth,
                "connectOptions": connectOptions,
                "llmOptions": llmOptions,
                "mcpServers": mcpServers,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "handoff": handoff,
                "hangup": hangup,
                "events": events,
                "responseTimeoutMs": responseTimeoutMs,
                "cancelOnResponseTimeout": cancelOnResponseTimeout,
                "cancelOnBargeIn": cancelOnBargeIn,
                **unknown,
            },
        )

    def enqueue(
        self,
        given: EnqueueVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        name: str | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        waitHook: str | ActionHook | Mapping[str, Any] | None = None,
        priority: float | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `enqueue`.

        On servers from 0.9.6.

        Args:
            id
            name: (required)
            actionHook
            waitHook
            priority
        """
        return self._add(
            "enqueue",
            given,
            {
                "id": id,
                "name": name,
                "actionHook": actionHook,
                "waitHook": waitHook,
                "priority": priority,
                **unknown,
            },
        )

    def google_s2s(
        self,
        given: GoogleS2sVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        vendor: Literal['google'] | None = None,
        model: str | None = None,
        auth: LlmBaseAuth | Mapping[str, Any] | None = None,
        connectOptions: Mapping[str, Any] | None = None,
        llmOptions: Mapping[str, Any] | None = None,
        mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        handoff: Handoff | Mapping[str, Any] | None = None,
        hangup: Hangup | Mapping[str, Any] | None = None,
        events: Sequence[str] | None = None,
        responseTimeoutMs: int | None = None,
        cancelOnResponseTimeout: bool | None = None,
        cancelOnBargeIn: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `google_s2s`.

        On servers from 10.1.0.

        Args:
            id
            vendor
            model
            auth
            connectOptions
            llmOptions: (required)
            mcpServers
            actionHook
            eventHook
            toolHook
            handoff
            hangup
            events
            responseTimeoutMs: At least 1.
            cancelOnResponseTimeout: Left out: `false`.
            cancelOnBargeIn: Left out: `false`.
        """
        return self._add(
            "google_s2s",
            given,
            {
                "id": id,
                "vendor": vendor,
                "model": model,
                "auth": auth,
                "connectOptions": connectOptions,
                "llmOptions": llmOptions,
                "mcpServers": mcpServers,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "handoff": handoff,
                "hangup": hangup,
                "events": events,
                "responseTimeoutMs": responseTimeoutMs,
                "cancelOnResponseTimeout": cancelOnResponseTimeout,
                "cancelOnBargeIn": cancelOnBargeIn,
                **unknown,
            },
        )

    def gptlive_s2s(
        self,
        given: GptliveS2sVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        vendor: Literal['gptlive'] | None = None,
        model: str | None = None,
        auth: GptliveS2sAuth | Mapping[str, Any] | None = None,
        connectOptions: Mapping[str, Any] | None = None,
        llmOptions: GptliveS2sLlmOptions | Mapping[str, Any] | None = None,
        mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        handoff: Handoff | Mapping[str, Any] | None = None,
        hangup: Hangup | Mapping[str, Any] | None = None,
        events: Sequence[str] | None = None,
        responseTimeoutMs: int | None = None,
        cancelOnResponseTimeout: bool | None = None,
        cancelOnBargeIn: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `gptlive_s2s`.

        On servers from 11.0.4.

        Args:
            id
            vendor
            model
            auth: (required)
            connectOptions
            llmOptions: (required)
            mcpServers
            actionHook
            eventHook
            toolHook
            handoff
            hangup
            events
            responseTimeoutMs: At least 1.
            cancelOnResponseTimeout: Left out: `false`.
            cancelOnBargeIn: Left out: `false`.
        """
        return self._add(
            "gptlive_s2s",
            given,
            {
                "id": id,
                "vendor": vendor,
                "model": model,
                "auth": auth,
                "connectOptions": connectOptions,
                "llmOptions": llmOptions,
                "mcpServers": mcpServers,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "handoff": handoff,
                "hangup": hangup,
                "events": events,
                "responseTimeoutMs": responseTimeoutMs,
                "cancelOnResponseTimeout": cancelOnResponseTimeout,
                "cancelOnBargeIn": cancelOnBargeIn,
                **unknown,
            },
        )

    def leave(
        self,
        given: LeaveVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `leave`.

        On servers from 0.9.6.

        Args:
            id
        """
        return self._add(
            "leave",
            given,
            {
                "id": id,
                **unknown,
            },
        )

    def lex(
        self,
        given: LexVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        botId: str | None = None,
        botAlias: str | None = None,
        credentials: Mapping[str, Any] | None = None,
        region: str | None = None,
        locale: str | None = None,
        intent: LexIntent | Mapping[str, Any] | None = None,
        welcomeMessage: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        bargein: bool | None = None,
        passDtmf: bool | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        noInputTimeout: float | None = None,
        tts: Synthesizer | Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> R_co:
        """Hands the caller to an Amazon Lex V2 bot.

        Known to the open-source server only; the commercial one has no such verb.

        On servers from 0.9.6.

        Args:
            id: Comes back as `verb_id` in this bot's action hook, so that several bots of one
                application can be told apart.
            botId: (required) Id of the bot in the Lex console, ten letters and digits; not its name.
            botAlias: (required) Id of the alias to talk to, such as `TSTALIASID` for the draft version;
                not the alias' name.
            credentials: (required) AWS keys with the right to use the bot, as `accessKey` and
                `secretAccessKey`. They travel in every copy of the verb: prefer a key that can do
                nothing else.
            region: (required) AWS region where the bot was built, such as `us-east-1`.
            locale: Language of the bot that is addressed, with an underscore; `en_US` when left out.
                The bot must have been built for it.
            intent: Begin with this intent instead of waiting for what the caller says first.
            welcomeMessage: Spoken by jambonz before the bot takes over. Left out, the bot's own
                greeting, if it has one, comes first.
            metadata: Request attributes that are handed to the bot and to its Lambda functions.
            bargein: Stop playing the bot's prompt when the caller begins to speak; off when left out.
            passDtmf: Forward the caller's key presses to the bot. They are reported to the eventHook
                either way.
            actionHook: Asked for the next verbs when the conversation with the bot is over.
            eventHook: Told about intents, transcripts, keys and playback while the conversation runs.
                Verbs in its answer take the caller out of it.
            noInputTimeout: How many seconds the bot waits for the caller to begin before it reacts to
                the silence; Lex' own setting when left out.
            tts: Speak the bot's text answers with this voice instead of the audio that Lex itself
                renders.
        """
        return self._add(
            "lex",
            given,
            {
                "id": id,
                "botId": botId,
                "botAlias": botAlias,
                "credentials": credentials,
                "region": region,
                "locale": locale,
                "intent": intent,
                "welcomeMessage": welcomeMessage,
                "metadata": metadata,
                "bargein": bargein,
                "passDtmf": passDtmf,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "noInputTimeout": noInputTimeout,
                "tts": tts,
                **unknown,
            },
        )

    def listen(
        self,
        given: ListenVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        url: str | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        wsAuth: Auth | Mapping[str, Any] | None = None,
        mixType: Literal['mono', 'stereo', 'mixed'] | None = None,
        metadata: Mapping[str, Any] | None = None,
        sampleRate: float | None = None,
        finishOnKey: str | None = None,
        maxLength: float | None = None,
        passDtmf: bool | None = None,
        playBeep: bool | None = None,
        disableBidirectionalAudio: bool | None = None,
        bidirectionalAudio: BidirectionalAudio | Mapping[str, Any] | None = None,
        timeout: float | None = None,
        transcribe: TranscribeVerb | Mapping[str, Any] | None = None,
        earlyMedia: bool | None = None,
        channel: float | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `listen`.

        On servers from 0.9.6.

        Args:
            id
            url: (required)
            actionHook
            wsAuth
            mixType: One of `"mono"`, `"stereo"`, `"mixed"`. Left out: `"mono"`.
            metadata
            sampleRate: Left out: `8000`.
            finishOnKey
            maxLength
            passDtmf
            playBeep
            disableBidirectionalAudio
            bidirectionalAudio
            timeout
            transcribe
            earlyMedia
            channel
        """
        return self._add(
            "listen",
            given,
            {
                "id": id,
                "url": url,
                "actionHook": actionHook,
                "wsAuth": wsAuth,
                "mixType": mixType,
                "metadata": metadata,
                "sampleRate": sampleRate,
                "finishOnKey": finishOnKey,
                "maxLength": maxLength,
                "passDtmf": passDtmf,
                "playBeep": playBeep,
                "disableBidirectionalAudio": disableBidirectionalAudio,
                "bidirectionalAudio": bidirectionalAudio,
                "timeout": timeout,
                "transcribe": transcribe,
                "earlyMedia": earlyMedia,
                "channel": channel,
                **unknown,
            },
        )

    def llm(
        self,
        given: LlmVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        vendor: str | None = None,
        model: str | None = None,
        auth: LlmBaseAuth | Mapping[str, Any] | None = None,
        connectOptions: Mapping[str, Any] | None = None,
        llmOptions: Mapping[str, Any] | None = None,
        mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        handoff: Handoff | Mapping[str, Any] | None = None,
        hangup: Hangup | Mapping[str, Any] | None = None,
        events: Sequence[str] | None = None,
        responseTimeoutMs: int | None = None,
        cancelOnResponseTimeout: bool | None = None,
        cancelOnBargeIn: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `llm`.

        On servers from 0.9.6.

        Args:
            id
            vendor: (required)
            model
            auth
            connectOptions
            llmOptions: (required)
            mcpServers
            actionHook
            eventHook
            toolHook
            handoff
            hangup
            events
            responseTimeoutMs: At least 1.
            cancelOnResponseTimeout: Left out: `false`.
            cancelOnBargeIn: Left out: `false`.
        """
        return self._add(
            "llm",
            given,
            {
                "id": id,
                "vendor": vendor,
                "model": model,
                "auth": auth,
                "connectOptions": connectOptions,
                "llmOptions": llmOptions,
                "mcpServers": mcpServers,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "handoff": handoff,
                "hangup": hangup,
                "events": events,
                "responseTimeoutMs": responseTimeoutMs,
                "cancelOnResponseTimeout": cancelOnResponseTimeout,
                "cancelOnBargeIn": cancelOnBargeIn,
                **unknown,
            },
        )

    def message(
        self,
        given: MessageVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        to: str | None = None,
        from_: str | None = None,
        text: str | None = None,
        media: str | Sequence[str] | None = None,
        carrier: str | None = None,
        account_sid: str | None = None,
        message_sid: str | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `message`.

        On servers from 0.9.6.

        Args:
            id
            to: (required)
            from_: (required)
            text
            media
            carrier
            account_sid
            message_sid
            actionHook
        """
        return self._add(
            "message",
            given,
            {
                "id": id,
                "to": to,
                "from": from_,
                "text": text,
                "media": media,
                "carrier": carrier,
                "account_sid": account_sid,
                "message_sid": message_sid,
                "actionHook": actionHook,
                **unknown,
            },
        )

    def microsoft_s2s(
        self,
        given: MicrosoftS2sVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        vendor: Literal['microsoft'] | None = None,
        model: str | None = None,
        auth: LlmBaseAuth | Mapping[str, Any] | None = None,
        connectOptions: Mapping[str, Any] | None = None,
        llmOptions: Mapping[str, Any] | None = None,
        mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        handoff: Handoff | Mapping[str, Any] | None = None,
        hangup: Hangup | Mapping[str, Any] | None = None,
        events: Sequence[str] | None = None,
        responseTimeoutMs: int | None = None,
        cancelOnResponseTimeout: bool | None = None,
        cancelOnBargeIn: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """Connects the caller to a realtime model on Azure OpenAI.

        A shortcut for `llm` with vendor `microsoft`, which the open-source server knows; it needs
        `connectOptions.host`, the host name of the Azure resource.

        On servers from 0.9.6.

        Args:
            id
            vendor: May be left out: the verb's name says it.
            model
            auth
            connectOptions
            llmOptions: (required)
            mcpServers
            actionHook
            eventHook
            toolHook
            handoff
            hangup
            events
            responseTimeoutMs: At least 1.
            cancelOnResponseTimeout: Left out: `false`.
            cancelOnBargeIn: Left out: `false`.
        """
        return self._add(
            "microsoft_s2s",
            given,
            {
                "id": id,
                "vendor": vendor,
                "model": model,
                "auth": auth,
                "connectOptions": connectOptions,
                "llmOptions": llmOptions,
                "mcpServers": mcpServers,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "handoff": handoff,
                "hangup": hangup,
                "events": events,
                "responseTimeoutMs": responseTimeoutMs,
                "cancelOnResponseTimeout": cancelOnResponseTimeout,
                "cancelOnBargeIn": cancelOnBargeIn,
                **unknown,
            },
        )

    def nova_s2s(
        self,
        given: NovaS2sVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        vendor: Literal['nova'] | None = None,
        model: str | None = None,
        auth: NovaS2sAuth | Mapping[str, Any] | None = None,
        connectOptions: Mapping[str, Any] | None = None,
        llmOptions: NovaS2sLlmOptions | Mapping[str, Any] | None = None,
        mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        handoff: Handoff | Mapping[str, Any] | None = None,
        hangup: Hangup | Mapping[str, Any] | None = None,
        events: Sequence[str] | None = None,
        responseTimeoutMs: int | None = None,
        cancelOnResponseTimeout: bool | None = None,
        cancelOnBargeIn: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `nova_s2s`.

        On servers from 11.1.7.

        Args:
            id
            vendor
            model
            auth: (required)
            connectOptions
            llmOptions
            mcpServers
            actionHook
            eventHook
            toolHook
            handoff
            hangup
            events
            responseTimeoutMs: At least 1.
            cancelOnResponseTimeout: Left out: `false`.
            cancelOnBargeIn: Left out: `false`.
        """
        return self._add(
            "nova_s2s",
            given,
            {
                "id": id,
                "vendor": vendor,
                "model": model,
                "auth": auth,
                "connectOptions": connectOptions,
                "llmOptions": llmOptions,
                "mcpServers": mcpServers,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "handoff": handoff,
                "hangup": hangup,
                "events": events,
                "responseTimeoutMs": responseTimeoutMs,
                "cancelOnResponseTimeout": cancelOnResponseTimeout,
                "cancelOnBargeIn": cancelOnBargeIn,
                **unknown,
            },
        )

    def openai_s2s(
        self,
        given: OpenaiS2sVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        vendor: Literal['openai'] | None = None,
        model: str | None = None,
        auth: LlmBaseAuth | Mapping[str, Any] | None = None,
        connectOptions: Mapping[str, Any] | None = None,
        llmOptions: Mapping[str, Any] | None = None,
        mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        handoff: Handoff | Mapping[str, Any] | None = None,
        hangup: Hangup | Mapping[str, Any] | None = None,
        events: Sequence[str] | None = None,
        responseTimeoutMs: int | None = None,
        cancelOnResponseTimeout: bool | None = None,
        cancelOnBargeIn: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `openai_s2s`.

        On servers from 10.1.0.

        Args:
            id
            vendor
            model
            auth
            connectOptions
            llmOptions: (required)
            mcpServers
            actionHook
            eventHook
            toolHook
            handoff
            hangup
            events
            responseTimeoutMs: At least 1.
            cancelOnResponseTimeout: Left out: `false`.
            cancelOnBargeIn: Left out: `false`.
        """
        return self._add(
            "openai_s2s",
            given,
            {
                "id": id,
                "vendor": vendor,
                "model": model,
                "auth": auth,
                "connectOptions": connectOptions,
                "llmOptions": llmOptions,
                "mcpServers": mcpServers,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "handoff": handoff,
                "hangup": hangup,
                "events": events,
                "responseTimeoutMs": responseTimeoutMs,
                "cancelOnResponseTimeout": cancelOnResponseTimeout,
                "cancelOnBargeIn": cancelOnBargeIn,
                **unknown,
            },
        )

    def pause(
        self,
        given: PauseVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        length: float | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `pause`.

        On servers from 0.9.6.

        Args:
            id
            length: (required)
        """
        return self._add(
            "pause",
            given,
            {
                "id": id,
                "length": length,
                **unknown,
            },
        )

    def pipeline(
        self,
        given: PipelineVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        stt: Recognizer | Mapping[str, Any] | None = None,
        tts: Synthesizer | Mapping[str, Any] | None = None,
        turnDetection: Literal['stt', 'krisp'] | PipelineTurnDetection | Mapping[str, Any] | None = None,
        bargeIn: PipelineBargeIn | Mapping[str, Any] | None = None,
        noResponseTimeout: float | None = None,
        llm: Mapping[str, Any] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        greeting: bool | None = None,
        earlyGeneration: bool | None = None,
        noiseIsolation: Literal['krisp', 'rnnoise'] | PipelineNoiseIsolation | Mapping[str, Any] | None = None,
        mcpServers: Sequence[PipelineMcpServersItem | Mapping[str, Any]] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `pipeline`.

        On servers from 10.1.0.

        Args:
            id
            stt
            tts
            turnDetection: Left out: `"stt"`.
            bargeIn
            noResponseTimeout: At least 0. Left out: `0`.
            llm: (required)
            actionHook
            eventHook
            toolHook
            greeting: Left out: `true`.
            earlyGeneration: Left out: `false`.
            noiseIsolation
            mcpServers
        """
        return self._add(
            "pipeline",
            given,
            {
                "id": id,
                "stt": stt,
                "tts": tts,
                "turnDetection": turnDetection,
                "bargeIn": bargeIn,
                "noResponseTimeout": noResponseTimeout,
                "llm": llm,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "greeting": greeting,
                "earlyGeneration": earlyGeneration,
                "noiseIsolation": noiseIsolation,
                "mcpServers": mcpServers,
                **unknown,
            },
        )

    def qwen_s2s(
        self,
        given: QwenS2sVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        vendor: Literal['qwen'] | None = None,
        model: str | None = None,
        auth: LlmBaseAuth | Mapping[str, Any] | None = None,
        connectOptions: Mapping[str, Any] | None = None,
        llmOptions: Mapping[str, Any] | None = None,
        mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        handoff: Handoff | Mapping[str, Any] | None = None,
        hangup: Hangup | Mapping[str, Any] | None = None,
        events: Sequence[str] | None = None,
        responseTimeoutMs: int | None = None,
        cancelOnResponseTimeout: bool | None = None,
        cancelOnBargeIn: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `qwen_s2s`.

        On servers from 0.4.0.

        Args:
            id
            vendor
            model
            auth
            connectOptions
            llmOptions: (required)
            mcpServers
            actionHook
            eventHook
            toolHook
            handoff
            hangup
            events
            responseTimeoutMs: At least 1.
            cancelOnResponseTimeout: Left out: `false`.
            cancelOnBargeIn: Left out: `false`.
        """
        return self._add(
            "qwen_s2s",
            given,
            {
                "id": id,
                "vendor": vendor,
                "model": model,
                "auth": auth,
                "connectOptions": connectOptions,
                "llmOptions": llmOptions,
                "mcpServers": mcpServers,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "handoff": handoff,
                "hangup": hangup,
                "events": events,
                "responseTimeoutMs": responseTimeoutMs,
                "cancelOnResponseTimeout": cancelOnResponseTimeout,
                "cancelOnBargeIn": cancelOnBargeIn,
                **unknown,
            },
        )

    def rasa(
        self,
        given: RasaVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        url: str | None = None,
        recognizer: Recognizer | Mapping[str, Any] | None = None,
        tts: Synthesizer | Mapping[str, Any] | None = None,
        prompt: str | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> R_co:
        """Connects the caller to a Rasa assistant: what the caller says is transcribed and posted to the
        assistant, what it answers is spoken.

        Known to the open-source server only; the commercial one has no such verb.

        On servers from 0.9.6.

        Args:
            id: Comes back as `verb_id` in the action hook of this bot.
            url: (required) The assistant's REST channel, usually a path that ends in
                `/webhooks/rest/webhook`.
            recognizer: How to transcribe the caller for this conversation; left out, the session's
                recognizer is used.
            tts: Voice for the assistant's answers; left out, the session's synthesizer is used.
            prompt: Spoken first, before the assistant has been asked anything. Left out, the caller
                hears silence and has to begin.
            actionHook: Asked for the next verbs when the conversation has ended, which also happens
                when the caller says nothing for ten seconds.
            eventHook: Told about every message in both directions. Verbs in its answer take the caller
                out of the conversation.
        """
        return self._add(
            "rasa",
            given,
            {
                "id": id,
                "url": url,
                "recognizer": recognizer,
                "tts": tts,
                "prompt": prompt,
                "actionHook": actionHook,
                "eventHook": eventHook,
                **unknown,
            },
        )

    def redirect(
        self,
        given: RedirectVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        statusHook: str | ActionHook | Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `redirect`.

        On servers from 0.9.6.

        Args:
            id
            actionHook: (required)
            statusHook
        """
        return self._add(
            "redirect",
            given,
            {
                "id": id,
                "actionHook": actionHook,
                "statusHook": statusHook,
                **unknown,
            },
        )

    def rest_dial(
        self,
        given: RestDialVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        account_sid: str | None = None,
        application_sid: str | None = None,
        call_hook: str | Mapping[str, Any] | None = None,
        call_status_hook: str | Mapping[str, Any] | None = None,
        from_: str | None = None,
        callerName: str | None = None,
        fromHost: str | None = None,
        speech_synthesis_vendor: str | None = None,
        speech_synthesis_voice: str | None = None,
        speech_synthesis_language: str | None = None,
        speech_recognizer_vendor: str | None = None,
        speech_recognizer_language: str | None = None,
        tag: Mapping[str, Any] | None = None,
        to: Target | Mapping[str, Any] | None = None,
        headers: Mapping[str, str | float] | None = None,
        timeout: float | None = None,
        amd: Amd | Mapping[str, Any] | None = None,
        dual_streams: bool | None = None,
        sipRequestWithinDialogHook: str | None = None,
        referHook: str | Mapping[str, Any] | None = None,
        timeLimit: float | None = None,
        codecs: Sequence[str] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `rest:dial`.

        On servers from 0.9.6.

        Args:
            id
            account_sid
            application_sid
            call_hook: (required)
            call_status_hook
            from_: (required)
            callerName
            fromHost
            speech_synthesis_vendor
            speech_synthesis_voice
            speech_synthesis_language
            speech_recognizer_vendor
            speech_recognizer_language
            tag
            to: (required)
            headers
            timeout
            amd
            dual_streams
            sipRequestWithinDialogHook
            referHook
            timeLimit
            codecs
        """
        return self._add(
            "rest:dial",
            given,
            {
                "id": id,
                "account_sid": account_sid,
                "application_sid": application_sid,
                "call_hook": call_hook,
                "call_status_hook": call_status_hook,
                "from": from_,
                "callerName": callerName,
                "fromHost": fromHost,
                "speech_synthesis_vendor": speech_synthesis_vendor,
                "speech_synthesis_voice": speech_synthesis_voice,
                "speech_synthesis_language": speech_synthesis_language,
                "speech_recognizer_vendor": speech_recognizer_vendor,
                "speech_recognizer_language": speech_recognizer_language,
                "tag": tag,
                "to": to,
                "headers": headers,
                "timeout": timeout,
                "amd": amd,
                "dual_streams": dual_streams,
                "sipRequestWithinDialogHook": sipRequestWithinDialogHook,
                "referHook": referHook,
                "timeLimit": timeLimit,
                "codecs": codecs,
                **unknown,
            },
        )

    def room(
        self,
        given: RoomVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        name: str | None = None,
        beep: bool | None = None,
        memberTag: str | None = None,
        speakOnlyTo: str | None = None,
        startConferenceOnEnter: bool | None = None,
        endConferenceOnExit: bool | None = None,
        endConferenceDuration: float | None = None,
        maxParticipants: float | None = None,
        joinMuted: bool | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        waitHook: str | ActionHook | Mapping[str, Any] | None = None,
        statusEvents: Sequence[str] | None = None,
        statusHook: str | ActionHook | Mapping[str, Any] | None = None,
        enterHook: str | ActionHook | Mapping[str, Any] | None = None,
        record: Mapping[str, Any] | None = None,
        listen: Mapping[str, Any] | None = None,
        stream: Mapping[str, Any] | None = None,
        distributeDtmf: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `room`.

        On servers from 0.9.6.

        Args:
            id
            name: (required)
            beep
            memberTag
            speakOnlyTo
            startConferenceOnEnter
            endConferenceOnExit
            endConferenceDuration
            maxParticipants
            joinMuted
            actionHook
            waitHook
            statusEvents
            statusHook
            enterHook
            record
            listen
            stream
            distributeDtmf
        """
        return self._add(
            "room",
            given,
            {
                "id": id,
                "name": name,
                "beep": beep,
                "memberTag": memberTag,
                "speakOnlyTo": speakOnlyTo,
                "startConferenceOnEnter": startConferenceOnEnter,
                "endConferenceOnExit": endConferenceOnExit,
                "endConferenceDuration": endConferenceDuration,
                "maxParticipants": maxParticipants,
                "joinMuted": joinMuted,
                "actionHook": actionHook,
                "waitHook": waitHook,
                "statusEvents": statusEvents,
                "statusHook": statusHook,
                "enterHook": enterHook,
                "record": record,
                "listen": listen,
                "stream": stream,
                "distributeDtmf": distributeDtmf,
                **unknown,
            },
        )

    def s2s(
        self,
        given: S2sVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        vendor: str | None = None,
        model: str | None = None,
        auth: LlmBaseAuth | Mapping[str, Any] | None = None,
        connectOptions: Mapping[str, Any] | None = None,
        llmOptions: Mapping[str, Any] | None = None,
        mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        handoff: Handoff | Mapping[str, Any] | None = None,
        hangup: Hangup | Mapping[str, Any] | None = None,
        events: Sequence[str] | None = None,
        responseTimeoutMs: int | None = None,
        cancelOnResponseTimeout: bool | None = None,
        cancelOnBargeIn: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `s2s`.

        On servers from 10.1.0.

        Args:
            id
            vendor: (required)
            model
            auth
            connectOptions
            llmOptions: (required)
            mcpServers
            actionHook
            eventHook
            toolHook
            handoff
            hangup
            events
            responseTimeoutMs: At least 1.
            cancelOnResponseTimeout: Left out: `false`.
            cancelOnBargeIn: Left out: `false`.
        """
        return self._add(
            "s2s",
            given,
            {
                "id": id,
                "vendor": vendor,
                "model": model,
                "auth": auth,
                "connectOptions": connectOptions,
                "llmOptions": llmOptions,
                "mcpServers": mcpServers,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "handoff": handoff,
                "hangup": hangup,
                "events": events,
                "responseTimeoutMs": responseTimeoutMs,
                "cancelOnResponseTimeout": cancelOnResponseTimeout,
                "cancelOnBargeIn": cancelOnBargeIn,
                **unknown,
            },
        )

    def sip_decline(
        self,
        given: SipDeclineVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        status: float | None = None,
        reason: str | None = None,
        headers: Mapping[str, str | float] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `sip:decline`.

        On servers from 0.9.6.

        Args:
            id
            status: (required)
            reason
            headers
        """
        return self._add(
            "sip:decline",
            given,
            {
                "id": id,
                "status": status,
                "reason": reason,
                "headers": headers,
                **unknown,
            },
        )

    def sip_refer(
        self,
        given: SipReferVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        referTo: str | None = None,
        referredBy: str | None = None,
        referredByDisplayName: str | None = None,
        headers: Mapping[str, str | float] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `sip:refer`.

        On servers from 0.9.6.

        Args:
            id
            referTo: (required)
            referredBy
            referredByDisplayName
            headers
            actionHook
            eventHook
        """
        return self._add(
            "sip:refer",
            given,
            {
                "id": id,
                "referTo": referTo,
                "referredBy": referredBy,
                "referredByDisplayName": referredByDisplayName,
                "headers": headers,
                "actionHook": actionHook,
                "eventHook": eventHook,
                **unknown,
            },
        )

    def sip_request(
        self,
        given: SipRequestVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        method: str | None = None,
        body: str | None = None,
        headers: Mapping[str, str | float] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `sip:request`.

        On servers from 0.9.6.

        Args:
            id
            method: (required)
            body
            headers
            actionHook
        """
        return self._add(
            "sip:request",
            given,
            {
                "id": id,
                "method": method,
                "body": body,
                "headers": headers,
                "actionHook": actionHook,
                **unknown,
            },
        )

    def stream(
        self,
        given: StreamVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        url: str | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        wsAuth: Auth | Mapping[str, Any] | None = None,
        mixType: Literal['mono', 'stereo', 'mixed'] | None = None,
        metadata: Mapping[str, Any] | None = None,
        sampleRate: float | None = None,
        finishOnKey: str | None = None,
        maxLength: float | None = None,
        passDtmf: bool | None = None,
        playBeep: bool | None = None,
        disableBidirectionalAudio: bool | None = None,
        bidirectionalAudio: BidirectionalAudio | Mapping[str, Any] | None = None,
        timeout: float | None = None,
        transcribe: TranscribeVerb | Mapping[str, Any] | None = None,
        earlyMedia: bool | None = None,
        channel: float | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `stream`.

        On servers from 0.9.6.

        Args:
            id
            url: (required)
            actionHook
            wsAuth
            mixType: One of `"mono"`, `"stereo"`, `"mixed"`.
            metadata
            sampleRate
            finishOnKey
            maxLength
            passDtmf
            playBeep
            disableBidirectionalAudio
            bidirectionalAudio
            timeout
            transcribe
            earlyMedia
            channel
        """
        return self._add(
            "stream",
            given,
            {
                "id": id,
                "url": url,
                "actionHook": actionHook,
                "wsAuth": wsAuth,
                "mixType": mixType,
                "metadata": metadata,
                "sampleRate": sampleRate,
                "finishOnKey": finishOnKey,
                "maxLength": maxLength,
                "passDtmf": passDtmf,
                "playBeep": playBeep,
                "disableBidirectionalAudio": disableBidirectionalAudio,
                "bidirectionalAudio": bidirectionalAudio,
                "timeout": timeout,
                "transcribe": transcribe,
                "earlyMedia": earlyMedia,
                "channel": channel,
                **unknown,
            },
        )

    def tag(
        self,
        given: TagVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        data: Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `tag`.

        On servers from 0.9.6.

        Args:
            id
            data: (required)
        """
        return self._add(
            "tag",
            given,
            {
                "id": id,
                "data": data,
                **unknown,
            },
        )

    def transcribe(
        self,
        given: TranscribeVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        enable: bool | None = None,
        transcriptionHook: str | None = None,
        translationHook: str | None = None,
        recognizer: Recognizer | Mapping[str, Any] | None = None,
        earlyMedia: bool | None = None,
        channel: Literal[1, 2] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `transcribe`.

        On servers from 0.9.6.

        Args:
            id
            enable
            transcriptionHook
            translationHook
            recognizer
            earlyMedia
            channel: One of `1`, `2`.
        """
        return self._add(
            "transcribe",
            given,
            {
                "id": id,
                "enable": enable,
                "transcriptionHook": transcriptionHook,
                "translationHook": translationHook,
                "recognizer": recognizer,
                "earlyMedia": earlyMedia,
                "channel": channel,
                **unknown,
            },
        )

    def transfer(
        self,
        given: TransferVerb | Mapping[str, Any] | None = None,
        /,
        *,
        mode: Literal['blind', 'warm'] | None = None,
        blindMethod: Literal['refer', 'dial'] | None = None,
        callerPresent: bool | None = None,
        target: Sequence[Target | Mapping[str, Any]] | None = None,
        callerId: str | None = None,
        onHoldHook: str | ActionHook | Mapping[str, Any] | None = None,
        timeout: float | None = None,
        confirm: TransferOptionsConfirm | Mapping[str, Any] | None = None,
        amd: Amd | Mapping[str, Any] | None = None,
        disposition: TransferOptionsDisposition | Mapping[str, Any] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        id: str | None = None,
        brief: TransferBrief | Mapping[str, Any] | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `transfer`.

        On servers from 10.3.0.

        Args:
            mode: (required) One of `"blind"`, `"warm"`.
            blindMethod: One of `"refer"`, `"dial"`. Left out: `"refer"`.
            callerPresent: Left out: `false`.
            target: (required)
            callerId
            onHoldHook
            timeout: Left out: `30`.
            confirm
            amd
            disposition
            actionHook
            eventHook
            id
            brief
        """
        return self._add(
            "transfer",
            given,
            {
                "mode": mode,
                "blindMethod": blindMethod,
                "callerPresent": callerPresent,
                "target": target,
                "callerId": callerId,
                "onHoldHook": onHoldHook,
                "timeout": timeout,
                "confirm": confirm,
                "amd": amd,
                "disposition": disposition,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "id": id,
                "brief": brief,
                **unknown,
            },
        )

    def ultravox_s2s(
        self,
        given: UltravoxS2sVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        vendor: Literal['ultravox'] | None = None,
        model: str | None = None,
        auth: LlmBaseAuth | Mapping[str, Any] | None = None,
        connectOptions: Mapping[str, Any] | None = None,
        llmOptions: Mapping[str, Any] | None = None,
        mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        handoff: Handoff | Mapping[str, Any] | None = None,
        hangup: Hangup | Mapping[str, Any] | None = None,
        events: Sequence[str] | None = None,
        responseTimeoutMs: int | None = None,
        cancelOnResponseTimeout: bool | None = None,
        cancelOnBargeIn: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `ultravox_s2s`.

        On servers from 10.1.0.

        Args:
            id
            vendor
            model
            auth
            connectOptions
            llmOptions: (required)
            mcpServers
            actionHook
            eventHook
            toolHook
            handoff
            hangup
            events
            responseTimeoutMs: At least 1.
            cancelOnResponseTimeout: Left out: `false`.
            cancelOnBargeIn: Left out: `false`.
        """
        return self._add(
            "ultravox_s2s",
            given,
            {
                "id": id,
                "vendor": vendor,
                "model": model,
                "auth": auth,
                "connectOptions": connectOptions,
                "llmOptions": llmOptions,
                "mcpServers": mcpServers,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "handoff": handoff,
                "hangup": hangup,
                "events": events,
                "responseTimeoutMs": responseTimeoutMs,
                "cancelOnResponseTimeout": cancelOnResponseTimeout,
                "cancelOnBargeIn": cancelOnBargeIn,
                **unknown,
            },
        )

    def voiceagent_s2s(
        self,
        given: VoiceagentS2sVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        vendor: Literal['voiceagent'] | None = None,
        model: str | None = None,
        auth: LlmBaseAuth | Mapping[str, Any] | None = None,
        connectOptions: Mapping[str, Any] | None = None,
        llmOptions: Mapping[str, Any] | None = None,
        mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        handoff: Handoff | Mapping[str, Any] | None = None,
        hangup: Hangup | Mapping[str, Any] | None = None,
        events: Sequence[str] | None = None,
        responseTimeoutMs: int | None = None,
        cancelOnResponseTimeout: bool | None = None,
        cancelOnBargeIn: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """Connects the caller to a Deepgram voice agent under its older name.

        A shortcut for `llm` with vendor `voiceagent`, which the open-source server knows; `deepgram_s2s` is
        the current name.

        On servers from 0.9.6.

        Args:
            id
            vendor: May be left out: the verb's name says it.
            model
            auth
            connectOptions
            llmOptions: (required)
            mcpServers
            actionHook
            eventHook
            toolHook
            handoff
            hangup
            events
            responseTimeoutMs: At least 1.
            cancelOnResponseTimeout: Left out: `false`.
            cancelOnBargeIn: Left out: `false`.
        """
        return self._add(
            "voiceagent_s2s",
            given,
            {
                "id": id,
                "vendor": vendor,
                "model": model,
                "auth": auth,
                "connectOptions": connectOptions,
                "llmOptions": llmOptions,
                "mcpServers": mcpServers,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "handoff": handoff,
                "hangup": hangup,
                "events": events,
                "responseTimeoutMs": responseTimeoutMs,
                "cancelOnResponseTimeout": cancelOnResponseTimeout,
                "cancelOnBargeIn": cancelOnBargeIn,
                **unknown,
            },
        )

    def voicelive_s2s(
        self,
        given: VoiceliveS2sVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        vendor: Literal['voicelive'] | None = None,
        model: str | None = None,
        auth: VoiceliveS2sAuth | Mapping[str, Any] | None = None,
        connectOptions: VoiceliveS2sConnectOptions | Mapping[str, Any] | None = None,
        llmOptions: VoiceliveS2sLlmOptions | Mapping[str, Any] | None = None,
        mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]] | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        eventHook: str | ActionHook | Mapping[str, Any] | None = None,
        toolHook: str | ActionHook | Mapping[str, Any] | None = None,
        handoff: Handoff | Mapping[str, Any] | None = None,
        hangup: Hangup | Mapping[str, Any] | None = None,
        events: Sequence[str] | None = None,
        responseTimeoutMs: int | None = None,
        cancelOnResponseTimeout: bool | None = None,
        cancelOnBargeIn: bool | None = None,
        **unknown: Never,
    ) -> R_co:
        """The verb `voicelive_s2s`.

        On servers from 11.1.0.

        Args:
            id
            vendor
            model
            auth: (required)
            connectOptions: (required)
            llmOptions: (required)
            mcpServers
            actionHook
            eventHook
            toolHook
            handoff
            hangup
            events
            responseTimeoutMs: At least 1.
            cancelOnResponseTimeout: Left out: `false`.
            cancelOnBargeIn: Left out: `false`.
        """
        return self._add(
            "voicelive_s2s",
            given,
            {
                "id": id,
                "vendor": vendor,
                "model": model,
                "auth": auth,
                "connectOptions": connectOptions,
                "llmOptions": llmOptions,
                "mcpServers": mcpServers,
                "actionHook": actionHook,
                "eventHook": eventHook,
                "toolHook": toolHook,
                "handoff": handoff,
                "hangup": hangup,
                "events": events,
                "responseTimeoutMs": responseTimeoutMs,
                "cancelOnResponseTimeout": cancelOnResponseTimeout,
                "cancelOnBargeIn": cancelOnBargeIn,
                **unknown,
            },
        )
