# Generated from schemas/ by `python scripts/generate.py`. Do not edit.
"""The verbs and what stands inside them, as dicts with exact types: `Synthesizer(vendor="google")`.

At run time each of them is a plain dict. A method of a verb takes one wherever it takes a dict, and a dict of
other origin just as well. The keys of a whole verb, such as `SayVerb`, are the keywords of its method in
`declared.VerbMethods`, and are explained there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict


class ActionHook(TypedDict, total=False):
    """A URL together with method or credentials, for hooks that are called over HTTP."""
    url: Required[str]
    """Path or URL of the hook."""
    method: Literal['GET', 'POST']
    """HTTP only. A `GET` carries no payload and cannot be checked by its signature. One of `"GET"`, `"POST"`.
    Left out: `"POST"`.
    """
    basicAuth: Auth | Mapping[str, Any]
    """Credentials for HTTP Basic authentication at that URL."""


class ActionHookDelayAction(TypedDict, total=False):
    """What the caller hears while the application takes its time after a gather, and when it counts as lost.
    Verbs in the hook's answer, or a `redirect` command, end it: a `say` in progress is finished, a `play`
    is cut.
    """
    enabled: bool
    """On unless it is false. false disarms one that is set; as the very first setting of a call the open
    server arms it all the same.
    """
    noResponseTimeout: float
    """Seconds without verbs after which the first of `actions` is played."""
    noResponseGiveUpTimeout: float
    """Seconds after which to give up: `giveUpActions` are run, or the call is hung up and an alert written."""
    retries: float
    """How many more times to play something after the first; 0 when left out. The entries of `actions` take
    turns.
    """
    actions: Sequence[Mapping[str, Any]]
    """`say` and `play` verbs of which one is played each time."""
    giveUpActions: Sequence[Mapping[str, Any]]
    """Verbs to run instead of hanging up when the wait is over."""


class AgentBargeIn(TypedDict, total=False):
    """Whether and how the caller can interrupt the agent."""
    enable: bool
    """false lets every answer finish. What the caller says meanwhile still counts as input. Left out: `true`."""
    strategy: Literal['vad', 'interruptPrediction']
    """`vad`: any speech interrupts, once it has lasted `minSpeechDuration`. `interruptPrediction`: a model
    tells interruptions from a mere hum of agreement. One of `"vad"`, `"interruptPrediction"`. Left out:
    `"vad"`.
    """
    vendor: str
    """Whose model predicts interruptions."""
    threshold: float
    """How sure that model must be before the agent stops. Between 0 and 1."""
    minSpeechDuration: float
    """Seconds of speech before the agent stops talking. Longer ignores coughs, but feels deaf. At least 0.
    Left out: `0.5`.
    """
    sticky: bool
    """Keep it interruptible for the whole conversation rather than once. Left out: `false`."""


class AgentLanguageConfigValue(TypedDict, total=False):
    tts: Synthesizer | Mapping[str, Any]
    """Voice for answers in that language."""


class AgentLlm(TypedDict, total=False):
    """The language model behind the agent, and its instructions."""
    vendor: str
    """Vendor of the language model, such as `openai`, `anthropic` or `google`."""
    model: str
    """Model by the vendor's name for it. Small models answer sooner, which callers notice more than wit."""
    label: str
    """Which of several stored credentials of that vendor to use."""
    auth: AgentLlmAuth | Mapping[str, Any]
    """Credentials for this agent, instead of those stored in the account."""
    connectOptions: AgentLlmConnectOptions | Mapping[str, Any]
    """How the vendor is reached."""
    llmOptions: AgentLlmLlmOptions | Mapping[str, Any]
    """What the model is told."""


class AgentLlmAuth(TypedDict, total=False):
    """Credentials for this agent, instead of those stored in the account."""
    apiKey: str
    """The vendor's API key. Whoever can read the verb can read it."""


class AgentLlmConnectOptions(TypedDict, total=False):
    """How the vendor is reached."""
    timeout: float
    """How long to wait for the vendor before the request counts as failed. At least 0."""
    maxRetries: int
    """How often a failed request is repeated; each try costs the caller time. At least 0."""
    endpoint: str
    """Endpoint of a deployment of your own, for vendors that host them (Azure)."""
    baseURL: str
    """Base address of an API that speaks the vendor's protocol, such as a local model."""


class AgentLlmLlmOptions(TypedDict, total=False):
    """What the model is told."""
    systemPrompt: str
    """Who the agent is and what it shall do. Ask for short sentences without lists: the text is spoken."""
    messages: Sequence[LlmMessage | Mapping[str, Any]]
    """Messages that stand before the conversation, for instance what was said in an earlier call."""
    initialMessages: Sequence[LlmMessage | Mapping[str, Any]]
    """Another name of `messages`."""
    maxTokens: int
    """Upper limit for one answer. An answer that reaches it breaks off in mid-sentence. At least 1."""
    temperature: float
    """How freely the model chooses its words; 0 is the most predictable. At least 0."""
    reasoningEffort: Literal['minimal', 'low', 'medium', 'high']
    """How much the model thinks before it answers, where it can. Every step up is silence on the line. One of
    `"minimal"`, `"low"`, `"medium"`, `"high"`.
    """
    tools: Sequence[Mapping[str, Any]]
    """Tools that the model may call, in the vendor's notation or OpenAI's. Calls come to `toolHook`."""


class AgentMcpServersItem(TypedDict, total=False):
    url: Required[str]
    """Where the MCP server listens."""
    auth: Mapping[str, Any]
    """What the MCP server wants to see before it answers."""
    roots: Sequence[Mapping[str, Any]]
    """MCP roots to announce; few servers need them."""


class AgentNoiseIsolation(TypedDict, total=False):
    mode: Required[str]
    """Whose noise isolation, as in the short form."""
    label: str
    """Which of several stored credentials for it to use."""
    auth: AgentNoiseIsolationAuth | Mapping[str, Any]
    """Credentials for it, for vendors that need them."""
    level: float
    """How much noise to take out, in percent; 100 when left out. Between 0 and 100."""
    direction: Literal['read', 'write']
    """`read`: what comes from the caller, which is the usual case. `write`: what is sent to the caller. One of
    `"read"`, `"write"`.
    """
    model: str
    """A certain model of that vendor."""


class AgentNoiseIsolationAuth(TypedDict, total=False):
    """Credentials for it, for vendors that need them."""
    apiKey: str
    """Key of the noise isolation service."""
    apiUri: str
    """Address of that service, when it is one of your own."""


class AgentTurnDetection(TypedDict, total=False):
    mode: Required[Literal['krisp']]
    """The object form exists for Krisp's model only. One of `"krisp"`."""
    threshold: float
    """How sure the model must be that the turn is over: lower answers sooner and interrupts more. Between 0
    and 1.
    """
    model: str
    """A certain version of the turn model."""


class AgentVerb(TypedDict, total=False):
    """The verb `agent` as a dict: `VerbMethods.agent` explains the keys."""
    verb: Literal['agent']
    id: str
    stt: Recognizer | Mapping[str, Any]
    tts: Synthesizer | Mapping[str, Any]
    autoLockLanguage: bool | Literal['always']
    languageConfig: Mapping[str, AgentLanguageConfigValue | Mapping[str, Any]]
    turnDetection: Literal['stt', 'krisp'] | AgentTurnDetection | Mapping[str, Any]
    bargeIn: AgentBargeIn | Mapping[str, Any]
    noResponseTimeout: float
    noResponseMaxPrompts: int
    llm: AgentLlm | Mapping[str, Any]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    greeting: bool
    earlyGeneration: bool
    speak: bool
    speechCleanup: bool
    noiseIsolation: Literal['krisp', 'rnnoise', 'kugelaudio'] | AgentNoiseIsolation | Mapping[str, Any]
    mcpServers: Sequence[AgentMcpServersItem | Mapping[str, Any]]
    handoff: Handoff | Mapping[str, Any]
    hangup: Hangup | Mapping[str, Any]
    toolFiller: Literal[False] | ToolFillerConfig | Mapping[str, Any]


class AlertVerb(TypedDict, total=False):
    """The verb `alert` as a dict: `VerbMethods.alert` explains the keys."""
    verb: Literal['alert']
    id: str
    message: Required[str]


class Amd(TypedDict, total=False):
    """Decides whether a person or a machine has answered, from the length of the greeting and what is said in
    it. It runs beside the other verbs, and reports several events: after each verdict comes `amd_stopped`.
    """
    actionHook: Required[str | ActionHook | Mapping[str, Any]]
    """Gets every event of the detection. Verbs in the answer replace what runs, so answer with `[]` to events
    that do not matter.
    """
    thresholdWordCount: float
    """Words in the greeting from which on it counts as a machine's. Left out: `9`."""
    digitCount: float
    """So many digits in the greeting make it a machine's, as when a number is read out. 0 switches this test
    off. Left out: `0`.
    """
    timers: AmdTimers | Mapping[str, Any]
    """Limits of the detection, in milliseconds."""
    recognizer: Recognizer | Mapping[str, Any]
    """How to transcribe the greeting; it must know the language of the answering machine. The session's
    recognizer when left out.
    """


class AmdTimers(TypedDict, total=False):
    """Limits of the detection, in milliseconds."""
    noSpeechTimeoutMs: float
    """Silence after the answer that leads to `amd_no_speech_detected`. Left out: `5000`."""
    decisionTimeoutMs: float
    """Time after which it gives up with `amd_decision_timeout`. Left out: `15000`."""
    toneTimeoutMs: float
    """How long to wait for the beep of a machine. Left out: `20000`."""
    greetingCompletionTimeoutMs: float
    """Silence that ends the greeting of a machine and leads to `amd_machine_stopped_speaking`: the moment to
    leave a message. Left out: `2000`.
    """


class AnswerVerb(TypedDict, total=False):
    """The verb `answer` as a dict: `VerbMethods.answer` explains the keys."""
    verb: Literal['answer']
    id: str


class Auth(TypedDict, total=False):
    """Credentials for HTTP Basic authentication, or for SIP where a target of `dial` has them. Both parts are
    needed, even if one is empty.
    """
    username: Required[str]
    """Name of the account at the other side."""
    password: Required[str]
    """Password in clear; it is as visible as the verb that carries it."""


class BidirectionalAudio(TypedDict, total=False):
    """How audio that the application sends on a `listen` websocket is taken. The two modes exclude each other:
    whatever belongs to the other one is dropped without a word.
    """
    enabled: bool
    """false refuses audio altogether. On when left out."""
    streaming: bool
    """true: binary frames of PCM are played as they come, and marks work. false, or left out: whole clips as
    `playAudio` messages.
    """
    sampleRate: float
    """Samples per second of what you send in streaming mode. Without it the media server plays nothing of what
    it is sent, and reports no mark; the library gives the rate of the stream when you leave it out. When it
    differs from the call's rate, resampling may destroy marks.
    """


class ConferenceVerb(TypedDict, total=False):
    """The verb `conference` as a dict: `VerbMethods.conference` explains the keys."""
    verb: Literal['conference', 'room']
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
    listen: ListenVerb | Mapping[str, Any]
    stream: ListenVerb | Mapping[str, Any]
    distributeDtmf: bool


