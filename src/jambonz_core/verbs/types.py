# Generated from schemas/ by `python scripts/generate.py`. Do not edit.
"""The shapes of verbs and of what they contain, for editors and type checkers; nothing imports it at run time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict


class ActionHook(TypedDict, total=False):
    url: Required[str]
    method: Literal['GET', 'POST']
    """One of `"GET"`, `"POST"`. Left out: `"POST"`."""
    basicAuth: Auth | Mapping[str, Any]


class ActionHookDelayAction(TypedDict, total=False):
    enabled: bool
    noResponseTimeout: float
    noResponseGiveUpTimeout: float
    retries: float
    actions: Sequence[Mapping[str, Any]]
    giveUpActions: Sequence[Mapping[str, Any]]


class AgentBargeIn(TypedDict, total=False):
    enable: bool
    """Left out: `true`."""
    strategy: Literal['vad', 'interruptPrediction']
    """One of `"vad"`, `"interruptPrediction"`. Left out: `"vad"`."""
    vendor: str
    threshold: float
    """Between 0 and 1."""
    minSpeechDuration: float
    """At least 0. Left out: `0.5`."""
    sticky: bool
    """Left out: `false`."""


class AgentLanguageConfigValue(TypedDict, total=False):
    tts: Synthesizer | Mapping[str, Any]


class AgentLlm(TypedDict, total=False):
    vendor: str
    model: str
    label: str
    auth: AgentLlmAuth | Mapping[str, Any]
    connectOptions: AgentLlmConnectOptions | Mapping[str, Any]
    llmOptions: AgentLlmLlmOptions | Mapping[str, Any]


class AgentLlmAuth(TypedDict, total=False):
    apiKey: str


class AgentLlmConnectOptions(TypedDict, total=False):
    timeout: float
    """At least 0."""
    maxRetries: int
    """At least 0."""
    endpoint: str
    baseURL: str


class AgentLlmLlmOptions(TypedDict, total=False):
    systemPrompt: str
    messages: Sequence[LlmMessage | Mapping[str, Any]]
    initialMessages: Sequence[LlmMessage | Mapping[str, Any]]
    maxTokens: int
    """At least 1."""
    temperature: float
    """At least 0."""
    reasoningEffort: Literal['minimal', 'low', 'medium', 'high']
    """One of `"minimal"`, `"low"`, `"medium"`, `"high"`."""
    tools: Sequence[Mapping[str, Any]]


class AgentMcpServersItem(TypedDict, total=False):
    url: Required[str]
    auth: Mapping[str, Any]
    roots: Sequence[Mapping[str, Any]]


class AgentNoiseIsolation(TypedDict, total=False):
    mode: Required[str]
    label: str
    auth: AgentNoiseIsolationAuth | Mapping[str, Any]
    level: float
    """Between 0 and 100."""
    direction: Literal['read', 'write']
    """One of `"read"`, `"write"`."""
    model: str


class AgentNoiseIsolationAuth(TypedDict, total=False):
    apiKey: str
    apiUri: str


class AgentTurnDetection(TypedDict, total=False):
    mode: Required[Literal['krisp']]
    """One of `"krisp"`."""
    threshold: float
    """Between 0 and 1."""
    model: str


class AgentVerb(TypedDict, total=False):
    verb: Literal['agent']
    id: str
    stt: Recognizer | Mapping[str, Any]
    tts: Synthesizer | Mapping[str, Any]
    autoLockLanguage: bool | Literal['always']
    """Left out: `false`."""
    languageConfig: Mapping[str, AgentLanguageConfigValue | Mapping[str, Any]]
    turnDetection: Literal['stt', 'krisp'] | AgentTurnDetection | Mapping[str, Any]
    """Left out: `"stt"`."""
    bargeIn: AgentBargeIn | Mapping[str, Any]
    noResponseTimeout: float
    """At least 0. Left out: `12`."""
    noResponseMaxPrompts: int
    """At least 0. Left out: `0`."""
    llm: AgentLlm | Mapping[str, Any]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    greeting: bool
    """Left out: `true`."""
    earlyGeneration: bool
    """Left out: `false`."""
    speak: bool
    """Left out: `true`."""
    speechCleanup: bool
    """Left out: `true`."""
    noiseIsolation: Literal['krisp', 'rnnoise', 'kugelaudio'] | AgentNoiseIsolation | Mapping[str, Any]
    mcpServers: Sequence[AgentMcpServersItem | Mapping[str, Any]]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    toolFiller: Literal[False] | ToolFillerConfig | Mapping[str, Any]


class AlertVerb(TypedDict, total=False):
    verb: Literal['alert']
    id: str
    message: Required[str]


class Amd(TypedDict, total=False):
    actionHook: Required[str | ActionHook | Mapping[str, Any]]
    thresholdWordCount: float
    """Left out: `9`."""
    digitCount: float
    """Left out: `0`."""
    timers: AmdTimers | Mapping[str, Any]
    recognizer: Recognizer | Mapping[str, Any]


class AmdTimers(TypedDict, total=False):
    noSpeechTimeoutMs: float
    """Left out: `5000`."""
    decisionTimeoutMs: float
    """Left out: `15000`."""
    toneTimeoutMs: float
    """Left out: `20000`."""
    greetingCompletionTimeoutMs: float
    """Left out: `2000`."""


class AnswerVerb(TypedDict, total=False):
    verb: Literal['answer']
    id: str


class Auth(TypedDict, total=False):
    username: Required[str]
    password: Required[str]


class BidirectionalAudio(TypedDict, total=False):
    enabled: bool
    streaming: bool
    sampleRate: float


class ConferenceVerb(TypedDict, total=False):
    verb: Literal['conference', 'room']
    """One of `"conference"`, `"room"`."""
    id: str
    name: Required[str]
    beep: bool
    memberTag: str
    speakOnlyTo: str
    startConferenceOnEnter: bool
    endConferenceOnExit: bool
    endConferenceDuration: float
    maxParticipants: float
    joinMuted: bool
    actionHook: str | ActionHook | Mapping[str, Any]
    waitHook: str | ActionHook | Mapping[str, Any]
    statusEvents: Sequence[str]
    statusHook: str | ActionHook | Mapping[str, Any]
    enterHook: str | ActionHook | Mapping[str, Any]
    record: Mapping[str, Any]
    listen: Mapping[str, Any]
    stream: Mapping[str, Any]
    distributeDtmf: bool


class ConfigBargeIn(TypedDict, total=False):
    enable: bool
    sticky: bool
    actionHook: str | ActionHook | Mapping[str, Any]
    input: Sequence[Literal['speech', 'digits']]
    """One of `"speech"`, `"digits"`."""
    minBargeinWordCount: float


class ConfigNoiseIsolation(TypedDict, total=False):
    enable: bool
    vendor: str
    level: float
    model: str
    label: str
    auth: ConfigNoiseIsolationAuth | Mapping[str, Any]


class ConfigNoiseIsolationAuth(TypedDict, total=False):
    apiKey: str
    apiUri: str


class ConfigTtsStream(TypedDict, total=False):
    enable: bool
    synthesizer: Synthesizer | Mapping[str, Any]


class ConfigTurnTaking(TypedDict, total=False):
    enable: bool
    vendor: str
    threshold: float
    model: str


class ConfigVerb(TypedDict, total=False):
    verb: Literal['config']
    id: str
    synthesizer: Synthesizer | Mapping[str, Any]
    recognizer: Recognizer | Mapping[str, Any]
    bargeIn: ConfigBargeIn | Mapping[str, Any]
    ttsStream: ConfigTtsStream | Mapping[str, Any]
    record: Mapping[str, Any]
    listen: Mapping[str, Any]
    stream: Mapping[str, Any]
    transcribe: Mapping[str, Any]
    amd: Amd | Mapping[str, Any]
    fillerNoise: FillerNoise | Mapping[str, Any]
    vad: Vad | Mapping[str, Any]
    notifyEvents: bool
    notifySttLatency: bool
    reset: str | Sequence[str]
    onHoldMusic: str
    actionHookDelayAction: ActionHookDelayAction | Mapping[str, Any]
    sipRequestWithinDialogHook: str | ActionHook | Mapping[str, Any]
    boostAudioSignal: float | str
    referHook: str | ActionHook | Mapping[str, Any]
    earlyMedia: bool
    autoStreamTts: bool
    disableTtsCache: bool
    trackTtsPlayout: bool
    noiseIsolation: ConfigNoiseIsolation | Mapping[str, Any]
    turnTaking: ConfigTurnTaking | Mapping[str, Any]


class DeepgramS2sVerb(TypedDict, total=False):
    id: str
    vendor: Literal['deepgram']
    model: str
    auth: LlmBaseAuth | Mapping[str, Any]
    connectOptions: Mapping[str, Any]
    llmOptions: Required[Mapping[str, Any]]
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    events: Sequence[str]
    responseTimeoutMs: int
    """At least 1."""
    cancelOnResponseTimeout: bool
    """Left out: `false`."""
    cancelOnBargeIn: bool
    """Left out: `false`."""
    verb: Literal['deepgram_s2s']


class DequeueVerb(TypedDict, total=False):
    verb: Literal['dequeue']
    id: str
    name: Required[str]
    actionHook: str | ActionHook | Mapping[str, Any]
    timeout: float
    beep: bool
    callSid: str


class DialVerb(TypedDict, total=False):
    verb: Literal['dial']
    id: str
    target: Required[Sequence[Target | Mapping[str, Any]]]
    actionHook: str | ActionHook | Mapping[str, Any]
    onHoldHook: str | ActionHook | Mapping[str, Any]
    answerOnBridge: bool
    callerId: str
    callerName: str
    confirmHook: str | ActionHook | Mapping[str, Any]
    referHook: str | ActionHook | Mapping[str, Any]
    dialMusic: str
    dtmfCapture: Sequence[str] | Mapping[str, Any]
    dtmfHook: str | ActionHook | Mapping[str, Any]
    headers: Mapping[str, str | float]
    anchorMedia: bool
    codecs: Sequence[str]
    exitMediaPath: bool
    boostAudioSignal: float | str
    listen: Mapping[str, Any]
    stream: Mapping[str, Any]
    transcribe: Mapping[str, Any]
    timeLimit: float
    timeout: float
    proxy: str
    amd: Amd | Mapping[str, Any]
    dub: Sequence[DubVerb | Mapping[str, Any]]
    tag: Mapping[str, Any]
    forwardPAI: bool
    srtpEncryption: Literal['sdes', 'dtls']
    """One of `"sdes"`, `"dtls"`."""


class DialogflowQueryInput(TypedDict, total=False):
    text: str
    intent: str
    event: str
    dtmf: str


class DialogflowVerb(TypedDict, total=False):
    verb: Literal['dialogflow']
    id: str
    credentials: Required[Mapping[str, Any] | str]
    project: Required[str]
    agent: str
    environment: str
    deployment: str
    region: str
    model: Literal['es', 'cx', 'ces']
    """One of `"es"`, `"cx"`, `"ces"`."""
    lang: Required[str]
    sessionId: str
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    events: Sequence[str]
    welcomeEvent: str
    welcomeEventParams: Mapping[str, Any]
    noInputTimeout: float
    noInputEvent: str
    passDtmfAsTextInput: bool
    thinkingMusic: str
    tts: Synthesizer | Mapping[str, Any]
    bargein: bool
    queryInput: DialogflowQueryInput | Mapping[str, Any]


class DtmfVerb(TypedDict, total=False):
    verb: Literal['dtmf']
    id: str
    dtmf: Required[str]
    duration: float
    """Left out: `500`."""


class DubVerb(TypedDict, total=False):
    verb: Literal['dub']
    id: str
    action: Required[Literal['addTrack', 'removeTrack', 'silenceTrack', 'playOnTrack', 'sayOnTrack']]
    """One of `"addTrack"`, `"removeTrack"`, `"silenceTrack"`, `"playOnTrack"`, `"sayOnTrack"`."""
    track: Required[str]
    play: str
    say: str | Mapping[str, Any]
    loop: bool
    gain: float | str


class ElevenlabsS2sAuth(TypedDict, total=False):
    agent_id: Required[str]
    api_key: str


class ElevenlabsS2sLlmOptions(TypedDict, total=False):
    conversation_initiation_client_data: Mapping[str, Any]
    input_sample_rate: int
    """Left out: `16000`."""
    output_sample_rate: int
    """Left out: `16000`."""


class ElevenlabsS2sVerb(TypedDict, total=False):
    id: str
    vendor: Literal['elevenlabs']
    model: str
    auth: Required[ElevenlabsS2sAuth | Mapping[str, Any]]
    connectOptions: Mapping[str, Any]
    llmOptions: ElevenlabsS2sLlmOptions | Mapping[str, Any]
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    events: Sequence[str]
    responseTimeoutMs: int
    """At least 1."""
    cancelOnResponseTimeout: bool
    """Left out: `false`."""
    cancelOnBargeIn: bool
    """Left out: `false`."""
    verb: Literal['elevenlabs_s2s']


class EnqueueVerb(TypedDict, total=False):
    verb: Literal['enqueue']
    id: str
    name: Required[str]
    actionHook: str | ActionHook | Mapping[str, Any]
    waitHook: str | ActionHook | Mapping[str, Any]
    priority: float


class FillerNoise(TypedDict, total=False):
    enable: Required[bool]
    url: str
    startDelaySecs: float


class GatherVerb(TypedDict, total=False):
    verb: Literal['gather']
    id: str
    actionHook: str | ActionHook | Mapping[str, Any]
    input: Sequence[Literal['speech', 'digits']]
    """One of `"speech"`, `"digits"`. Left out: `["digits"]`."""
    finishOnKey: str
    numDigits: float
    minDigits: float
    maxDigits: float
    interDigitTimeout: float
    speechTimeout: float
    timeout: float
    partialResultHook: str | ActionHook | Mapping[str, Any]
    listenDuringPrompt: bool
    """Left out: `true`."""
    dtmfBargein: bool
    bargein: bool
    minBargeinWordCount: float
    recognizer: Recognizer | Mapping[str, Any]
    say: Mapping[str, Any]
    play: Mapping[str, Any]
    fillerNoise: FillerNoise | Mapping[str, Any]
    actionHookDelayAction: ActionHookDelayAction | Mapping[str, Any]


class GoogleS2sVerb(TypedDict, total=False):
    id: str
    vendor: Literal['google']
    model: str
    auth: LlmBaseAuth | Mapping[str, Any]
    connectOptions: Mapping[str, Any]
    llmOptions: Required[Mapping[str, Any]]
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    events: Sequence[str]
    responseTimeoutMs: int
    """At least 1."""
    cancelOnResponseTimeout: bool
    """Left out: `false`."""
    cancelOnBargeIn: bool
    """Left out: `false`."""
    verb: Literal['google_s2s']


class GptliveS2sAuth(TypedDict, total=False):
    apiKey: Required[str]


class GptliveS2sLlmOptions(TypedDict, total=False):
    session_update: Required[GptliveS2sLlmOptionsSessionUpdate | Mapping[str, Any]]


class GptliveS2sLlmOptionsSessionUpdate(TypedDict, total=False):
    model: Any
    delegation: GptliveS2sLlmOptionsSessionUpdateDelegation | Mapping[str, Any]


class GptliveS2sLlmOptionsSessionUpdateDelegation(TypedDict, total=False):
    type: Literal['client', 'responses']
    """One of `"client"`, `"responses"`."""
    responses: GptliveS2sLlmOptionsSessionUpdateDelegationResponses | Mapping[str, Any]
    tools: Any


class GptliveS2sLlmOptionsSessionUpdateDelegationResponses(TypedDict, total=False):
    model: Required[str]
    tools: Sequence[Mapping[str, Any]]
    instructions: str


class GptliveS2sVerb(TypedDict, total=False):
    id: str
    vendor: Literal['gptlive']
    model: str
    auth: Required[GptliveS2sAuth | Mapping[str, Any]]
    connectOptions: Mapping[str, Any]
    llmOptions: Required[GptliveS2sLlmOptions | Mapping[str, Any]]
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    events: Sequence[str]
    responseTimeoutMs: int
    """At least 1."""
    cancelOnResponseTimeout: bool
    """Left out: `false`."""
    cancelOnBargeIn: bool
    """Left out: `false`."""
    verb: Literal['gptlive_s2s']


class Handoff(TypedDict, total=False):
    mode: Required[Literal['blind', 'warm']]
    """One of `"blind"`, `"warm"`."""
    blindMethod: Literal['refer', 'dial']
    """One of `"refer"`, `"dial"`. Left out: `"refer"`."""
    callerPresent: bool
    """Left out: `false`."""
    target: Required[Sequence[Target | Mapping[str, Any]]]
    callerId: str
    onHoldHook: str | ActionHook | Mapping[str, Any]
    timeout: float
    """Left out: `30`."""
    confirm: TransferOptionsConfirm | Mapping[str, Any]
    amd: Amd | Mapping[str, Any]
    disposition: TransferOptionsDisposition | Mapping[str, Any]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    brief: Literal['auto', 'none'] | HandoffBrief | Mapping[str, Any]
    """Left out: `"auto"`."""
    briefSynthesizer: Synthesizer | Mapping[str, Any]
    toolName: str
    """Left out: `"transfer_to_human"`."""
    toolDescription: str


class HandoffBrief(TypedDict, total=False):
    template: Required[str]


class Hangup(TypedDict, total=False):
    reason: str


class HangupVerb(TypedDict, total=False):
    verb: Literal['hangup']
    id: str
    headers: Mapping[str, str | float]


class LeaveVerb(TypedDict, total=False):
    verb: Literal['leave']
    id: str


class LexIntent(TypedDict, total=False):
    """Begin with this intent instead of waiting for what the caller says first."""
    name: Required[str]
    """Name of the intent as it was defined in the bot."""
    slots: Mapping[str, Any]
    """Slot values that are already known, by slot name; the bot does not ask for them again."""


class LexVerb(TypedDict, total=False):
    """Hands the caller to an Amazon Lex V2 bot. Known to the open-source server only; the commercial one has
    no such verb.
    """
    verb: Literal['lex']
    """Always `lex`. The spelling `{"lex": {…}}` means the same."""
    id: str
    """Comes back as `verb_id` in this bot's action hook, so that several bots of one application can be told
    apart.
    """
    botId: Required[str]
    """Id of the bot in the Lex console, ten letters and digits; not its name."""
    botAlias: Required[str]
    """Id of the alias to talk to, such as `TSTALIASID` for the draft version; not the alias' name."""
    credentials: Required[Mapping[str, Any]]
    """AWS keys with the right to use the bot, as `accessKey` and `secretAccessKey`. They travel in every copy of
    the verb: prefer a key that can do nothing else.
    """
    region: Required[str]
    """AWS region where the bot was built, such as `us-east-1`."""
    locale: str
    """Language of the bot that is addressed, with an underscore; `en_US` when left out. The bot must have been
    built for it.
    """
    intent: LexIntent | Mapping[str, Any]
    """Begin with this intent instead of waiting for what the caller says first."""
    welcomeMessage: str
    """Spoken by jambonz before the bot takes over. Left out, the bot's own greeting, if it has one, comes first."""
    metadata: Mapping[str, Any]
    """Request attributes that are handed to the bot and to its Lambda functions."""
    bargein: bool
    """Stop playing the bot's prompt when the caller begins to speak; off when left out."""
    passDtmf: bool
    """Forward the caller's key presses to the bot. They are reported to the eventHook either way."""
    actionHook: str | ActionHook | Mapping[str, Any]
    """Asked for the next verbs when the conversation with the bot is over."""
    eventHook: str | ActionHook | Mapping[str, Any]
    """Told about intents, transcripts, keys and playback while the conversation runs. Verbs in its answer take the
    caller out of it.
    """
    noInputTimeout: float
    """How many seconds the bot waits for the caller to begin before it reacts to the silence; Lex' own setting
    when left out.
    """
    tts: Synthesizer | Mapping[str, Any]
    """Speak the bot's text answers with this voice instead of the audio that Lex itself renders."""


