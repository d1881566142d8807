# Generated from schemas/ by `python scripts/generate.py`. Do not edit.
"""The shapes of verbs and of what they contain; nothing imports it at run time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict


class ActionHook(TypedDict, total=False):
    """A URL together with method or credentials, for hooks that are called over HTTP."""
    url: Required[str]
    """Path or URL of the hook."""
    method: Literal['GET', 'POST']
    """HTTP only. A `GET` carries no payload and cannot be checked by its signature. One of `"GET"`, `"POST"`. Left
    out: `"POST"`.
    """
    basicAuth: Auth | Mapping[str, Any]
    """Credentials for HTTP Basic authentication at that URL."""


class ActionHookDelayAction(TypedDict, total=False):
    """What the caller hears while the application takes its time after a gather, and when it counts as lost.
    Verbs in the hook's answer, or a `redirect` command, end it: a `say` in progress is finished, a `play`
    is cut.
    """
    enabled: bool
    """On unless it is false. false disarms one that is set; as the very first setting of a call the open server
    arms it all the same.
    """
    noResponseTimeout: float
    """Seconds without verbs after which the first of `actions` is played."""
    noResponseGiveUpTimeout: float
    """Seconds after which to give up: `giveUpActions` are run, or the call is hung up and an alert written."""
    retries: float
    """How many more times to play something after the first; 0 when left out. The entries of `actions` take turns."""
    actions: Sequence[Mapping[str, Any]]
    """`say` and `play` verbs of which one is played each time."""
    giveUpActions: Sequence[Mapping[str, Any]]
    """Verbs to run instead of hanging up when the wait is over."""


class AgentBargeIn(TypedDict, total=False):
    """Whether and how the caller can interrupt the agent."""
    enable: bool
    """false lets every answer finish. What the caller says meanwhile still counts as input. Left out: `true`."""
    strategy: Literal['vad', 'interruptPrediction']
    """`vad`: any speech interrupts, once it has lasted `minSpeechDuration`. `interruptPrediction`: a model tells
    interruptions from a mere hum of agreement. One of `"vad"`, `"interruptPrediction"`. Left out: `"vad"`.
    """
    vendor: str
    """Whose model predicts interruptions."""
    threshold: float
    """How sure that model must be before the agent stops. Between 0 and 1."""
    minSpeechDuration: float
    """Seconds of speech before the agent stops talking. Longer ignores coughs, but feels deaf. At least 0. Left
    out: `0.5`.
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
    """How sure the model must be that the turn is over: lower answers sooner and interrupts more. Between 0 and 1."""
    model: str
    """A certain version of the turn model."""


class AgentVerb(TypedDict, total=False):
    """A whole voice agent in one verb: the server transcribes the caller, decides when a turn has ended, asks
    a language model and speaks its answer, with interruption handled. Since 10.1; the open server refuses
    it. The application gets events, runs tools and can change the agent with the command `agent:update`.
    """
    verb: Literal['agent']
    """Always `agent`. The spelling `{"agent": {…}}` means the same."""
    id: str
    """Your name for this `agent`; reports about it (`verb:status`) carry it as `id`, and its hooks as `verb_id`."""
    stt: Recognizer | Mapping[str, Any]
    """How to transcribe the caller; the session's recognizer when left out. Recognizers with turn detection of
    their own (Deepgram Flux, AssemblyAI) make the agent quicker.
    """
    tts: Synthesizer | Mapping[str, Any]
    """Voice of the agent; the session's synthesizer when left out. Vendors that stream let it begin to speak
    before the answer is complete.
    """
    autoLockLanguage: bool | Literal['always']
    """Stay with the caller's language once it has been identified, so that a foreign word does not switch voice
    and recognizer. `always` is the stronger form of true. Left out: `false`.
    """
    languageConfig: Mapping[str, AgentLanguageConfigValue | Mapping[str, Any]]
    """What changes with the caller's language, by language code."""
    turnDetection: Literal['stt', 'krisp'] | AgentTurnDetection | Mapping[str, Any]
    """Who decides that the caller has finished. `stt`: the recognizer, by its end of utterance. `krisp`: a model
    that listens to how the sentence sounds, which waits through a pause for thought. Left out: `"stt"`.
    """
    bargeIn: AgentBargeIn | Mapping[str, Any]
    """Whether and how the caller can interrupt the agent."""
    noResponseTimeout: float
    """Seconds of silence from the caller after which the agent speaks up by itself; 0 lets it wait for ever. Older
    sets gave 0 as default. At least 0. Left out: `12`.
    """
    noResponseMaxPrompts: int
    """How often in a row the agent speaks up about the silence. At least 0. Left out: `0`."""
    llm: AgentLlm | Mapping[str, Any]
    """The language model behind the agent, and its instructions."""
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the agent has ended. Its payload is not documented beyond the call information."""
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets transcripts, answers, interruptions and the end of each turn as `agent:event`. No answer is wanted."""
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls as `agent:tool-call`; answer with the command `llm:tool-output`. The caller
    hears nothing meanwhile, unless `toolFiller` says otherwise.
    """
    greeting: bool
    """Let the model speak first, when the agent starts. With false the caller begins. Left out: `true`."""
    earlyGeneration: bool
    """Ask the model as soon as the turn has probably ended, and throw the answer away if the caller goes on.
    Quicker, at the price of tokens for nothing. Left out: `false`.
    """
    speak: bool
    """false: the answers are reported but not spoken, so that the application can speak them itself. Left out:
    `true`.
    """
    speechCleanup: bool
    """Take out of the model's answer what is not meant for ears, such as markdown, before it is spoken. Left out:
    `true`.
    """
    noiseIsolation: Literal['krisp', 'rnnoise', 'kugelaudio'] | AgentNoiseIsolation | Mapping[str, Any]
    """Takes background noise out of the caller's audio before it is transcribed. A name alone uses that vendor's
    defaults.
    """
    mcpServers: Sequence[AgentMcpServersItem | Mapping[str, Any]]
    """MCP servers whose tools the model may use. A tool that is found there is called by jambonz itself; the rest
    goes to `toolHook`.
    """
    handoff: Handoff | Mapping[str, Any]
    """Gives the model a tool with which it passes the caller to a person."""
    hangup: Hangup | Mapping[str, Any]
    """Gives the model a tool with which it ends the call. An empty object is enough."""
    toolFiller: Literal[False] | ToolFillerConfig | Mapping[str, Any]
    """What the caller hears while a tool runs. false, or left out, is silence."""


class AlertVerb(TypedDict, total=False):
    """Two meanings. Published documentation: send 180 Ringing with an Alert-Info header, so that the phone
    rings in a certain way. The open server: write an alert into the account's list of alerts, and send
    nothing.
    """
    verb: Literal['alert']
    """Always `alert`. The spelling `{"alert": {…}}` means the same."""
    id: str
    """Your name for this `alert`; reports about it (`verb:status`) carry it as `id`."""
    message: Required[str]
    """Text of the Alert-Info header, such as `info=alert-internal`, or of the alert record on the open server."""


class Amd(TypedDict, total=False):
    """Decides whether a person or a machine has answered, from the length of the greeting and what is said in
    it. It runs beside the other verbs, and reports several events: after each verdict comes `amd_stopped`.
    """
    actionHook: Required[str | ActionHook | Mapping[str, Any]]
    """Gets every event of the detection. Verbs in the answer replace what runs, so answer with `[]` to events that
    do not matter.
    """
    thresholdWordCount: float
    """Words in the greeting from which on it counts as a machine's. Left out: `9`."""
    digitCount: float
    """So many digits in the greeting make it a machine's, as when a number is read out. 0 switches this test off.
    Left out: `0`.
    """
    timers: AmdTimers | Mapping[str, Any]
    """Limits of the detection, in milliseconds."""
    recognizer: Recognizer | Mapping[str, Any]
    """How to transcribe the greeting; it must know the language of the answering machine. The session's recognizer
    when left out.
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
    """Silence that ends the greeting of a machine and leads to `amd_machine_stopped_speaking`: the moment to leave
    a message. Left out: `2000`.
    """


class AnswerVerb(TypedDict, total=False):
    """Answers and goes on to the next verb. Rarely needed, because every verb with media answers by itself; of
    use before `pause`, or to start billing and recording at a known moment.
    """
    verb: Literal['answer']
    """Always `answer`. The spelling `{"answer": {…}}` means the same."""
    id: str
    """Your name for this `answer`; reports about it (`verb:status`) carry it as `id`."""


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
    """Samples per second of what you send in streaming mode. When it differs from the call's rate, resampling may
    destroy marks.
    """


class ConferenceVerb(TypedDict, total=False):
    """Puts the call into a conference with everybody else of the account who gave the same name. The verb
    lasts until this participant leaves. `room` is another name for it (v10).
    """
    verb: Literal['conference', 'room']
    """`conference`, or `room` on v10. The open server knows only the former. One of `"conference"`, `"room"`."""
    id: str
    """Your name for this `conference`; reports about it (`verb:status`) carry it as `id`, and its hooks as
    `verb_id`.
    """
    name: Required[str]
    """Name of the conference, unique within the account."""
    beep: bool
    """Play a beep to all when this participant comes or goes."""
    memberTag: str
    """A label for this participant, to which `speakOnlyTo` of others can refer."""
    speakOnlyTo: str
    """Be heard only by participants whose `memberTag` is this: the way to coach somebody without the customer
    hearing it.
    """
    startConferenceOnEnter: bool
    """false: wait until a participant arrives who starts the conference. Any participant starts it when this is
    left out, but only an explicit true makes a moderator, whom `conf:mute-status` never mutes.
    """
    endConferenceOnExit: bool
    """Send everybody out when this participant leaves."""
    endConferenceDuration: float
    """Seconds that the conference goes on after a participant with `endConferenceOnExit` has left it, before
    everybody else is sent out.
    """
    maxParticipants: float
    """Turn further participants away when this many are in. Takes effect from 2 on."""
    joinMuted: bool
    """Come in unheard. Unmute with the command `conf:mute-status` or `conf:participant-action`."""
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when this participant is out again, for whatever reason. It says no more than the call information."""
    waitHook: str | ActionHook | Mapping[str, Any]
    """Asked for what is heard while the conference has not started, again after each pass. The answer must be an
    array of `say`, `play` and `pause`; an empty one makes the waiting silent.
    """
    statusEvents: Sequence[str]
    """Which events to report to `statusHook`: `start`, `end`, `join`, `leave`, `start-talking`, `stop-talking`.
    Those not listed are not reported, and the participant who created the conference sets the list for all.
    """
    statusHook: str | ActionHook | Mapping[str, Any]
    """Told about the events in `statusEvents`. It must be acked; the answer is ignored. The talking events concern
    this participant only.
    """
    enterHook: str | ActionHook | Mapping[str, Any]
    """Asked, on entering, for what to play to the participant first. The answer must be an array of `say`, `play`
    and `pause`.
    """
    record: Mapping[str, Any]
    """Records the conference into a file of the media server; the open server wants a `path`."""
    listen: ListenVerb | Mapping[str, Any]
    """Sends the audio of this participant to a websocket while in the conference: the fields of `listen` without
    `verb`.
    """
    stream: ListenVerb | Mapping[str, Any]
    """Another name of `listen` here. Not known to the open server."""
    distributeDtmf: bool
    """Let the keys that a participant presses be heard by the others."""