class ConfigBargeIn(TypedDict, total=False):
    """Listens in the background while other verbs run, so that the caller can interrupt. Heard speech stops
    the audio, clears the waiting verbs and fires the hook. The open server knows further fields, as in
    `gather`: `finishOnKey`, `numDigits`, `minDigits`, `maxDigits`, `interDigitTimeout`, `dtmfBargein`, and
    `partialResultHook`, which has no effect.
    """
    enable: bool
    """Required by the open server. false ends background listening. Switching it on again with the same
    `input` while it is on changes nothing.
    """
    sticky: bool
    """Listen again after each result. Otherwise it stops after the first one. The next round begins only after
    the ack of the hook, so an ack held back makes the caller unable to interrupt.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Gets what the caller said or pressed, in the form of a gather's result. Verbs in the answer replace what
    runs by then.
    """
    input: Sequence[Literal['speech', 'digits']]
    """What may interrupt; speech only when left out. With `digits` alone no recognizer is needed. One of
    `"speech"`, `"digits"`.
    """
    minBargeinWordCount: float
    """Words that the interim transcript must have before anything is stopped; 1 when left out, and 0 means
    that voice activity is enough. A final transcript always counts.
    """


class ConfigNoiseIsolation(TypedDict, total=False):
    """Removes background noise from the caller's audio. v10 only: the open server accepts and ignores it."""
    enable: bool
    """false ends the isolation that an earlier `config` began."""
    vendor: str
    """`krisp` or `rnnoise`, for example; the server's choice when left out."""
    level: float
    """How much of the noise to remove, in percent; 100 when left out."""
    model: str
    """A certain model of that vendor, where it has several."""
    label: str
    """Which of several stored credentials of the vendor to use. Not known to the open server."""
    auth: ConfigNoiseIsolationAuth | Mapping[str, Any]
    """Credentials for the vendor, instead of those stored in the account. Not known to the open server."""


class ConfigNoiseIsolationAuth(TypedDict, total=False):
    """Credentials for the vendor, instead of those stored in the account. Not known to the open server."""
    apiKey: str
    """Key for the vendor's service."""
    apiUri: str
    """Address of the vendor's service, when it is not the public one."""


class ConfigTtsStream(TypedDict, total=False):
    """Opens a connection to the speech vendor over which `tts:tokens` are spoken in the background of other
    verbs. Control connections only, and not in a call that came out of another one.
    """
    enable: bool
    """Required by the open server. false closes the stream, which is reported as `stream_closed`."""
    synthesizer: Synthesizer | Mapping[str, Any]
    """Voice of the stream. The open server ignores it here and takes the `synthesizer` of the same `config`,
    or the session's.
    """


class ConfigTurnTaking(TypedDict, total=False):
    """Lets a model decide when the caller has finished, rather than silence alone. v10 only: the open server
    accepts and ignores it.
    """
    enable: bool
    """false goes back to the recognizer's own decision."""
    vendor: str
    """Whose model decides, such as `krisp`."""
    threshold: float
    """How sure the model must be that the turn is over. Lower answers sooner and interrupts more."""
    model: str
    """Name of the model, where the vendor has several."""


class ConfigVerb(TypedDict, total=False):
    """The verb `config` as a dict: `VerbMethods.config` explains the keys."""
    verb: Literal['config']
    id: str
    synthesizer: Synthesizer | Mapping[str, Any]
    recognizer: Recognizer | Mapping[str, Any]
    bargeIn: ConfigBargeIn | Mapping[str, Any]
    ttsStream: ConfigTtsStream | Mapping[str, Any]
    record: Mapping[str, Any]
    listen: ListenVerb | Mapping[str, Any]
    stream: ListenVerb | Mapping[str, Any]
    transcribe: TranscribeVerb | Mapping[str, Any]
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
    """The verb `deepgram_s2s` as a dict: `VerbMethods.deepgram_s2s` explains the keys."""
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
    cancelOnResponseTimeout: bool
    cancelOnBargeIn: bool
    verb: Literal['deepgram_s2s']


class DequeueVerb(TypedDict, total=False):
    """The verb `dequeue` as a dict: `VerbMethods.dequeue` explains the keys."""
    verb: Literal['dequeue']
    id: str
    name: Required[str]
    actionHook: str | ActionHook | Mapping[str, Any]
    timeout: float
    beep: bool
    callSid: str


class DialVerb(TypedDict, total=False):
    """The verb `dial` as a dict: `VerbMethods.dial` explains the keys."""
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
    listen: ListenVerb | Mapping[str, Any]
    stream: ListenVerb | Mapping[str, Any]
    transcribe: TranscribeVerb | Mapping[str, Any]
    timeLimit: float
    timeout: float
    proxy: str
    amd: Amd | Mapping[str, Any]
    dub: Sequence[DubVerb | Mapping[str, Any]]
    tag: Mapping[str, Any]
    forwardPAI: bool
    srtpEncryption: Literal['sdes', 'dtls']


class DialogflowQueryInput(TypedDict, total=False):
    """Begin with this input instead of waiting for the caller. Give one of the fields."""
    text: str
    """As if the caller had said this."""
    intent: str
    """Go straight to this intent."""
    event: str
    """Fire this event first."""
    dtmf: str
    """As if the caller had pressed these keys."""


class DialogflowVerb(TypedDict, total=False):
    """The verb `dialogflow` as a dict: `VerbMethods.dialogflow` explains the keys."""
    verb: Literal['dialogflow']
    id: str
    credentials: Required[Mapping[str, Any] | str]
    project: Required[str]
    agent: str
    environment: str
    deployment: str
    region: str
    model: Literal['es', 'cx', 'ces']
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
    """The verb `dtmf` as a dict: `VerbMethods.dtmf` explains the keys."""
    verb: Literal['dtmf']
    id: str
    dtmf: Required[str]
    duration: float


class DubVerb(TypedDict, total=False):
    """The verb `dub` as a dict: `VerbMethods.dub` explains the keys."""
    verb: Literal['dub']
    id: str
    action: Required[Literal['addTrack', 'removeTrack', 'silenceTrack', 'playOnTrack', 'sayOnTrack']]
    track: Required[str]
    play: str
    say: str | Mapping[str, Any]
    loop: bool
    gain: float | str


class ElevenlabsS2sAuth(TypedDict, total=False):
    """Which agent, and the right to talk to it. In snake_case, unlike the credentials of other vendors."""
    agent_id: Required[str]
    """Id of the agent in the ElevenLabs console."""
    api_key: str
    """Needed only for agents that are not public; jambonz then asks for a signed address with it."""


class ElevenlabsS2sLlmOptions(TypedDict, total=False):
    """Settings of this one conversation. Messages do not belong here: the agent has its own."""
    conversation_initiation_client_data: Mapping[str, Any]
    """What the agent is told at the start, such as `dynamic_variables` or overrides that it allows."""
    input_sample_rate: int
    """Samples per second of the caller's audio as sent to the agent; must be what the agent was set up for.
    Left out: `16000`.
    """
    output_sample_rate: int
    """Samples per second of the agent's audio; must be what the agent was set up for. Left out: `16000`."""


class ElevenlabsS2sVerb(TypedDict, total=False):
    """The verb `elevenlabs_s2s` as a dict: `VerbMethods.elevenlabs_s2s` explains the keys."""
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
    cancelOnResponseTimeout: bool
    cancelOnBargeIn: bool
    verb: Literal['elevenlabs_s2s']


class EnqueueVerb(TypedDict, total=False):
    """The verb `enqueue` as a dict: `VerbMethods.enqueue` explains the keys."""
    verb: Literal['enqueue']
    id: str
    name: Required[str]
    actionHook: str | ActionHook | Mapping[str, Any]
    waitHook: str | ActionHook | Mapping[str, Any]
    priority: float


class FillerNoise(TypedDict, total=False):
    """A sound such as typing that covers silence, from the moment when a gather has its result until verbs
    come. It stops by itself.
    """
    enable: Required[bool]
    """false switches off what the session had set."""
    url: str
    """The sound, which is repeated until it is no longer needed."""
    startDelaySecs: float
    """Seconds of silence to allow first, so that quick answers are not preceded by noise."""


class GatherVerb(TypedDict, total=False):
    """The verb `gather` as a dict: `VerbMethods.gather` explains the keys."""
    verb: Literal['gather']
    id: str
    actionHook: str | ActionHook | Mapping[str, Any]
    input: Sequence[Literal['speech', 'digits']]
    finishOnKey: str
    numDigits: float
    minDigits: float
    maxDigits: float
    interDigitTimeout: float
    speechTimeout: float
    timeout: float
    partialResultHook: str | ActionHook | Mapping[str, Any]
    listenDuringPrompt: bool
    dtmfBargein: bool
    bargein: bool
    minBargeinWordCount: float
    recognizer: Recognizer | Mapping[str, Any]
    say: SayVerb | Mapping[str, Any]
    play: PlayVerb | Mapping[str, Any]
    fillerNoise: FillerNoise | Mapping[str, Any]
    actionHookDelayAction: ActionHookDelayAction | Mapping[str, Any]


class GoogleS2sVerb(TypedDict, total=False):
    """The verb `google_s2s` as a dict: `VerbMethods.google_s2s` explains the keys."""
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
    cancelOnResponseTimeout: bool
    cancelOnBargeIn: bool
    verb: Literal['google_s2s']


class GptliveS2sAuth(TypedDict, total=False):
    """Credentials; the account's stored ones are not used for this verb."""
    apiKey: Required[str]
    """OpenAI API key with access to the live models."""


class GptliveS2sLlmOptions(TypedDict, total=False):
    """Settings of the session, which must be given even if they are few."""
    session_update: Required[GptliveS2sLlmOptionsSessionUpdate | Mapping[str, Any]]
    """Sent to OpenAI as the session's settings: instructions, voice, turn detection, delegation."""


class GptliveS2sLlmOptionsSessionUpdate(TypedDict, total=False):
    """Sent to OpenAI as the session's settings: instructions, voice, turn detection, delegation."""
    model: Any
    """Must not be given here: the model is the verb's own `model`."""
    delegation: GptliveS2sLlmOptionsSessionUpdateDelegation | Mapping[str, Any]
    """Who does what the speaking model passes on."""


class GptliveS2sLlmOptionsSessionUpdateDelegation(TypedDict, total=False):
    """Who does what the speaking model passes on."""
    type: Literal['client', 'responses']
    """`client`: the application, through tool calls. `responses`: a second model, described in `responses`.
    One of `"client"`, `"responses"`.
    """
    responses: GptliveS2sLlmOptionsSessionUpdateDelegationResponses | Mapping[str, Any]
    """The second model, needed when the type is `responses`."""
    tools: Any
    """Must not be given here: tools belong into `responses`."""


class GptliveS2sLlmOptionsSessionUpdateDelegationResponses(TypedDict, total=False):
    """The second model, needed when the type is `responses`."""
    model: Required[str]
    """Name of the model that does the delegated work."""
    tools: Sequence[Mapping[str, Any]]
    """Tools that the second model may call; calls reach the toolHook."""
    instructions: str
    """System prompt of the second model."""


class GptliveS2sVerb(TypedDict, total=False):
    """The verb `gptlive_s2s` as a dict: `VerbMethods.gptlive_s2s` explains the keys."""
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
    cancelOnResponseTimeout: bool
    cancelOnBargeIn: bool
    verb: Literal['gptlive_s2s']