class ListenVerb(TypedDict, total=False):
    verb: Literal['listen']
    id: str
    url: Required[str]
    actionHook: str | ActionHook | Mapping[str, Any]
    wsAuth: Auth | Mapping[str, Any]
    mixType: Literal['mono', 'stereo', 'mixed']
    """One of `"mono"`, `"stereo"`, `"mixed"`. Left out: `"mono"`."""
    metadata: Mapping[str, Any]
    sampleRate: float
    """Left out: `8000`."""
    finishOnKey: str
    maxLength: float
    passDtmf: bool
    playBeep: bool
    disableBidirectionalAudio: bool
    bidirectionalAudio: BidirectionalAudio | Mapping[str, Any]
    timeout: float
    transcribe: TranscribeVerb | Mapping[str, Any]
    earlyMedia: bool
    channel: float


class LlmBaseAuth(TypedDict, total=False):
    apiKey: str


class LlmBaseMcpServersItem(TypedDict, total=False):
    url: Required[str]
    auth: Mapping[str, Any]
    roots: Sequence[Mapping[str, Any]]


class LlmMessage(TypedDict, total=False):
    role: Required[Literal['system', 'user', 'assistant', 'tool']]
    """One of `"system"`, `"user"`, `"assistant"`, `"tool"`."""
    content: Required[Any]