class ConfigBargeIn(TypedDict, total=False):
    """Listens in the background while other verbs run, so that the caller can interrupt. Heard speech stops
    the audio, clears the waiting verbs and fires the hook. The open server knows further fields, as in
    `gather`: `finishOnKey`, `numDigits`, `minDigits`, `maxDigits`, `interDigitTimeout`, `dtmfBargein`, and
    `partialResultHook`, which has no effect.
    """
    enable: bool
    """Required by the open server. false ends background listening. Switching it on again with the same `input`
    while it is on changes nothing.
    """
    sticky: bool
    """Listen again after each result. Otherwise it stops after the first one. The next round begins only after the
    ack of the hook, so an ack held back makes the caller unable to interrupt.
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
    """Words that the interim transcript must have before anything is stopped; 1 when left out, and 0 means that
    voice activity is enough. A final transcript always counts.
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
    """Voice of the stream. The open server ignores it here and takes the `synthesizer` of the same `config`, or
    the session's.
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
    """Changes settings of the session and returns at once; later verbs run under the new ones. No hook, no
    answer. It does not answer the call, unless it switches on something that needs media: barge-in,
    background listening or transcription, recording, answering machine detection or an audio boost.
    """
    verb: Literal['config']
    """Always `config`. The spelling `{"config": {…}}` means the same."""
    id: str
    """Your name for this `config`; reports about it (`verb:status`) carry it as `id`."""
    synthesizer: Synthesizer | Mapping[str, Any]
    """Voice for everything spoken from now on, unless a verb brings its own."""
    recognizer: Recognizer | Mapping[str, Any]
    """Transcription settings for every later verb that listens, unless it brings its own. Settings of an earlier
    `config` are replaced, not merged.
    """
    bargeIn: ConfigBargeIn | Mapping[str, Any]
    """Listens in the background while other verbs run, so that the caller can interrupt. Heard speech stops the
    audio, clears the waiting verbs and fires the hook. The open server knows further fields, as in `gather`:
    `finishOnKey`, `numDigits`, `minDigits`, `maxDigits`, `interDigitTimeout`, `dtmfBargein`, and
    `partialResultHook`, which has no effect.
    """
    ttsStream: ConfigTtsStream | Mapping[str, Any]
    """Opens a connection to the speech vendor over which `tts:tokens` are spoken in the background of other verbs.
    Control connections only, and not in a call that came out of another one.
    """
    record: Mapping[str, Any]
    """Starts or changes the recording of the call: `action` (`startCallRecording` and so on), `type` `siprec` or
    `cloud`, `siprecServerURL`, `recordingID`, `headers`.
    """
    listen: ListenVerb | Mapping[str, Any]
    """Sends audio to a websocket in the background: `enable` and the fields of `listen`, without the hook."""
    stream: ListenVerb | Mapping[str, Any]
    """Passes validation and does nothing on the open server. Use `listen`."""
    transcribe: TranscribeVerb | Mapping[str, Any]
    """Transcribes in the background: `enable`, `transcriptionHook`, `recognizer`. Unlike the verb, it does not
    hold up the verbs that follow.
    """
    amd: Amd | Mapping[str, Any]
    """Finds out, from now on, whether a person or a machine is on the line; the result goes to its own hook."""
    fillerNoise: FillerNoise | Mapping[str, Any]
    """Sound that covers the silence while the application thinks, each time a gather has its result and no verbs
    have come yet.
    """
    vad: Vad | Mapping[str, Any]
    """How voice activity is told from noise, for all later verbs that listen."""
    notifyEvents: bool
    """Send `verb:status` for every verb from now on, over a control connection. The open server cannot switch it
    off again: false is ignored. This `config` itself reports only its end.
    """
    notifySttLatency: bool
    """Add timing of the speech recognizer (`stt_latency_ms` and related fields) to the results of gather and
    transcribe.
    """
    reset: str | Sequence[str]
    """Puts settings back to what the application was configured with. `synthesizer` and `recognizer` are the names
    that mean something, one alone or both in an array.
    """
    onHoldMusic: str
    """Audio that the far end hears while this side has put it on hold."""
    actionHookDelayAction: ActionHookDelayAction | Mapping[str, Any]
    """What to do when the application lets the caller wait, after a gather's hook or when a call on a control
    connection has run out of verbs.
    """
    sipRequestWithinDialogHook: str | ActionHook | Mapping[str, Any]
    """Called when the far end sends an INFO or MESSAGE request during the call. Verbs in the answer replace what
    runs.
    """
    boostAudioSignal: float | str
    """Volume of the audio that is sent to the caller, in decibels: a number, or text such as `-3 dB`. Write `0 dB`
    to go back to normal.
    """
    referHook: str | ActionHook | Mapping[str, Any]
    """Called when the far end asks to transfer the call (REFER). With it the transfer is yours to carry out: verbs
    in the answer replace what runs, and the far end is told 202.
    """
    earlyMedia: bool
    """Whether verbs with media may run before the call is answered, as early media, instead of answering it."""
    autoStreamTts: bool
    """Let every `say` use the vendor's streaming connection without `stream` on each of them."""
    disableTtsCache: bool
    """Never reuse speech that was rendered before, for the rest of the session."""
    trackTtsPlayout: bool
    """Report with `tts_spoken` what part of the streamed text was really heard. v10 only: the open server accepts
    and ignores it.
    """
    noiseIsolation: ConfigNoiseIsolation | Mapping[str, Any]
    """Removes background noise from the caller's audio. v10 only: the open server accepts and ignores it."""
    turnTaking: ConfigTurnTaking | Mapping[str, Any]
    """Lets a model decide when the caller has finished, rather than silence alone. v10 only: the open server
    accepts and ignores it.
    """


class DeepgramS2sVerb(TypedDict, total=False):
    """The `llm` verb for Deepgram's voice agent; `voiceagent_s2s` is an older name of it. `llmOptions` must
    hold `Settings` with `agent.think.provider.type` and `.model`.
    """
    id: str
    """Your name for this conversation; the action hook carries it as `verb_id`."""
    vendor: Literal['deepgram']
    """`deepgram`; the verb's name implies it."""
    model: str
    """Model by the vendor's name for it. ElevenLabs takes none: the agent decides."""
    auth: LlmBaseAuth | Mapping[str, Any]
    """Credentials for the vendor. They are sent with every copy of the verb and appear in server logs, so use keys
    that can be revoked.
    """
    connectOptions: Mapping[str, Any]
    """Where and how to connect, when it is not the vendor's default: `host` and `path`. Microsoft requires `host`."""
    llmOptions: Required[Mapping[str, Any]]
    """Deepgram's `Settings` message: which models hear, think and speak."""
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    """MCP servers whose tools the model may use. jambonz calls them itself, so these calls never show up as
    `llm:tool-call`.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over, with the reason. It must be acked within 5 seconds: left unanswered,
    the call ends.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets the vendor's events as `llm:event`, which want no answer. Without it none are sent, whatever `events`
    says.
    """
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls as `llm:tool-call`; answer each with the command `llm:tool-output`. Over http
    the output is the response body.
    """
    handoff: Handoff | Mapping[str, Any]
    """Offers the model a tool that passes the caller to a person. Not known to the open server."""
    hangup: Hangup | Mapping[str, Any]
    """Offers the model a tool that ends the call. An empty object is enough to switch it on. Not known to the open
    server.
    """
    events: Sequence[str]
    """Which of the vendor's events to send: names, `all`, prefixes such as `response.audio.*`, and with `all`
    exclusions such as `-response.audio.delta`. Vendor-specific defaults when left out.
    """
    responseTimeoutMs: int
    """Report `response.timeout` when the model has not begun to answer after so many milliseconds. Never when left
    out. Not known to the open server. At least 1.
    """
    cancelOnResponseTimeout: bool
    """Also tell the vendor to give up the answer that took too long. Not known to the open server. Left out:
    `false`.
    """
    cancelOnBargeIn: bool
    """Tell the vendor to stop its answer when the caller starts to speak, for vendors that do not do so
    themselves. Not known to the open server. Left out: `false`.
    """
    verb: Literal['deepgram_s2s']
    """Always `deepgram_s2s`. The spelling `{"deepgram_s2s": {…}}` means the same."""


class DequeueVerb(TypedDict, total=False):
    """Connects this call with the one that has waited longest in a queue. After a second it looks for one
    every five seconds. The verbs that follow begin without waiting for the answer to its hook.
    """
    verb: Literal['dequeue']
    """Always `dequeue`. The spelling `{"dequeue": {…}}` means the same."""
    id: str
    """Your name for this `dequeue`; reports about it (`verb:status`) carry it as `id`, and its hooks as `verb_id`."""
    name: Required[str]
    """Queue to take from, by the name given to `enqueue`."""
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over or nobody came. `hangup` also stands for a caller who could not be
    connected within 20 seconds.
    """
    timeout: float
    """Seconds to wait for somebody to turn up; 0, or left out, waits for ever."""
    beep: bool
    """Play a beep to this side before the caller is connected, as a warning."""
    callSid: str
    """Take this particular call out of the queue instead of the first one."""