class Handoff(TypedDict, total=False):
    """A tool for the model of `agent` or `llm` that passes the caller to a person. Besides its own fields it
    takes all of `transfer`; `mode` and `target` are required. Since 10.3.
    """
    mode: Required[Literal['blind', 'warm']]
    """`blind`: the caller is passed on without a word. `warm`: the person is called first, told what it is
    about, and then connected. One of `"blind"`, `"warm"`.
    """
    blindMethod: Literal['refer', 'dial']
    """With `blind`: `refer` asks the carrier to place the call elsewhere and leaves it; `dial` places it here
    and stays in the path, which every carrier allows. One of `"refer"`, `"dial"`. Left out: `"refer"`.
    """
    callerPresent: bool
    """With `warm`: let the caller hear the briefing instead of music. Left out: `false`."""
    target: Required[Sequence[Target | Mapping[str, Any]]]
    """Whom to call; all are rung at the same time."""
    callerId: str
    """Number that the person is shown; the caller's when left out."""
    onHoldHook: str | ActionHook | Mapping[str, Any]
    """Asked for what the caller hears meanwhile."""
    timeout: float
    """Seconds to let it ring before `onNoAnswer` applies. Left out: `30`."""
    confirm: TransferOptionsConfirm | Mapping[str, Any]
    """Have the person press a key before being connected, so that a voice mail does not take the call."""
    amd: Amd | Mapping[str, Any]
    """Detect answering machines, so that they count as not answered."""
    disposition: TransferOptionsDisposition | Mapping[str, Any]
    """What becomes of the caller when nobody takes the call, by reason. `return` goes on with the application,
    `voicemail` hands the caller to `voicemailUrl`, `hangup` ends the call.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called with the outcome; verbs in the answer go on with the caller."""
    eventHook: str | ActionHook | Mapping[str, Any]
    """Told about the stages of the transfer."""
    brief: Literal['auto', 'none'] | HandoffBrief | Mapping[str, Any]
    """What the person is told first. `auto`: a summary that the model writes. `none`: nothing. An object gives
    the wording. Left out: `"auto"`.
    """
    briefSynthesizer: Synthesizer | Mapping[str, Any]
    """Voice of the briefing, when it should differ from the agent's."""
    toolName: str
    """Name under which the model sees the tool; change it only if it collides with one of yours. Left out:
    `"transfer_to_human"`.
    """
    toolDescription: str
    """Tells the model when to use the tool. Worth writing: it decides how readily callers are passed on."""


class HandoffBrief(TypedDict, total=False):
    template: Required[str]
    """Text with placeholders that the model fills in."""


class Hangup(TypedDict, total=False):
    """A tool for the model of `agent` or `llm` that ends the call. An empty object switches it on; leaving it
    out keeps the model from hanging up.
    """
    reason: str
    """Text that is given as the reason when the tool is used."""


class HangupVerb(TypedDict, total=False):
    """The verb `hangup` as a dict: `VerbMethods.hangup` explains the keys."""
    verb: Literal['hangup']
    id: str
    headers: Mapping[str, str | float]


class LeaveVerb(TypedDict, total=False):
    """The verb `leave` as a dict: `VerbMethods.leave` explains the keys."""
    verb: Literal['leave']
    id: str


class LexIntent(TypedDict, total=False):
    """Begin with this intent instead of waiting for what the caller says first."""
    name: Required[str]
    """Name of the intent as it was defined in the bot."""
    slots: Mapping[str, Any]
    """Slot values that are already known, by slot name; the bot does not ask for them again."""


class LexVerb(TypedDict, total=False):
    """The verb `lex` as a dict: `VerbMethods.lex` explains the keys."""
    verb: Literal['lex']
    id: str
    botId: Required[str]
    botAlias: Required[str]
    credentials: Required[Mapping[str, Any]]
    region: Required[str]
    locale: str
    intent: LexIntent | Mapping[str, Any]
    welcomeMessage: str
    metadata: Mapping[str, Any]
    bargein: bool
    passDtmf: bool
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    noInputTimeout: float
    tts: Synthesizer | Mapping[str, Any]


class ListenVerb(TypedDict, total=False):
    """The verb `listen` as a dict: `VerbMethods.listen` explains the keys."""
    verb: Literal['listen']
    id: str
    url: Required[str]
    actionHook: str | ActionHook | Mapping[str, Any]
    wsAuth: Auth | Mapping[str, Any]
    mixType: Literal['mono', 'stereo', 'mixed']
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


class LlmBaseAuth(TypedDict, total=False):
    """Credentials for the vendor. They are sent with every copy of the verb and appear in server logs, so use
    keys that can be revoked.
    """
    apiKey: str
    """The vendor's API key. Everyone but ElevenLabs and Amazon wants it under this name."""


class LlmBaseMcpServersItem(TypedDict, total=False):
    url: Required[str]
    """Address of the server's SSE endpoint."""
    auth: Mapping[str, Any]
    """Credentials for that server."""
    roots: Sequence[Mapping[str, Any]]
    """Roots that are announced to the server, as MCP defines them."""


class LlmMessage(TypedDict, total=False):
    """One message of a conversation."""
    role: Required[Literal['system', 'user', 'assistant', 'tool']]
    """Who said it. `tool` stands for the output of a tool. One of `"system"`, `"user"`, `"assistant"`,
    `"tool"`.
    """
    content: Required[Any]
    """Text, or the vendor's structured content."""


class LlmVerb(TypedDict, total=False):
    """The verb `llm` as a dict: `VerbMethods.llm` explains the keys."""
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
    cancelOnResponseTimeout: bool
    cancelOnBargeIn: bool
    verb: Literal['llm']


_MessageVerbFrom = TypedDict("_MessageVerbFrom", {"from": "Required[str]"}, total=False)


class MessageVerb(_MessageVerbFrom, total=False):
    """The verb `message` as a dict: `VerbMethods.message` explains the keys."""
    verb: Literal['message']
    id: str
    to: Required[str]
    text: str
    media: str | Sequence[str]
    carrier: str
    account_sid: str
    message_sid: str
    actionHook: str | ActionHook | Mapping[str, Any]


class MicrosoftS2sVerb(TypedDict, total=False):
    """The verb `microsoft_s2s` as a dict: `VerbMethods.microsoft_s2s` explains the keys."""
    id: str
    vendor: Literal['microsoft']
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
    cancelOnResponseTimeout: bool
    cancelOnBargeIn: bool
    verb: Literal['microsoft_s2s']


class NovaS2sAuth(TypedDict, total=False):
    """AWS credentials with the right to invoke the model."""
    accessKeyId: Required[str]
    """Access key of an IAM user or role."""
    secretAccessKey: Required[str]
    """Secret that belongs to the access key."""
    sessionToken: str
    """Goes with temporary credentials only."""
    region: str
    """AWS region in which Bedrock is called; the model must be available there."""


class NovaS2sLlmOptions(TypedDict, total=False):
    """What the model is told and how it behaves."""
    systemPrompt: str
    """Who the model is and what it shall do."""
    speechPrompt: str
    """How it shall speak, apart from what it says."""
    history: Sequence[NovaS2sLlmOptionsHistoryItem | Mapping[str, Any]]
    """An earlier conversation to continue; it is not spoken."""
    greeting: str
    """Given to the model as a first input, so that it speaks before the caller does."""
    sessionStart: Mapping[str, Any]
    """Merged into Nova's `sessionStart` event, for inference settings."""
    promptStart: Mapping[str, Any]
    """Merged into Nova's `promptStart` event, for voice and tools."""
    dtmf: NovaS2sLlmOptionsDtmf | Mapping[str, Any]
    """Collects key presses and gives them to the model as text."""


class NovaS2sLlmOptionsDtmf(TypedDict, total=False):
    """Collects key presses and gives them to the model as text."""
    enable: Required[bool]
    """Nothing is collected without it."""
    finishOnKey: str
    """Key that completes an entry."""
    numDigits: float
    """Entry is complete with exactly this many keys."""
    minDigits: float
    """Entries with fewer keys are not passed on."""
    maxDigits: float
    """Entry is complete with at most this many keys."""
    interDigitTimeout: float
    """Seconds after the last key that complete an entry."""
    timeout: float
    """Seconds after which an unfinished entry is given up."""


class NovaS2sLlmOptionsHistoryItem(TypedDict, total=False):
    role: Required[Literal['user', 'assistant', 'USER', 'ASSISTANT']]
    """Who said it; the first message should be the user's. One of `"user"`, `"assistant"`, `"USER"`,
    `"ASSISTANT"`.
    """
    content: Required[str]
    """What was said, as plain text."""


class NovaS2sVerb(TypedDict, total=False):
    """The verb `nova_s2s` as a dict: `VerbMethods.nova_s2s` explains the keys."""
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
    cancelOnResponseTimeout: bool
    cancelOnBargeIn: bool
    verb: Literal['nova_s2s']


class OpenaiS2sVerb(TypedDict, total=False):
    """The verb `openai_s2s` as a dict: `VerbMethods.openai_s2s` explains the keys."""
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
    cancelOnResponseTimeout: bool
    cancelOnBargeIn: bool
    verb: Literal['openai_s2s']


class PauseVerb(TypedDict, total=False):
    """The verb `pause` as a dict: `VerbMethods.pause` explains the keys."""
    verb: Literal['pause']
    id: str
    length: Required[float]


class PipelineBargeIn(TypedDict, total=False):
    """Interruption by the caller, with fewer choices than `agent` has."""
    enable: bool
    """false makes the agent finish whatever it says. Left out: `true`."""
    minSpeechDuration: float
    """Seconds of speech that it takes to interrupt. At least 0. Left out: `0.5`."""
    sticky: bool
    """Interruptible again after each interruption. Left out: `false`."""


class PipelineMcpServersItem(TypedDict, total=False):
    url: Required[str]
    """Address under which the MCP server is found."""
    auth: Mapping[str, Any]
    """Credentials that the MCP server expects."""
    roots: Sequence[Mapping[str, Any]]
    """Roots in the sense of MCP."""


class PipelineNoiseIsolation(TypedDict, total=False):
    mode: Required[str]
    """Vendor of the noise suppression."""
    level: float
    """Percent of the noise that is taken out; all of it when left out. Between 0 and 100."""
    direction: Literal['read', 'write']
    """`read` cleans the caller's audio, `write` what the caller hears. One of `"read"`, `"write"`."""
    model: str
    """Model of that vendor, where there are several."""


class PipelineTurnDetection(TypedDict, total=False):
    mode: Required[Literal['krisp']]
    """Only Krisp's model has an object form. One of `"krisp"`."""
    threshold: float
    """Certainty that ends a turn: the lower, the sooner. Between 0 and 1."""
    model: str
    """Version of the turn model to use."""


class PipelineVerb(TypedDict, total=False):
    """The verb `pipeline` as a dict: `VerbMethods.pipeline` explains the keys."""
    verb: Literal['pipeline']
    id: str
    stt: Recognizer | Mapping[str, Any]
    tts: Synthesizer | Mapping[str, Any]
    turnDetection: Literal['stt', 'krisp'] | PipelineTurnDetection | Mapping[str, Any]
    bargeIn: PipelineBargeIn | Mapping[str, Any]
    noResponseTimeout: float
    llm: Required[Mapping[str, Any]]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    toolHook: str | ActionHook | Mapping[str, Any]
    greeting: bool
    earlyGeneration: bool
    noiseIsolation: Literal['krisp', 'rnnoise'] | PipelineNoiseIsolation | Mapping[str, Any]
    mcpServers: Sequence[PipelineMcpServersItem | Mapping[str, Any]]


class PlayVerb(TypedDict, total=False):
    """The verb `play` as a dict: `VerbMethods.play` explains the keys."""
    verb: Literal['play']
    id: str
    url: Required[str | Sequence[str]]
    loop: float | str
    earlyMedia: bool
    seekOffset: float | str
    timeoutSecs: float | str
    actionHook: str | ActionHook | Mapping[str, Any]


class QwenS2sVerb(TypedDict, total=False):
    """The verb `qwen_s2s` as a dict: `VerbMethods.qwen_s2s` explains the keys."""
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
    cancelOnResponseTimeout: bool
    cancelOnBargeIn: bool
    verb: Literal['qwen_s2s']


class RasaVerb(TypedDict, total=False):
    """The verb `rasa` as a dict: `VerbMethods.rasa` explains the keys."""
    verb: Literal['rasa']
    id: str
    url: Required[str]
    recognizer: Recognizer | Mapping[str, Any]
    tts: Synthesizer | Mapping[str, Any]
    prompt: str
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]


