# Generated from schemas/ by `python scripts/generate.py`. Do not edit.
# mypy: disable-error-code=empty-body
"""Each verb, declared once: its keywords, what they mean, and what its hook reports.

Nothing here is run. `say` makes a method of each declaration, and what that gives depends on whose method it
is: a builder gives itself, a call gives a chain. What stands as the return type is what the verb reports to
its action hook, None for a verb that has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jambonz_core.verbs.methods import VerbsByName, verb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Literal

    from jambonz_core.verbs.payloads import (
        ConferenceResult, DequeueResult, DialResult, DialogflowResult, EnqueueResult, GatherResult,
        HookPayload, LexResult, ListenResult, LlmResult, MessageResult, PlayResult, RasaResult, ReferResult,
        SipRequestResult, TransferResult,
    )
    from jambonz_core.verbs.types import (
        ActionHook, ActionHookDelayAction, AgentBargeIn, AgentLanguageConfigValue, AgentLlm,
        AgentMcpServersItem, AgentNoiseIsolation, AgentTurnDetection, AgentVerb, AlertVerb, Amd, AnswerVerb,
        Auth, BidirectionalAudio, ConferenceVerb, ConfigBargeIn, ConfigNoiseIsolation, ConfigTtsStream,
        ConfigTurnTaking, ConfigVerb, DeepgramS2sVerb, DequeueVerb, DialVerb, DialogflowQueryInput,
        DialogflowVerb, DtmfVerb, DubVerb, ElevenlabsS2sAuth, ElevenlabsS2sLlmOptions, ElevenlabsS2sVerb,
        EnqueueVerb, FillerNoise, GatherVerb, GoogleS2sVerb, GptliveS2sAuth, GptliveS2sLlmOptions,
        GptliveS2sVerb, Handoff, Hangup, HangupVerb, LeaveVerb, LexIntent, LexVerb, ListenVerb, LlmBaseAuth,
        LlmBaseMcpServersItem, LlmVerb, MessageVerb, MicrosoftS2sVerb, NovaS2sAuth, NovaS2sLlmOptions,
        NovaS2sVerb, OpenaiS2sVerb, PauseVerb, PipelineBargeIn, PipelineMcpServersItem,
        PipelineNoiseIsolation, PipelineTurnDetection, PipelineVerb, PlayVerb, QwenS2sVerb, RasaVerb,
        Recognizer, RedirectVerb, RestDialVerb, RoomVerb, S2sVerb, SayVerb, SipDeclineVerb, SipReferVerb,
        SipRequestVerb, StreamVerb, Synthesizer, TagVerb, Target, ToolFillerConfig, TranscribeVerb,
        TransferBrief, TransferOptionsConfirm, TransferOptionsDisposition, TransferVerb, UltravoxS2sVerb,
        Vad, VoiceagentS2sVerb, VoiceliveS2sAuth, VoiceliveS2sConnectOptions, VoiceliveS2sLlmOptions,
        VoiceliveS2sVerb,
    )


class VerbMethods(VerbsByName):
    """One method per verb, for everything that verbs can be said to.

    A method takes keyword arguments, or one positional argument: a plain dict with the verb's fields, or a
    verb that was made before. None means "not given"; what is not given never goes on the wire. A class that
    binds the methods has `_add`, which gets the verb's name, the positional argument and the keywords, and
    whose value every method returns.
    """

    __slots__ = ()

    @verb("say")
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
    ) -> None:
        """Renders text with a speech vendor and plays it.

        Answers the call if nothing has yet. When the vendor has no valid credentials, `jambonz:error` is
        sent and the next verb runs; a fallback vendor is tried once, and after a switch the session stays
        with it. It has no action hook: put an `id` on it and switch on `notifyEvents` to hear of its end.

        On servers from 0.9.6.

        Args:
            id: Your name for this `say`; reports about it (`verb:status`) carry it as `id`.
            text: What to say, or SSML where the vendor takes it. URLs of audio files inside the text
                are played, and so is `silence_stream://1000` (milliseconds). The open server speaks the
                entries of an array one after the other; published documentation promises that one is
                picked at random. Long text is split near 900 characters. May be left out only with
                `stream`.
            instructions: How to say it (mood, pace, accent), for vendors that take directions apart
                from the text. Others ignore it.
            stream: Speak text as it comes with `tts:tokens`, or render `text` over the vendor's
                streaming connection. Needs a control connection: in a webhook application it ends the
                call.
            loop: How many times to say it, or `forever`; once when left out. 0 counts as 1 on the open
                server, while published documentation takes it for endless.
            synthesizer: Voice for this verb only; the session's voice when left out. `vendor` is
                required inside it, and `default` there means the session's vendor.
            earlyMedia: On a call that is not answered yet: send the speech as early media (SIP 183)
                instead of answering. Whether a caller hears that is up to the carrier.
            disableTtsCache: Have the vendor render the text anew even if the same text was rendered
                with the same voice before. Costs money and a moment of silence.
            closeStreamOnEmpty: With `stream`: end the verb when all text that came has been spoken. The
                open server looks for another spelling of this name, so there it always ends, whatever
                is said here.
        """
        ...

    @verb("play")
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
    ) -> PlayResult:
        """Plays one file or several.

        Answers the call if nothing has yet. When a file cannot be fetched, the action hook reports
        `playFailed` and the next verb runs all the same.

        On servers from 0.9.6.

        Args:
            id: Your name for this `play`; reports about it (`verb:status`) carry it as `id`, and its
                hooks as `verb_id`.
            url: (required) What to play; the files of an array are played one after the other. WAV and
                MP3 over http or https are safe choices, and `silence_stream://500` gives half a second
                of silence.
            loop: How many times to play the whole, or `forever`; once when left out. The action hook's
                playback times are summed over all rounds.
            earlyMedia: Play before the call is answered, as early media (SIP 183), instead of answering
                it.
            seekOffset: Where in the file to begin. Published documentation calls it seconds; the open
                server hands it to the media server, which counts samples: 8000 is one second of a
                narrow-band file.
            timeoutSecs: Stop playing after this many seconds even if the file is longer. Endless
                streams need it.
            actionHook: Called when playing has ended, also when the verb was replaced, with how much
                was heard. A non-empty verb array in the answer drops the verbs that still wait.
        """
        ...

    @verb("gather")
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
        say: SayVerb | Mapping[str, Any] | None = None,
        play: PlayVerb | Mapping[str, Any] | None = None,
        fillerNoise: FillerNoise | Mapping[str, Any] | None = None,
        actionHookDelayAction: ActionHookDelayAction | Mapping[str, Any] | None = None,
    ) -> GatherResult:
        """Waits for the caller to say something or press keys, optionally while a prompt is heard.

        Answers the call if nothing has yet. It ends with one action hook. While background barge-in is on
        (`config`), a gather is skipped unless it needs speech that the background one does not listen for.

        On servers from 0.9.6.

        Args:
            id: Your name for this `gather`; reports about it (`verb:status`) carry it as `id`, and its
                hooks as `verb_id`.
            actionHook: Called once with the result. A non-empty verb array in the answer replaces what
                still waits; an empty one lets the next verb run. It is not called when the caller hangs
                up or the verb is replaced. Left unanswered, the server sends `jambonz:error` and goes
                on.
            input: What to listen for. With both, the first key pressed stops speech recognition. The
                server default is digits only: ask for `speech` to get any. One of `"speech"`,
                `"digits"`. Left out: `["digits"]`.
            finishOnKey: The one key that ends the input, such as `#`; a longer text never matches. The
                key is not part of `digits`, so pressing it alone gives an empty string.
            numDigits: End as soon as this many digits were pressed. For input of varying length use
                `minDigits` and `maxDigits`.
            minDigits: Fewer digits than this do not count when the time is up. Setting it also switches
                on `interDigitTimeout`, and lets digits that were collected at the timeout be reported
                at all.
            maxDigits: End when this many digits were pressed, whatever the pause between them.
            interDigitTimeout: Seconds without a further key after which the input is complete, counted
                once `minDigits` keys were pressed. Works only if `minDigits` is set; otherwise it is
                silently ignored.
            speechTimeout: Seconds of silence after which speech counts as finished, for recognizers
                that leave that decision to the caller of the API. See also `asrTimeout` of the
                recognizer.
            timeout: Seconds to wait for any input at all, counted from the end of the prompt and begun
                anew by interim speech; 15 when left out, 0 for ever. Digits collected by then are
                reported only if `minDigits` is set and met.
            partialResultHook: Called with interim transcripts while the caller speaks. Every call must
                be acked although the answer is ignored, so leave it out unless interims are needed.
            listenDuringPrompt: false: begin listening only when the prompt has ended, so that the
                prompt's echo or an impatient caller is not heard. Left out: `true`.
            dtmfBargein: Whether a key stops the prompt. When left out: yes if digits are collected.
            bargein: Whether speech stops the prompt; no when left out. `minBargeinWordCount` guards
                against a cough.
            minBargeinWordCount: Words that an interim transcript must have to stop the prompt; 1 when
                left out. With 0, voice activity alone is enough, which is faster and less sure.
            recognizer: How to transcribe this one input; the session's recognizer when left out. Hints
                for the expected words belong here.
            say: The prompt: the fields of a `say` verb without `verb`. The main timer starts when it
                has been spoken.
            play: A recorded prompt: the fields of a `play` verb without `verb`. With a `say` beside it,
                it is not played.
            fillerNoise: Sound to play after the input is complete and until the answer to the hook
                brings verbs.
            actionHookDelayAction: What to do when the answer to the action hook takes long; overrides
                the session's setting for this gather.
        """
        ...

    @verb("dial")
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
        listen: ListenVerb | Mapping[str, Any] | None = None,
        stream: ListenVerb | Mapping[str, Any] | None = None,
        transcribe: TranscribeVerb | Mapping[str, Any] | None = None,
        timeLimit: float | None = None,
        timeout: float | None = None,
        proxy: str | None = None,
        amd: Amd | Mapping[str, Any] | None = None,
        dub: Sequence[DubVerb | Mapping[str, Any]] | None = None,
        tag: Mapping[str, Any] | None = None,
        forwardPAI: bool | None = None,
        srtpEncryption: Literal['sdes', 'dtls'] | None = None,
    ) -> DialResult:
        """Calls one or several parties and connects the first that accepts.

        It answers the caller itself: at once, or with `answerOnBridge` when the other side answers. With no
        answer the next verb runs.

        On servers from 0.9.6.

        Args:
            id: Your name for this `dial`; reports about it (`verb:status`) carry it as `id`, and its
                hooks as `verb_id`.
            target: (required) Whom to call; all are rung at the same time, at most ten, and duplicates
                once. The first to accept wins and the rest are cancelled.
            actionHook: Called when the call between the two is over, or when it never came about. On a
                ring timeout the open server reports the last provisional state (`ringing`, 180) instead
                of `no-answer`. Not asked for verbs when the verb itself was replaced.
            onHoldHook: Called when one side puts the other on hold. The answer may hold only `say`,
                `play` and `pause`, which the held party hears. The open server asks once per hold,
                although repeated calls are documented.
            answerOnBridge: Let the caller hear ringing, and answer only when the called party does.
                Otherwise the caller is answered first, and is billed for the ringing.
            callerId: Number that the called party is shown; the caller's own when left out. Carriers
                may refuse numbers that are not yours.
            callerName: Display name that goes with the caller number, if the carrier forwards it.
            confirmHook: Asked about each called party before the legs are connected; the message is
                `dial:confirm`. An empty array accepts. No answer drops the called leg. A target's own
                hook wins over this one.
            referHook: Called when either side asks for a transfer (REFER). From the called party, verbs
                in the answer replace the caller's; from the caller, the called leg becomes a call of
                its own and runs them. Left out, transfers are refused with 501.
            dialMusic: What the caller hears instead of ringing while the other side is rung. Needs an
                answered caller or early media.
            dtmfCapture: Key sequences to watch for during the call, each reported to `dtmfHook`. The
                open server takes an object with `childCall` and `parentCall`, but attaches both to the
                called leg. Keys are forgotten three seconds after the last one.
            dtmfHook: Told when a sequence of `dtmfCapture` was pressed. It must be acked, and the
                answer is ignored: act with a command.
            headers: SIP headers for the INVITE to every target, beside those of the target itself.
            anchorMedia: Keep the audio running through the media server even where the legs could be
                connected more directly. Needed to listen, record or transcribe later in the call.
            codecs: Codecs to offer to the called party, in order of preference, such as `PCMU` or
                `OPUS`. Not known to the open server.
            exitMediaPath: Let the audio go directly between the parties and out of jambonz. Nothing can
                listen, play or record then.
            boostAudioSignal: Volume of the audio sent to the called party, in decibels; a number or
                text such as `6 dB`.
            listen: Sends the conversation to a websocket while it lasts: the fields of `listen` without
                `verb`. Replies to its hook are ignored.
            stream: The same as `listen`, under the other name of that verb. Give one of the two.
            transcribe: Transcribes the conversation: the fields of `transcribe` without `verb`. The
                legs are transcribed separately (`channel_tag` 1 is the caller), and `call_sid` is
                always the caller's.
            timeLimit: Longest duration of the conversation in seconds, counted from its start. Then the
                called party is disconnected, and the caller goes on with the next verb. No limit when
                left out.
            timeout: How long to let it ring, in seconds; 60 when left out.
            proxy: Address of the SIP proxy through which to send the INVITE. When left out, calls leave
                the way that an inbound caller came.
            amd: Finds out whether a person or a machine answered. Verbs in the answer to its hook
                replace this dial, and with it the conversation.
            dub: Extra tracks that are mixed into the audio, each with the fields of a `dub` verb.
            tag: Data of yours for the called leg; it comes back as `customerData` in that leg's
                messages.
            forwardPAI: Whether to hand on the caller's P-Asserted-Identity header to the called party.
                When left out, the server's own setting decides, which normally is yes.
            srtpEncryption: Encrypt the audio to the called party: `sdes` exchanges keys in the
                signalling, `dtls` in the media itself, as browsers do. Unencrypted when left out. One
                of `"sdes"`, `"dtls"`.
        """
        ...

    @verb("config")
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
        listen: ListenVerb | Mapping[str, Any] | None = None,
        stream: ListenVerb | Mapping[str, Any] | None = None,
        transcribe: TranscribeVerb | Mapping[str, Any] | None = None,
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
    ) -> None:
        """Changes settings of the session and returns at once; later verbs run under the new ones.

        No hook, no answer. It does not answer the call, unless it switches on something that needs media:
        barge-in, background listening or transcription, recording, answering machine detection or an audio
        boost.

        On servers from 0.9.6.

        Args:
            id: Your name for this `config`; reports about it (`verb:status`) carry it as `id`.
            synthesizer: Voice for everything spoken from now on, unless a verb brings its own.
            recognizer: Transcription settings for every later verb that listens, unless it brings its
                own. Settings of an earlier `config` are replaced, not merged.
            bargeIn: Listens in the background while other verbs run, so that the caller can interrupt.
                Heard speech stops the audio, clears the waiting verbs and fires the hook. The open
                server knows further fields, as in `gather`: `finishOnKey`, `numDigits`, `minDigits`,
                `maxDigits`, `interDigitTimeout`, `dtmfBargein`, and `partialResultHook`, which has no
                effect.
            ttsStream: Opens a connection to the speech vendor over which `tts:tokens` are spoken in the
                background of other verbs. Control connections only, and not in a call that came out of
                another one.
            record: Starts or changes the recording of the call: `action` (`startCallRecording` and so
                on), `type` `siprec` or `cloud`, `siprecServerURL`, `recordingID`, `headers`.
            listen: Sends audio to a websocket in the background: `enable` and the fields of `listen`,
                without the hook.
            stream: Passes validation and does nothing on the open server. Use `listen`.
            transcribe: Transcribes in the background: `enable`, `transcriptionHook`, `recognizer`.
                Unlike the verb, it does not hold up the verbs that follow.
            amd: Finds out, from now on, whether a person or a machine is on the line; the result goes
                to its own hook.
            fillerNoise: Sound that covers the silence while the application thinks, each time a gather
                has its result and no verbs have come yet.
            vad: How voice activity is told from noise, for all later verbs that listen.
            notifyEvents: Send `verb:status` for every verb from now on, over a control connection. The
                open server cannot switch it off again: false is ignored. This `config` itself reports
                only its end.
            notifySttLatency: Add timing of the speech recognizer (`stt_latency_ms` and related fields)
                to the results of gather and transcribe.
            reset: Puts settings back to what the application was configured with. `synthesizer` and
                `recognizer` are the names that mean something, one alone or both in an array.
            onHoldMusic: Audio that the far end hears while this side has put it on hold.
            actionHookDelayAction: What to do when the application lets the caller wait, after a
                gather's hook or when a call on a control connection has run out of verbs.
            sipRequestWithinDialogHook: Called when the far end sends an INFO or MESSAGE request while a
                verb runs. Verbs in the answer replace what runs. Set it before the call is answered:
                set later, it is never called.
            boostAudioSignal: Volume of the audio that is sent to the caller, in decibels: a number, or
                text such as `-3 dB`. Write `0 dB` to go back to normal.
            referHook: Called when the far end asks to transfer the call (REFER). With it the transfer
                is yours to carry out: verbs in the answer replace what runs, and the far end is told
                202.
            earlyMedia: Whether verbs with media may run before the call is answered, as early media,
                instead of answering it.
            autoStreamTts: Let every `say` use the vendor's streaming connection without `stream` on
                each of them.
            disableTtsCache: Never reuse speech that was rendered before, for the rest of the session.
            trackTtsPlayout: Report with `tts_spoken` what part of the streamed text was really heard.
                v10 only: the open server accepts and ignores it.
            noiseIsolation: Removes background noise from the caller's audio. v10 only: the open server
                accepts and ignores it.
            turnTaking: Lets a model decide when the caller has finished, rather than silence alone. v10
                only: the open server accepts and ignores it.
        """
        ...

    @verb("hangup")
    def hangup(
        self,
        given: HangupVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        headers: Mapping[str, str | float] | None = None,
    ) -> None:
        """Ends an answered call.

        On an inbound call that nothing has answered yet it does nothing at all: use `sip:decline` there.
        Verbs behind it never run.

        On servers from 0.9.6.

        Args:
            id: Your name for this `hangup`; reports about it (`verb:status`) carry it as `id`.
            headers: SIP headers for the BYE, with which to tell the far end why.
        """
        ...

    @verb("agent")
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
    ) -> HookPayload:
        """A whole voice agent in one verb: the server transcribes the caller, decides when a turn has ended,
        asks a language model and speaks its answer, with interruption handled.

        Since 10.1; the open server refuses it. The application gets events, runs tools and can change the
        agent with the command `agent:update`.

        On servers from 10.1.0.

        Args:
            id: Your name for this `agent`; reports about it (`verb:status`) carry it as `id`, and its
                hooks as `verb_id`.
            stt: How to transcribe the caller; the session's recognizer when left out. Recognizers with
                turn detection of their own (Deepgram Flux, AssemblyAI) make the agent quicker.
            tts: Voice of the agent; the session's synthesizer when left out. Vendors that stream let it
                begin to speak before the answer is complete.
            autoLockLanguage: Stay with the caller's language once it has been identified, so that a
                foreign word does not switch voice and recognizer. `always` is the stronger form of
                true. Left out: `false`.
            languageConfig: What changes with the caller's language, by language code.
            turnDetection: Who decides that the caller has finished. `stt`: the recognizer, by its end
                of utterance. `krisp`: a model that listens to how the sentence sounds, which waits
                through a pause for thought. Left out: `"stt"`.
            bargeIn: Whether and how the caller can interrupt the agent.
            noResponseTimeout: Seconds of silence from the caller after which the agent speaks up by
                itself; 0 lets it wait for ever. Older sets gave 0 as default. At least 0. Left out:
                `12`.
            noResponseMaxPrompts: How often in a row the agent speaks up about the silence. At least 0.
                Left out: `0`.
            llm: The language model behind the agent, and its instructions.
            actionHook: Called when the agent has ended. Its payload is not documented beyond the call
                information.
            eventHook: Gets transcripts, answers, interruptions and the end of each turn as
                `agent:event`. No answer is wanted.
            toolHook: Gets the model's tool calls as `agent:tool-call`; answer with the command
                `llm:tool-output`. The caller hears nothing meanwhile, unless `toolFiller` says
                otherwise.
            greeting: Let the model speak first, when the agent starts. With false the caller begins.
                Left out: `true`.
            earlyGeneration: Ask the model as soon as the turn has probably ended, and throw the answer
                away if the caller goes on. Quicker, at the price of tokens for nothing. Left out:
                `false`.
            speak: false: the answers are reported but not spoken, so that the application can speak
                them itself. Left out: `true`.
            speechCleanup: Take out of the model's answer what is not meant for ears, such as markdown,
                before it is spoken. Left out: `true`.
            noiseIsolation: Takes background noise out of the caller's audio before it is transcribed. A
                name alone uses that vendor's defaults.
            mcpServers: MCP servers whose tools the model may use. A tool that is found there is called
                by jambonz itself; the rest goes to `toolHook`.
            handoff: Gives the model a tool with which it passes the caller to a person.
            hangup: Gives the model a tool with which it ends the call. An empty object is enough.
            toolFiller: What the caller hears while a tool runs. false, or left out, is silence.
        """
        ...

    @verb("alert")
    def alert(
        self,
        given: AlertVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        message: str | None = None,
    ) -> None:
        """Two meanings.

        Published documentation: send 180 Ringing with an Alert-Info header, so that the phone rings in a
        certain way. The open server: write an alert into the account's list of alerts, and send nothing.

        On servers from 0.9.6.

        Args:
            id: Your name for this `alert`; reports about it (`verb:status`) carry it as `id`.
            message: (required) Text of the Alert-Info header, such as `info=alert-internal`, or of the
                alert record on the open server.
        """
        ...

    @verb("answer")
    def answer(
        self,
        given: AnswerVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
    ) -> None:
        """Answers and goes on to the next verb.

        Rarely needed, because every verb with media answers by itself; of use before `pause`, or to start
        billing and recording at a known moment.

        On servers from 0.9.6.

        Args:
            id: Your name for this `answer`; reports about it (`verb:status`) carry it as `id`.
        """
        ...

    @verb("conference")
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
        listen: ListenVerb | Mapping[str, Any] | None = None,
        stream: ListenVerb | Mapping[str, Any] | None = None,
        distributeDtmf: bool | None = None,
    ) -> ConferenceResult:
        """Puts the call into a conference with everybody else of the account who gave the same name.

        The verb lasts until this participant leaves. `room` is another name for it (v10).

        On servers from 0.9.6.

        Args:
            id: Your name for this `conference`; reports about it (`verb:status`) carry it as `id`, and
                its hooks as `verb_id`.
            name: (required) Name of the conference, unique within the account.
            beep: Play a beep to all when this participant comes or goes.
            memberTag: A label for this participant, to which `speakOnlyTo` of others can refer.
            speakOnlyTo: Be heard only by participants whose `memberTag` is this: the way to coach
                somebody without the customer hearing it.
            startConferenceOnEnter: false: wait until a participant arrives who starts the conference.
                Any participant starts it when this is left out, but only an explicit true makes a
                moderator, whom `conf:mute-status` never mutes.
            endConferenceOnExit: Send everybody out when this participant leaves.
            endConferenceDuration: Seconds that the conference goes on after a participant with
                `endConferenceOnExit` has left it, before everybody else is sent out.
            maxParticipants: Turn further participants away when this many are in. Takes effect from 2
                on.
            joinMuted: Come in unheard. Unmute with the command `conf:mute-status` or
                `conf:participant-action`.
            actionHook: Called when this participant is out again, for whatever reason. It says no more
                than the call information.
            waitHook: Asked for what is heard while the conference has not started, again after each
                pass. The answer must be an array of `say`, `play` and `pause`; an empty one makes the
                waiting silent.
            statusEvents: Which events to report to `statusHook`: `start`, `end`, `join`, `leave`,
                `start-talking`, `stop-talking`. Those not listed are not reported, and the participant
                who created the conference sets the list for all.
            statusHook: Told about the events in `statusEvents`. It must be acked; the answer is
                ignored. The talking events concern this participant only.
            enterHook: Asked, on entering, for what to play to the participant first. The answer must be
                an array of `say`, `play` and `pause`.
            record: Records the conference into a file of the media server; the open server wants a
                `path`.
            listen: Sends the audio of this participant to a websocket while in the conference: the
                fields of `listen` without `verb`.
            stream: Another name of `listen` here. Not known to the open server.
            distributeDtmf: Let the keys that a participant presses be heard by the others.
        """
        ...

    @verb("deepgram_s2s")
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
    ) -> LlmResult:
        """The `llm` verb for Deepgram's voice agent; `voiceagent_s2s` is an older name of it.

        `llmOptions` must hold `Settings` with `agent.think.provider.type` and `.model`.

        On servers from 10.1.0. What it shares with `llm` is explained there at length.

        Args:
            id: Your name for this conversation; the action hook carries it as `verb_id`.
            vendor: `deepgram`; the verb's name implies it.
            model: Model by the vendor's name for it.
            auth: Credentials for the vendor.
            connectOptions: Where and how to connect, when it is not the vendor's default: `host` and
                `path`.
            llmOptions: (required) Deepgram's `Settings` message: which models hear, think and speak.
            mcpServers: MCP servers whose tools the model may use.
            actionHook: Called when the conversation is over, with the reason.
            eventHook: Gets the vendor's events as `llm:event`, which want no answer.
            toolHook: Gets the model's tool calls as `llm:tool-call`; answer each with the command
                `llm:tool-output`.
            handoff: Offers the model a tool that passes the caller to a person.
            hangup: Offers the model a tool that ends the call.
            events: Which of the vendor's events to send: names, `all`, prefixes such as
                `response.audio.*`, and with `all` exclusions such as `-response.audio.delta`.
            responseTimeoutMs: Report `response.timeout` when the model has not begun to answer after so
                many milliseconds.
            cancelOnResponseTimeout: Also tell the vendor to give up the answer that took too long.
            cancelOnBargeIn: Tell the vendor to stop its answer when the caller starts to speak, for
                vendors that do not do so themselves.
        """
        ...

    @verb("dequeue")
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
    ) -> DequeueResult:
        """Connects this call with the one that has waited longest in a queue.

        After a second it looks for one every five seconds. The verbs that follow begin without waiting for
        the answer to its hook. Do not replace it while it waits: the open server then runs nothing more
        until its `timeout`, and without one never.

        On servers from 0.9.6.

        Args:
            id: Your name for this `dequeue`; reports about it (`verb:status`) carry it as `id`, and its
                hooks as `verb_id`.
            name: (required) Queue to take from, by the name given to `enqueue`.
            actionHook: Called when the conversation is over or nobody came. `hangup` also stands for a
                caller who could not be connected within 20 seconds.
            timeout: Seconds to wait for somebody to turn up; 0, or left out, waits for ever.
            beep: Play a beep to this side before the caller is connected, as a warning.
            callSid: Take this particular call out of the queue instead of the first one.
        """
        ...

    @verb("dialogflow")
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
    ) -> DialogflowResult:
        """Hands the caller to a Dialogflow agent, which listens and answers by itself.

        Answers the call if nothing has yet.

        On servers from 0.9.6.

        Args:
            id: Your name for this `dialogflow`; reports about it (`verb:status`) carry it as `id`, and
                its hooks as `verb_id`.
            credentials: (required) Service account key of the Google project, as the JSON object or as
                its text.
            project: (required) Id of the Google Cloud project that the agent lives in.
            agent: Id of the agent, for CX. ES has one agent per project and needs none.
            environment: Environment of the agent, such as a draft; the default one when left out.
            deployment: Deployment to address, for the `ces` model. Not known to the open server.
            region: Region in which the agent was created; `us-central1` when left out. A wrong one
                looks like a missing agent.
            model: Which generation of Dialogflow: `es`, `cx`, or the newer `ces`. One of `"es"`,
                `"cx"`, `"ces"`.
            lang: (required) Language of the conversation as a language code; the agent must support it.
            sessionId: Continue under a session id of your own, so that an earlier conversation is
                remembered. A new one is made up when left out. Not known to the open server.
            actionHook: Called with the result when the conversation is over; verbs in the answer go on
                with the call.
            eventHook: Told about intents, transcripts and playback. Each call must be acked; verbs in
                the answer run after the current playback and end the conversation.
            toolHook: Runs tools for the agent: the answer is an object with `outputParameters`, or with
                `error`. Not known to the open server.
            events: Which events the eventHook gets. When left out: intent, transcription, dtmf,
                start-play, stop-play and no-input. `interim-transcription` and `end-utterance` must be
                asked for.
            welcomeEvent: Dialogflow event with which the conversation begins. Without one the caller
                has to speak first.
            welcomeEventParams: Parameters of the welcome event; ignored without one.
            noInputTimeout: Seconds of silence, counted from the end of a prompt, until the no-input
                event is sent to the agent; 20 when left out.
            noInputEvent: Name of the event that tells the agent of the silence;
                `actions_intent_NO_INPUT` when left out.
            passDtmfAsTextInput: Give key presses to the agent as if they had been spoken. The open
                server hears no keys during this verb.
            thinkingMusic: Audio to play while the agent thinks.
            tts: Speak the agent's text with this voice, instead of playing the audio that Google
                renders.
            bargein: Stop the agent's prompt when the caller begins to speak.
            queryInput: Begin with this input instead of waiting for the caller. Give one of the fields.
        """
        ...

    @verb("dtmf", alone="dtmf")
    def dtmf(
        self,
        given: str | DtmfVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        dtmf: str | None = None,
        duration: float | None = None,
    ) -> None:
        """Plays touch tones to the far end.

        It takes the length of all tones plus a quarter of a second for each and three quarters at the end
        before the next verb runs.

        A string without a name is its `dtmf`.

        On servers from 0.9.6.

        Args:
            id: Your name for this `dtmf`; reports about it (`verb:status`) carry it as `id`.
            dtmf: (required) Keys to press, one after the other: digits, `*`, `#` and `A` to `D`.
            duration: Length of each tone in milliseconds. Longer tones help with far ends that miss
                keys. Left out: `500`.
        """
        ...

    @verb("dub")
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
    ) -> None:
        """Controls extra audio tracks that are mixed with what the call hears, such as music under a
        conversation.

        Returns at once, without a hook.

        On servers from 0.9.6.

        Args:
            id: Your name for this `dub`; reports about it (`verb:status`) carry it as `id`.
            action: (required) `addTrack` creates a track and `removeTrack` destroys it; `playOnTrack`
                and `sayOnTrack` start audio on one, and `silenceTrack` stops it. A track must exist
                before it can play. One of `"addTrack"`, `"removeTrack"`, `"silenceTrack"`,
                `"playOnTrack"`, `"sayOnTrack"`.
            track: (required) Name of the track, of your choice.
            play: With `playOnTrack`: the file to play, over http or https.
            say: With `sayOnTrack`: the text, or the fields of a `say` verb when another voice is
                wanted.
            loop: Begin again at the end, until the track is silenced. Off when left out.
            gain: Volume of the track in decibels: a number, or text such as `-10 dB`. Background music
                wants a negative one.
        """
        ...

    @verb("elevenlabs_s2s")
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
    ) -> LlmResult:
        """The `llm` verb for an agent that was set up at ElevenLabs: voice, model and prompt live there, so
        there is no `model` here.

        An eventHook with `events: ["all"]` is needed to follow the conversation.

        On servers from 10.1.0. What it shares with `llm` is explained there at length.

        Args:
            id: Your name for this conversation; the action hook carries it as `verb_id`.
            vendor: `elevenlabs`, as in the name of the verb.
            model: Model by the vendor's name for it.
            auth: (required) Which agent, and the right to talk to it. In snake_case, unlike the
                credentials of other vendors.
            connectOptions: Where and how to connect, when it is not the vendor's default: `host` and
                `path`.
            llmOptions: Settings of this one conversation. Messages do not belong here: the agent has
                its own.
            mcpServers: MCP servers whose tools the model may use.
            actionHook: Called when the conversation is over, with the reason.
            eventHook: Gets the vendor's events as `llm:event`, which want no answer.
            toolHook: Gets the model's tool calls as `llm:tool-call`; answer each with the command
                `llm:tool-output`.
            handoff: Offers the model a tool that passes the caller to a person.
            hangup: Offers the model a tool that ends the call.
            events: Which of the vendor's events to send: names, `all`, prefixes such as
                `response.audio.*`, and with `all` exclusions such as `-response.audio.delta`.
            responseTimeoutMs: Report `response.timeout` when the model has not begun to answer after so
                many milliseconds.
            cancelOnResponseTimeout: Also tell the vendor to give up the answer that took too long.
            cancelOnBargeIn: Tell the vendor to stop its answer when the caller starts to speak, for
                vendors that do not do so themselves.
        """
        ...

    @verb("enqueue")
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
    ) -> EnqueueResult:
        """Parks the caller in a named queue until somebody takes the call with `dequeue`, the caller hangs up,
        or the waitHook answers with `leave`.

        Queues belong to the account and come into being with the first caller.

        On servers from 0.9.6.

        Args:
            id: Your name for this `enqueue`; reports about it (`verb:status`) carry it as `id`, and its
                hooks as `verb_id`.
            name: (required) Name of the queue. `queue_sid` in the hooks is this name with a prefix and
                the account in front.
            actionHook: Called when the caller is out of the queue, with the reason and the time spent.
                Verbs in the answer go on with the call; they are ignored if the verb was replaced.
            waitHook: Asked for what the caller hears meanwhile, again after each pass. The answer must
                be an array of `say`, `play`, `pause`, `tag` and `leave`; an empty one, or none, ends
                the playing but not the waiting.
            priority: Lower numbers are served first, equal ones in the order of their arrival; 999 when
                left out.
        """
        ...

    @verb("google_s2s")
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
    ) -> LlmResult:
        """The `llm` verb for Google's live models.

        `llmOptions` must hold `setup`. Tool calls come in Google's own form, several in one message, and
        all events are filtered under the one name `llm_event`.

        On servers from 10.1.0. What it shares with `llm` is explained there at length.

        Args:
            id: Your name for this conversation; the action hook carries it as `verb_id`.
            vendor: `google`, which the verb's name says already.
            model: Model by the vendor's name for it.
            auth: Credentials for the vendor.
            connectOptions: Where and how to connect, when it is not the vendor's default: `host` and
                `path`.
            llmOptions: (required) What is sent to the vendor, in its own words.
            mcpServers: MCP servers whose tools the model may use.
            actionHook: Called when the conversation is over, with the reason.
            eventHook: Gets the vendor's events as `llm:event`, which want no answer.
            toolHook: Gets the model's tool calls as `llm:tool-call`; answer each with the command
                `llm:tool-output`.
            handoff: Offers the model a tool that passes the caller to a person.
            hangup: Offers the model a tool that ends the call.
            events: Which of the vendor's events to send: names, `all`, prefixes such as
                `response.audio.*`, and with `all` exclusions such as `-response.audio.delta`.
            responseTimeoutMs: Report `response.timeout` when the model has not begun to answer after so
                many milliseconds.
            cancelOnResponseTimeout: Also tell the vendor to give up the answer that took too long.
            cancelOnBargeIn: Tell the vendor to stop its answer when the caller starts to speak, for
                vendors that do not do so themselves.
        """
        ...

    @verb("gptlive_s2s")
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
    ) -> LlmResult:
        """The `llm` verb for OpenAI's live models with delegation: the speaking model hands tasks to the
        application or to a Responses model.

        Since 11.0. `handoff`, `hangup` and `mcpServers` need delegation to a Responses model, and only
        that: with any other the server drops the call, which is why this schema refuses the combination.

        On servers from 11.0.4. What it shares with `llm` is explained there at length.

        Args:
            id: Your name for this conversation; the action hook carries it as `verb_id`.
            vendor: `gptlive`, as the verb's name has it.
            model: Model by the vendor's name for it.
            auth: (required) Credentials; the account's stored ones are not used for this verb.
            connectOptions: Where and how to connect, when it is not the vendor's default: `host` and
                `path`.
            llmOptions: (required) Settings of the session, which must be given even if they are few.
            mcpServers: MCP servers whose tools the model may use.
            actionHook: Called when the conversation is over, with the reason.
            eventHook: Gets the vendor's events as `llm:event`, which want no answer.
            toolHook: Gets the model's tool calls as `llm:tool-call`; answer each with the command
                `llm:tool-output`.
            handoff: Offers the model a tool that passes the caller to a person.
            hangup: Offers the model a tool that ends the call.
            events: Which of the vendor's events to send: names, `all`, prefixes such as
                `response.audio.*`, and with `all` exclusions such as `-response.audio.delta`.
            responseTimeoutMs: Report `response.timeout` when the model has not begun to answer after so
                many milliseconds.
            cancelOnResponseTimeout: Also tell the vendor to give up the answer that took too long.
            cancelOnBargeIn: Tell the vendor to stop its answer when the caller starts to speak, for
                vendors that do not do so themselves.
        """
        ...

    @verb("leave")
    def leave(
        self,
        given: LeaveVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
    ) -> None:
        """Takes the caller out of a queue.

        It means something only in the answer to the waitHook of `enqueue`; as an ordinary verb it ends the
        call on the open server.

        On servers from 0.9.6.

        Args:
            id: Your name for this `leave`; reports about it (`verb:status`) carry it as `id`.
        """
        ...

    @verb("lex")
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
    ) -> LexResult:
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
        ...

    @verb("listen")
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
    ) -> ListenResult:
        """Sends the call's audio to a websocket of yours and, if wanted, plays what comes back.

        It holds up the following verbs until it ends; to listen while they run, use `listen` of `config`.
        Closing the websocket ends the verb, not the call.

        On servers from 0.9.6.

        Args:
            id: Your name for this `listen`; reports about it (`verb:status`) carry it as `id`, and its
                hooks as `verb_id`.
            url: (required) Where to connect; jambonz is the client there and offers the subprotocol
                `audio.drachtio.org`. A relative path is resolved against the application's base URL.
            actionHook: Called when the stream has ended: by a key, the time limit, the far end or a
                failure to connect. Without `dial_call_duration` it never connected. Ignored when nested
                in another verb.
            wsAuth: User name and password for HTTP Basic authentication at that URL. Give it for every
                absolute `url`: without it the server sends no credentials there, or those of the
                previous stream of the call, which may belong to somebody else. A relative path gets the
                application's own.
            mixType: What is sent: `mono` the caller only, `mixed` both sides in one channel, `stereo`
                both in two channels, interleaved. One of `"mono"`, `"stereo"`, `"mixed"`. Left out:
                `"mono"`.
            metadata: Data of yours for the first frame, merged into it at the top level, so it can even
                overwrite what jambonz says there. That frame holds at most 8192 bytes.
            sampleRate: Samples per second of the audio that is sent to you. A multiple of 8000; the
                call is resampled. Left out: `8000`.
            finishOnKey: The one key that ends the verb; it is reported in `digits`. A longer text never
                matches.
            maxLength: Seconds after which the verb ends by itself. No limit when left out.
            passDtmf: Report key presses on the websocket as text frames. Otherwise they are not seen
                there.
            playBeep: Play a beep to the caller first, as an answering machine does.
            disableBidirectionalAudio: Refuse audio from your side altogether, whatever
                `bidirectionalAudio` says.
            bidirectionalAudio: How audio that you send back is taken. It decides between clips
                (`playAudio`) and a stream of binary frames; what belongs to the other mode is dropped
                without a word.
            timeout: Accepted, but without effect on the open server.
            transcribe: Transcribe at the same time: the fields of `transcribe`. Answers to its hook are
                ignored.
            earlyMedia: Start before the call is answered, as early media, instead of answering it.
            channel: Which leg to send when nested in a `dial`: 1 the caller, 2 the called party.
        """
        ...

    @verb("llm")
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
    ) -> LlmResult:
        """Connects the caller with a vendor's realtime model.

        `vendor` decides what `llmOptions` must hold; the shortcuts such as `openai_s2s` are this verb with
        the vendor filled in. Replaced or ended early, its action hook still reports a normal end.

        On servers from 0.9.6.

        Args:
            id: Your name for this conversation; the action hook carries it as `verb_id`.
            vendor: (required) Whose model to talk to. The open server knows `openai`, `microsoft`,
                `google`, `elevenlabs`, `deepgram` (also `voiceagent`) and `ultravox`; another name ends
                the verb with an error there.
            model: Model by the vendor's name for it. ElevenLabs takes none: the agent decides.
            auth: Credentials for the vendor. They are sent with every copy of the verb and appear in
                server logs, so use keys that can be revoked.
            connectOptions: Where and how to connect, when it is not the vendor's default: `host` and
                `path`. Microsoft requires `host`.
            llmOptions: (required) What is sent to the vendor, in its own words. Required inside: OpenAI
                and Microsoft `response_create`, Google `setup`, Deepgram `Settings` with
                `agent.think.provider`. A missing part ends the verb at once.
            mcpServers: MCP servers whose tools the model may use. jambonz calls them itself, so these
                calls never show up as `llm:tool-call`.
            actionHook: Called when the conversation is over, with the reason. It must be acked within 5
                seconds: left unanswered, the call ends.
            eventHook: Gets the vendor's events as `llm:event`, which want no answer. Without it none
                are sent, whatever `events` says.
            toolHook: Gets the model's tool calls as `llm:tool-call`; answer each with the command
                `llm:tool-output`. Over http the output is the response body.
            handoff: Offers the model a tool that passes the caller to a person. Not known to the open
                server.
            hangup: Offers the model a tool that ends the call. An empty object is enough to switch it
                on. Not known to the open server.
            events: Which of the vendor's events to send: names, `all`, prefixes such as
                `response.audio.*`, and with `all` exclusions such as `-response.audio.delta`.
                Vendor-specific defaults when left out.
            responseTimeoutMs: Report `response.timeout` when the model has not begun to answer after so
                many milliseconds. Never when left out. Not known to the open server. At least 1.
            cancelOnResponseTimeout: Also tell the vendor to give up the answer that took too long. Not
                known to the open server. Left out: `false`.
            cancelOnBargeIn: Tell the vendor to stop its answer when the caller starts to speak, for
                vendors that do not do so themselves. Not known to the open server. Left out: `false`.
        """
        ...

    @verb("message", from_="from")
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
    ) -> MessageResult:
        """Sends an SMS or MMS, independent of the call.

        The open server speaks SMPP only. The following verbs do not wait for the answer to the hook.

        On servers from 0.9.6.

        Args:
            id: Your name for this `message`; reports about it (`verb:status`) carry it as `id`, and its
                hooks as `verb_id`.
            to: (required) Number of the recipient, in the form that the carrier expects.
            from_: (required) Number or name of the sender; it must be allowed by the carrier.
            text: The message. Long texts may be split and charged as several.
            media: Address of a picture or other file for an MMS, or several of them. Of no use over
                SMPP.
            carrier: Name of the carrier to send through; any that can when left out.
            account_sid: Account to send for; the call's own when left out.
            message_sid: Id for the message, if you want to choose it. One is made up when left out.
            actionHook: Called with what became of the sending, which says nothing about delivery to the
                phone.
        """
        ...

    @verb("microsoft_s2s")
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
    ) -> LlmResult:
        """The `llm` verb for OpenAI's realtime models in Microsoft's cloud.

        `connectOptions.host` must name the Azure resource, and `llmOptions` must hold `response_create`. No
        published set has this name, but open servers know it.

        On servers from 0.9.6. What it shares with `llm` is explained there at length.

        Args:
            id: Your name for this conversation; the action hook carries it as `verb_id`.
            vendor: `microsoft`; may be left out, as the verb's name says it.
            model: Model by the vendor's name for it.
            auth: Credentials for the vendor.
            connectOptions: Where and how to connect, when it is not the vendor's default: `host` and
                `path`.
            llmOptions: (required) What is sent to the vendor, in its own words.
            mcpServers: MCP servers whose tools the model may use.
            actionHook: Called when the conversation is over, with the reason.
            eventHook: Gets the vendor's events as `llm:event`, which want no answer.
            toolHook: Gets the model's tool calls as `llm:tool-call`; answer each with the command
                `llm:tool-output`.
            handoff: Offers the model a tool that passes the caller to a person.
            hangup: Offers the model a tool that ends the call.
            events: Which of the vendor's events to send: names, `all`, prefixes such as
                `response.audio.*`, and with `all` exclusions such as `-response.audio.delta`.
            responseTimeoutMs: Report `response.timeout` when the model has not begun to answer after so
                many milliseconds.
            cancelOnResponseTimeout: Also tell the vendor to give up the answer that took too long.
            cancelOnBargeIn: Tell the vendor to stop its answer when the caller starts to speak, for
                vendors that do not do so themselves.
        """
        ...

    @verb("nova_s2s")
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
    ) -> LlmResult:
        """The `llm` verb for Amazon's Nova Sonic models on Bedrock.

        Since 11.1.

        On servers from 11.1.7. What it shares with `llm` is explained there at length.

        Args:
            id: Your name for this conversation; the action hook carries it as `verb_id`.
            vendor: `nova`, implied by the verb's name.
            model: Bedrock id of the model; the server's default when left out.
            auth: (required) AWS credentials with the right to invoke the model.
            connectOptions: Where and how to connect, when it is not the vendor's default: `host` and
                `path`.
            llmOptions: What the model is told and how it behaves.
            mcpServers: MCP servers whose tools the model may use.
            actionHook: Called when the conversation is over, with the reason.
            eventHook: Gets the vendor's events as `llm:event`, which want no answer.
            toolHook: Gets the model's tool calls as `llm:tool-call`; answer each with the command
                `llm:tool-output`.
            handoff: Offers the model a tool that passes the caller to a person.
            hangup: Offers the model a tool that ends the call.
            events: Which of the vendor's events to send: names, `all`, prefixes such as
                `response.audio.*`, and with `all` exclusions such as `-response.audio.delta`.
            responseTimeoutMs: Report `response.timeout` when the model has not begun to answer after so
                many milliseconds.
            cancelOnResponseTimeout: Also tell the vendor to give up the answer that took too long.
            cancelOnBargeIn: Tell the vendor to stop its answer when the caller starts to speak, for
                vendors that do not do so themselves.
        """
        ...

    @verb("openai_s2s")
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
    ) -> LlmResult:
        """The `llm` verb for OpenAI's realtime models, without the need to name the vendor.

        `llmOptions` must hold `response_create`; `session_update` there declares tools and turn detection.

        On servers from 10.1.0. What it shares with `llm` is explained there at length.

        Args:
            id: Your name for this conversation; the action hook carries it as `verb_id`.
            vendor: Filled in by the name of the verb; give it only if the same code builds `llm` too.
            model: Model by the vendor's name for it.
            auth: Credentials for the vendor.
            connectOptions: Where and how to connect, when it is not the vendor's default: `host` and
                `path`.
            llmOptions: (required) What is sent to the vendor, in its own words.
            mcpServers: MCP servers whose tools the model may use.
            actionHook: Called when the conversation is over, with the reason.
            eventHook: Gets the vendor's events as `llm:event`, which want no answer.
            toolHook: Gets the model's tool calls as `llm:tool-call`; answer each with the command
                `llm:tool-output`.
            handoff: Offers the model a tool that passes the caller to a person.
            hangup: Offers the model a tool that ends the call.
            events: Which of the vendor's events to send: names, `all`, prefixes such as
                `response.audio.*`, and with `all` exclusions such as `-response.audio.delta`.
            responseTimeoutMs: Report `response.timeout` when the model has not begun to answer after so
                many milliseconds.
            cancelOnResponseTimeout: Also tell the vendor to give up the answer that took too long.
            cancelOnBargeIn: Tell the vendor to stop its answer when the caller starts to speak, for
                vendors that do not do so themselves.
        """
        ...

    @verb("pause")
    def pause(
        self,
        given: PauseVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        length: float | None = None,
    ) -> None:
        """Does nothing for a while; the caller hears silence.

        It does not answer the call, so before an answer the caller keeps hearing ringing.

        On servers from 0.9.6.

        Args:
            id: Your name for this `pause`; reports about it (`verb:status`) carry it as `id`.
            length: (required) Seconds to wait; fractions are allowed. Commands and barge-in cut it
                short.
        """
        ...

    @verb("pipeline")
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
    ) -> HookPayload:
        """What became `agent`.

        Published once for 10.1 and gone from later sets; the validator of open servers still knows the
        name, but nothing there carries it out. Use `agent`.

        On servers from 10.1.0.

        Args:
            id: Your name for this `pipeline`; reports about it (`verb:status`) carry it as `id`, and
                its hooks as `verb_id`.
            stt: Transcription of the caller; see `agent`.
            tts: Voice of the answers; see `agent`.
            turnDetection: `stt` leaves the end of a turn to the recognizer, `krisp` to a model. Left
                out: `"stt"`.
            bargeIn: Interruption by the caller, with fewer choices than `agent` has.
            noResponseTimeout: Seconds of silence before the agent speaks up; 0 for never. At least 0.
                Left out: `0`.
            llm: (required) The fields of an `llm` verb: vendor, model, `auth` and `llmOptions`. Open to
                anything, where `agent` is strict.
            actionHook: Called when the conversation is over.
            eventHook: Gets the turns as events; see the callback `pipeline-turn`.
            toolHook: Gets the model's tool calls.
            greeting: Whether the model opens the conversation. Left out: `true`.
            earlyGeneration: Ask the model before the turn has surely ended. Left out: `false`.
            noiseIsolation: Noise suppression by name, or with settings.
            mcpServers: MCP servers that supply tools.
        """
        ...

    @verb("qwen_s2s")
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
    ) -> LlmResult:
        """The `llm` verb for Alibaba's Qwen realtime models.

        v10 only, whatever the version says that the published set carries; the open server ends the call
        over it.

        On servers from 10. What it shares with `llm` is explained there at length.

        Args:
            id: Your name for this conversation; the action hook carries it as `verb_id`.
            vendor: `qwen`, from the name of the verb.
            model: Model by the vendor's name for it.
            auth: Credentials for the vendor.
            connectOptions: Where and how to connect, when it is not the vendor's default: `host` and
                `path`.
            llmOptions: (required) What is sent to the vendor, in its own words.
            mcpServers: MCP servers whose tools the model may use.
            actionHook: Called when the conversation is over, with the reason.
            eventHook: Gets the vendor's events as `llm:event`, which want no answer.
            toolHook: Gets the model's tool calls as `llm:tool-call`; answer each with the command
                `llm:tool-output`.
            handoff: Offers the model a tool that passes the caller to a person.
            hangup: Offers the model a tool that ends the call.
            events: Which of the vendor's events to send: names, `all`, prefixes such as
                `response.audio.*`, and with `all` exclusions such as `-response.audio.delta`.
            responseTimeoutMs: Report `response.timeout` when the model has not begun to answer after so
                many milliseconds.
            cancelOnResponseTimeout: Also tell the vendor to give up the answer that took too long.
            cancelOnBargeIn: Tell the vendor to stop its answer when the caller starts to speak, for
                vendors that do not do so themselves.
        """
        ...

    @verb("rasa")
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
    ) -> RasaResult:
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
        ...

    @verb("redirect")
    def redirect(
        self,
        given: RedirectVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        actionHook: str | ActionHook | Mapping[str, Any] | None = None,
        statusHook: str | ActionHook | Mapping[str, Any] | None = None,
    ) -> None:
        """Asks another hook for verbs, as `session:redirect` on a control connection.

        Verbs in the answer replace what waits; an empty answer goes on with it. No answer at all ends the
        call.

        On servers from 0.9.6.

        Args:
            id: Your name for this `redirect`; reports about it (`verb:status`) carry it as `id`, and
                its hooks as `verb_id`.
            actionHook: (required) Where to ask. An absolute ws URL opens a second connection, whose
                first message is the redirect; the old one stays open.
            statusHook: From now on call status goes here. Left out, it keeps going to where it went
                before, also when the verbs come from somewhere else.
        """
        ...

    @verb("rest:dial", from_="from")
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
    ) -> None:
        """What the server runs for a call that was created over the REST API or with the command `dial`.

        It shows up in logs and results; an application never sends it. The published set gives it no
        version.

        On servers from 0.9.6.

        Args:
            id: Your name for this `rest:dial`; reports about it (`verb:status`) carry it as `id`.
            account_sid: Account that places and pays for the call.
            application_sid: Application that handles the call. Where it is given, its hooks and speech
                settings override those here.
            call_hook: (required) Asked for verbs, as `session:new`, when the called party has answered.
            call_status_hook: Told about each change of state. Left out, an outbound call reports to the
                call hook's connection.
            from_: (required) Caller number that is shown, at most 256 characters.
            callerName: Display name beside the caller number.
            fromHost: Host part of the From header, where a carrier wants a certain one.
            speech_synthesis_vendor: Vendor of the session's voice at its start.
            speech_synthesis_voice: Voice of that vendor, by the vendor's name for it.
            speech_synthesis_language: Language code of the session's voice.
            speech_recognizer_vendor: Vendor that transcribes the session at its start.
            speech_recognizer_language: Language code that the session's recognizer expects.
            tag: Data of yours that comes back as `customerData`.
            to: (required) Whom to call. A confirmHook in it is ignored here.
            headers: SIP headers for the INVITE.
            timeout: Seconds to let it ring before giving up; 60 when left out.
            amd: Finds out whether a person or a machine answered.
            dual_streams: Keep the two directions of the audio apart.
            sipRequestWithinDialogHook: Called for SIP requests of the far end during the call. A string
                only: an object is refused here.
            referHook: Asked for verbs when the far end requests a transfer.
            timeLimit: Seconds after which the call is ended; the far end sees `Max Call Duration` as
                the reason.
            codecs: Codecs to offer, in order of preference. Not known to the open server.
        """
        ...

    @verb("room")
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
        listen: ListenVerb | Mapping[str, Any] | None = None,
        stream: ListenVerb | Mapping[str, Any] | None = None,
        distributeDtmf: bool | None = None,
    ) -> ConferenceResult:
        """Another name of `conference`, with the same fields.

        The published set says 0.9.6, but only v10 knows the name; the open server refuses it, so write
        `conference` where both must do.

        On servers from 10.

        Args:
            id: Your name for this `conference`; reports about it (`verb:status`) carry it as `id`, and
                its hooks as `verb_id`.
            name: (required) Name of the conference, unique within the account.
            beep: Play a beep to all when this participant comes or goes.
            memberTag: A label for this participant, to which `speakOnlyTo` of others can refer.
            speakOnlyTo: Be heard only by participants whose `memberTag` is this: the way to coach
                somebody without the customer hearing it.
            startConferenceOnEnter: false: wait until a participant arrives who starts the conference.
                Any participant starts it when this is left out, but only an explicit true makes a
                moderator, whom `conf:mute-status` never mutes.
            endConferenceOnExit: Send everybody out when this participant leaves.
            endConferenceDuration: Seconds that the conference goes on after a participant with
                `endConferenceOnExit` has left it, before everybody else is sent out.
            maxParticipants: Turn further participants away when this many are in. Takes effect from 2
                on.
            joinMuted: Come in unheard. Unmute with the command `conf:mute-status` or
                `conf:participant-action`.
            actionHook: Called when this participant is out again, for whatever reason. It says no more
                than the call information.
            waitHook: Asked for what is heard while the conference has not started, again after each
                pass. The answer must be an array of `say`, `play` and `pause`; an empty one makes the
                waiting silent.
            statusEvents: Which events to report to `statusHook`: `start`, `end`, `join`, `leave`,
                `start-talking`, `stop-talking`. Those not listed are not reported, and the participant
                who created the conference sets the list for all.
            statusHook: Told about the events in `statusEvents`. It must be acked; the answer is
                ignored. The talking events concern this participant only.
            enterHook: Asked, on entering, for what to play to the participant first. The answer must be
                an array of `say`, `play` and `pause`.
            record: Records the conference into a file of the media server; the open server wants a
                `path`.
            listen: Sends the audio of this participant to a websocket while in the conference: the
                fields of `listen` without `verb`.
            stream: Another name of `listen` here. Not known to the open server.
            distributeDtmf: Let the keys that a participant presses be heard by the others.
        """
        ...

    @verb("s2s")
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
    ) -> LlmResult:
        """Another name of `llm`, with the same fields; the server turns it into that verb.

        The published set gives it 10.1, but open servers of 0.9 know the name as well.

        On servers from 10.1.0. What it shares with `llm` is explained there at length.

        Args:
            id: Your name for this conversation; the action hook carries it as `verb_id`.
            vendor: (required) Whose model to talk to.
            model: Model by the vendor's name for it.
            auth: Credentials for the vendor.
            connectOptions: Where and how to connect, when it is not the vendor's default: `host` and
                `path`.
            llmOptions: (required) What is sent to the vendor, in its own words.
            mcpServers: MCP servers whose tools the model may use.
            actionHook: Called when the conversation is over, with the reason.
            eventHook: Gets the vendor's events as `llm:event`, which want no answer.
            toolHook: Gets the model's tool calls as `llm:tool-call`; answer each with the command
                `llm:tool-output`.
            handoff: Offers the model a tool that passes the caller to a person.
            hangup: Offers the model a tool that ends the call.
            events: Which of the vendor's events to send: names, `all`, prefixes such as
                `response.audio.*`, and with `all` exclusions such as `-response.audio.delta`.
            responseTimeoutMs: Report `response.timeout` when the model has not begun to answer after so
                many milliseconds.
            cancelOnResponseTimeout: Also tell the vendor to give up the answer that took too long.
            cancelOnBargeIn: Tell the vendor to stop its answer when the caller starts to speak, for
                vendors that do not do so themselves.
        """
        ...

    @verb("sip:decline")
    def sip_decline(
        self,
        given: SipDeclineVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        status: float | None = None,
        reason: str | None = None,
        headers: Mapping[str, str | float] | None = None,
    ) -> None:
        """Turns an unanswered inbound call away with a SIP status.

        On an answered call it is skipped. The call status becomes `failed` with that status; there is no
        hook.

        On servers from 0.9.6.

        Args:
            id: Your name for this `sip:decline`; reports about it (`verb:status`) carry it as `id`.
            status: (required) SIP status to answer with, such as 486 (busy) or 603 (declined). It
                decides whether the carrier tries another route.
            reason: Reason phrase of the response; the standard one for the status when left out.
            headers: SIP headers for the response, for instance `Retry-After`.
        """
        ...

    @verb("sip:refer")
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
    ) -> ReferResult:
        """Asks the far end to place the call elsewhere, and so leaves the call.

        Needs an answered call and a carrier that allows it. The far end may refuse, or accept and fail
        later.

        On servers from 0.9.6.

        Args:
            id: Your name for this `sip:refer`; reports about it (`verb:status`) carry it as `id`, and
                its hooks as `verb_id`.
            referTo: (required) Where the far end shall call: a SIP URI, a number, or a user of the
                account's realm.
            referredBy: Value of the Referred-By header; the number of the caller when left out.
            referredByDisplayName: Display name for the Referred-By header.
            headers: SIP headers for the REFER request.
            actionHook: Called once with the outcome. After 202 it waits up to 15 seconds for the far
                end's final report. If the eventHook's last call was not acked, this one comes late.
            eventHook: Told about each report (NOTIFY) of the far end on how the transfer goes. It must
                be acked; the answer is ignored.
        """
        ...

    @verb("sip:request")
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
    ) -> SipRequestResult:
        """Sends a request inside the call's dialog and waits for the response.

        Needs an answered call. If its hook is not acked, a second one reports failure, and then the call
        ends.

        On servers from 0.9.6.

        Args:
            id: Your name for this `sip:request`; reports about it (`verb:status`) carry it as `id`, and
                its hooks as `verb_id`.
            method: (required) Such as `INFO`, `NOTIFY` or `MESSAGE`.
            body: Body of the request; give its Content-Type in `headers`.
            headers: SIP headers of the request, by name.
            actionHook: Called with the response's status. `sip_status` there is that of the request and
                hides the call's own.
        """
        ...

    @verb("stream")
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
    ) -> ListenResult:
        """Another name of `listen`, with the same fields.

        The server turns it into `listen`, which is also what its reports call it.

        On servers from 0.9.6.

        Args:
            id: Your name for this `stream`; reports about it (`verb:status`) carry it as `id`, and its
                hooks as `verb_id`.
            url: (required) Where jambonz connects to; see `listen`.
            actionHook: Called when the stream has ended; see `listen`.
            wsAuth: Credentials for HTTP Basic authentication at the URL.
            mixType: `mono` when left out: the caller only. `mixed` and `stereo` add the other side. One
                of `"mono"`, `"stereo"`, `"mixed"`.
            metadata: Merged into the first frame, on top of what jambonz says.
            sampleRate: 8000 when left out; any multiple of it.
            finishOnKey: A single key that ends the stream and is reported as `digits`.
            maxLength: Ends the stream after this many seconds; unlimited when left out.
            passDtmf: Whether key presses appear on the websocket as text frames; they do not when left
                out.
            playBeep: Beep before the audio begins to flow.
            disableBidirectionalAudio: Take no audio from your side, even if `bidirectionalAudio` would
                allow it.
            bidirectionalAudio: Whether and how audio that you send back is played.
            timeout: Without effect on the open server, which merely accepts it.
            transcribe: The fields of a `transcribe` that runs beside the stream.
            earlyMedia: Stream before the call is answered instead of answering it.
            channel: Nested in `dial`: 1 sends the caller's side, 2 the called party's.
        """
        ...

    @verb("tag")
    def tag(
        self,
        given: TagVerb | Mapping[str, Any] | None = None,
        /,
        *,
        id: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Stores data with the call.

        It comes back as `customerData` in every later message, with its keys untouched. It replaces what an
        earlier tag stored; nothing is merged.

        On servers from 0.9.6.

        Args:
            id: Your name for this `tag`; reports about it (`verb:status`) carry it as `id`.
            data: (required) The whole of the data. It travels in every message from then on, so keep it
                small.
        """
        ...

    @verb("transcribe")
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
    ) -> None:
        """Transcribes what is said and sends each transcript to a hook.

        As a verb of its own it holds up the following ones for ever on the open server, although
        documentation calls it a background verb: use `transcribe` of `config`, or nest it in `dial` or
        `listen`, if the call is to go on.

        On servers from 0.9.6.

        Args:
            id: Your name for this `transcribe`; reports about it (`verb:status`) carry it as `id`, and
                its hooks as `verb_id`.
            enable: In `config`: true begins and false ends the background transcription. As a verb of
                its own it needs no such switch, and the open server refuses it there.
            transcriptionHook: Gets every final transcript, and interim ones if the recognizer's
                `interim` is set. Each call must be acked; verbs in the answer replace this verb, unless
                it is nested.
            translationHook: Gets translations, from vendors that deliver them (Speechmatics). Verbs in
                the answer replace this verb, as above.
            recognizer: How to transcribe; the session's recognizer when left out.
            earlyMedia: Begin before the call is answered, instead of answering it.
            channel: Nested in `dial`: transcribe only the caller (1) or only the called party (2).
                Both, separately, when left out. One of `1`, `2`.
        """
        ...

    @verb("transfer")
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
    ) -> TransferResult:
        """Passes the caller to somebody else, blind or warm, and brings the caller back when that fails.

        Since 10.3; the open server refuses it, where `dial` and `sip:refer` do the same by hand.

        On servers from 10.3.0.

        Args:
            mode: (required) `blind`: the caller is passed on without a word. `warm`: the person is
                called first, told what it is about, and then connected. One of `"blind"`, `"warm"`.
            blindMethod: With `blind`: `refer` asks the carrier to place the call elsewhere and leaves
                it; `dial` places it here and stays in the path, which every carrier allows. One of
                `"refer"`, `"dial"`. Left out: `"refer"`.
            callerPresent: With `warm`: let the caller hear the briefing instead of music. Left out:
                `false`.
            target: (required) Whom to call; all are rung at the same time.
            callerId: Number that the person is shown; the caller's when left out.
            onHoldHook: Asked for what the caller hears meanwhile.
            timeout: Seconds to let it ring before `onNoAnswer` applies. Left out: `30`.
            confirm: Have the person press a key before being connected, so that a voice mail does not
                take the call.
            amd: Detect answering machines, so that they count as not answered.
            disposition: What becomes of the caller when nobody takes the call, by reason. `return` goes
                on with the application, `voicemail` hands the caller to `voicemailUrl`, `hangup` ends
                the call.
            actionHook: Called with the outcome; verbs in the answer go on with the caller.
            eventHook: Told about the stages of the transfer.
            id: Your name for this `transfer`; reports about it (`verb:status`) carry it as `id`.
            brief: What the person hears before the caller is connected. Warm transfers only.
        """
        ...

    @verb("ultravox_s2s")
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
    ) -> LlmResult:
        """The `llm` verb for Ultravox.

        jambonz creates the conversation over Ultravox' REST API with `llmOptions` as its body, and reports
        that as an event `createCall`. Key presses reach the model as text.

        On servers from 10.1.0. What it shares with `llm` is explained there at length.

        Args:
            id: Your name for this conversation; the action hook carries it as `verb_id`.
            vendor: `ultravox`, which goes without saying here.
            model: Model by the vendor's name for it.
            auth: Credentials for the vendor.
            connectOptions: Where and how to connect, when it is not the vendor's default: `host` and
                `path`.
            llmOptions: (required) What is sent to the vendor, in its own words.
            mcpServers: MCP servers whose tools the model may use.
            actionHook: Called when the conversation is over, with the reason.
            eventHook: Gets the vendor's events as `llm:event`, which want no answer.
            toolHook: Gets the model's tool calls as `llm:tool-call`; answer each with the command
                `llm:tool-output`.
            handoff: Offers the model a tool that passes the caller to a person.
            hangup: Offers the model a tool that ends the call.
            events: Which of the vendor's events to send: names, `all`, prefixes such as
                `response.audio.*`, and with `all` exclusions such as `-response.audio.delta`.
            responseTimeoutMs: Report `response.timeout` when the model has not begun to answer after so
                many milliseconds.
            cancelOnResponseTimeout: Also tell the vendor to give up the answer that took too long.
            cancelOnBargeIn: Tell the vendor to stop its answer when the caller starts to speak, for
                vendors that do not do so themselves.
        """
        ...

    @verb("voiceagent_s2s")
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
    ) -> LlmResult:
        """What `deepgram_s2s` was called before, with the same `llmOptions`.

        No published set has this name, but open servers know it.

        On servers from 0.9.6. What it shares with `llm` is explained there at length.

        Args:
            id: Your name for this conversation; the action hook carries it as `verb_id`.
            vendor: `voiceagent`; may be left out, as the verb's name says it.
            model: Model by the vendor's name for it.
            auth: Credentials for the vendor.
            connectOptions: Where and how to connect, when it is not the vendor's default: `host` and
                `path`.
            llmOptions: (required) What is sent to the vendor, in its own words.
            mcpServers: MCP servers whose tools the model may use.
            actionHook: Called when the conversation is over, with the reason.
            eventHook: Gets the vendor's events as `llm:event`, which want no answer.
            toolHook: Gets the model's tool calls as `llm:tool-call`; answer each with the command
                `llm:tool-output`.
            handoff: Offers the model a tool that passes the caller to a person.
            hangup: Offers the model a tool that ends the call.
            events: Which of the vendor's events to send: names, `all`, prefixes such as
                `response.audio.*`, and with `all` exclusions such as `-response.audio.delta`.
            responseTimeoutMs: Report `response.timeout` when the model has not begun to answer after so
                many milliseconds.
            cancelOnResponseTimeout: Also tell the vendor to give up the answer that took too long.
            cancelOnBargeIn: Tell the vendor to stop its answer when the caller starts to speak, for
                vendors that do not do so themselves.
        """
        ...

    @verb("voicelive_s2s")
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
    ) -> LlmResult:
        """The `llm` verb for Microsoft's Voice Live API.

        Since 11.1. It talks to a model or, with `agentId`, to an agent that was built in Azure AI Foundry.

        On servers from 11.1.0. What it shares with `llm` is explained there at length.

        Args:
            id: Your name for this conversation; the action hook carries it as `verb_id`.
            vendor: `voicelive`, known from the verb's name.
            model: Model by the vendor's name for it.
            auth: (required) One of two ways to prove who you are.
            connectOptions: (required) Which Azure resource to connect to; there is no default.
            llmOptions: (required) Both messages that open the conversation are required.
            mcpServers: MCP servers whose tools the model may use.
            actionHook: Called when the conversation is over, with the reason.
            eventHook: Gets the vendor's events as `llm:event`, which want no answer.
            toolHook: Gets the model's tool calls as `llm:tool-call`; answer each with the command
                `llm:tool-output`.
            handoff: Offers the model a tool that passes the caller to a person.
            hangup: Offers the model a tool that ends the call.
            events: Which of the vendor's events to send: names, `all`, prefixes such as
                `response.audio.*`, and with `all` exclusions such as `-response.audio.delta`.
            responseTimeoutMs: Report `response.timeout` when the model has not begun to answer after so
                many milliseconds.
            cancelOnResponseTimeout: Also tell the vendor to give up the answer that took too long.
            cancelOnBargeIn: Tell the vendor to stop its answer when the caller starts to speak, for
                vendors that do not do so themselves.
        """
        ...