class DialVerb(TypedDict, total=False):
    """Calls one or several parties and connects the first that accepts. It answers the caller itself: at once,
    or with `answerOnBridge` when the other side answers. With no answer the next verb runs.
    """
    verb: Literal['dial']
    """Always `dial`. The spelling `{"dial": {…}}` means the same."""
    id: str
    """Your name for this `dial`; reports about it (`verb:status`) carry it as `id`, and its hooks as `verb_id`."""
    target: Required[Sequence[Target | Mapping[str, Any]]]
    """Whom to call; all are rung at the same time, at most ten, and duplicates once. The first to accept wins and
    the rest are cancelled.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the call between the two is over, or when it never came about. On a ring timeout the open server
    reports the last provisional state (`ringing`, 180) instead of `no-answer`. Not asked for verbs when the
    verb itself was replaced.
    """
    onHoldHook: str | ActionHook | Mapping[str, Any]
    """Called when one side puts the other on hold. The answer may hold only `say`, `play` and `pause`, which the
    held party hears. The open server asks once per hold, although repeated calls are documented.
    """
    answerOnBridge: bool
    """Let the caller hear ringing, and answer only when the called party does. Otherwise the caller is answered
    first, and is billed for the ringing.
    """
    callerId: str
    """Number that the called party is shown; the caller's own when left out. Carriers may refuse numbers that are
    not yours.
    """
    callerName: str
    """Display name that goes with the caller number, if the carrier forwards it."""
    confirmHook: str | ActionHook | Mapping[str, Any]
    """Asked about each called party before the legs are connected; the message is `dial:confirm`. An empty array
    accepts. No answer drops the called leg. A target's own hook wins over this one.
    """
    referHook: str | ActionHook | Mapping[str, Any]
    """Called when either side asks for a transfer (REFER). From the called party, verbs in the answer replace the
    caller's; from the caller, the called leg becomes a call of its own and runs them. Left out, transfers are
    refused with 501.
    """
    dialMusic: str
    """What the caller hears instead of ringing while the other side is rung. Needs an answered caller or early
    media.
    """
    dtmfCapture: Sequence[str] | Mapping[str, Any]
    """Key sequences to watch for during the call, each reported to `dtmfHook`. The open server takes an object
    with `childCall` and `parentCall`, but attaches both to the called leg. Keys are forgotten three seconds
    after the last one.
    """
    dtmfHook: str | ActionHook | Mapping[str, Any]
    """Told when a sequence of `dtmfCapture` was pressed. It must be acked, and the answer is ignored: act with a
    command.
    """
    headers: Mapping[str, str | float]
    """SIP headers for the INVITE to every target, beside those of the target itself."""
    anchorMedia: bool
    """Keep the audio running through the media server even where the legs could be connected more directly. Needed
    to listen, record or transcribe later in the call.
    """
    codecs: Sequence[str]
    """Codecs to offer to the called party, in order of preference, such as `PCMU` or `OPUS`. Not known to the open
    server.
    """
    exitMediaPath: bool
    """Let the audio go directly between the parties and out of jambonz. Nothing can listen, play or record then."""
    boostAudioSignal: float | str
    """Volume of the audio sent to the called party, in decibels; a number or text such as `6 dB`."""
    listen: ListenVerb | Mapping[str, Any]
    """Sends the conversation to a websocket while it lasts: the fields of `listen` without `verb`. Replies to its
    hook are ignored.
    """
    stream: ListenVerb | Mapping[str, Any]
    """The same as `listen`, under the other name of that verb. Give one of the two."""
    transcribe: TranscribeVerb | Mapping[str, Any]
    """Transcribes the conversation: the fields of `transcribe` without `verb`. The legs are transcribed separately
    (`channel_tag` 1 is the caller), and `call_sid` is always the caller's.
    """
    timeLimit: float
    """Longest duration of the conversation in seconds, counted from its start. Then the called party is
    disconnected, and the caller goes on with the next verb. No limit when left out.
    """
    timeout: float
    """How long to let it ring, in seconds; 60 when left out."""
    proxy: str
    """Address of the SIP proxy through which to send the INVITE. When left out, calls leave the way that an
    inbound caller came.
    """
    amd: Amd | Mapping[str, Any]
    """Finds out whether a person or a machine answered. Verbs in the answer to its hook replace this dial, and
    with it the conversation.
    """
    dub: Sequence[DubVerb | Mapping[str, Any]]
    """Extra tracks that are mixed into the audio, each with the fields of a `dub` verb."""
    tag: Mapping[str, Any]
    """Data of yours for the called leg; it comes back as `customerData` in that leg's messages."""
    forwardPAI: bool
    """Whether to hand on the caller's P-Asserted-Identity header to the called party. When left out, the server's
    own setting decides, which normally is yes.
    """
    srtpEncryption: Literal['sdes', 'dtls']
    """Encrypt the audio to the called party: `sdes` exchanges keys in the signalling, `dtls` in the media itself,
    as browsers do. Unencrypted when left out. One of `"sdes"`, `"dtls"`.
    """


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
    """Hands the caller to a Dialogflow agent, which listens and answers by itself. Answers the call if nothing
    has yet.
    """
    verb: Literal['dialogflow']
    """Always `dialogflow`. The spelling `{"dialogflow": {…}}` means the same."""
    id: str
    """Your name for this `dialogflow`; reports about it (`verb:status`) carry it as `id`, and its hooks as
    `verb_id`.
    """
    credentials: Required[Mapping[str, Any] | str]
    """Service account key of the Google project, as the JSON object or as its text."""
    project: Required[str]
    """Id of the Google Cloud project that the agent lives in."""
    agent: str
    """Id of the agent, for CX. ES has one agent per project and needs none."""
    environment: str
    """Environment of the agent, such as a draft; the default one when left out."""
    deployment: str
    """Deployment to address, for the `ces` model. Not known to the open server."""
    region: str
    """Region in which the agent was created; `us-central1` when left out. A wrong one looks like a missing agent."""
    model: Literal['es', 'cx', 'ces']
    """Which generation of Dialogflow: `es`, `cx`, or the newer `ces`. One of `"es"`, `"cx"`, `"ces"`."""
    lang: Required[str]
    """Language of the conversation as a language code; the agent must support it."""
    sessionId: str
    """Continue under a session id of your own, so that an earlier conversation is remembered. A new one is made up
    when left out. Not known to the open server.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called with the result when the conversation is over; verbs in the answer go on with the call."""
    eventHook: str | ActionHook | Mapping[str, Any]
    """Told about intents, transcripts and playback. Each call must be acked; verbs in the answer run after the
    current playback and end the conversation.
    """
    toolHook: str | ActionHook | Mapping[str, Any]
    """Runs tools for the agent: the answer is an object with `outputParameters`, or with `error`. Not known to the
    open server.
    """
    events: Sequence[str]
    """Which events the eventHook gets. When left out: intent, transcription, dtmf, start-play, stop-play and
    no-input. `interim-transcription` and `end-utterance` must be asked for.
    """
    welcomeEvent: str
    """Dialogflow event with which the conversation begins. Without one the caller has to speak first."""
    welcomeEventParams: Mapping[str, Any]
    """Parameters of the welcome event; ignored without one."""
    noInputTimeout: float
    """Seconds of silence, counted from the end of a prompt, until the no-input event is sent to the agent; 20 when
    left out.
    """
    noInputEvent: str
    """Name of the event that tells the agent of the silence; `actions_intent_NO_INPUT` when left out."""
    passDtmfAsTextInput: bool
    """Give key presses to the agent as if they had been spoken. The open server hears no keys during this verb."""
    thinkingMusic: str
    """Audio to play while the agent thinks."""
    tts: Synthesizer | Mapping[str, Any]
    """Speak the agent's text with this voice, instead of playing the audio that Google renders."""
    bargein: bool
    """Stop the agent's prompt when the caller begins to speak."""
    queryInput: DialogflowQueryInput | Mapping[str, Any]
    """Begin with this input instead of waiting for the caller. Give one of the fields."""


class DtmfVerb(TypedDict, total=False):
    """Plays touch tones to the far end. It takes the length of all tones plus a quarter of a second for each
    and three quarters at the end before the next verb runs.
    """
    verb: Literal['dtmf']
    """Always `dtmf`. The spelling `{"dtmf": {…}}` means the same."""
    id: str
    """Your name for this `dtmf`; reports about it (`verb:status`) carry it as `id`."""
    dtmf: Required[str]
    """Keys to press, one after the other: digits, `*`, `#` and `A` to `D`."""
    duration: float
    """Length of each tone in milliseconds. Longer tones help with far ends that miss keys. Left out: `500`."""


class DubVerb(TypedDict, total=False):
    """Controls extra audio tracks that are mixed with what the call hears, such as music under a conversation.
    Returns at once, without a hook.
    """
    verb: Literal['dub']
    """Always `dub`. The spelling `{"dub": {…}}` means the same."""
    id: str
    """Your name for this `dub`; reports about it (`verb:status`) carry it as `id`."""
    action: Required[Literal['addTrack', 'removeTrack', 'silenceTrack', 'playOnTrack', 'sayOnTrack']]
    """`addTrack` creates a track and `removeTrack` destroys it; `playOnTrack` and `sayOnTrack` start audio on one,
    and `silenceTrack` stops it. A track must exist before it can play. One of `"addTrack"`, `"removeTrack"`,
    `"silenceTrack"`, `"playOnTrack"`, `"sayOnTrack"`.
    """
    track: Required[str]
    """Name of the track, of your choice."""
    play: str
    """With `playOnTrack`: the file to play, over http or https."""
    say: str | Mapping[str, Any]
    """With `sayOnTrack`: the text, or the fields of a `say` verb when another voice is wanted."""
    loop: bool
    """Begin again at the end, until the track is silenced. Off when left out."""
    gain: float | str
    """Volume of the track in decibels: a number, or text such as `-10 dB`. Background music wants a negative one."""


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
    """Samples per second of the caller's audio as sent to the agent; must be what the agent was set up for. Left
    out: `16000`.
    """
    output_sample_rate: int
    """Samples per second of the agent's audio; must be what the agent was set up for. Left out: `16000`."""


class ElevenlabsS2sVerb(TypedDict, total=False):
    """The `llm` verb for an agent that was set up at ElevenLabs: voice, model and prompt live there, so there
    is no `model` here. An eventHook with `events: ["all"]` is needed to follow the conversation.
    """
    id: str
    """Your name for this conversation; the action hook carries it as `verb_id`."""
    vendor: Literal['elevenlabs']
    """`elevenlabs`, as in the name of the verb."""
    model: str
    """Model by the vendor's name for it. ElevenLabs takes none: the agent decides."""
    auth: Required[ElevenlabsS2sAuth | Mapping[str, Any]]
    """Which agent, and the right to talk to it. In snake_case, unlike the credentials of other vendors."""
    connectOptions: Mapping[str, Any]
    """Where and how to connect, when it is not the vendor's default: `host` and `path`. Microsoft requires `host`."""
    llmOptions: ElevenlabsS2sLlmOptions | Mapping[str, Any]
    """Settings of this one conversation. Messages do not belong here: the agent has its own."""
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    """MCP servers whose tools the model may use. jambonz calls them itself, so these calls never show up as
    `llm:tool-call`.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over, with the reason. It must be acked within 5 seconds: left unanswered,
    the call ends.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets the vendor's events as `llm:event`, which want no answer. Without it none are sent, whatever `events`
    says.
    """
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls as `llm:tool-call`; answer each with the command `llm:tool-output`. Over http
    the output is the response body.
    """
    handoff: Handoff | Mapping[str, Any]
    """Offers the model a tool that passes the caller to a person. Not known to the open server."""
    hangup: Hangup | Mapping[str, Any]
    """Offers the model a tool that ends the call. An empty object is enough to switch it on. Not known to the open
    server.
    """
    events: Sequence[str]
    """Which of the vendor's events to send: names, `all`, prefixes such as `response.audio.*`, and with `all`
    exclusions such as `-response.audio.delta`. Vendor-specific defaults when left out.
    """
    responseTimeoutMs: int
    """Report `response.timeout` when the model has not begun to answer after so many milliseconds. Never when left
    out. Not known to the open server. At least 1.
    """
    cancelOnResponseTimeout: bool
    """Also tell the vendor to give up the answer that took too long. Not known to the open server. Left out:
    `false`.
    """
    cancelOnBargeIn: bool
    """Tell the vendor to stop its answer when the caller starts to speak, for vendors that do not do so
    themselves. Not known to the open server. Left out: `false`.
    """
    verb: Literal['elevenlabs_s2s']
    """Always `elevenlabs_s2s`. The spelling `{"elevenlabs_s2s": {…}}` means the same."""


class EnqueueVerb(TypedDict, total=False):
    """Parks the caller in a named queue until somebody takes the call with `dequeue`, the caller hangs up, or
    the waitHook answers with `leave`. Queues belong to the account and come into being with the first
    caller.
    """
    verb: Literal['enqueue']
    """Always `enqueue`. The spelling `{"enqueue": {…}}` means the same."""
    id: str
    """Your name for this `enqueue`; reports about it (`verb:status`) carry it as `id`, and its hooks as `verb_id`."""
    name: Required[str]
    """Name of the queue. `queue_sid` in the hooks is this name with a prefix and the account in front."""
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the caller is out of the queue, with the reason and the time spent. Verbs in the answer go on
    with the call; they are ignored if the verb was replaced.
    """
    waitHook: str | ActionHook | Mapping[str, Any]
    """Asked for what the caller hears meanwhile, again after each pass. The answer must be an array of `say`,
    `play`, `pause`, `tag` and `leave`; an empty one, or none, ends the playing but not the waiting.
    """
    priority: float
    """Lower numbers are served first, equal ones in the order of their arrival; 999 when left out."""


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
    """Waits for the caller to say something or press keys, optionally while a prompt is heard. Answers the
    call if nothing has yet. It ends with one action hook. While background barge-in is on (`config`), a
    gather is skipped unless it needs speech that the background one does not listen for.
    """
    verb: Literal['gather']
    """Always `gather`. The spelling `{"gather": {…}}` means the same."""
    id: str
    """Your name for this `gather`; reports about it (`verb:status`) carry it as `id`, and its hooks as `verb_id`."""
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called once with the result. A non-empty verb array in the answer replaces what still waits; an empty one
    lets the next verb run. It is not called when the caller hangs up or the verb is replaced. Left unanswered,
    the server sends `jambonz:error` and goes on.
    """
    input: Sequence[Literal['speech', 'digits']]
    """What to listen for. With both, the first key pressed stops speech recognition. The server default is digits
    only: ask for `speech` to get any. One of `"speech"`, `"digits"`. Left out: `["digits"]`.
    """
    finishOnKey: str
    """The one key that ends the input, such as `#`; a longer text never matches. The key is not part of `digits`,
    so pressing it alone gives an empty string.
    """
    numDigits: float
    """End as soon as this many digits were pressed. For input of varying length use `minDigits` and `maxDigits`."""
    minDigits: float
    """Fewer digits than this do not count when the time is up. Setting it also switches on `interDigitTimeout`,
    and lets digits that were collected at the timeout be reported at all.
    """
    maxDigits: float
    """End when this many digits were pressed, whatever the pause between them."""
    interDigitTimeout: float
    """Seconds without a further key after which the input is complete, counted once `minDigits` keys were pressed.
    Works only if `minDigits` is set; otherwise it is silently ignored.
    """
    speechTimeout: float
    """Seconds of silence after which speech counts as finished, for recognizers that leave that decision to the
    caller of the API. See also `asrTimeout` of the recognizer.
    """
    timeout: float
    """Seconds to wait for any input at all, counted from the end of the prompt and begun anew by interim speech;
    15 when left out, 0 for ever. Digits collected by then are reported only if `minDigits` is set and met.
    """
    partialResultHook: str | ActionHook | Mapping[str, Any]
    """Called with interim transcripts while the caller speaks. Every call must be acked although the answer is
    ignored, so leave it out unless interims are needed.
    """
    listenDuringPrompt: bool
    """false: begin listening only when the prompt has ended, so that the prompt's echo or an impatient caller is
    not heard. Left out: `true`.
    """
    dtmfBargein: bool
    """Whether a key stops the prompt. When left out: yes if digits are collected."""
    bargein: bool
    """Whether speech stops the prompt; no when left out. `minBargeinWordCount` guards against a cough."""
    minBargeinWordCount: float
    """Words that an interim transcript must have to stop the prompt; 1 when left out. With 0, voice activity alone
    is enough, which is faster and less sure.
    """
    recognizer: Recognizer | Mapping[str, Any]
    """How to transcribe this one input; the session's recognizer when left out. Hints for the expected words
    belong here.
    """
    say: SayVerb | Mapping[str, Any]
    """The prompt: the fields of a `say` verb without `verb`. The main timer starts when it has been spoken."""
    play: PlayVerb | Mapping[str, Any]
    """A recorded prompt: the fields of a `play` verb without `verb`. With a `say` beside it, it is not played."""
    fillerNoise: FillerNoise | Mapping[str, Any]
    """Sound to play after the input is complete and until the answer to the hook brings verbs."""
    actionHookDelayAction: ActionHookDelayAction | Mapping[str, Any]
    """What to do when the answer to the action hook takes long; overrides the session's setting for this gather."""