class Recognizer(TypedDict, total=False):
    """Which vendor transcribes, in which language, and how. Many fields mean something to certain vendors only
    and are ignored by the rest; what is even more particular stands in the vendor's options. When a vendor
    fails the fallback is tried once.
    """
    vendor: Required[str]
    """Such as `google`, `deepgram`, `microsoft` or `aws`; `custom:name` for one of your own, and `default` for
    the session's. Its credentials must be stored in the account, unless its options carry a key.
    """
    label: str
    """Which of several stored credentials of that vendor to use."""
    language: str
    """Language code such as `en-US`, in the vendor's spelling; `default` for the session's. Some vendors take
    `multi`.
    """
    fallbackVendor: str
    """Takes over for the rest of the session when `vendor` fails."""
    fallbackLabel: str
    """Which stored credentials the fallback uses."""
    fallbackLanguage: str
    """Language code in the fallback vendor's spelling."""
    vad: Vad | Mapping[str, Any]
    """Connect to the vendor only when somebody speaks, which saves recognition time that is billed."""
    autogeneratePrompt: bool
    """Make a prompt for the recognizer (OpenAI) from the hints and the conversation so far."""
    hints: Sequence[str | RecognizerHintsItem | Mapping[str, Any]]
    """Words and phrases to expect: names, products, the options just offered. The single cheapest way to
    better transcripts.
    """
    hintsBoost: float
    """How much to prefer all hints alike. Too much, and they are heard everywhere."""
    altLanguages: Sequence[str]
    """Other languages that may be spoken; the recognizer picks one. Costs time and certainty, and few vendors
    can.
    """
    profanityFilter: bool
    """Mask or drop swear words."""
    interim: bool
    """Deliver transcripts while somebody is still speaking. Gather turns it on by itself when it needs it."""
    singleUtterance: bool
    """Stop after the first utterance (Google)."""
    dualChannel: bool
    """Transcribe the two sides of the call as two channels."""
    separateRecognitionPerChannel: bool
    """Give every channel a recognition of its own, so that speakers are told apart."""
    punctuation: bool
    """Add punctuation. Helps a language model, disturbs exact comparison."""
    enhancedModel: bool
    """Use the better and dearer variant of the model (Google)."""
    words: bool
    """Include times and certainty for every word, where the vendor has them."""
    diarization: bool
    """Tell speakers on one channel apart."""
    diarizationMinSpeakers: float
    """At least this many speakers are assumed."""
    diarizationMaxSpeakers: float
    """No more speakers than this are told apart."""
    interactionType: Literal['unspecified', 'discussion', 'presentation', 'phone_call', 'voicemail', 'voice_search', 'voice_command', 'dictation']
    """Kind of conversation, as a help for the recognizer (Google). One of `"unspecified"`, `"discussion"`,
    `"presentation"`, `"phone_call"`, `"voicemail"`, `"voice_search"`, `"voice_command"`, `"dictation"`.
    """
    naicsCode: float
    """Industry that the talk is about, by the six digits of its NAICS code (Google)."""
    identifyChannels: bool
    """Say in the transcript which channel it came from (AWS)."""
    vocabularyName: str
    """Custom vocabulary that was created at the vendor (AWS)."""
    vocabularyFilterName: str
    """Word list to filter by, created at the vendor (AWS)."""
    filterMethod: Literal['remove', 'mask', 'tag']
    """What to do with words of that list (AWS). One of `"remove"`, `"mask"`, `"tag"`."""
    model: str
    """Model by the vendor's name, such as `phone_call` or `latest_short` (Google). Vendors with options of
    their own take it there.
    """
    outputFormat: Literal['simple', 'detailed']
    """`detailed` adds alternatives and certainty (Microsoft). One of `"simple"`, `"detailed"`."""
    profanityOption: Literal['masked', 'removed', 'raw']
    """What becomes of swear words (Microsoft). One of `"masked"`, `"removed"`, `"raw"`."""
    requestSnr: bool
    """Report how loud the voice is over the noise (Microsoft)."""
    initialSpeechTimeoutMs: float
    """Milliseconds of silence at the start after which the vendor gives up (Microsoft). A gather's own timeout
    is a separate matter.
    """
    azureServiceEndpoint: str
    """Endpoint of a container or private deployment (Microsoft)."""
    azureSttEndpointId: str
    """Id of a custom speech model's deployment (Microsoft)."""
    asrDtmfTerminationDigit: str
    """With `asrTimeout`: a key that ends the waiting, about a second later. It works only in a gather that
    does not collect digits.
    """
    asrTimeout: float
    """Seconds of quiet after which several finals together count as one answer. For long answers with pauses,
    such as addresses. Deepgram's is kept between 1 and 5.
    """
    fastRecognitionTimeout: float
    """Seconds after the last interim transcript at which it is taken for the final one. Quicker than most
    vendors, and sometimes too quick.
    """
    minConfidence: float
    """Transcripts below it lead to `stt-low-confidence` instead of `speechDetected`. Between 0 and 1."""
    deepgramOptions: RecognizerDeepgramOptions | Mapping[str, Any]
    """Read when `vendor` is Deepgram; other vendors ignore it."""
    googleOptions: RecognizerGoogleOptions | Mapping[str, Any]
    """Read when `vendor` is Google; other vendors ignore it."""
    awsOptions: RecognizerAwsOptions | Mapping[str, Any]
    """Read when `vendor` is Amazon Transcribe; other vendors ignore it."""
    azureOptions: RecognizerAzureOptions | Mapping[str, Any]
    """Read when `vendor` is Microsoft Azure; other vendors ignore it."""
    ibmOptions: RecognizerIbmOptions | Mapping[str, Any]
    """Read when `vendor` is IBM Watson; other vendors ignore it."""
    nvidiaOptions: RecognizerNvidiaOptions | Mapping[str, Any]
    """Read when `vendor` is NVIDIA Riva; other vendors ignore it."""
    sonioxOptions: RecognizerSonioxOptions | Mapping[str, Any]
    """Read when `vendor` is Soniox; other vendors ignore it."""
    xaiOptions: RecognizerXaiOptions | Mapping[str, Any]
    """Read when `vendor` is xAI; other vendors ignore it. Not known to the open server."""
    modulateOptions: RecognizerModulateOptions | Mapping[str, Any]
    """Read when `vendor` is Modulate; other vendors ignore it. Not known to the open server."""
    zoomOptions: RecognizerZoomOptions | Mapping[str, Any]
    """Read when `vendor` is Zoom; other vendors ignore it. Not known to the open server."""
    gradiumOptions: RecognizerGradiumOptions | Mapping[str, Any]
    """Read when `vendor` is Gradium; other vendors ignore it. Not known to the open server."""
    mistralOptions: RecognizerMistralOptions | Mapping[str, Any]
    """Read when `vendor` is Mistral; other vendors ignore it. Not known to the open server."""
    assemblyAiOptions: RecognizerAssemblyAiOptions | Mapping[str, Any]
    """Read when `vendor` is AssemblyAI; other vendors ignore it."""
    speechmaticsOptions: RecognizerSpeechmaticsOptions | Mapping[str, Any]
    """Read when `vendor` is Speechmatics; other vendors ignore it."""
    openaiOptions: RecognizerOpenaiOptions | Mapping[str, Any]
    """Read when `vendor` is OpenAI; other vendors ignore it."""
    houndifyOptions: RecognizerHoundifyOptions | Mapping[str, Any]
    """Read when `vendor` is Houndify; other vendors ignore it."""
    gladiaOptions: Mapping[str, Any]
    """Read when `vendor` is Gladia; other vendors ignore it."""
    elevenlabsOptions: RecognizerElevenlabsOptions | Mapping[str, Any]
    """Read when `vendor` is ElevenLabs; other vendors ignore it."""
    customOptions: RecognizerCustomOptions | Mapping[str, Any]
    """Read when `vendor` is `custom:…`: where your own recognizer listens and what it is told."""


class RecognizerAssemblyAiOptions(TypedDict, total=False):
    """Settings of AssemblyAI's streaming recognition. v3 finds the end of a turn from what was said and how;
    v2 is the older API.
    """
    apiKey: str
    """AssemblyAI key for this recognition, in place of the stored credentials."""
    serviceVersion: Literal['v2', 'v3']
    """Which API to use. The fields about turns need `v3`. One of `"v2"`, `"v3"`."""
    speechModel: str
    """Streaming model to use, such as the English or the multilingual one."""
    formatTurns: bool
    """Punctuate and format each finished turn. The formatted text comes a little later."""
    endOfTurnConfidenceThreshold: float
    """How sure the model must be that the turn has ended; higher waits longer."""
    minEndOfTurnSilenceWhenConfident: float
    """Milliseconds of silence that are enough when the model is sure."""
    maxTurnSilence: float
    """Milliseconds of silence that end the turn when it is not sure."""
    minTurnSilence: float
    """Milliseconds of silence before the end of a turn is considered at all."""
    keyterms: Sequence[str]
    """Names and terms to expect."""
    prompt: str
    """Describes the conversation to models that take a prompt."""
    languageDetection: bool
    """Report which language was heard (multilingual model)."""
    vadThreshold: float
    """How sure the voice detection must be, from 0 to 1; raise it against noise."""
    inactivityTimeout: float
    """Seconds without speech after which AssemblyAI closes the connection."""
    languageCodes: Sequence[str]
    """Languages that are likely to be heard. Not known to the open server."""
    voiceFocus: Literal['near-field', 'far-field']
    """Concentrate on one voice: close to the microphone, or across a room. Not known to the open server. One
    of `"near-field"`, `"far-field"`.
    """


class RecognizerAwsOptions(TypedDict, total=False):
    """Settings of Amazon Transcribe streaming. The keys are only needed to use others than those stored in the
    account.
    """
    accessKey: str
    """Access key id, when the account's credentials shall not be used."""
    secretKey: str
    """Secret for `accessKey`."""
    securityToken: str
    """Session token of temporary credentials."""
    region: str
    """Region in which the audio is processed. Vocabularies must exist in the same one."""
    vocabularyName: str
    """Custom vocabulary that was created in that region."""
    vocabularyFilterName: str
    """List of words to filter, created in that region."""
    vocabularyFilterMethod: Literal['remove', 'mask', 'tag']
    """`remove` drops the words, `mask` writes asterisks, `tag` leaves them and marks them. One of `"remove"`,
    `"mask"`, `"tag"`.
    """
    languageModelName: str
    """Custom language model; it must fit the language."""
    piiEntityTypes: Sequence[str]
    """Kinds of personal data to look for, such as `NAME` or `SSN`; all when left out."""
    piiIdentifyEntities: bool
    """Mark personal data in the result."""


class RecognizerAzureOptions(TypedDict, total=False):
    """Settings of Azure Speech that are not common to other vendors; more of them stand in the recognizer
    itself.
    """
    speechSegmentationSilenceTimeoutMs: float
    """Milliseconds of silence that end a phrase. The most useful setting here: shorter answers sooner, longer
    keeps sentences whole.
    """
    postProcessing: str
    """Name of a post-processing of the transcript, such as `TrueText`, which removes stutters."""
    audioLogging: bool
    """Let Microsoft keep audio and transcripts in your subscription."""
    languageIdMode: Literal['AtStart', 'Continuous']
    """With `altLanguages`: decide on the language once, from the first seconds, or again all the time. One of
    `"AtStart"`, `"Continuous"`.
    """
    speechRecognitionMode: Literal['CONVERSATION', 'DICTATION', 'INTERACTIVE']
    """Kind of speech to expect. It governs how silence is judged. One of `"CONVERSATION"`, `"DICTATION"`,
    `"INTERACTIVE"`.
    """