class LlmVerb(TypedDict, total=False):
    id: str
    vendor: Required[str]
    model: str
    auth: LlmBaseAuth | Mapping[str, Any]
    connectOptions: Mapping[str, Any]
    llmOptions: Required[Mapping[str, Any]]
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    events: Sequence[str]
    responseTimeoutMs: int
    """At least 1."""
    cancelOnResponseTimeout: bool
    """Left out: `false`."""
    cancelOnBargeIn: bool
    """Left out: `false`."""
    verb: Literal['llm']


MessageVerb = TypedDict(
    "MessageVerb",
    {
        "verb": "Literal['message']",
        "id": "str",
        "to": "Required[str]",
        "from": "Required[str]",
        "text": "str",
        "media": "str | Sequence[str]",
        "carrier": "str",
        "account_sid": "str",
        "message_sid": "str",
        "actionHook": "str | ActionHook | Mapping[str, Any]",
    },
    total=False,
)


class MicrosoftS2sVerb(TypedDict, total=False):
    """Connects the caller to a realtime model on Azure OpenAI. A shortcut for `llm` with vendor `microsoft`,
    which the open-source server knows; it needs `connectOptions.host`, the host name of the Azure resource.
    """
    id: str
    vendor: Literal['microsoft']
    """May be left out: the verb's name says it."""
    model: str
    auth: LlmBaseAuth | Mapping[str, Any]
    connectOptions: Mapping[str, Any]
    llmOptions: Required[Mapping[str, Any]]
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    events: Sequence[str]
    responseTimeoutMs: int
    """At least 1."""
    cancelOnResponseTimeout: bool
    """Left out: `false`."""
    cancelOnBargeIn: bool
    """Left out: `false`."""
    verb: Literal['microsoft_s2s']