class GoogleS2sVerb(TypedDict, total=False):
    """The `llm` verb for Google's live models. `llmOptions` must hold `setup`. Tool calls come in Google's own
    form, several in one message, and all events are filtered under the one name `llm_event`.
    """
    id: str
    """Your name for this conversation; the action hook carries it as `verb_id`."""
    vendor: Literal['google']
    """`google`, which the verb's name says already."""
    model: str
    """Model by the vendor's name for it. ElevenLabs takes none: the agent decides."""
    auth: LlmBaseAuth | Mapping[str, Any]
    """Credentials for the vendor. They are sent with every copy of the verb and appear in server logs, so use keys
    that can be revoked.
    """
    connectOptions: Mapping[str, Any]
    """Where and how to connect, when it is not the vendor's default: `host` and `path`. Microsoft requires `host`."""
    llmOptions: Required[Mapping[str, Any]]
    """What is sent to the vendor, in its own words. Required inside: OpenAI and Microsoft `response_create`,
    Google `setup`, Deepgram `Settings` with `agent.think.provider`. A missing part ends the verb at once.
    """
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    """MCP servers whose tools the model may use. jambonz calls them itself, so these calls never show up as
    `llm:tool-call`.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over, with the reason. It must be acked within 5 seconds: left unanswered,
    the call ends.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets the vendor's events as `llm:event`, which want no answer. Without it none are sent, whatever `events`
    says.
    """
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls as `llm:tool-call`; answer each with the command `llm:tool-output`. Over http
    the output is the response body.
    """
    handoff: Handoff | Mapping[str, Any]
    """Offers the model a tool that passes the caller to a person. Not known to the open server."""
    hangup: Hangup | Mapping[str, Any]
    """Offers the model a tool that ends the call. An empty object is enough to switch it on. Not known to the open
    server.
    """
    events: Sequence[str]
    """Which of the vendor's events to send: names, `all`, prefixes such as `response.audio.*`, and with `all`
    exclusions such as `-response.audio.delta`. Vendor-specific defaults when left out.
    """
    responseTimeoutMs: int
    """Report `response.timeout` when the model has not begun to answer after so many milliseconds. Never when left
    out. Not known to the open server. At least 1.
    """
    cancelOnResponseTimeout: bool
    """Also tell the vendor to give up the answer that took too long. Not known to the open server. Left out:
    `false`.
    """
    cancelOnBargeIn: bool
    """Tell the vendor to stop its answer when the caller starts to speak, for vendors that do not do so
    themselves. Not known to the open server. Left out: `false`.
    """
    verb: Literal['google_s2s']
    """Always `google_s2s`. The spelling `{"google_s2s": {…}}` means the same."""


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
    """`client`: the application, through tool calls. `responses`: a second model, described in `responses`. One of
    `"client"`, `"responses"`.
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
    """The `llm` verb for OpenAI's live models with delegation: the speaking model hands tasks to the
    application or to a Responses model. Since 11.0. `handoff`, `hangup` and `mcpServers` need delegation to
    a Responses model, and only that: with any other the server drops the call, which is why this schema
    refuses the combination.
    """
    id: str
    """Your name for this conversation; the action hook carries it as `verb_id`."""
    vendor: Literal['gptlive']
    """`gptlive`, as the verb's name has it."""
    model: str
    """Model by the vendor's name for it. ElevenLabs takes none: the agent decides."""
    auth: Required[GptliveS2sAuth | Mapping[str, Any]]
    """Credentials; the account's stored ones are not used for this verb."""
    connectOptions: Mapping[str, Any]
    """Where and how to connect, when it is not the vendor's default: `host` and `path`. Microsoft requires `host`."""
    llmOptions: Required[GptliveS2sLlmOptions | Mapping[str, Any]]
    """Settings of the session, which must be given even if they are few."""
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    """MCP servers whose tools the model may use. jambonz calls them itself, so these calls never show up as
    `llm:tool-call`.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over, with the reason. It must be acked within 5 seconds: left unanswered,
    the call ends.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets the vendor's events as `llm:event`, which want no answer. Without it none are sent, whatever `events`
    says.
    """
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls as `llm:tool-call`; answer each with the command `llm:tool-output`. Over http
    the output is the response body.
    """
    handoff: Handoff | Mapping[str, Any]
    """Offers the model a tool that passes the caller to a person. Not known to the open server."""
    hangup: Hangup | Mapping[str, Any]
    """Offers the model a tool that ends the call. An empty object is enough to switch it on. Not known to the open
    server.
    """
    events: Sequence[str]
    """Which of the vendor's events to send: names, `all`, prefixes such as `response.audio.*`, and with `all`
    exclusions such as `-response.audio.delta`. Vendor-specific defaults when left out.
    """
    responseTimeoutMs: int
    """Report `response.timeout` when the model has not begun to answer after so many milliseconds. Never when left
    out. Not known to the open server. At least 1.
    """
    cancelOnResponseTimeout: bool
    """Also tell the vendor to give up the answer that took too long. Not known to the open server. Left out:
    `false`.
    """
    cancelOnBargeIn: bool
    """Tell the vendor to stop its answer when the caller starts to speak, for vendors that do not do so
    themselves. Not known to the open server. Left out: `false`.
    """
    verb: Literal['gptlive_s2s']
    """Always `gptlive_s2s`. The spelling `{"gptlive_s2s": {…}}` means the same."""


class Handoff(TypedDict, total=False):
    """A tool for the model of `agent` or `llm` that passes the caller to a person. Besides its own fields it
    takes all of `transfer`; `mode` and `target` are required. Since 10.3.
    """
    mode: Required[Literal['blind', 'warm']]
    """`blind`: the caller is passed on without a word. `warm`: the person is called first, told what it is about,
    and then connected. One of `"blind"`, `"warm"`.
    """
    blindMethod: Literal['refer', 'dial']
    """With `blind`: `refer` asks the carrier to place the call elsewhere and leaves it; `dial` places it here and
    stays in the path, which every carrier allows. One of `"refer"`, `"dial"`. Left out: `"refer"`.
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
    """What the person is told first. `auto`: a summary that the model writes. `none`: nothing. An object gives the
    wording. Left out: `"auto"`.
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
    """Ends an answered call. On an inbound call that nothing has answered yet it does nothing at all: use
    `sip:decline` there. Verbs behind it never run.
    """
    verb: Literal['hangup']
    """Always `hangup`. The spelling `{"hangup": {…}}` means the same."""
    id: str
    """Your name for this `hangup`; reports about it (`verb:status`) carry it as `id`."""
    headers: Mapping[str, str | float]
    """SIP headers for the BYE, with which to tell the far end why."""


class LeaveVerb(TypedDict, total=False):
    """Takes the caller out of a queue. It means something only in the answer to the waitHook of `enqueue`; as
    an ordinary verb it ends the call on the open server.
    """
    verb: Literal['leave']
    """Always `leave`. The spelling `{"leave": {…}}` means the same."""
    id: str
    """Your name for this `leave`; reports about it (`verb:status`) carry it as `id`."""


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
    """Sends the call's audio to a websocket of yours and, if wanted, plays what comes back. It holds up the
    following verbs until it ends; to listen while they run, use `listen` of `config`. Closing the websocket
    ends the verb, not the call.
    """
    verb: Literal['listen']
    """Always `listen`. The spelling `{"listen": {…}}` means the same."""
    id: str
    """Your name for this `listen`; reports about it (`verb:status`) carry it as `id`, and its hooks as `verb_id`."""
    url: Required[str]
    """Where to connect; jambonz is the client there and offers the subprotocol `audio.drachtio.org`. A relative
    path is resolved against the application's base URL.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the stream has ended: by a key, the time limit, the far end or a failure to connect. Without
    `dial_call_duration` it never connected. Ignored when nested in another verb.
    """
    wsAuth: Auth | Mapping[str, Any]
    """User name and password for HTTP Basic authentication at that URL."""
    mixType: Literal['mono', 'stereo', 'mixed']
    """What is sent: `mono` the caller only, `mixed` both sides in one channel, `stereo` both in two channels,
    interleaved. One of `"mono"`, `"stereo"`, `"mixed"`. Left out: `"mono"`.
    """
    metadata: Mapping[str, Any]
    """Data of yours for the first frame, merged into it at the top level, so it can even overwrite what jambonz
    says there. That frame holds at most 8192 bytes.
    """
    sampleRate: float
    """Samples per second of the audio that is sent to you. A multiple of 8000; the call is resampled. Left out:
    `8000`.
    """
    finishOnKey: str
    """The one key that ends the verb; it is reported in `digits`. A longer text never matches."""
    maxLength: float
    """Seconds after which the verb ends by itself. No limit when left out."""
    passDtmf: bool
    """Report key presses on the websocket as text frames. Otherwise they are not seen there."""
    playBeep: bool
    """Play a beep to the caller first, as an answering machine does."""
    disableBidirectionalAudio: bool
    """Refuse audio from your side altogether, whatever `bidirectionalAudio` says."""
    bidirectionalAudio: BidirectionalAudio | Mapping[str, Any]
    """How audio that you send back is taken. It decides between clips (`playAudio`) and a stream of binary frames;
    what belongs to the other mode is dropped without a word.
    """
    timeout: float
    """Accepted, but without effect on the open server."""
    transcribe: TranscribeVerb | Mapping[str, Any]
    """Transcribe at the same time: the fields of `transcribe`. Answers to its hook are ignored."""
    earlyMedia: bool
    """Start before the call is answered, as early media, instead of answering it."""
    channel: float
    """Which leg to send when nested in a `dial`: 1 the caller, 2 the called party."""


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
    """Who said it. `tool` stands for the output of a tool. One of `"system"`, `"user"`, `"assistant"`, `"tool"`."""
    content: Required[Any]
    """Text, or the vendor's structured content."""