class RecognizerCustomOptions(TypedDict, total=False):
    """For a recognizer of your own, reached over jambonz' websocket interface for custom speech (`vendor:
    "custom:name"`).
    """
    authToken: str
    """Sent to your recognizer as a bearer token."""
    uri: str
    """Where your recognizer listens; the stored one of that vendor when left out."""
    sampleRate: float
    """Samples per second of the audio that is sent to it."""
    options: Mapping[str, Any]
    """Handed to your recognizer as they are, at the start of each recognition."""


class RecognizerDeepgramOptions(TypedDict, total=False):
    """Settings of Deepgram's streaming recognition. The Nova models and the conversational Flux models read
    different ones: those about end of turn (`eot…`, `eagerEotThreshold`, `languageHints`) belong to Flux.
    """
    deepgramSttUri: str
    """Host and port of an installation of your own, instead of Deepgram's cloud."""
    deepgramSttUseTls: bool
    """Whether to encrypt the connection to `deepgramSttUri`."""
    apiKey: str
    """Key for this recognition, instead of the one stored in the account."""
    tier: str
    """Price and quality class of older models; the newer ones know none."""
    model: str
    """Such as `nova-3` or `flux-general-en`. Models differ in languages, speed and in which of these settings
    they read.
    """
    customModel: str
    """Id of a model that Deepgram trained for you."""
    version: str
    """Version of the model; the latest when left out."""
    punctuate: bool
    """Add punctuation and capitals."""
    smartFormatting: bool
    """Write numbers, dates and addresses as people do. Deepgram then holds transcripts back a little; see
    `noDelay`.
    """
    noDelay: bool
    """With smart formatting: do not wait for the rest of a number or date before the transcript is sent."""
    profanityFilter: bool
    """Replace swear words or leave them out."""
    redact: Literal['pci', 'numbers', 'true', 'ssn']
    """Blacken what is sensitive: card data, social security numbers, or all numbers. They are lost for your
    application too. One of `"pci"`, `"numbers"`, `"true"`, `"ssn"`.
    """
    diarize: bool
    """Tell speakers apart, on one channel."""
    diarizeVersion: str
    """Version of the speaker recognition."""
    ner: bool
    """Mark names of people, places and things (older models)."""
    multichannel: bool
    """Transcribe each channel by itself."""
    alternatives: float
    """How many alternatives to return for each transcript."""
    numerals: bool
    """Write numbers as digits, without the rest of smart formatting."""
    search: Sequence[str]
    """Terms to look for by sound; hits are reported with their certainty."""
    replace: Sequence[str]
    """Words to replace in the transcript, each as `heard:written`."""
    keywords: Sequence[str]
    """Words to expect, each with an optional weight as `word:2`. For models before Nova-3, which wants
    `keyterms`.
    """
    keyterms: Sequence[str]
    """Words and phrases to expect, for Nova-3 and Flux."""
    endpointing: bool | float
    """Milliseconds of silence after which a piece of transcript is final; false switches it off. Deepgram's
    own default is 10, which cuts sentences at every breath.
    """
    utteranceEndMs: float
    """Milliseconds without a new word after which the utterance has ended. It goes by the words and not by the
    silence, so it works in noise; at least 1000.
    """
    shortUtterance: bool
    """Report an utterance as soon as Deepgram says that speech is final, for answers of a word or two. Read by
    jambonz.
    """
    vadTurnoff: float
    """Milliseconds of silence that count as the end of speech (older models)."""
    tag: str
    """A label for the request that shows in Deepgram's usage reports."""
    fillerWords: bool
    """Keep sounds like `uh` in the transcript."""
    eotThreshold: float
    """Flux: how sure the model must be that the turn has ended. Higher waits longer."""
    eotTimeoutMs: float
    """Flux: milliseconds of silence that end the turn whatever the model thinks."""
    mipOptOut: bool
    """Keep the audio out of Deepgram's model improvement program, which may raise the price."""
    entityPrompt: str
    """Which entities to expect, in words (older models)."""
    eagerEotThreshold: float
    """Flux: certainty at which a first, tentative end of turn is reported, so that an answer can be prepared
    early.
    """
    languageHints: Sequence[str]
    """Flux multilingual: languages to expect. They can be changed during the call with `stt:reconfigure`
    (v10).
    """


class RecognizerElevenlabsOptions(TypedDict, total=False):
    """Settings of ElevenLabs' realtime recognition (Scribe)."""
    includeTimestamps: bool
    """Return the time of every word."""
    commitStrategy: Literal['manual', 'vad']
    """Who decides that a transcript is final: their voice detection (`vad`), or jambonz (`manual`). One of
    `"manual"`, `"vad"`.
    """
    vadSilenceThresholdSecs: float
    """With `vad`: seconds of silence that make the transcript final."""
    vadThreshold: float
    """With `vad`: how sure it must be that this is a voice."""
    minSpeechDurationMs: float
    """With `vad`: shorter sounds are not speech."""
    minSilenceDurationMs: float
    """With `vad`: shorter gaps are not silence."""
    enableLogging: bool
    """false asks ElevenLabs to keep nothing, where the contract allows it."""


class RecognizerGoogleOptions(TypedDict, total=False):
    """Settings of Google Cloud Speech-to-Text. Most belong to its v2 API, which must be asked for."""
    mode: Literal['VERBATIM', 'SMART']
    """How close the transcript stays to what was said: `VERBATIM`, or `SMART` with slips smoothed out. Not
    known to the open server. One of `"VERBATIM"`, `"SMART"`.
    """
    customVocabulary: Sequence[str]
    """Terms to expect, at most 1000. Not known to the open server."""
    serviceVersion: Literal['v1', 'v2']
    """Which API to use; `v1` when left out. One of `"v1"`, `"v2"`."""
    recognizerId: str
    """v2: a recognizer that was configured in the Google Cloud project; its settings apply."""
    parentPath: str
    """v2: project and location of the recognizer, as `projects/…/locations/…`."""
    speechStartTimeoutMs: float
    """v2: milliseconds in which speech must begin, or the recognition ends."""
    speechEndTimeoutMs: float
    """v2: milliseconds of silence that end the utterance."""
    enableVoiceActivityEvents: bool
    """v2: report begin and end of speech; needed for the two timeouts."""
    transcriptNormalization: Sequence[Any]
    """v2: replacements that are made in the transcript."""


class RecognizerGradiumOptions(TypedDict, total=False):
    """Settings of Gradium's recognition. v10 only."""
    apiKey: str
    """Gradium key for this recognition, in place of the stored credentials."""
    model: str
    """Model of Gradium to use; the vendor's default when left out."""
    delayInFrames: int
    """How much the transcript lags behind the speech, in frames of the model, from 7 to 56. More lag, fewer
    mistakes. Between 7 and 56.
    """
    temp: float
    """Randomness of the decoding, from 0 to 1.5; 0 for the likeliest transcript. Between 0 and 1.5."""
    paddingBonus: float
    """Preference for silence over words, from -4 to 4: higher makes the model quieter. Between -4 and 4."""
    keywords: Sequence[str]
    """Terms to expect, at most 500."""
    keywordBoost: float
    """How strongly the terms are preferred."""
    keywordBoostId: str
    """A list of terms that is stored at Gradium, instead of `keywords`."""
    turn_detection: RecognizerGradiumOptionsTurnDetection | Mapping[str, Any]
    """When a turn counts as over."""
    gradiumSttUri: str
    """Host of another endpoint than Gradium's own."""
    gradiumSttUseTls: bool
    """Whether to encrypt the connection to `gradiumSttUri`."""


class RecognizerGradiumOptionsTurnDetection(TypedDict, total=False):
    """When a turn counts as over."""
    threshold: float
    """Certainty that is needed, between 0 and 1."""
    horizon: float
    """How far ahead, in seconds, the silence must be expected to last."""


class RecognizerHintsItem(TypedDict, total=False):
    phrase: Required[str]
    """The word or phrase as it should come out."""
    boost: float
    """How much to prefer this phrase over what sounds like it, for vendors that weigh phrases one by one."""


class RecognizerHoundifyOptions(TypedDict, total=False):
    """Settings of SoundHound's Houndify. It can use where the caller is, so places may be given."""
    requestInfo: Mapping[str, Any]
    """Further fields of Houndify's request info, in its spelling."""
    sampleRate: float
    """Samples per second of the audio that is sent."""
    latitude: float
    """Where the caller is, in degrees; resolves phrases like `near me`."""
    longitude: float
    """Belongs to `latitude`, in degrees."""
    city: str
    """Town of the caller, where coordinates are not known."""
    state: str
    """State or province of the caller."""
    country: str
    """Country of the caller."""
    timeZone: str
    """Time zone of the caller, such as `America/New_York`; resolves phrases like `tonight`."""
    domain: str
    """Houndify domain that shall understand the query."""
    audioEndpoint: str
    """Address of another endpoint than Houndify's public one."""
    maxSilenceSeconds: float
    """Silence that ends the query, in seconds."""
    maxSilenceAfterFullQuerySeconds: float
    """Silence that ends a query which makes sense as it is, in seconds."""
    maxSilenceAfterPartialQuerySeconds: float
    """Silence that ends a query which seems unfinished, in seconds."""
    vadSensitivity: float
    """How readily Houndify takes sound for voice."""
    vadTimeout: float
    """How long the detector waits for a voice to begin."""
    vadMode: str
    """Variant of the voice detection."""
    vadVoiceMs: float
    """Milliseconds of voice that count as the begin of speech."""
    vadSilenceMs: float
    """Milliseconds of silence that count as its end."""
    vadDebug: bool
    """Write what the detector does into the media server's log."""
    audioFormat: str
    """Coding of the audio that is sent."""
    enableNoiseReduction: bool
    """Let Houndify reduce noise before it listens."""
    enableProfanityFilter: bool
    """Mask swear words in Houndify's transcript."""
    enablePunctuation: bool
    """Let Houndify punctuate."""
    enableCapitalization: bool
    """Let Houndify set capitals."""
    confidenceThreshold: float
    """Results below this certainty are dropped."""
    enableDisfluencyFilter: bool
    """Leave out `um`, `uh` and repetitions."""
    maxResults: float
    """How many results to return at most."""
    enableWordTimestamps: bool
    """Return when each word was spoken."""
    maxAlternatives: float
    """How many readings of the same speech to return."""
    partialTranscriptInterval: float
    """How often an interim transcript is sent."""
    sessionTimeout: float
    """How long a session with Houndify may last."""
    connectionTimeout: float
    """How long connecting to Houndify may take."""
    customVocabulary: Sequence[str]
    """Words to expect in queries."""
    languageModel: str
    """Language model to use, where you have your own."""
    audioQueryAbsoluteTimeout: float
    """How long one query may last altogether, whatever is said."""
    eoqThreshold: float
    """From 0 to 1: how sure it must be that the query has ended. Not known to the open server. Between 0 and
    1.
    """
    vadStopThreshold: float
    """From 0 to 1: how sure it must be that the voice has stopped. Not known to the open server. Between 0 and
    1.
    """


class RecognizerIbmOptions(TypedDict, total=False):
    """Settings of Watson Speech to Text. The `tts` fields are there for historical reasons and play no part in
    recognition.
    """
    sttApiKey: str
    """API key of the speech-to-text instance, instead of the stored one."""
    sttRegion: str
    """Region of the instance, such as `us-east`."""
    ttsApiKey: str
    """API key of a text-to-speech instance; not needed to recognize."""
    ttsRegion: str
    """Region of that text-to-speech instance."""
    instanceId: str
    """Id of the speech-to-text instance, part of its address."""
    model: str
    """Such as `en-US_Telephony`; the Telephony models are made for calls."""
    languageCustomizationId: str
    """Custom language model that was trained on that instance."""
    acousticCustomizationId: str
    """Custom acoustic model, for older base models."""
    baseModelVersion: str
    """Version of the base model that a customization was made for."""
    watsonMetadata: str
    """Text that is attached to the request, such as a customer id for later deletion."""
    watsonLearningOptOut: bool
    """Do not let IBM learn from this audio."""