class NovaS2sAuth(TypedDict, total=False):
    accessKeyId: Required[str]
    secretAccessKey: Required[str]
    sessionToken: str
    region: str


class NovaS2sLlmOptions(TypedDict, total=False):
    systemPrompt: str
    speechPrompt: str
    history: Sequence[NovaS2sLlmOptionsHistoryItem | Mapping[str, Any]]
    greeting: str
    sessionStart: Mapping[str, Any]
    promptStart: Mapping[str, Any]
    dtmf: NovaS2sLlmOptionsDtmf | Mapping[str, Any]


class NovaS2sLlmOptionsDtmf(TypedDict, total=False):
    enable: Required[bool]
    finishOnKey: str
    numDigits: float
    minDigits: float
    maxDigits: float
    interDigitTimeout: float
    timeout: float


class NovaS2sLlmOptionsHistoryItem(TypedDict, total=False):
    role: Required[Literal['user', 'assistant', 'USER', 'ASSISTANT']]
    """One of `"user"`, `"assistant"`, `"USER"`, `"ASSISTANT"`."""
    content: Required[str]


class NovaS2sVerb(TypedDict, total=False):
    id: str
    vendor: Literal['nova']
    model: str
    auth: Required[NovaS2sAuth | Mapping[str, Any]]
    connectOptions: Mapping[str, Any]
    llmOptions: NovaS2sLlmOptions | Mapping[str, Any]
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    events: Sequence[str]
    responseTimeoutMs: int
    """At least 1."""
    cancelOnResponseTimeout: bool
    """Left out: `false`."""
    cancelOnBargeIn: bool
    """Left out: `false`."""
    verb: Literal['nova_s2s']


class OpenaiS2sVerb(TypedDict, total=False):
    id: str
    vendor: Literal['openai']
    model: str
    auth: LlmBaseAuth | Mapping[str, Any]
    connectOptions: Mapping[str, Any]
    llmOptions: Required[Mapping[str, Any]]
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    events: Sequence[str]
    responseTimeoutMs: int
    """At least 1."""
    cancelOnResponseTimeout: bool
    """Left out: `false`."""
    cancelOnBargeIn: bool
    """Left out: `false`."""
    verb: Literal['openai_s2s']


class PauseVerb(TypedDict, total=False):
    verb: Literal['pause']
    id: str
    length: Required[float]


class PipelineBargeIn(TypedDict, total=False):
    enable: bool
    """Left out: `true`."""
    minSpeechDuration: float
    """At least 0. Left out: `0.5`."""
    sticky: bool
    """Left out: `false`."""


class PipelineMcpServersItem(TypedDict, total=False):
    url: Required[str]
    auth: Mapping[str, Any]
    roots: Sequence[Mapping[str, Any]]


class PipelineNoiseIsolation(TypedDict, total=False):
    mode: Required[str]
    level: float
    """Between 0 and 100."""
    direction: Literal['read', 'write']
    """One of `"read"`, `"write"`."""
    model: str


class PipelineTurnDetection(TypedDict, total=False):
    mode: Required[Literal['krisp']]
    """One of `"krisp"`."""
    threshold: float
    """Between 0 and 1."""
    model: str