class LlmVerb(TypedDict, total=False):
    """Connects the caller with a vendor's realtime model. `vendor` decides what `llmOptions` must hold; the
    shortcuts such as `openai_s2s` are this verb with the vendor filled in. Replaced or ended early, its
    action hook still reports a normal end.
    """
    id: str
    """Your name for this conversation; the action hook carries it as `verb_id`."""
    vendor: Required[str]
    """Whose model to talk to. The open server knows `openai`, `microsoft`, `google`, `elevenlabs`, `deepgram`
    (also `voiceagent`) and `ultravox`; another name ends the verb with an error there.
    """
    model: str
    """Model by the vendor's name for it. ElevenLabs takes none: the agent decides."""
    auth: LlmBaseAuth | Mapping[str, Any]
    """Credentials for the vendor. They are sent with every copy of the verb and appear in server logs, so use keys
    that can be revoked.
    """
    connectOptions: Mapping[str, Any]
    """Where and how to connect, when it is not the vendor's default: `host` and `path`. Microsoft requires `host`."""
    llmOptions: Required[Mapping[str, Any]]
    """What is sent to the vendor, in its own words. Required inside: OpenAI and Microsoft `response_create`,
    Google `setup`, Deepgram `Settings` with `agent.think.provider`. A missing part ends the verb at once.
    """
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    """MCP servers whose tools the model may use. jambonz calls them itself, so these calls never show up as
    `llm:tool-call`.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over, with the reason. It must be acked within 5 seconds: left unanswered,
    the call ends.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets the vendor's events as `llm:event`, which want no answer. Without it none are sent, whatever `events`
    says.
    """
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls as `llm:tool-call`; answer each with the command `llm:tool-output`. Over http
    the output is the response body.
    """
    handoff: Handoff | Mapping[str, Any]
    """Offers the model a tool that passes the caller to a person. Not known to the open server."""
    hangup: Hangup | Mapping[str, Any]
    """Offers the model a tool that ends the call. An empty object is enough to switch it on. Not known to the open
    server.
    """
    events: Sequence[str]
    """Which of the vendor's events to send: names, `all`, prefixes such as `response.audio.*`, and with `all`
    exclusions such as `-response.audio.delta`. Vendor-specific defaults when left out.
    """
    responseTimeoutMs: int
    """Report `response.timeout` when the model has not begun to answer after so many milliseconds. Never when left
    out. Not known to the open server. At least 1.
    """
    cancelOnResponseTimeout: bool
    """Also tell the vendor to give up the answer that took too long. Not known to the open server. Left out:
    `false`.
    """
    cancelOnBargeIn: bool
    """Tell the vendor to stop its answer when the caller starts to speak, for vendors that do not do so
    themselves. Not known to the open server. Left out: `false`.
    """
    verb: Literal['llm']
    """Always `llm`. The spelling `{"llm": {…}}` means the same."""


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
"""Sends an SMS or MMS, independent of the call. The open server speaks SMPP only. The following verbs do not
wait for the answer to the hook.
"""


class MicrosoftS2sVerb(TypedDict, total=False):
    """The `llm` verb for OpenAI's realtime models in Microsoft's cloud. `connectOptions.host` must name the
    Azure resource, and `llmOptions` must hold `response_create`. No published set has this name, but open
    servers know it.
    """
    id: str
    """Your name for this conversation; the action hook carries it as `verb_id`."""
    vendor: Literal['microsoft']
    """`microsoft`; may be left out, as the verb's name says it."""
    model: str
    """Model by the vendor's name for it. ElevenLabs takes none: the agent decides."""
    auth: LlmBaseAuth | Mapping[str, Any]
    """Credentials for the vendor. They are sent with every copy of the verb and appear in server logs, so use keys
    that can be revoked.
    """
    connectOptions: Mapping[str, Any]
    """Where and how to connect, when it is not the vendor's default: `host` and `path`. Microsoft requires `host`."""
    llmOptions: Required[Mapping[str, Any]]
    """What is sent to the vendor, in its own words. Required inside: OpenAI and Microsoft `response_create`,
    Google `setup`, Deepgram `Settings` with `agent.think.provider`. A missing part ends the verb at once.
    """
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    """MCP servers whose tools the model may use. jambonz calls them itself, so these calls never show up as
    `llm:tool-call`.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over, with the reason. It must be acked within 5 seconds: left unanswered,
    the call ends.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets the vendor's events as `llm:event`, which want no answer. Without it none are sent, whatever `events`
    says.
    """
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls as `llm:tool-call`; answer each with the command `llm:tool-output`. Over http
    the output is the response body.
    """
    handoff: Handoff | Mapping[str, Any]
    """Offers the model a tool that passes the caller to a person. Not known to the open server."""
    hangup: Hangup | Mapping[str, Any]
    """Offers the model a tool that ends the call. An empty object is enough to switch it on. Not known to the open
    server.
    """
    events: Sequence[str]
    """Which of the vendor's events to send: names, `all`, prefixes such as `response.audio.*`, and with `all`
    exclusions such as `-response.audio.delta`. Vendor-specific defaults when left out.
    """
    responseTimeoutMs: int
    """Report `response.timeout` when the model has not begun to answer after so many milliseconds. Never when left
    out. Not known to the open server. At least 1.
    """
    cancelOnResponseTimeout: bool
    """Also tell the vendor to give up the answer that took too long. Not known to the open server. Left out:
    `false`.
    """
    cancelOnBargeIn: bool
    """Tell the vendor to stop its answer when the caller starts to speak, for vendors that do not do so
    themselves. Not known to the open server. Left out: `false`.
    """
    verb: Literal['microsoft_s2s']
    """Always `microsoft_s2s`. The spelling `{"microsoft_s2s": {…}}` means the same."""


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
    """The `llm` verb for Amazon's Nova Sonic models on Bedrock. Since 11.1."""
    id: str
    """Your name for this conversation; the action hook carries it as `verb_id`."""
    vendor: Literal['nova']
    """`nova`, implied by the verb's name."""
    model: str
    """Bedrock id of the model; the server's default when left out."""
    auth: Required[NovaS2sAuth | Mapping[str, Any]]
    """AWS credentials with the right to invoke the model."""
    connectOptions: Mapping[str, Any]
    """Where and how to connect, when it is not the vendor's default: `host` and `path`. Microsoft requires `host`."""
    llmOptions: NovaS2sLlmOptions | Mapping[str, Any]
    """What the model is told and how it behaves."""
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    """MCP servers whose tools the model may use. jambonz calls them itself, so these calls never show up as
    `llm:tool-call`.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over, with the reason. It must be acked within 5 seconds: left unanswered,
    the call ends.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets the vendor's events as `llm:event`, which want no answer. Without it none are sent, whatever `events`
    says.
    """
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls as `llm:tool-call`; answer each with the command `llm:tool-output`. Over http
    the output is the response body.
    """
    handoff: Handoff | Mapping[str, Any]
    """Offers the model a tool that passes the caller to a person. Not known to the open server."""
    hangup: Hangup | Mapping[str, Any]
    """Offers the model a tool that ends the call. An empty object is enough to switch it on. Not known to the open
    server.
    """
    events: Sequence[str]
    """Which of the vendor's events to send: names, `all`, prefixes such as `response.audio.*`, and with `all`
    exclusions such as `-response.audio.delta`. Vendor-specific defaults when left out.
    """
    responseTimeoutMs: int
    """Report `response.timeout` when the model has not begun to answer after so many milliseconds. Never when left
    out. Not known to the open server. At least 1.
    """
    cancelOnResponseTimeout: bool
    """Also tell the vendor to give up the answer that took too long. Not known to the open server. Left out:
    `false`.
    """
    cancelOnBargeIn: bool
    """Tell the vendor to stop its answer when the caller starts to speak, for vendors that do not do so
    themselves. Not known to the open server. Left out: `false`.
    """
    verb: Literal['nova_s2s']
    """Always `nova_s2s`. The spelling `{"nova_s2s": {…}}` means the same."""


class OpenaiS2sVerb(TypedDict, total=False):
    """The `llm` verb for OpenAI's realtime models, without the need to name the vendor. `llmOptions` must hold
    `response_create`; `session_update` there declares tools and turn detection.
    """
    id: str
    """Your name for this conversation; the action hook carries it as `verb_id`."""
    vendor: Literal['openai']
    """Filled in by the name of the verb; give it only if the same code builds `llm` too."""
    model: str
    """Model by the vendor's name for it. ElevenLabs takes none: the agent decides."""
    auth: LlmBaseAuth | Mapping[str, Any]
    """Credentials for the vendor. They are sent with every copy of the verb and appear in server logs, so use keys
    that can be revoked.
    """
    connectOptions: Mapping[str, Any]
    """Where and how to connect, when it is not the vendor's default: `host` and `path`. Microsoft requires `host`."""
    llmOptions: Required[Mapping[str, Any]]
    """What is sent to the vendor, in its own words. Required inside: OpenAI and Microsoft `response_create`,
    Google `setup`, Deepgram `Settings` with `agent.think.provider`. A missing part ends the verb at once.
    """
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    """MCP servers whose tools the model may use. jambonz calls them itself, so these calls never show up as
    `llm:tool-call`.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over, with the reason. It must be acked within 5 seconds: left unanswered,
    the call ends.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets the vendor's events as `llm:event`, which want no answer. Without it none are sent, whatever `events`
    says.
    """
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls as `llm:tool-call`; answer each with the command `llm:tool-output`. Over http
    the output is the response body.
    """
    handoff: Handoff | Mapping[str, Any]
    """Offers the model a tool that passes the caller to a person. Not known to the open server."""
    hangup: Hangup | Mapping[str, Any]
    """Offers the model a tool that ends the call. An empty object is enough to switch it on. Not known to the open
    server.
    """
    events: Sequence[str]
    """Which of the vendor's events to send: names, `all`, prefixes such as `response.audio.*`, and with `all`
    exclusions such as `-response.audio.delta`. Vendor-specific defaults when left out.
    """
    responseTimeoutMs: int
    """Report `response.timeout` when the model has not begun to answer after so many milliseconds. Never when left
    out. Not known to the open server. At least 1.
    """
    cancelOnResponseTimeout: bool
    """Also tell the vendor to give up the answer that took too long. Not known to the open server. Left out:
    `false`.
    """
    cancelOnBargeIn: bool
    """Tell the vendor to stop its answer when the caller starts to speak, for vendors that do not do so
    themselves. Not known to the open server. Left out: `false`.
    """
    verb: Literal['openai_s2s']
    """Always `openai_s2s`. The spelling `{"openai_s2s": {…}}` means the same."""


class PauseVerb(TypedDict, total=False):
    """Does nothing for a while; the caller hears silence. It does not answer the call, so before an answer the
    caller keeps hearing ringing.
    """
    verb: Literal['pause']
    """Always `pause`. The spelling `{"pause": {…}}` means the same."""
    id: str
    """Your name for this `pause`; reports about it (`verb:status`) carry it as `id`."""
    length: Required[float]
    """Seconds to wait; fractions are allowed. Commands and barge-in cut it short."""


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
    """What became `agent`. Published once for 10.1 and gone from later sets; the validator of open servers
    still knows the name, but nothing there carries it out. Use `agent`.
    """
    verb: Literal['pipeline']
    """Always `pipeline`. The spelling `{"pipeline": {…}}` means the same."""
    id: str
    """Your name for this `pipeline`; reports about it (`verb:status`) carry it as `id`, and its hooks as
    `verb_id`.
    """
    stt: Recognizer | Mapping[str, Any]
    """Transcription of the caller; see `agent`."""
    tts: Synthesizer | Mapping[str, Any]
    """Voice of the answers; see `agent`."""
    turnDetection: Literal['stt', 'krisp'] | PipelineTurnDetection | Mapping[str, Any]
    """`stt` leaves the end of a turn to the recognizer, `krisp` to a model. Left out: `"stt"`."""
    bargeIn: PipelineBargeIn | Mapping[str, Any]
    """Interruption by the caller, with fewer choices than `agent` has."""
    noResponseTimeout: float
    """Seconds of silence before the agent speaks up; 0 for never. At least 0. Left out: `0`."""
    llm: Required[Mapping[str, Any]]
    """The fields of an `llm` verb: vendor, model, `auth` and `llmOptions`. Open to anything, where `agent` is
    strict.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over."""
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets the turns as events; see the callback `pipeline-turn`."""
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls."""
    greeting: bool
    """Whether the model opens the conversation. Left out: `true`."""
    earlyGeneration: bool
    """Ask the model before the turn has surely ended. Left out: `false`."""
    noiseIsolation: Literal['krisp', 'rnnoise'] | PipelineNoiseIsolation | Mapping[str, Any]
    """Noise suppression by name, or with settings."""
    mcpServers: Sequence[PipelineMcpServersItem | Mapping[str, Any]]
    """MCP servers that supply tools."""


class PlayVerb(TypedDict, total=False):
    """Plays one file or several. Answers the call if nothing has yet. When a file cannot be fetched, the
    action hook reports `playFailed` and the next verb runs all the same.
    """
    verb: Literal['play']
    """Always `play`. The spelling `{"play": {…}}` means the same."""
    id: str
    """Your name for this `play`; reports about it (`verb:status`) carry it as `id`, and its hooks as `verb_id`."""
    url: Required[str | Sequence[str]]
    """What to play; the files of an array are played one after the other. WAV and MP3 over http or https are safe
    choices, and `silence_stream://500` gives half a second of silence.
    """
    loop: float | str
    """How many times to play the whole, or `forever`; once when left out. The action hook's playback times are
    summed over all rounds.
    """
    earlyMedia: bool
    """Play before the call is answered, as early media (SIP 183), instead of answering it."""
    seekOffset: float | str
    """Where in the file to begin. Published documentation calls it seconds; the open server hands it to the media
    server, which counts samples: 8000 is one second of a narrow-band file.
    """
    timeoutSecs: float | str
    """Stop playing after this many seconds even if the file is longer. Endless streams need it."""
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when playing has ended, also when the verb was replaced, with how much was heard. A non-empty verb
    array in the answer drops the verbs that still wait.
    """