class RecognizerMistralOptions(TypedDict, total=False):
    """Settings of Mistral's realtime transcription. v10 only."""
    apiKey: str
    """Mistral key for this recognition, in place of the stored credentials."""
    model: str
    """Realtime transcription model of Mistral."""
    streamingDelayMs: int
    """How long the model may wait for context: 80 to 1200 milliseconds, or exactly 2400. More is more
    accurate.
    """
    verbatim: bool
    """Keep hesitations and slips as they were said."""
    contextBias: Sequence[str]
    """Words and names to expect, at most 100."""
    diarize: bool
    """Attribute what is said to speakers."""
    speakerReferences: Sequence[Mapping[str, Any]]
    """Known speakers with a sample of their voice, at most 8, so that they are named rather than numbered."""
    turnDetection: RecognizerMistralOptionsTurnDetection | Mapping[str, Any]
    """When a turn begins and ends, by the probability that somebody is speaking."""
    mistralSttUri: str
    """Address of another endpoint than Mistral's own."""


class RecognizerMistralOptionsTurnDetection(TypedDict, total=False):
    """When a turn begins and ends, by the probability that somebody is speaking."""
    startThreshold: float
    """Probability above which a turn begins. Between 0 and 1."""
    eagerEndThreshold: float
    """Probability below which a tentative end is reported, to prepare an answer early. Between 0 and 1."""
    endThreshold: float
    """Probability below which the turn is over. Between 0 and 1."""
    minSilenceMs: int
    """Milliseconds that it must stay below. At least 0."""
    endTimeoutMs: int
    """Milliseconds after which the turn is ended in any case. At least 0."""


class RecognizerModulateOptions(TypedDict, total=False):
    """Settings of Modulate's recognition, which can also judge how something was said. v10 only."""
    apiKey: str
    """Modulate key for this recognition, in place of the stored credentials."""
    endpointing: bool
    """Let Modulate decide when the speaker has finished."""
    emotionSignal: bool
    """Report which emotion the voice carries."""
    accentSignal: bool
    """Report which accent was heard."""
    deepfakeSignal: bool
    """Report whether the voice seems to be synthetic."""
    piiPhiTagging: bool
    """Mark personal and health data in the transcript."""
    modulateSttUri: str
    """Host of an installation other than Modulate's cloud."""
    modulateSttUseTls: bool
    """Whether to encrypt the connection to `modulateSttUri`."""


class RecognizerNvidiaOptions(TypedDict, total=False):
    """Settings of a Riva server, which you run yourself."""
    rivaUri: str
    """Host and port of the gRPC service."""
    maxAlternatives: float
    """How many alternative transcripts to return."""
    profanityFilter: bool
    """Mask swear words in Riva's transcript."""
    punctuation: bool
    """Let Riva punctuate and capitalise."""
    wordTimeOffsets: bool
    """Return when each word was said."""
    verbatimTranscripts: bool
    """Leave numbers and abbreviations as spoken, without inverse normalisation."""
    customConfiguration: Mapping[str, Any]
    """Further settings for the server's pipeline, by name."""


class RecognizerOpenaiOptions(TypedDict, total=False):
    """Settings of OpenAI's realtime transcription."""
    apiKey: str
    """OpenAI key for this recognition, in place of the stored credentials."""
    model: str
    """Transcription model, such as `gpt-4o-transcribe` or its `mini` variant."""
    prompt: str
    """Text that prepares the model for names and style; it is not an instruction."""
    promptTemplates: RecognizerOpenaiOptionsPromptTemplates | Mapping[str, Any]
    """How a prompt is made when `autogeneratePrompt` is set."""
    language: str
    """Language as a two-letter code; found out by the model when left out."""
    languages: Sequence[str]
    """Languages that may be spoken, for models that take several. Not known to the open server."""
    keywords: Sequence[str]
    """Terms to expect, for models that take them apart from the prompt. Not known to the open server."""
    delay: Literal['minimal', 'low', 'medium', 'high', 'xhigh']
    """How long the model may wait for context before it commits itself: less delay, more mistakes. Not known
    to the open server. One of `"minimal"`, `"low"`, `"medium"`, `"high"`, `"xhigh"`.
    """
    input_audio_noise_reduction: Literal['near_field', 'far_field']
    """Clean the audio first: `near_field` for a handset, `far_field` for a speakerphone. One of
    `"near_field"`, `"far_field"`.
    """
    turn_detection: RecognizerOpenaiOptionsTurnDetection | Mapping[str, Any]
    """Who decides that a turn has ended."""
    vadMode: int
    """Strictness of jambonz' own voice detection, which stands in when `turn_detection` is `none`. Not known
    to the open server. Between 0 and 3.
    """
    vadSilenceMs: int
    """Milliseconds of silence that end a turn for jambonz' own voice detection. Not known to the open server.
    At least 1.
    """
    vadVoiceMs: int
    """Milliseconds of voice that begin a turn for jambonz' own voice detection. Not known to the open server.
    At least 1.
    """


class RecognizerOpenaiOptionsPromptTemplates(TypedDict, total=False):
    """How a prompt is made when `autogeneratePrompt` is set."""
    hintsTemplate: str
    """Wording into which the hints are put, with `{{hints}}` as the place."""
    conversationHistoryTemplate: str
    """Wording into which the last turns are put."""


class RecognizerOpenaiOptionsTurnDetection(TypedDict, total=False):
    """Who decides that a turn has ended."""
    type: Required[Literal['none', 'server_vad', 'semantic_vad']]
    """`server_vad` goes by silence, `semantic_vad` by what was said; `none` leaves it to jambonz. One of
    `"none"`, `"server_vad"`, `"semantic_vad"`.
    """
    eagerness: Literal['low', 'medium', 'high', 'auto']
    """With `semantic_vad`: how soon it takes a turn for finished. One of `"low"`, `"medium"`, `"high"`,
    `"auto"`.
    """
    threshold: float
    """With `server_vad`: how loud speech must be, from 0 to 1. Raise it on noisy lines."""
    prefix_padding_ms: float
    """With `server_vad`: milliseconds of audio kept from before the speech began."""
    silence_duration_ms: float
    """With `server_vad`: milliseconds of silence that end the turn."""


class RecognizerSonioxOptions(TypedDict, total=False):
    """Settings of Soniox' realtime recognition. It hears many languages at once, so hints about languages and
    terms pay off.
    """
    apiKey: str
    """Soniox key for this recognition, in place of the stored credentials."""
    model: str
    """Realtime model to use; models for files do not work here."""
    languageHints: Sequence[str]
    """Languages that are likely; others are still recognized. Not known to the open server."""
    enableLanguageIdentification: bool
    """Say for each token which language it is in. Not known to the open server."""
    enableSpeakerDiarization: bool
    """Say for each token who spoke. Not known to the open server."""
    endpointDetection: bool
    """Let Soniox decide when the speaker has finished, from meaning and melody. Without it, finals come late."""
    endpointSensitivity: float
    """From -1 to 1: higher ends turns sooner. Not known to the open server. Between -1 and 1."""
    maxEndpointDelayMs: int
    """At most so many milliseconds from the last word to the end of the turn. Not known to the open server.
    Between 500 and 3000.
    """
    maxNonFinalTokensDurationMs: int
    """At most so much audio may be without final tokens; lower is steadier and a little less accurate. Not
    known to the open server. At least 0.
    """
    profanityFilter: bool
    """Mask swear words in Soniox' transcript."""
    context: RecognizerSonioxOptionsContext | Mapping[str, Any]
    """What the conversation is about, which improves recognition of names and terms. Not known to the open
    server.
    """
    speechContext: str
    """Context for older models, as one text; `context` has replaced it."""
    clientRequestReference: str
    """A reference of yours that shows in Soniox' records."""
    storage: RecognizerSonioxOptionsStorage | Mapping[str, Any]
    """Keep audio and transcript at Soniox for later search."""


class RecognizerSonioxOptionsContext(TypedDict, total=False):
    """What the conversation is about, which improves recognition of names and terms. Not known to the open
    server.
    """
    general: Sequence[RecognizerSonioxOptionsContextGeneralItem | Mapping[str, Any]]
    """Facts about the conversation as pairs, such as domain or name of the company."""
    text: str
    """Longer text about the matter, such as the last messages."""
    terms: Sequence[str]
    """Words and names to expect, in their right spelling."""
    translation_terms: Sequence[RecognizerSonioxOptionsContextTranslationTermsItem | Mapping[str, Any]]
    """How certain terms shall be translated."""


class RecognizerSonioxOptionsContextGeneralItem(TypedDict, total=False):
    key: Required[str]
    """What the fact is about, such as `domain`."""
    value: Required[str]
    """The fact itself, such as `healthcare`."""


class RecognizerSonioxOptionsContextTranslationTermsItem(TypedDict, total=False):
    source: Required[str]
    """The term as it is spoken."""
    target: Required[str]
    """What it becomes in the translation."""


class RecognizerSonioxOptionsStorage(TypedDict, total=False):
    """Keep audio and transcript at Soniox for later search."""
    id: str
    """Id under which it is stored; one is made up when left out."""
    title: str
    """Title under which it is shown."""
    disableStoreAudio: bool
    """Keep the transcript only."""
    disableStoreTranscript: bool
    """Keep the audio only."""
    disableSearch: bool
    """Store it without making it searchable."""
    metadata: Mapping[str, Any]
    """Data of your own that is stored with it."""


class RecognizerSpeechmaticsOptions(TypedDict, total=False):
    """Settings of Speechmatics' realtime recognition, mostly in its own spelling. The open server misspells
    `audio_events_config` in its table, so it refuses that field, and also `model` and `replacements`.
    """
    host: str
    """Which of the regional addresses, or a container of your own, to connect to."""
    profile: Literal['adaptive', 'agile', 'smart', 'external']
    """Ready-made settings for voice agents: how the end of a turn is found. One of `"adaptive"`, `"agile"`,
    `"smart"`, `"external"`.
    """
    transcription_config: RecognizerSpeechmaticsOptionsTranscriptionConfig | Mapping[str, Any]
    """What is transcribed, and how."""
    translation_config: RecognizerSpeechmaticsOptionsTranslationConfig | Mapping[str, Any]
    """Translate as well; the result goes to `translationHook` of `transcribe`."""
    audio_events_config: RecognizerSpeechmaticsOptionsAudioEventsConfig | Mapping[str, Any]
    """Report sounds that are not speech. Not known to the open server."""


class RecognizerSpeechmaticsOptionsAudioEventsConfig(TypedDict, total=False):
    """Report sounds that are not speech. Not known to the open server."""
    types: Sequence[Literal['applause', 'music', 'laughter']]
    """Which sounds to report; all when left out. One of `"applause"`, `"music"`, `"laughter"`."""