class PipelineVerb(TypedDict, total=False):
    verb: Literal['pipeline']
    id: str
    stt: Recognizer | Mapping[str, Any]
    tts: Synthesizer | Mapping[str, Any]
    turnDetection: Literal['stt', 'krisp'] | PipelineTurnDetection | Mapping[str, Any]
    """Left out: `"stt"`."""
    bargeIn: PipelineBargeIn | Mapping[str, Any]
    noResponseTimeout: float
    """At least 0. Left out: `0`."""
    llm: Required[Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    greeting: bool
    """Left out: `true`."""
    earlyGeneration: bool
    """Left out: `false`."""
    noiseIsolation: Literal['krisp', 'rnnoise'] | PipelineNoiseIsolation | Mapping[str, Any]
    mcpServers: Sequence[PipelineMcpServersItem | Mapping[str, Any]]


class PlayVerb(TypedDict, total=False):
    verb: Literal['play']
    id: str
    url: Required[str | Sequence[str]]
    loop: float | str
    earlyMedia: bool
    seekOffset: float | str
    timeoutSecs: float | str
    actionHook: str | ActionHook | Mapping[str, Any]


class QwenS2sVerb(TypedDict, total=False):
    id: str
    vendor: Literal['qwen']
    model: str
    auth: LlmBaseAuth | Mapping[str, Any]
    connectOptions: Mapping[str, Any]
    llmOptions: Required[Mapping[str, Any]]
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    events: Sequence[str]
    responseTimeoutMs: int
    """At least 1."""
    cancelOnResponseTimeout: bool
    """Left out: `false`."""
    cancelOnBargeIn: bool
    """Left out: `false`."""
    verb: Literal['qwen_s2s']


class RasaVerb(TypedDict, total=False):
    """Connects the caller to a Rasa assistant: what the caller says is transcribed and posted to the
    assistant, what it answers is spoken. Known to the open-source server only; the commercial one has no
    such verb.
    """
    verb: Literal['rasa']
    """Always `rasa`. The spelling `{"rasa": {…}}` means the same."""
    id: str
    """Comes back as `verb_id` in the action hook of this bot."""
    url: Required[str]
    """The assistant's REST channel, usually a path that ends in `/webhooks/rest/webhook`."""
    recognizer: Recognizer | Mapping[str, Any]
    """How to transcribe the caller for this conversation; left out, the session's recognizer is used."""
    tts: Synthesizer | Mapping[str, Any]
    """Voice for the assistant's answers; left out, the session's synthesizer is used."""
    prompt: str
    """Spoken first, before the assistant has been asked anything. Left out, the caller hears silence and has to
    begin.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Asked for the next verbs when the conversation has ended, which also happens when the caller says nothing
    for ten seconds.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Told about every message in both directions. Verbs in its answer take the caller out of the conversation."""


class Recognizer(TypedDict, total=False):
    vendor: Required[str]
    label: str
    language: str
    fallbackVendor: str
    fallbackLabel: str
    fallbackLanguage: str
    vad: Vad | Mapping[str, Any]
    autogeneratePrompt: bool
    hints: Sequence[str | RecognizerHintsItem | Mapping[str, Any]]
    hintsBoost: float
    altLanguages: Sequence[str]
    profanityFilter: bool
    interim: bool
    singleUtterance: bool
    dualChannel: bool
    separateRecognitionPerChannel: bool
    punctuation: bool
    enhancedModel: bool
    words: bool
    diarization: bool
    diarizationMinSpeakers: float
    diarizationMaxSpeakers: float
    interactionType: Literal['unspecified', 'discussion', 'presentation', 'phone_call', 'voicemail', 'voice_search', 'voice_command', 'dictation']
    """One of `"unspecified"`, `"discussion"`, `"presentation"`, `"phone_call"`, `"voicemail"`, `"voice_search"`,
    `"voice_command"`, `"dictation"`.
    """
    naicsCode: float
    identifyChannels: bool
    vocabularyName: str
    vocabularyFilterName: str
    filterMethod: Literal['remove', 'mask', 'tag']
    """One of `"remove"`, `"mask"`, `"tag"`."""
    model: str
    outputFormat: Literal['simple', 'detailed']
    """One of `"simple"`, `"detailed"`."""
    profanityOption: Literal['masked', 'removed', 'raw']
    """One of `"masked"`, `"removed"`, `"raw"`."""
    requestSnr: bool
    initialSpeechTimeoutMs: float
    azureServiceEndpoint: str
    azureSttEndpointId: str
    asrDtmfTerminationDigit: str
    asrTimeout: float
    fastRecognitionTimeout: float
    minConfidence: float
    """Between 0 and 1."""
    deepgramOptions: RecognizerDeepgramOptions | Mapping[str, Any]
    googleOptions: RecognizerGoogleOptions | Mapping[str, Any]
    awsOptions: RecognizerAwsOptions | Mapping[str, Any]
    azureOptions: RecognizerAzureOptions | Mapping[str, Any]
    ibmOptions: RecognizerIbmOptions | Mapping[str, Any]
    nvidiaOptions: RecognizerNvidiaOptions | Mapping[str, Any]
    sonioxOptions: RecognizerSonioxOptions | Mapping[str, Any]
    xaiOptions: RecognizerXaiOptions | Mapping[str, Any]
    modulateOptions: RecognizerModulateOptions | Mapping[str, Any]
    zoomOptions: RecognizerZoomOptions | Mapping[str, Any]
    gradiumOptions: RecognizerGradiumOptions | Mapping[str, Any]
    mistralOptions: RecognizerMistralOptions | Mapping[str, Any]
    assemblyAiOptions: RecognizerAssemblyAiOptions | Mapping[str, Any]
    speechmaticsOptions: RecognizerSpeechmaticsOptions | Mapping[str, Any]
    openaiOptions: RecognizerOpenaiOptions | Mapping[str, Any]
    houndifyOptions: RecognizerHoundifyOptions | Mapping[str, Any]
    gladiaOptions: Mapping[str, Any]
    elevenlabsOptions: RecognizerElevenlabsOptions | Mapping[str, Any]
    customOptions: RecognizerCustomOptions | Mapping[str, Any]


class RecognizerAssemblyAiOptions(TypedDict, total=False):
    apiKey: str
    serviceVersion: Literal['v2', 'v3']
    """One of `"v2"`, `"v3"`."""
    speechModel: str
    formatTurns: bool
    endOfTurnConfidenceThreshold: float
    minEndOfTurnSilenceWhenConfident: float
    maxTurnSilence: float
    minTurnSilence: float
    keyterms: Sequence[str]
    prompt: str
    languageDetection: bool
    vadThreshold: float
    inactivityTimeout: float
    languageCodes: Sequence[str]
    voiceFocus: Literal['near-field', 'far-field']
    """One of `"near-field"`, `"far-field"`."""


class RecognizerAwsOptions(TypedDict, total=False):
    accessKey: str
    secretKey: str
    securityToken: str
    region: str
    vocabularyName: str
    vocabularyFilterName: str
    vocabularyFilterMethod: Literal['remove', 'mask', 'tag']
    """One of `"remove"`, `"mask"`, `"tag"`."""
    languageModelName: str
    piiEntityTypes: Sequence[str]
    piiIdentifyEntities: bool


class RecognizerAzureOptions(TypedDict, total=False):
    speechSegmentationSilenceTimeoutMs: float
    postProcessing: str
    audioLogging: bool
    languageIdMode: Literal['AtStart', 'Continuous']
    """One of `"AtStart"`, `"Continuous"`."""
    speechRecognitionMode: Literal['CONVERSATION', 'DICTATION', 'INTERACTIVE']
    """One of `"CONVERSATION"`, `"DICTATION"`, `"INTERACTIVE"`."""


class RecognizerCustomOptions(TypedDict, total=False):
    authToken: str
    uri: str
    sampleRate: float
    options: Mapping[str, Any]


class RecognizerDeepgramOptions(TypedDict, total=False):
    deepgramSttUri: str
    deepgramSttUseTls: bool
    apiKey: str
    tier: str
    model: str
    customModel: str
    version: str
    punctuate: bool
    smartFormatting: bool
    noDelay: bool
    profanityFilter: bool
    redact: Literal['pci', 'numbers', 'true', 'ssn']
    """One of `"pci"`, `"numbers"`, `"true"`, `"ssn"`."""
    diarize: bool
    diarizeVersion: str
    ner: bool
    multichannel: bool
    alternatives: float
    numerals: bool
    search: Sequence[str]
    replace: Sequence[str]
    keywords: Sequence[str]
    keyterms: Sequence[str]
    endpointing: bool | float
    utteranceEndMs: float
    shortUtterance: bool
    vadTurnoff: float
    tag: str
    fillerWords: bool
    eotThreshold: float
    eotTimeoutMs: float
    mipOptOut: bool
    entityPrompt: str
    eagerEotThreshold: float
    languageHints: Sequence[str]


class RecognizerElevenlabsOptions(TypedDict, total=False):
    includeTimestamps: bool
    commitStrategy: Literal['manual', 'vad']
    """One of `"manual"`, `"vad"`."""
    vadSilenceThresholdSecs: float
    vadThreshold: float
    minSpeechDurationMs: float
    minSilenceDurationMs: float
    enableLogging: bool


class RecognizerGoogleOptions(TypedDict, total=False):
    mode: Literal['VERBATIM', 'SMART']
    """One of `"VERBATIM"`, `"SMART"`."""
    customVocabulary: Sequence[str]
    serviceVersion: Literal['v1', 'v2']
    """One of `"v1"`, `"v2"`."""
    recognizerId: str
    parentPath: str
    speechStartTimeoutMs: float
    speechEndTimeoutMs: float
    enableVoiceActivityEvents: bool
    transcriptNormalization: Sequence[Any]


class RecognizerGradiumOptions(TypedDict, total=False):
    apiKey: str
    model: str
    delayInFrames: int
    """Between 7 and 56."""
    temp: float
    """Between 0 and 1.5."""
    paddingBonus: float
    """Between -4 and 4."""
    keywords: Sequence[str]
    keywordBoost: float
    keywordBoostId: str
    turn_detection: RecognizerGradiumOptionsTurnDetection | Mapping[str, Any]
    gradiumSttUri: str
    gradiumSttUseTls: bool


class RecognizerGradiumOptionsTurnDetection(TypedDict, total=False):
    threshold: float
    horizon: float


class RecognizerHintsItem(TypedDict, total=False):
    phrase: Required[str]
    boost: float


class RecognizerHoundifyOptions(TypedDict, total=False):
    requestInfo: Mapping[str, Any]
    sampleRate: float
    latitude: float
    longitude: float
    city: str
    state: str
    country: str
    timeZone: str
    domain: str
    audioEndpoint: str
    maxSilenceSeconds: float
    maxSilenceAfterFullQuerySeconds: float
    maxSilenceAfterPartialQuerySeconds: float
    vadSensitivity: float
    vadTimeout: float
    vadMode: str
    vadVoiceMs: float
    vadSilenceMs: float
    vadDebug: bool
    audioFormat: str
    enableNoiseReduction: bool
    enableProfanityFilter: bool
    enablePunctuation: bool
    enableCapitalization: bool
    confidenceThreshold: float
    enableDisfluencyFilter: bool
    maxResults: float
    enableWordTimestamps: bool
    maxAlternatives: float
    partialTranscriptInterval: float
    sessionTimeout: float
    connectionTimeout: float
    customVocabulary: Sequence[str]
    languageModel: str
    audioQueryAbsoluteTimeout: float
    eoqThreshold: float
    """Between 0 and 1."""
    vadStopThreshold: float
    """Between 0 and 1."""


class RecognizerIbmOptions(TypedDict, total=False):
    sttApiKey: str
    sttRegion: str
    ttsApiKey: str
    ttsRegion: str
    instanceId: str
    model: str
    languageCustomizationId: str
    acousticCustomizationId: str
    baseModelVersion: str
    watsonMetadata: str
    watsonLearningOptOut: bool


class RecognizerMistralOptions(TypedDict, total=False):
    apiKey: str
    model: str
    streamingDelayMs: int
    verbatim: bool
    contextBias: Sequence[str]
    diarize: bool
    speakerReferences: Sequence[Mapping[str, Any]]
    turnDetection: RecognizerMistralOptionsTurnDetection | Mapping[str, Any]
    mistralSttUri: str


class RecognizerMistralOptionsTurnDetection(TypedDict, total=False):
    startThreshold: float
    """Between 0 and 1."""
    eagerEndThreshold: float
    """Between 0 and 1."""
    endThreshold: float
    """Between 0 and 1."""
    minSilenceMs: int
    """At least 0."""
    endTimeoutMs: int
    """At least 0."""


class RecognizerModulateOptions(TypedDict, total=False):
    apiKey: str
    endpointing: bool
    emotionSignal: bool
    accentSignal: bool
    deepfakeSignal: bool
    piiPhiTagging: bool
    modulateSttUri: str
    modulateSttUseTls: bool


class RecognizerNvidiaOptions(TypedDict, total=False):
    rivaUri: str
    maxAlternatives: float
    profanityFilter: bool
    punctuation: bool
    wordTimeOffsets: bool
    verbatimTranscripts: bool
    customConfiguration: Mapping[str, Any]


class RecognizerOpenaiOptions(TypedDict, total=False):
    apiKey: str
    model: str
    prompt: str
    promptTemplates: RecognizerOpenaiOptionsPromptTemplates | Mapping[str, Any]
    language: str
    languages: Sequence[str]
    keywords: Sequence[str]
    delay: Literal['minimal', 'low', 'medium', 'high', 'xhigh']
    """One of `"minimal"`, `"low"`, `"medium"`, `"high"`, `"xhigh"`."""
    input_audio_noise_reduction: Literal['near_field', 'far_field']
    """One of `"near_field"`, `"far_field"`."""
    turn_detection: RecognizerOpenaiOptionsTurnDetection | Mapping[str, Any]
    vadMode: int
    """Between 0 and 3."""
    vadSilenceMs: int
    """At least 1."""
    vadVoiceMs: int
    """At least 1."""


class RecognizerOpenaiOptionsPromptTemplates(TypedDict, total=False):
    hintsTemplate: str
    conversationHistoryTemplate: str


class RecognizerOpenaiOptionsTurnDetection(TypedDict, total=False):
    type: Required[Literal['none', 'server_vad', 'semantic_vad']]
    """One of `"none"`, `"server_vad"`, `"semantic_vad"`."""
    eagerness: Literal['low', 'medium', 'high', 'auto']
    """One of `"low"`, `"medium"`, `"high"`, `"auto"`."""
    threshold: float
    prefix_padding_ms: float
    silence_duration_ms: float


class RecognizerSonioxOptions(TypedDict, total=False):
    apiKey: str
    model: str
    languageHints: Sequence[str]
    enableLanguageIdentification: bool
    enableSpeakerDiarization: bool
    endpointDetection: bool
    endpointSensitivity: float
    """Between -1 and 1."""
    maxEndpointDelayMs: int
    """Between 500 and 3000."""
    maxNonFinalTokensDurationMs: int
    """At least 0."""
    profanityFilter: bool
    context: RecognizerSonioxOptionsContext | Mapping[str, Any]
    speechContext: str
    clientRequestReference: str
    storage: RecognizerSonioxOptionsStorage | Mapping[str, Any]


class RecognizerSonioxOptionsContext(TypedDict, total=False):
    general: Sequence[RecognizerSonioxOptionsContextGeneralItem | Mapping[str, Any]]
    text: str
    terms: Sequence[str]
    translation_terms: Sequence[RecognizerSonioxOptionsContextTranslationTermsItem | Mapping[str, Any]]


class RecognizerSonioxOptionsContextGeneralItem(TypedDict, total=False):
    key: Required[str]
    value: Required[str]


class RecognizerSonioxOptionsContextTranslationTermsItem(TypedDict, total=False):
    source: Required[str]
    target: Required[str]


class RecognizerSonioxOptionsStorage(TypedDict, total=False):
    id: str
    title: str
    disableStoreAudio: bool
    disableStoreTranscript: bool
    disableSearch: bool
    metadata: Mapping[str, Any]


class RecognizerSpeechmaticsOptions(TypedDict, total=False):
    host: str
    profile: Literal['adaptive', 'agile', 'smart', 'external']
    """One of `"adaptive"`, `"agile"`, `"smart"`, `"external"`."""
    transcription_config: RecognizerSpeechmaticsOptionsTranscriptionConfig | Mapping[str, Any]
    translation_config: RecognizerSpeechmaticsOptionsTranslationConfig | Mapping[str, Any]
    audio_events_config: RecognizerSpeechmaticsOptionsAudioEventsConfig | Mapping[str, Any]


class RecognizerSpeechmaticsOptionsAudioEventsConfig(TypedDict, total=False):
    types: Sequence[Literal['applause', 'music', 'laughter']]
    """One of `"applause"`, `"music"`, `"laughter"`."""


class RecognizerSpeechmaticsOptionsTranscriptionConfig(TypedDict, total=False):
    language: str
    domain: str
    additional_vocab: Sequence[Any]
    diarization: str
    speaker_diarization_config: RecognizerSpeechmaticsOptionsTranscriptionConfigSpeakerDiarizationConfig | Mapping[str, Any]
    conversation_config: RecognizerSpeechmaticsOptionsTranscriptionConfigConversationConfig | Mapping[str, Any]
    enable_partials: bool
    max_delay: float
    max_delay_mode: Literal['fixed', 'flexible']
    """One of `"fixed"`, `"flexible"`."""
    output_locale: str
    punctuation_overrides: RecognizerSpeechmaticsOptionsTranscriptionConfigPunctuationOverrides | Mapping[str, Any]
    operating_point: str
    model: str
    enable_entities: bool
    audio_filtering_config: RecognizerSpeechmaticsOptionsTranscriptionConfigAudioFilteringConfig | Mapping[str, Any]
    transcript_filtering_config: RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfig | Mapping[str, Any]


class RecognizerSpeechmaticsOptionsTranscriptionConfigAudioFilteringConfig(TypedDict, total=False):
    volume_threshold: Required[float]


class RecognizerSpeechmaticsOptionsTranscriptionConfigConversationConfig(TypedDict, total=False):
    end_of_utterance_silence_trigger: float


class RecognizerSpeechmaticsOptionsTranscriptionConfigPunctuationOverrides(TypedDict, total=False):
    permitted_marks: Sequence[str]
    sensitivity: float


class RecognizerSpeechmaticsOptionsTranscriptionConfigSpeakerDiarizationConfig(TypedDict, total=False):
    speaker_sensitivity: float
    max_speakers: float


class RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfig(TypedDict, total=False):
    remove_disfluencies: bool
    replacements: Sequence[RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfigReplacementsItem | Mapping[str, Any]]


RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfigReplacementsItem = TypedDict(
    "RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfigReplacementsItem",
    {
        "from": "Required[str]",
        "to": "Required[str]",
    },
    total=False,
)


class RecognizerSpeechmaticsOptionsTranslationConfig(TypedDict, total=False):
    target_languages: Required[Sequence[str]]
    enable_partials: bool


class RecognizerXaiOptions(TypedDict, total=False):
    apiKey: str
    model: str
    endpointing: int
    diarize: bool
    fillerWords: bool
    keyterms: Sequence[str]
    smartTurn: float
    smartTurnTimeout: int


class RecognizerZoomOptions(TypedDict, total=False):
    apiKey: str
    turn_detection: RecognizerZoomOptionsTurnDetection | Mapping[str, Any]
    zoomSttUri: str
    zoomSttUseTls: bool


class RecognizerZoomOptionsTurnDetection(TypedDict, total=False):
    threshold: float
    """Between 0.2 and 0.9."""
    prefix_padding_ms: int
    """At least 0."""
    silence_duration_ms: int


class RedirectVerb(TypedDict, total=False):
    verb: Literal['redirect']
    id: str
    actionHook: Required[str | ActionHook | Mapping[str, Any]]
    statusHook: str | ActionHook | Mapping[str, Any]


RestDialVerb = TypedDict(
    "RestDialVerb",
    {
        "verb": "Literal['rest:dial']",
        "id": "str",
        "account_sid": "str",
        "application_sid": "str",
        "call_hook": "Required[str | Mapping[str, Any]]",
        "call_status_hook": "str | Mapping[str, Any]",
        "from": "Required[str]",
        "callerName": "str",
        "fromHost": "str",
        "speech_synthesis_vendor": "str",
        "speech_synthesis_voice": "str",
        "speech_synthesis_language": "str",
        "speech_recognizer_vendor": "str",
        "speech_recognizer_language": "str",
        "tag": "Mapping[str, Any]",
        "to": "Required[Target | Mapping[str, Any]]",
        "headers": "Mapping[str, str | float]",
        "timeout": "float",
        "amd": "Amd | Mapping[str, Any]",
        "dual_streams": "bool",
        "sipRequestWithinDialogHook": "str",
        "referHook": "str | Mapping[str, Any]",
        "timeLimit": "float",
        "codecs": "Sequence[str]",
    },
    total=False,
)


class RoomVerb(TypedDict, total=False):
    verb: Literal['conference', 'room']
    """One of `"conference"`, `"room"`."""
    id: str
    name: Required[str]
    beep: bool
    memberTag: str
    speakOnlyTo: str
    startConferenceOnEnter: bool
    endConferenceOnExit: bool
    endConferenceDuration: float
    maxParticipants: float
    joinMuted: bool
    actionHook: str | ActionHook | Mapping[str, Any]
    waitHook: str | ActionHook | Mapping[str, Any]
    statusEvents: Sequence[str]
    statusHook: str | ActionHook | Mapping[str, Any]
    enterHook: str | ActionHook | Mapping[str, Any]
    record: Mapping[str, Any]
    listen: Mapping[str, Any]
    stream: Mapping[str, Any]
    distributeDtmf: bool


class S2sVerb(TypedDict, total=False):
    id: str
    vendor: Required[str]
    model: str
    auth: LlmBaseAuth | Mapping[str, Any]
    connectOptions: Mapping[str, Any]
    llmOptions: Required[Mapping[str, Any]]
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    events: Sequence[str]
    responseTimeoutMs: int
    """At least 1."""
    cancelOnResponseTimeout: bool
    """Left out: `false`."""
    cancelOnBargeIn: bool
    """Left out: `false`."""
    verb: Literal['s2s']


class SayVerb(TypedDict, total=False):
    verb: Literal['say']
    id: str
    text: str | Sequence[str]
    instructions: str
    stream: bool
    loop: float | str
    synthesizer: Synthesizer | Mapping[str, Any]
    earlyMedia: bool
    disableTtsCache: bool
    closeStreamOnEmpty: bool


class SipDeclineVerb(TypedDict, total=False):
    verb: Literal['sip:decline']
    id: str
    status: Required[float]
    reason: str
    headers: Mapping[str, str | float]


class SipReferVerb(TypedDict, total=False):
    verb: Literal['sip:refer']
    id: str
    referTo: Required[str]
    referredBy: str
    referredByDisplayName: str
    headers: Mapping[str, str | float]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]