class QwenS2sVerb(TypedDict, total=False):
    """The `llm` verb for Alibaba's Qwen realtime models. v10 only, whatever the version says that the
    published set carries; the open server ends the call over it.
    """
    id: str
    """Your name for this conversation; the action hook carries it as `verb_id`."""
    vendor: Literal['qwen']
    """`qwen`, from the name of the verb."""
    model: str
    """Model by the vendor's name for it. ElevenLabs takes none: the agent decides."""
    auth: LlmBaseAuth | Mapping[str, Any]
    """Credentials for the vendor. They are sent with every copy of the verb and appear in server logs, so use keys
    that can be revoked.
    """
    connectOptions: Mapping[str, Any]
    """Where and how to connect, when it is not the vendor's default: `host` and `path`. Microsoft requires `host`."""
    llmOptions: Required[Mapping[str, Any]]
    """What is sent to the vendor, in its own words. Required inside: OpenAI and Microsoft `response_create`,
    Google `setup`, Deepgram `Settings` with `agent.think.provider`. A missing part ends the verb at once.
    """
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    """MCP servers whose tools the model may use. jambonz calls them itself, so these calls never show up as
    `llm:tool-call`.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over, with the reason. It must be acked within 5 seconds: left unanswered,
    the call ends.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets the vendor's events as `llm:event`, which want no answer. Without it none are sent, whatever `events`
    says.
    """
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls as `llm:tool-call`; answer each with the command `llm:tool-output`. Over http
    the output is the response body.
    """
    handoff: Handoff | Mapping[str, Any]
    """Offers the model a tool that passes the caller to a person. Not known to the open server."""
    hangup: Hangup | Mapping[str, Any]
    """Offers the model a tool that ends the call. An empty object is enough to switch it on. Not known to the open
    server.
    """
    events: Sequence[str]
    """Which of the vendor's events to send: names, `all`, prefixes such as `response.audio.*`, and with `all`
    exclusions such as `-response.audio.delta`. Vendor-specific defaults when left out.
    """
    responseTimeoutMs: int
    """Report `response.timeout` when the model has not begun to answer after so many milliseconds. Never when left
    out. Not known to the open server. At least 1.
    """
    cancelOnResponseTimeout: bool
    """Also tell the vendor to give up the answer that took too long. Not known to the open server. Left out:
    `false`.
    """
    cancelOnBargeIn: bool
    """Tell the vendor to stop its answer when the caller starts to speak, for vendors that do not do so
    themselves. Not known to the open server. Left out: `false`.
    """
    verb: Literal['qwen_s2s']
    """Always `qwen_s2s`. The spelling `{"qwen_s2s": {…}}` means the same."""


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
    """Which vendor transcribes, in which language, and how. Many fields mean something to certain vendors only
    and are ignored by the rest; what is even more particular stands in the vendor's options. When a vendor
    fails the fallback is tried once.
    """
    vendor: Required[str]
    """Such as `google`, `deepgram`, `microsoft` or `aws`; `custom:name` for one of your own, and `default` for the
    session's. Its credentials must be stored in the account, unless its options carry a key.
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
    """Words and phrases to expect: names, products, the options just offered. The single cheapest way to better
    transcripts.
    """
    hintsBoost: float
    """How much to prefer all hints alike. Too much, and they are heard everywhere."""
    altLanguages: Sequence[str]
    """Other languages that may be spoken; the recognizer picks one. Costs time and certainty, and few vendors can."""
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
    """Model by the vendor's name, such as `phone_call` or `latest_short` (Google). Vendors with options of their
    own take it there.
    """
    outputFormat: Literal['simple', 'detailed']
    """`detailed` adds alternatives and certainty (Microsoft). One of `"simple"`, `"detailed"`."""
    profanityOption: Literal['masked', 'removed', 'raw']
    """What becomes of swear words (Microsoft). One of `"masked"`, `"removed"`, `"raw"`."""
    requestSnr: bool
    """Report how loud the voice is over the noise (Microsoft)."""
    initialSpeechTimeoutMs: float
    """Milliseconds of silence at the start after which the vendor gives up (Microsoft). A gather's own timeout is
    a separate matter.
    """
    azureServiceEndpoint: str
    """Endpoint of a container or private deployment (Microsoft)."""
    azureSttEndpointId: str
    """Id of a custom speech model's deployment (Microsoft)."""
    asrDtmfTerminationDigit: str
    """With `asrTimeout`: a key that ends the waiting, about a second later. It works only in a gather that does
    not collect digits.
    """
    asrTimeout: float
    """Seconds of quiet after which several finals together count as one answer. For long answers with pauses, such
    as addresses. Deepgram's is kept between 1 and 5.
    """
    fastRecognitionTimeout: float
    """Seconds after the last interim transcript at which it is taken for the final one. Quicker than most vendors,
    and sometimes too quick.
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
    """Concentrate on one voice: close to the microphone, or across a room. Not known to the open server. One of
    `"near-field"`, `"far-field"`.
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
    """Such as `nova-3` or `flux-general-en`. Models differ in languages, speed and in which of these settings they
    read.
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
    """Words to expect, each with an optional weight as `word:2`. For models before Nova-3, which wants `keyterms`."""
    keyterms: Sequence[str]
    """Words and phrases to expect, for Nova-3 and Flux."""
    endpointing: bool | float
    """Milliseconds of silence after which a piece of transcript is final; false switches it off. Deepgram's own
    default is 10, which cuts sentences at every breath.
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
    """Flux multilingual: languages to expect. They can be changed during the call with `stt:reconfigure` (v10)."""


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
    """How close the transcript stays to what was said: `VERBATIM`, or `SMART` with slips smoothed out. Not known
    to the open server. One of `"VERBATIM"`, `"SMART"`.
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
    """From 0 to 1: how sure it must be that the query has ended. Not known to the open server. Between 0 and 1."""
    vadStopThreshold: float
    """From 0 to 1: how sure it must be that the voice has stopped. Not known to the open server. Between 0 and 1."""


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
    """How long the model may wait for context: 80 to 1200 milliseconds, or exactly 2400. More is more accurate."""
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
    """How long the model may wait for context before it commits itself: less delay, more mistakes. Not known to
    the open server. One of `"minimal"`, `"low"`, `"medium"`, `"high"`, `"xhigh"`.
    """
    input_audio_noise_reduction: Literal['near_field', 'far_field']
    """Clean the audio first: `near_field` for a handset, `far_field` for a speakerphone. One of `"near_field"`,
    `"far_field"`.
    """
    turn_detection: RecognizerOpenaiOptionsTurnDetection | Mapping[str, Any]
    """Who decides that a turn has ended."""
    vadMode: int
    """Strictness of jambonz' own voice detection, which stands in when `turn_detection` is `none`. Not known to
    the open server. Between 0 and 3.
    """
    vadSilenceMs: int
    """Milliseconds of silence that end a turn for jambonz' own voice detection. Not known to the open server. At
    least 1.
    """
    vadVoiceMs: int
    """Milliseconds of voice that begin a turn for jambonz' own voice detection. Not known to the open server. At
    least 1.
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
    """`server_vad` goes by silence, `semantic_vad` by what was said; `none` leaves it to jambonz. One of `"none"`,
    `"server_vad"`, `"semantic_vad"`.
    """
    eagerness: Literal['low', 'medium', 'high', 'auto']
    """With `semantic_vad`: how soon it takes a turn for finished. One of `"low"`, `"medium"`, `"high"`, `"auto"`."""
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
    """At most so much audio may be without final tokens; lower is steadier and a little less accurate. Not known
    to the open server. At least 0.
    """
    profanityFilter: bool
    """Mask swear words in Soniox' transcript."""
    context: RecognizerSonioxOptionsContext | Mapping[str, Any]
    """What the conversation is about, which improves recognition of names and terms. Not known to the open server."""
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
    """`flexible` lets a number or date finish although `max_delay` has passed; `fixed` does not. One of `"fixed"`,
    `"flexible"`.
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


RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfigReplacementsItem = TypedDict(
    "RecognizerSpeechmaticsOptionsTranscriptionConfigTranscriptFilteringConfigReplacementsItem",
    {
        "from": "Required[str]",
        "to": "Required[str]",
    },
    total=False,
)


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
    """Asks another hook for verbs, as `session:redirect` on a control connection. Verbs in the answer replace
    what waits; an empty answer goes on with it. No answer at all ends the call.
    """
    verb: Literal['redirect']
    """Always `redirect`. The spelling `{"redirect": {…}}` means the same."""
    id: str
    """Your name for this `redirect`; reports about it (`verb:status`) carry it as `id`, and its hooks as
    `verb_id`.
    """
    actionHook: Required[str | ActionHook | Mapping[str, Any]]
    """Where to ask. An absolute ws URL opens a second connection, whose first message is the redirect; the old one
    stays open.
    """
    statusHook: str | ActionHook | Mapping[str, Any]
    """From now on call status goes here. Left out, it keeps going to where it went before, also when the verbs
    come from somewhere else.
    """


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
"""What the server runs for a call that was created over the REST API or with the command `dial`. It shows up
in logs and results; an application never sends it. The published set gives it no version.
"""


class RoomVerb(TypedDict, total=False):
    """Another name of `conference`, with the same fields. The published set says 0.9.6, but only v10 knows the
    name; the open server refuses it, so write `conference` where both must do.
    """
    verb: Literal['conference', 'room']
    """`conference`, or `room` on v10. The open server knows only the former. One of `"conference"`, `"room"`."""
    id: str
    """Your name for this `conference`; reports about it (`verb:status`) carry it as `id`, and its hooks as
    `verb_id`.
    """
    name: Required[str]
    """Name of the conference, unique within the account."""
    beep: bool
    """Play a beep to all when this participant comes or goes."""
    memberTag: str
    """A label for this participant, to which `speakOnlyTo` of others can refer."""
    speakOnlyTo: str
    """Be heard only by participants whose `memberTag` is this: the way to coach somebody without the customer
    hearing it.
    """
    startConferenceOnEnter: bool
    """false: wait until a participant arrives who starts the conference. Any participant starts it when this is
    left out, but only an explicit true makes a moderator, whom `conf:mute-status` never mutes.
    """
    endConferenceOnExit: bool
    """Send everybody out when this participant leaves."""
    endConferenceDuration: float
    """Seconds that the conference goes on after a participant with `endConferenceOnExit` has left it, before
    everybody else is sent out.
    """
    maxParticipants: float
    """Turn further participants away when this many are in. Takes effect from 2 on."""
    joinMuted: bool
    """Come in unheard. Unmute with the command `conf:mute-status` or `conf:participant-action`."""
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when this participant is out again, for whatever reason. It says no more than the call information."""
    waitHook: str | ActionHook | Mapping[str, Any]
    """Asked for what is heard while the conference has not started, again after each pass. The answer must be an
    array of `say`, `play` and `pause`; an empty one makes the waiting silent.
    """
    statusEvents: Sequence[str]
    """Which events to report to `statusHook`: `start`, `end`, `join`, `leave`, `start-talking`, `stop-talking`.
    Those not listed are not reported, and the participant who created the conference sets the list for all.
    """
    statusHook: str | ActionHook | Mapping[str, Any]
    """Told about the events in `statusEvents`. It must be acked; the answer is ignored. The talking events concern
    this participant only.
    """
    enterHook: str | ActionHook | Mapping[str, Any]
    """Asked, on entering, for what to play to the participant first. The answer must be an array of `say`, `play`
    and `pause`.
    """
    record: Mapping[str, Any]
    """Records the conference into a file of the media server; the open server wants a `path`."""
    listen: ListenVerb | Mapping[str, Any]
    """Sends the audio of this participant to a websocket while in the conference: the fields of `listen` without
    `verb`.
    """
    stream: ListenVerb | Mapping[str, Any]
    """Another name of `listen` here. Not known to the open server."""
    distributeDtmf: bool
    """Let the keys that a participant presses be heard by the others."""