class RecognizerSpeechmaticsOptionsTranscriptionConfig(TypedDict, total=False):
    """What is transcribed, and how."""
    language: str
    """Language code, without a region. Defaults to the recognizer's language."""
    domain: str
    """A variant of the language model, such as `finance`, or a pair of languages."""
    additional_vocab: Sequence[Any]
    """Words to expect: texts, or objects with `content` and `sounds_like`."""
    diarization: str
    """`speaker` tells speakers apart; `none` does not."""
    speaker_diarization_config: RecognizerSpeechmaticsOptionsTranscriptionConfigSpeakerDiarizationConfig | Mapping[str, Any]
    """How speakers are told apart."""
    conversation_config: RecognizerSpeechmaticsOptionsTranscriptionConfigConversationConfig | Mapping[str, Any]
    """When an utterance counts as finished."""
    enable_partials: bool
    """Send transcripts that may still change."""
    max_delay: float
    """Seconds that a final may lag behind the speech. Below about 0.7 it costs accuracy."""
    max_delay_mode: Literal['fixed', 'flexible']
    """`flexible` lets a number or date finish although `max_delay` has passed; `fixed` does not. One of
    `"fixed"`, `"flexible"`.
    """
    output_locale: str
    """Spelling of the result, such as `en-GB`."""
    punctuation_overrides: RecognizerSpeechmaticsOptionsTranscriptionConfigPunctuationOverrides | Mapping[str, Any]
    """Which punctuation is set, and how much of it."""
    operating_point: str
    """`standard` is quicker, `enhanced` more accurate and dearer."""
    model: str
    """Model to use, where several are offered beside the operating point. Not known to the open server."""
    enable_entities: bool
    """Mark numbers, dates and the like, in written and spoken form."""
    audio_filtering_config: RecognizerSpeechmaticsOptionsTranscriptionConfigAudioFilteringConfig | Mapping[str, Any]
    """Ignore quiet voices in the background."""
    transcript_filtering_config: RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfig | Mapping[str, Any]
    """What is done to the text afterwards."""


class RecognizerSpeechmaticsOptionsTranscriptionConfigAudioFilteringConfig(TypedDict, total=False):
    """Ignore quiet voices in the background."""
    volume_threshold: Required[float]
    """Loudness from 0 to 100 below which speech is ignored."""


class RecognizerSpeechmaticsOptionsTranscriptionConfigConversationConfig(TypedDict, total=False):
    """When an utterance counts as finished."""
    end_of_utterance_silence_trigger: float
    """Seconds of silence that end an utterance, up to 2; must be below `max_delay`. 0 switches it off."""


class RecognizerSpeechmaticsOptionsTranscriptionConfigPunctuationOverrides(TypedDict, total=False):
    """Which punctuation is set, and how much of it."""
    permitted_marks: Sequence[str]
    """The marks that may be set; none for an empty array."""
    sensitivity: float
    """From 0 to 1: higher sets more marks."""


class RecognizerSpeechmaticsOptionsTranscriptionConfigSpeakerDiarizationConfig(TypedDict, total=False):
    """How speakers are told apart."""
    speaker_sensitivity: float
    """From 0 to 1: higher finds more speakers, and more that do not exist."""
    max_speakers: float
    """No more speakers than this are looked for."""


class RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfig(TypedDict, total=False):
    """What is done to the text afterwards."""
    remove_disfluencies: bool
    """Leave out `um` and the like (English)."""
    replacements: Sequence[RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfigReplacementsItem | Mapping[str, Any]]
    """Words that are written differently from how they were heard."""


_RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfigReplacementsItemFrom = TypedDict("_RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfigReplacementsItemFrom", {"from": "Required[str]"}, total=False)


class RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfigReplacementsItem(_RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfigReplacementsItemFrom, total=False):
    to: Required[str]
    """What is written in its place."""


class RecognizerSpeechmaticsOptionsTranslationConfig(TypedDict, total=False):
    """Translate as well; the result goes to `translationHook` of `transcribe`."""
    target_languages: Required[Sequence[str]]
    """Languages to translate into, at most five."""
    enable_partials: bool
    """Send translations that may still change."""


class RecognizerXaiOptions(TypedDict, total=False):
    """Settings of xAI's streaming recognition. v10 only."""
    apiKey: str
    """xAI key for this recognition, in place of the stored credentials."""
    model: str
    """Model of xAI to use; the vendor's default when left out."""
    endpointing: int
    """Milliseconds of silence that make the transcript final."""
    diarize: bool
    """Say who spoke, when several voices share the channel."""
    fillerWords: bool
    """Keep hesitations in the transcript."""
    keyterms: Sequence[str]
    """Terms that deserve a closer ear."""
    smartTurn: float
    """Certainty at which the model may call a turn finished, before the silence does."""
    smartTurnTimeout: int
    """Milliseconds after which the turn ends, however unsure the model is."""


class RecognizerZoomOptions(TypedDict, total=False):
    """Settings of Zoom's recognition service. v10 only."""
    apiKey: str
    """Zoom key for this recognition, in place of the stored credentials."""
    turn_detection: RecognizerZoomOptionsTurnDetection | Mapping[str, Any]
    """How the end of a turn is found."""
    zoomSttUri: str
    """Host of another endpoint than the public one."""
    zoomSttUseTls: bool
    """Whether to encrypt the connection to `zoomSttUri`."""


class RecognizerZoomOptionsTurnDetection(TypedDict, total=False):
    """How the end of a turn is found."""
    threshold: float
    """How sure the detector must be that somebody speaks; between 0.2 and 0.9. Between 0.2 and 0.9."""
    prefix_padding_ms: int
    """Milliseconds of audio that are kept from before the speech. At least 0."""
    silence_duration_ms: int
    """Milliseconds of silence that end a turn; must be more than 200."""


class RedirectVerb(TypedDict, total=False):
    """The verb `redirect` as a dict: `VerbMethods.redirect` explains the keys."""
    verb: Literal['redirect']
    id: str
    actionHook: Required[str | ActionHook | Mapping[str, Any]]
    statusHook: str | ActionHook | Mapping[str, Any]


_RestDialVerbFrom = TypedDict("_RestDialVerbFrom", {"from": "Required[str]"}, total=False)


class RestDialVerb(_RestDialVerbFrom, total=False):
    """The verb `rest:dial` as a dict: `VerbMethods.rest_dial` explains the keys."""
    verb: Literal['rest:dial']
    id: str
    account_sid: str
    application_sid: str
    call_hook: Required[str | Mapping[str, Any]]
    call_status_hook: str | Mapping[str, Any]
    callerName: str
    fromHost: str
    speech_synthesis_vendor: str
    speech_synthesis_voice: str
    speech_synthesis_language: str
    speech_recognizer_vendor: str
    speech_recognizer_language: str
    tag: Mapping[str, Any]
    to: Required[Target | Mapping[str, Any]]
    headers: Mapping[str, str | float]
    timeout: float
    amd: Amd | Mapping[str, Any]
    dual_streams: bool
    sipRequestWithinDialogHook: str
    referHook: str | Mapping[str, Any]
    timeLimit: float
    codecs: Sequence[str]


class RoomVerb(TypedDict, total=False):
    """The verb `room` as a dict: `VerbMethods.room` explains the keys."""
    verb: Literal['conference', 'room']
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
    listen: ListenVerb | Mapping[str, Any]
    stream: ListenVerb | Mapping[str, Any]
    distributeDtmf: bool


class S2sVerb(TypedDict, total=False):
    """The verb `s2s` as a dict: `VerbMethods.s2s` explains the keys."""
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
    cancelOnResponseTimeout: bool
    cancelOnBargeIn: bool
    verb: Literal['s2s']


class SayVerb(TypedDict, total=False):
    """The verb `say` as a dict: `VerbMethods.say` explains the keys."""
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
    """The verb `sip:decline` as a dict: `VerbMethods.sip_decline` explains the keys."""
    verb: Literal['sip:decline']
    id: str
    status: Required[float]
    reason: str
    headers: Mapping[str, str | float]


class SipReferVerb(TypedDict, total=False):
    """The verb `sip:refer` as a dict: `VerbMethods.sip_refer` explains the keys."""
    verb: Literal['sip:refer']
    id: str
    referTo: Required[str]
    referredBy: str
    referredByDisplayName: str
    headers: Mapping[str, str | float]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]


class SipRequestVerb(TypedDict, total=False):
    """The verb `sip:request` as a dict: `VerbMethods.sip_request` explains the keys."""
    verb: Literal['sip:request']
    id: str
    method: Required[str]
    body: str
    headers: Mapping[str, str | float]
    actionHook: str | ActionHook | Mapping[str, Any]


class StreamVerb(TypedDict, total=False):
    """The verb `stream` as a dict: `VerbMethods.stream` explains the keys."""
    verb: Literal['stream']
    id: str
    url: Required[str]
    actionHook: str | ActionHook | Mapping[str, Any]
    wsAuth: Auth | Mapping[str, Any]
    mixType: Literal['mono', 'stereo', 'mixed']
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
    """Which vendor speaks, in which language and voice. In `config` it holds from then on; in a verb for that
    verb. When the vendor fails, the fallback is tried once, and the session stays with it.
    """
    vendor: Required[str]
    """Such as `google`, `microsoft`, `aws`, `elevenlabs` or `deepgram`; `custom:name` for one of your own, and
    `default` for the session's. Its credentials must be stored in the account.
    """
    label: str
    """Which of several stored credentials of that vendor to use. Without it, those that have no label."""
    language: str
    """Language code such as `en-US`, in the vendor's spelling; `default` for the session's."""
    voice: str | Mapping[str, Any]
    """The vendor's name or id of the voice. The object form is for custom vendors and cloned voices."""
    fallbackVendor: str
    """Used for the rest of the session when `vendor` fails. The other fallback fields belong to it."""
    fallbackLabel: str
    """Which stored credentials the fallback vendor uses."""
    fallbackLanguage: str
    """Language code as the fallback vendor spells it."""
    fallbackVoice: str | Mapping[str, Any]
    """Voice of the fallback vendor; voices of one vendor mean nothing to another."""
    engine: Literal['standard', 'neural', 'generative', 'long-form']
    """Quality class of Amazon Polly. Not every voice exists in every class. One of `"standard"`, `"neural"`,
    `"generative"`, `"long-form"`.
    """
    gender: Literal['MALE', 'FEMALE', 'NEUTRAL']
    """A wish for vendors that choose a voice by gender; ignored where `voice` decides. One of `"MALE"`,
    `"FEMALE"`, `"NEUTRAL"`.
    """
    options: Mapping[str, Any]
    """Settings that only this vendor knows, such as speed or stability, handed on as they are."""


class TagVerb(TypedDict, total=False):
    """The verb `tag` as a dict: `VerbMethods.tag` explains the keys."""
    verb: Literal['tag']
    id: str
    data: Required[Mapping[str, Any]]


_TargetFrom = TypedDict("_TargetFrom", {"from": "TargetFrom | Mapping[str, Any]"}, total=False)


class Target(_TargetFrom, total=False):
    """One party for `dial`. `type` decides which field names it: `number` for `phone` and `teams`, `name` for
    `user`, `sipUri` for `sip`.
    """
    type: Required[Literal['phone', 'sip', 'user', 'teams']]
    """`phone`: a number over a carrier. `user`: a device that registered at the account's SIP realm. `sip`:
    any SIP address. `teams`: a Microsoft Teams user. One of `"phone"`, `"sip"`, `"user"`, `"teams"`.
    """
    number: str
    """With `phone` and `teams`: the number, best with `+` and country code."""
    sipUri: str
    """With `sip`: where to send the INVITE, such as `sip:desk@203.0.113.40`."""
    name: str
    """With `user`: name of the registration as `user@realm`; a bare name gets the account's own realm."""
    tenant: str
    """With `teams`: the tenant's domain, when the account has several."""
    trunk: str
    """With `phone`: name of the carrier to use. When left out, the one that owns the caller number is
    preferred.
    """
    confirmHook: str | ActionHook | Mapping[str, Any]
    """Asked before this party is connected. It wins over the hook of the verb."""
    method: Literal['GET', 'POST']
    """HTTP method for the confirm hook. One of `"GET"`, `"POST"`. Left out: `"POST"`."""
    headers: Mapping[str, str]
    """SIP headers of the INVITE to this party only."""
    auth: Auth | Mapping[str, Any]
    """Credentials for the case that this party challenges the INVITE."""
    vmail: bool
    """With `teams`: go straight to the voice mail."""
    overrideTo: str
    """With `user`: another value for the To header than the registration's."""
    proxy: str
    """SIP proxy for this party, as a SIP URI."""