class SipRequestVerb(TypedDict, total=False):
    verb: Literal['sip:request']
    id: str
    method: Required[str]
    body: str
    headers: Mapping[str, str | float]
    actionHook: str | ActionHook | Mapping[str, Any]


class StreamVerb(TypedDict, total=False):
    verb: Literal['stream']
    id: str
    url: Required[str]
    actionHook: str | ActionHook | Mapping[str, Any]
    wsAuth: Auth | Mapping[str, Any]
    mixType: Literal['mono', 'stereo', 'mixed']
    """One of `"mono"`, `"stereo"`, `"mixed"`."""
    metadata: Mapping[str, Any]
    sampleRate: float
    finishOnKey: str
    maxLength: float
    passDtmf: bool
    playBeep: bool
    disableBidirectionalAudio: bool
    bidirectionalAudio: BidirectionalAudio | Mapping[str, Any]
    timeout: float
    transcribe: TranscribeVerb | Mapping[str, Any]
    earlyMedia: bool
    channel: float


class Synthesizer(TypedDict, total=False):
    vendor: Required[str]
    label: str
    language: str
    voice: str | Mapping[str, Any]
    fallbackVendor: str
    fallbackLabel: str
    fallbackLanguage: str
    fallbackVoice: str | Mapping[str, Any]
    engine: Literal['standard', 'neural', 'generative', 'long-form']
    """One of `"standard"`, `"neural"`, `"generative"`, `"long-form"`."""
    gender: Literal['MALE', 'FEMALE', 'NEUTRAL']
    """One of `"MALE"`, `"FEMALE"`, `"NEUTRAL"`."""
    options: Mapping[str, Any]