class S2sVerb(TypedDict, total=False):
    """Another name of `llm`, with the same fields; the server turns it into that verb. The published set gives
    it 10.1, but open servers of 0.9 know the name as well.
    """
    id: str
    """Your name for this conversation; the action hook carries it as `verb_id`."""
    vendor: Required[str]
    """Whose model to talk to. The open server knows `openai`, `microsoft`, `google`, `elevenlabs`, `deepgram`
    (also `voiceagent`) and `ultravox`; another name ends the verb with an error there.
    """
    model: str
    """Model by the vendor's name for it. ElevenLabs takes none: the agent decides."""
    auth: LlmBaseAuth | Mapping[str, Any]
    """Credentials for the vendor. They are sent with every copy of the verb and appear in server logs, so use keys
    that can be revoked.
    """
    connectOptions: Mapping[str, Any]
    """Where and how to connect, when it is not the vendor's default: `host` and `path`. Microsoft requires `host`."""
    llmOptions: Required[Mapping[str, Any]]
    """What is sent to the vendor, in its own words. Required inside: OpenAI and Microsoft `response_create`,
    Google `setup`, Deepgram `Settings` with `agent.think.provider`. A missing part ends the verb at once.
    """
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    """MCP servers whose tools the model may use. jambonz calls them itself, so these calls never show up as
    `llm:tool-call`.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over, with the reason. It must be acked within 5 seconds: left unanswered,
    the call ends.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets the vendor's events as `llm:event`, which want no answer. Without it none are sent, whatever `events`
    says.
    """
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls as `llm:tool-call`; answer each with the command `llm:tool-output`. Over http
    the output is the response body.
    """
    handoff: Handoff | Mapping[str, Any]
    """Offers the model a tool that passes the caller to a person. Not known to the open server."""
    hangup: Hangup | Mapping[str, Any]
    """Offers the model a tool that ends the call. An empty object is enough to switch it on. Not known to the open
    server.
    """
    events: Sequence[str]
    """Which of the vendor's events to send: names, `all`, prefixes such as `response.audio.*`, and with `all`
    exclusions such as `-response.audio.delta`. Vendor-specific defaults when left out.
    """
    responseTimeoutMs: int
    """Report `response.timeout` when the model has not begun to answer after so many milliseconds. Never when left
    out. Not known to the open server. At least 1.
    """
    cancelOnResponseTimeout: bool
    """Also tell the vendor to give up the answer that took too long. Not known to the open server. Left out:
    `false`.
    """
    cancelOnBargeIn: bool
    """Tell the vendor to stop its answer when the caller starts to speak, for vendors that do not do so
    themselves. Not known to the open server. Left out: `false`.
    """
    verb: Literal['s2s']
    """Always `s2s`. The spelling `{"s2s": {…}}` means the same."""


class SayVerb(TypedDict, total=False):
    """Renders text with a speech vendor and plays it. Answers the call if nothing has yet. When the vendor has
    no valid credentials, `jambonz:error` is sent and the next verb runs; a fallback vendor is tried once,
    and after a switch the session stays with it. It has no action hook: put an `id` on it and switch on
    `notifyEvents` to hear of its end.
    """
    verb: Literal['say']
    """Always `say`. The spelling `{"say": {…}}` means the same."""
    id: str
    """Your name for this `say`; reports about it (`verb:status`) carry it as `id`."""
    text: str | Sequence[str]
    """What to say, or SSML where the vendor takes it. URLs of audio files inside the text are played, and so is
    `silence_stream://1000` (milliseconds). The open server speaks the entries of an array one after the other;
    published documentation promises that one is picked at random. Long text is split near 900 characters. May
    be left out only with `stream`.
    """
    instructions: str
    """How to say it (mood, pace, accent), for vendors that take directions apart from the text. Others ignore it."""
    stream: bool
    """Speak text as it comes with `tts:tokens`, or render `text` over the vendor's streaming connection. Needs a
    control connection: in a webhook application it ends the call.
    """
    loop: float | str
    """How many times to say it, or `forever`; once when left out. 0 counts as 1 on the open server, while
    published documentation takes it for endless.
    """
    synthesizer: Synthesizer | Mapping[str, Any]
    """Voice for this verb only; the session's voice when left out. `vendor` is required inside it, and `default`
    there means the session's vendor.
    """
    earlyMedia: bool
    """On a call that is not answered yet: send the speech as early media (SIP 183) instead of answering. Whether a
    caller hears that is up to the carrier.
    """
    disableTtsCache: bool
    """Have the vendor render the text anew even if the same text was rendered with the same voice before. Costs
    money and a moment of silence.
    """
    closeStreamOnEmpty: bool
    """With `stream`: end the verb when all text that came has been spoken. The open server looks for another
    spelling of this name, so there it always ends, whatever is said here.
    """


class SipDeclineVerb(TypedDict, total=False):
    """Turns an unanswered inbound call away with a SIP status. On an answered call it is skipped. The call
    status becomes `failed` with that status; there is no hook.
    """
    verb: Literal['sip:decline']
    """Always `sip:decline`. The spelling `{"sip:decline": {…}}` means the same."""
    id: str
    """Your name for this `sip:decline`; reports about it (`verb:status`) carry it as `id`."""
    status: Required[float]
    """SIP status to answer with, such as 486 (busy) or 603 (declined). It decides whether the carrier tries
    another route.
    """
    reason: str
    """Reason phrase of the response; the standard one for the status when left out."""
    headers: Mapping[str, str | float]
    """SIP headers for the response, for instance `Retry-After`."""


class SipReferVerb(TypedDict, total=False):
    """Asks the far end to place the call elsewhere, and so leaves the call. Needs an answered call and a
    carrier that allows it. The far end may refuse, or accept and fail later.
    """
    verb: Literal['sip:refer']
    """Always `sip:refer`. The spelling `{"sip:refer": {…}}` means the same."""
    id: str
    """Your name for this `sip:refer`; reports about it (`verb:status`) carry it as `id`, and its hooks as
    `verb_id`.
    """
    referTo: Required[str]
    """Where the far end shall call: a SIP URI, a number, or a user of the account's realm."""
    referredBy: str
    """Value of the Referred-By header; the number of the caller when left out."""
    referredByDisplayName: str
    """Display name for the Referred-By header."""
    headers: Mapping[str, str | float]
    """SIP headers for the REFER request."""
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called once with the outcome. After 202 it waits up to 15 seconds for the far end's final report. If the
    eventHook's last call was not acked, this one comes late.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Told about each report (NOTIFY) of the far end on how the transfer goes. It must be acked; the answer is
    ignored.
    """


class SipRequestVerb(TypedDict, total=False):
    """Sends a request inside the call's dialog and waits for the response. Needs an answered call. If its hook
    is not acked, a second one reports failure, and then the call ends.
    """
    verb: Literal['sip:request']
    """Always `sip:request`. The spelling `{"sip:request": {…}}` means the same."""
    id: str
    """Your name for this `sip:request`; reports about it (`verb:status`) carry it as `id`, and its hooks as
    `verb_id`.
    """
    method: Required[str]
    """Such as `INFO`, `NOTIFY` or `MESSAGE`."""
    body: str
    """Body of the request; give its Content-Type in `headers`."""
    headers: Mapping[str, str | float]
    """SIP headers of the request, by name."""
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called with the response's status. `sip_status` there is that of the request and hides the call's own."""