class TargetFrom(TypedDict, total=False):
    """What this party shall see as the caller, for carriers that want number and host apart."""
    user: str
    """Number or name that is shown."""
    host: str
    """Domain that is shown."""


class ToolFillerConfig(TypedDict, total=False):
    """Sound or words that bridge the wait for a tool."""
    type: Required[Literal['audio', 'backchannel']]
    """`audio` plays a file. `backchannel` has the agent say a few words, such as that it is looking. One of
    `"audio"`, `"backchannel"`.
    """
    startDelaySecs: float
    """Seconds to wait before it begins: quick tools then cause no noise. At least 0. Left out: `2`."""
    url: str
    """With `audio`: the file to play, required there."""
    style: str
    """With `backchannel`: how the words should sound."""
    escalationSecs: float
    """Seconds after which the filler becomes more explicit, because the tool takes long. At least 0. Left out:
    `10`.
    """


class TranscribeVerb(TypedDict, total=False):
    """The verb `transcribe` as a dict: `VerbMethods.transcribe` explains the keys."""
    verb: Literal['transcribe']
    id: str
    enable: bool
    transcriptionHook: str
    translationHook: str
    recognizer: Recognizer | Mapping[str, Any]
    earlyMedia: bool
    channel: Literal[1, 2]


class TransferBrief(TypedDict, total=False):
    """What the person hears before the caller is connected. Warm transfers only."""
    text: Required[str]
    """The words that are spoken to the person."""
    synthesizer: Synthesizer | Mapping[str, Any]
    """Voice of the briefing; the session's when left out."""


class TransferOptionsConfirm(TypedDict, total=False):
    """Have the person press a key before being connected, so that a voice mail does not take the call."""
    prompt: Required[str]
    """Spoken to the person."""
    digit: Required[str]
    """Key that accepts; any other declines."""


class TransferOptionsDisposition(TypedDict, total=False):
    """What becomes of the caller when nobody takes the call, by reason. `return` goes on with the application,
    `voicemail` hands the caller to `voicemailUrl`, `hangup` ends the call.
    """
    onNoAnswer: Literal['return', 'voicemail', 'hangup']
    """Nobody picked up in time. One of `"return"`, `"voicemail"`, `"hangup"`. Left out: `"return"`."""
    onBusy: Literal['return', 'voicemail', 'hangup']
    """The person is on the phone. One of `"return"`, `"voicemail"`, `"hangup"`. Left out: `"return"`."""
    onDecline: Literal['return', 'voicemail', 'hangup']
    """The person refused, or did not press the key. One of `"return"`, `"voicemail"`, `"hangup"`. Left out:
    `"return"`.
    """
    onFailure: Literal['return', 'voicemail', 'hangup']
    """The call could not be placed at all. One of `"return"`, `"voicemail"`, `"hangup"`. Left out: `"return"`."""
    voicemailUrl: str
    """Address that serves as the voicemail; required as soon as one of the others says `voicemail`."""


class TransferVerb(TypedDict, total=False):
    """The verb `transfer` as a dict: `VerbMethods.transfer` explains the keys."""
    mode: Required[Literal['blind', 'warm']]
    blindMethod: Literal['refer', 'dial']
    callerPresent: bool
    target: Required[Sequence[Target | Mapping[str, Any]]]
    callerId: str
    onHoldHook: str | ActionHook | Mapping[str, Any]
    timeout: float
    confirm: TransferOptionsConfirm | Mapping[str, Any]
    amd: Amd | Mapping[str, Any]
    disposition: TransferOptionsDisposition | Mapping[str, Any]
    actionHook: str | ActionHook | Mapping[str, Any]
    eventHook: str | ActionHook | Mapping[str, Any]
    verb: Literal['transfer']
    id: str
    brief: TransferBrief | Mapping[str, Any]


class UltravoxS2sVerb(TypedDict, total=False):
    """The verb `ultravox_s2s` as a dict: `VerbMethods.ultravox_s2s` explains the keys."""
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
    cancelOnResponseTimeout: bool
    cancelOnBargeIn: bool
    verb: Literal['ultravox_s2s']


class Vad(TypedDict, total=False):
    """Tells speech from silence before a recognizer is even asked. It saves recognizer time, and with
    `minBargeinWordCount: 0` it makes barge-in immediate.
    """
    enable: bool
    """Only with true does a recognizer wait for voice before it is connected."""
    voiceMs: float
    """Milliseconds of voice that count as speech; 250 when left out. Shorter reacts to clicks."""
    silenceMs: float
    """Milliseconds of silence that end it; 150 when left out."""
    strategy: str
    """How the detector behaves after it has heard speech; `one-shot` when left out, which ends the detection
    there.
    """
    mode: float
    """With `webrtc`: how strict it is, from 0 to 3; 2 when left out. Stricter misses quiet callers. Between 0
    and 3.
    """
    vendor: Literal['webrtc', 'silero']
    """`silero`, the default, is a small neural model; `webrtc` is cheaper and easier to fool. One of
    `"webrtc"`, `"silero"`.
    """
    threshold: float
    """With `silero`: how sure it must be that this is a voice; 0.5 when left out. Between 0 and 1."""
    speechPadMs: float
    """With `silero`: milliseconds kept around the speech, so that its edges are not clipped; 30 when left out."""


class VoiceagentS2sVerb(TypedDict, total=False):
    """The verb `voiceagent_s2s` as a dict: `VerbMethods.voiceagent_s2s` explains the keys."""
    id: str
    vendor: Literal['voiceagent']
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
    cancelOnResponseTimeout: bool
    cancelOnBargeIn: bool
    verb: Literal['voiceagent_s2s']


class VoiceliveS2sAuth(TypedDict, total=False):
    """One of two ways to prove who you are."""
    apiKey: str
    """Key of the Azure resource. Agents usually refuse it and want a token."""
    accessToken: str
    """Entra ID token; it must still be valid when the conversation starts."""


class VoiceliveS2sConnectOptions(TypedDict, total=False):
    """Which Azure resource to connect to; there is no default."""
    host: Required[str]
    """Host name of the resource, without scheme and path."""
    apiVersion: str
    """Version of the API as a date; the server's default when left out."""
    agentId: str
    """Talk to this Foundry agent instead of a bare model."""
    projectId: str
    """Foundry project that the agent belongs to; goes with `agentId`."""
    path: str
    """Path of the websocket, for resources that do not use the usual one."""


class VoiceliveS2sLlmOptions(TypedDict, total=False):
    """Both messages that open the conversation are required."""
    session_update: Required[Mapping[str, Any]]
    """Settings of the session: voice, turn detection, noise suppression, tools."""
    response_create: Required[Mapping[str, Any]]
    """Makes the model speak first; its instructions hold for that first answer."""


class VoiceliveS2sVerb(TypedDict, total=False):
    """The verb `voicelive_s2s` as a dict: `VerbMethods.voicelive_s2s` explains the keys."""
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
    cancelOnResponseTimeout: bool
    cancelOnBargeIn: bool
    verb: Literal['voicelive_s2s']


__all__ = [
    "ActionHook", "ActionHookDelayAction", "AgentBargeIn", "AgentLanguageConfigValue", "AgentLlm",
    "AgentLlmAuth", "AgentLlmConnectOptions", "AgentLlmLlmOptions", "AgentMcpServersItem",
    "AgentNoiseIsolation", "AgentNoiseIsolationAuth", "AgentTurnDetection", "AgentVerb", "AlertVerb", "Amd",
    "AmdTimers", "AnswerVerb", "Auth", "BidirectionalAudio", "ConferenceVerb", "ConfigBargeIn",
    "ConfigNoiseIsolation", "ConfigNoiseIsolationAuth", "ConfigTtsStream", "ConfigTurnTaking", "ConfigVerb",
    "DeepgramS2sVerb", "DequeueVerb", "DialVerb", "DialogflowQueryInput", "DialogflowVerb", "DtmfVerb",
    "DubVerb", "ElevenlabsS2sAuth", "ElevenlabsS2sLlmOptions", "ElevenlabsS2sVerb", "EnqueueVerb",
    "FillerNoise", "GatherVerb", "GoogleS2sVerb", "GptliveS2sAuth", "GptliveS2sLlmOptions",
    "GptliveS2sLlmOptionsSessionUpdate", "GptliveS2sLlmOptionsSessionUpdateDelegation",
    "GptliveS2sLlmOptionsSessionUpdateDelegationResponses", "GptliveS2sVerb", "Handoff", "HandoffBrief",
    "Hangup", "HangupVerb", "LeaveVerb", "LexIntent", "LexVerb", "ListenVerb", "LlmBaseAuth",
    "LlmBaseMcpServersItem", "LlmMessage", "LlmVerb", "MessageVerb", "MicrosoftS2sVerb", "NovaS2sAuth",
    "NovaS2sLlmOptions", "NovaS2sLlmOptionsDtmf", "NovaS2sLlmOptionsHistoryItem", "NovaS2sVerb",
    "OpenaiS2sVerb", "PauseVerb", "PipelineBargeIn", "PipelineMcpServersItem", "PipelineNoiseIsolation",
    "PipelineTurnDetection", "PipelineVerb", "PlayVerb", "QwenS2sVerb", "RasaVerb", "Recognizer",
    "RecognizerAssemblyAiOptions", "RecognizerAwsOptions", "RecognizerAzureOptions",
    "RecognizerCustomOptions", "RecognizerDeepgramOptions", "RecognizerElevenlabsOptions",
    "RecognizerGoogleOptions", "RecognizerGradiumOptions", "RecognizerGradiumOptionsTurnDetection",
    "RecognizerHintsItem", "RecognizerHoundifyOptions", "RecognizerIbmOptions", "RecognizerMistralOptions",
    "RecognizerMistralOptionsTurnDetection", "RecognizerModulateOptions", "RecognizerNvidiaOptions",
    "RecognizerOpenaiOptions", "RecognizerOpenaiOptionsPromptTemplates",
    "RecognizerOpenaiOptionsTurnDetection", "RecognizerSonioxOptions", "RecognizerSonioxOptionsContext",
    "RecognizerSonioxOptionsContextGeneralItem", "RecognizerSonioxOptionsContextTranslationTermsItem",
    "RecognizerSonioxOptionsStorage", "RecognizerSpeechmaticsOptions",
    "RecognizerSpeechmaticsOptionsAudioEventsConfig", "RecognizerSpeechmaticsOptionsTranscriptionConfig",
    "RecognizerSpeechmaticsOptionsTranscriptionConfigAudioFilteringConfig",
    "RecognizerSpeechmaticsOptionsTranscriptionConfigConversationConfig",
    "RecognizerSpeechmaticsOptionsTranscriptionConfigPunctuationOverrides",
    "RecognizerSpeechmaticsOptionsTranscriptionConfigSpeakerDiarizationConfig",
    "RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfig",
    "RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfigReplacementsItem",
    "RecognizerSpeechmaticsOptionsTranslationConfig", "RecognizerXaiOptions", "RecognizerZoomOptions",
    "RecognizerZoomOptionsTurnDetection", "RedirectVerb", "RestDialVerb", "RoomVerb", "S2sVerb", "SayVerb",
    "SipDeclineVerb", "SipReferVerb", "SipRequestVerb", "StreamVerb", "Synthesizer", "TagVerb", "Target",
    "TargetFrom", "ToolFillerConfig", "TranscribeVerb", "TransferBrief", "TransferOptionsConfirm",
    "TransferOptionsDisposition", "TransferVerb", "UltravoxS2sVerb", "Vad", "VoiceagentS2sVerb",
    "VoiceliveS2sAuth", "VoiceliveS2sConnectOptions", "VoiceliveS2sLlmOptions", "VoiceliveS2sVerb",
]