class TagVerb(TypedDict, total=False):
    verb: Literal['tag']
    id: str
    data: Required[Mapping[str, Any]]


Target = TypedDict(
    "Target",
    {
        "type": "Required[Literal['phone', 'sip', 'user', 'teams']]",
        "number": "str",
        "sipUri": "str",
        "name": "str",
        "tenant": "str",
        "trunk": "str",
        "confirmHook": "str | ActionHook | Mapping[str, Any]",
        "method": "Literal['GET', 'POST']",
        "headers": "Mapping[str, str]",
        "from": "TargetFrom | Mapping[str, Any]",
        "auth": "Auth | Mapping[str, Any]",
        "vmail": "bool",
        "overrideTo": "str",
        "proxy": "str",
    },
    total=False,
)


class TargetFrom(TypedDict, total=False):
    user: str
    host: str


class ToolFillerConfig(TypedDict, total=False):
    type: Required[Literal['audio', 'backchannel']]
    """One of `"audio"`, `"backchannel"`."""
    startDelaySecs: float
    """At least 0. Left out: `2`."""
    url: str
    style: str
    escalationSecs: float
    """At least 0. Left out: `10`."""


class TranscribeVerb(TypedDict, total=False):
    verb: Literal['transcribe']
    id: str
    enable: bool
    transcriptionHook: str
    translationHook: str
    recognizer: Recognizer | Mapping[str, Any]
    earlyMedia: bool
    channel: Literal[1, 2]
    """One of `1`, `2`."""