class StreamVerb(TypedDict, total=False):
    """Another name of `listen`, with the same fields. The server turns it into `listen`, which is also what
    its reports call it.
    """
    verb: Literal['stream']
    """Always `stream`. The spelling `{"stream": {…}}` means the same."""
    id: str
    """Your name for this `stream`; reports about it (`verb:status`) carry it as `id`, and its hooks as `verb_id`."""
    url: Required[str]
    """Where jambonz connects to; see `listen`."""
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the stream has ended; see `listen`."""
    wsAuth: Auth | Mapping[str, Any]
    """Credentials for HTTP Basic authentication at the URL."""
    mixType: Literal['mono', 'stereo', 'mixed']
    """`mono` when left out: the caller only. `mixed` and `stereo` add the other side. One of `"mono"`, `"stereo"`,
    `"mixed"`.
    """
    metadata: Mapping[str, Any]
    """Merged into the first frame, on top of what jambonz says."""
    sampleRate: float
    """8000 when left out; any multiple of it."""
    finishOnKey: str
    """A single key that ends the stream and is reported as `digits`."""
    maxLength: float
    """Ends the stream after this many seconds; unlimited when left out."""
    passDtmf: bool
    """Whether key presses appear on the websocket as text frames; they do not when left out."""
    playBeep: bool
    """Beep before the audio begins to flow."""
    disableBidirectionalAudio: bool
    """Take no audio from your side, even if `bidirectionalAudio` would allow it."""
    bidirectionalAudio: BidirectionalAudio | Mapping[str, Any]
    """Whether and how audio that you send back is played."""
    timeout: float
    """Without effect on the open server, which merely accepts it."""
    transcribe: TranscribeVerb | Mapping[str, Any]
    """The fields of a `transcribe` that runs beside the stream."""
    earlyMedia: bool
    """Stream before the call is answered instead of answering it."""
    channel: float
    """Nested in `dial`: 1 sends the caller's side, 2 the called party's."""


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
    """Stores data with the call. It comes back as `customerData` in every later message, with its keys
    untouched. It replaces what an earlier tag stored; nothing is merged.
    """
    verb: Literal['tag']
    """Always `tag`. The spelling `{"tag": {…}}` means the same."""
    id: str
    """Your name for this `tag`; reports about it (`verb:status`) carry it as `id`."""
    data: Required[Mapping[str, Any]]
    """The whole of the data. It travels in every message from then on, so keep it small."""


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
"""One party for `dial`. `type` decides which field names it: `number` for `phone` and `teams`, `name` for
`user`, `sipUri` for `sip`.
"""


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
    """Transcribes what is said and sends each transcript to a hook. As a verb of its own it holds up the
    following ones for ever on the open server, although documentation calls it a background verb: use
    `transcribe` of `config`, or nest it in `dial` or `listen`, if the call is to go on.
    """
    verb: Literal['transcribe']
    """Always `transcribe`. The spelling `{"transcribe": {…}}` means the same."""
    id: str
    """Your name for this `transcribe`; reports about it (`verb:status`) carry it as `id`, and its hooks as
    `verb_id`.
    """
    enable: bool
    """In `config`: true begins and false ends the background transcription. As a verb of its own it needs no such
    switch, and the open server refuses it there.
    """
    transcriptionHook: str
    """Gets every final transcript, and interim ones if the recognizer's `interim` is set. Each call must be acked;
    verbs in the answer replace this verb, unless it is nested.
    """
    translationHook: str
    """Gets translations, from vendors that deliver them (Speechmatics). Verbs in the answer replace this verb, as
    above.
    """
    recognizer: Recognizer | Mapping[str, Any]
    """How to transcribe; the session's recognizer when left out."""
    earlyMedia: bool
    """Begin before the call is answered, instead of answering it."""
    channel: Literal[1, 2]
    """Nested in `dial`: transcribe only the caller (1) or only the called party (2). Both, separately, when left
    out. One of `1`, `2`.
    """


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
    """Passes the caller to somebody else, blind or warm, and brings the caller back when that fails. Since
    10.3; the open server refuses it, where `dial` and `sip:refer` do the same by hand.
    """
    mode: Required[Literal['blind', 'warm']]
    """`blind`: the caller is passed on without a word. `warm`: the person is called first, told what it is about,
    and then connected. One of `"blind"`, `"warm"`.
    """
    blindMethod: Literal['refer', 'dial']
    """With `blind`: `refer` asks the carrier to place the call elsewhere and leaves it; `dial` places it here and
    stays in the path, which every carrier allows. One of `"refer"`, `"dial"`. Left out: `"refer"`.
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
    verb: Literal['transfer']
    """Always `transfer`. The spelling `{"transfer": {…}}` means the same."""
    id: str
    """Your name for this `transfer`; reports about it (`verb:status`) carry it as `id`."""
    brief: TransferBrief | Mapping[str, Any]
    """What the person hears before the caller is connected. Warm transfers only."""


class UltravoxS2sVerb(TypedDict, total=False):
    """The `llm` verb for Ultravox. jambonz creates the conversation over Ultravox' REST API with `llmOptions`
    as its body, and reports that as an event `createCall`. Key presses reach the model as text.
    """
    id: str
    """Your name for this conversation; the action hook carries it as `verb_id`."""
    vendor: Literal['ultravox']
    """`ultravox`, which goes without saying here."""
    model: str
    """Model by the vendor's name for it. ElevenLabs takes none: the agent decides."""
    auth: LlmBaseAuth | Mapping[str, Any]
    """Credentials for the vendor. They are sent with every copy of the verb and appear in server logs, so use keys
    that can be revoked.
    """
    connectOptions: Mapping[str, Any]
    """Where and how to connect, when it is not the vendor's default: `host` and `path`. Microsoft requires `host`."""
    llmOptions: Required[Mapping[str, Any]]
    """What is sent to the vendor, in its own words. Required inside: OpenAI and Microsoft `response_create`,
    Google `setup`, Deepgram `Settings` with `agent.think.provider`. A missing part ends the verb at once.
    """
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    """MCP servers whose tools the model may use. jambonz calls them itself, so these calls never show up as
    `llm:tool-call`.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over, with the reason. It must be acked within 5 seconds: left unanswered,
    the call ends.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets the vendor's events as `llm:event`, which want no answer. Without it none are sent, whatever `events`
    says.
    """
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls as `llm:tool-call`; answer each with the command `llm:tool-output`. Over http
    the output is the response body.
    """
    handoff: Handoff | Mapping[str, Any]
    """Offers the model a tool that passes the caller to a person. Not known to the open server."""
    hangup: Hangup | Mapping[str, Any]
    """Offers the model a tool that ends the call. An empty object is enough to switch it on. Not known to the open
    server.
    """
    events: Sequence[str]
    """Which of the vendor's events to send: names, `all`, prefixes such as `response.audio.*`, and with `all`
    exclusions such as `-response.audio.delta`. Vendor-specific defaults when left out.
    """
    responseTimeoutMs: int
    """Report `response.timeout` when the model has not begun to answer after so many milliseconds. Never when left
    out. Not known to the open server. At least 1.
    """
    cancelOnResponseTimeout: bool
    """Also tell the vendor to give up the answer that took too long. Not known to the open server. Left out:
    `false`.
    """
    cancelOnBargeIn: bool
    """Tell the vendor to stop its answer when the caller starts to speak, for vendors that do not do so
    themselves. Not known to the open server. Left out: `false`.
    """
    verb: Literal['ultravox_s2s']
    """Always `ultravox_s2s`. The spelling `{"ultravox_s2s": {…}}` means the same."""


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
    """With `webrtc`: how strict it is, from 0 to 3; 2 when left out. Stricter misses quiet callers. Between 0 and
    3.
    """
    vendor: Literal['webrtc', 'silero']
    """`silero`, the default, is a small neural model; `webrtc` is cheaper and easier to fool. One of `"webrtc"`,
    `"silero"`.
    """
    threshold: float
    """With `silero`: how sure it must be that this is a voice; 0.5 when left out. Between 0 and 1."""
    speechPadMs: float
    """With `silero`: milliseconds kept around the speech, so that its edges are not clipped; 30 when left out."""


class VoiceagentS2sVerb(TypedDict, total=False):
    """What `deepgram_s2s` was called before, with the same `llmOptions`. No published set has this name, but
    open servers know it.
    """
    id: str
    """Your name for this conversation; the action hook carries it as `verb_id`."""
    vendor: Literal['voiceagent']
    """`voiceagent`; may be left out, as the verb's name says it."""
    model: str
    """Model by the vendor's name for it. ElevenLabs takes none: the agent decides."""
    auth: LlmBaseAuth | Mapping[str, Any]
    """Credentials for the vendor. They are sent with every copy of the verb and appear in server logs, so use keys
    that can be revoked.
    """
    connectOptions: Mapping[str, Any]
    """Where and how to connect, when it is not the vendor's default: `host` and `path`. Microsoft requires `host`."""
    llmOptions: Required[Mapping[str, Any]]
    """What is sent to the vendor, in its own words. Required inside: OpenAI and Microsoft `response_create`,
    Google `setup`, Deepgram `Settings` with `agent.think.provider`. A missing part ends the verb at once.
    """
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    """MCP servers whose tools the model may use. jambonz calls them itself, so these calls never show up as
    `llm:tool-call`.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over, with the reason. It must be acked within 5 seconds: left unanswered,
    the call ends.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets the vendor's events as `llm:event`, which want no answer. Without it none are sent, whatever `events`
    says.
    """
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls as `llm:tool-call`; answer each with the command `llm:tool-output`. Over http
    the output is the response body.
    """
    handoff: Handoff | Mapping[str, Any]
    """Offers the model a tool that passes the caller to a person. Not known to the open server."""
    hangup: Hangup | Mapping[str, Any]
    """Offers the model a tool that ends the call. An empty object is enough to switch it on. Not known to the open
    server.
    """
    events: Sequence[str]
    """Which of the vendor's events to send: names, `all`, prefixes such as `response.audio.*`, and with `all`
    exclusions such as `-response.audio.delta`. Vendor-specific defaults when left out.
    """
    responseTimeoutMs: int
    """Report `response.timeout` when the model has not begun to answer after so many milliseconds. Never when left
    out. Not known to the open server. At least 1.
    """
    cancelOnResponseTimeout: bool
    """Also tell the vendor to give up the answer that took too long. Not known to the open server. Left out:
    `false`.
    """
    cancelOnBargeIn: bool
    """Tell the vendor to stop its answer when the caller starts to speak, for vendors that do not do so
    themselves. Not known to the open server. Left out: `false`.
    """
    verb: Literal['voiceagent_s2s']
    """Always `voiceagent_s2s`. The spelling `{"voiceagent_s2s": {…}}` means the same."""


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
    """The `llm` verb for Microsoft's Voice Live API. Since 11.1. It talks to a model or, with `agentId`, to an
    agent that was built in Azure AI Foundry.
    """
    id: str
    """Your name for this conversation; the action hook carries it as `verb_id`."""
    vendor: Literal['voicelive']
    """`voicelive`, known from the verb's name."""
    model: str
    """Model by the vendor's name for it. ElevenLabs takes none: the agent decides."""
    auth: Required[VoiceliveS2sAuth | Mapping[str, Any]]
    """One of two ways to prove who you are."""
    connectOptions: Required[VoiceliveS2sConnectOptions | Mapping[str, Any]]
    """Which Azure resource to connect to; there is no default."""
    llmOptions: Required[VoiceliveS2sLlmOptions | Mapping[str, Any]]
    """Both messages that open the conversation are required."""
    mcpServers: Sequence[LlmBaseMcpServersItem | Mapping[str, Any]]
    """MCP servers whose tools the model may use. jambonz calls them itself, so these calls never show up as
    `llm:tool-call`.
    """
    actionHook: str | ActionHook | Mapping[str, Any]
    """Called when the conversation is over, with the reason. It must be acked within 5 seconds: left unanswered,
    the call ends.
    """
    eventHook: str | ActionHook | Mapping[str, Any]
    """Gets the vendor's events as `llm:event`, which want no answer. Without it none are sent, whatever `events`
    says.
    """
    toolHook: str | ActionHook | Mapping[str, Any]
    """Gets the model's tool calls as `llm:tool-call`; answer each with the command `llm:tool-output`. Over http
    the output is the response body.
    """
    handoff: Handoff | Mapping[str, Any]
    """Offers the model a tool that passes the caller to a person. Not known to the open server."""
    hangup: Hangup | Mapping[str, Any]
    """Offers the model a tool that ends the call. An empty object is enough to switch it on. Not known to the open
    server.
    """
    events: Sequence[str]
    """Which of the vendor's events to send: names, `all`, prefixes such as `response.audio.*`, and with `all`
    exclusions such as `-response.audio.delta`. Vendor-specific defaults when left out.
    """
    responseTimeoutMs: int
    """Report `response.timeout` when the model has not begun to answer after so many milliseconds. Never when left
    out. Not known to the open server. At least 1.
    """
    cancelOnResponseTimeout: bool
    """Also tell the vendor to give up the answer that took too long. Not known to the open server. Left out:
    `false`.
    """
    cancelOnBargeIn: bool
    """Tell the vendor to stop its answer when the caller starts to speak, for vendors that do not do so
    themselves. Not known to the open server. Left out: `false`.
    """
    verb: Literal['voicelive_s2s']
    """Always `voicelive_s2s`. The spelling `{"voicelive_s2s": {…}}` means the same."""