class TransferBrief(TypedDict, total=False):
    text: Required[str]
    synthesizer: Synthesizer | Mapping[str, Any]


class TransferOptionsConfirm(TypedDict, total=False):
    prompt: Required[str]
    digit: Required[str]


class TransferOptionsDisposition(TypedDict, total=False):
    onNoAnswer: Literal['return', 'voicemail', 'hangup']
    """One of `"return"`, `"voicemail"`, `"hangup"`. Left out: `"return"`."""
    onBusy: Literal['return', 'voicemail', 'hangup']
    """One of `"return"`, `"voicemail"`, `"hangup"`. Left out: `"return"`."""
    onDecline: Literal['return', 'voicemail', 'hangup']
    """One of `"return"`, `"voicemail"`, `"hangup"`. Left out: `"return"`."""
    onFailure: Literal['return', 'voicemail', 'hangup']
    """One of `"return"`, `"voicemail"`, `"hangup"`. Left out: `"return"`."""
    voicemailUrl: str


class TransferVerb(TypedDict, total=False):
    mode: Required[Literal['blind', 'warm']]
    """One of `"blind"`, `"warm"`."""
    blindMethod: Literal['refer', 'dial']
    """One of `"refer"`, `"dial"`. Left out: `"refer"`."""
    callerPresent: bool
    """Left out: `false`."""
    target: Required[Sequence[Target | Mapping[str, Any]]]
    callerId: str
    onHoldHook: str | ActionHook | Mapping[str, Any]
    timeout: float
    """Left out: `30`."""
    confirm: TransferOptionsConfirm | Mapping[str, Any]
    amd: Amd | Mapping[str, Any]
    disposition: TransferOptionsDisposition | Mapping[str, Any]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    verb: Literal['transfer']
    id: str
    brief: TransferBrief | Mapping[str, Any]


class UltravoxS2sVerb(TypedDict, total=False):
    id: str
    vendor: Literal['ultravox']
    model: str
    auth: LlmBaseAuth | Mapping[str, Any]
    connectOptions: Mapping[str, Any]
    llmOptions: Required[Mapping[str, Any]]
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    events: Sequence[str]
    responseTimeoutMs: int
    """At least 1."""
    cancelOnResponseTimeout: bool
    """Left out: `false`."""
    cancelOnBargeIn: bool
    """Left out: `false`."""
    verb: Literal['ultravox_s2s']


class Vad(TypedDict, total=False):
    enable: bool
    voiceMs: float
    silenceMs: float
    strategy: str
    mode: float
    """Between 0 and 3."""
    vendor: Literal['webrtc', 'silero']
    """One of `"webrtc"`, `"silero"`."""
    threshold: float
    """Between 0 and 1."""
    speechPadMs: float


class VoiceagentS2sVerb(TypedDict, total=False):
    """Connects the caller to a Deepgram voice agent under its older name. A shortcut for `llm` with vendor
    `voiceagent`, which the open-source server knows; `deepgram_s2s` is the current name.
    """
    id: str
    vendor: Literal['voiceagent']
    """May be left out: the verb's name says it."""
    model: str
    auth: LlmBaseAuth | Mapping[str, Any]
    connectOptions: Mapping[str, Any]
    llmOptions: Required[Mapping[str, Any]]
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    events: Sequence[str]
    responseTimeoutMs: int
    """At least 1."""
    cancelOnResponseTimeout: bool
    """Left out: `false`."""
    cancelOnBargeIn: bool
    """Left out: `false`."""
    verb: Literal['voiceagent_s2s']


class VoiceliveS2sAuth(TypedDict, total=False):
    apiKey: str
    accessToken: str


class VoiceliveS2sConnectOptions(TypedDict, total=False):
    host: Required[str]
    apiVersion: str
    agentId: str
    projectId: str
    path: str


class VoiceliveS2sLlmOptions(TypedDict, total=False):
    session_update: Required[Mapping[str, Any]]
    response_create: Required[Mapping[str, Any]]


class VoiceliveS2sVerb(TypedDict, total=False):
    id: str
    vendor: Literal['voicelive']
    model: str
    auth: Required[VoiceliveS2sAuth | Mapping[str, Any]]
    connectOptions: Required[VoiceliveS2sConnectOptions | Mapping[str, Any]]
    llmOptions: Required[VoiceliveS2sLlmOptions | Mapping[str, Any]]
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    events: Sequence[str]
    responseTimeoutMs: int
    """At least 1."""
    cancelOnResponseTimeout: bool
    """Left out: `false`."""
    cancelOnBargeIn: bool
    """Left out: `false`."""
    verb: Literal['voicelive_s2s']
