# Generated from schemas/ by `python scripts/generate.py`. Do not edit.
"""The text of the schemas in the group `app`, by `$id`."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    'https://jambonz.org/schema/jambonz-app': '{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://jambonz.org/schema/jambonz-app","type":"array","items":{"$ref":"#/$defs/Verb"},"minItems":1,"$defs":{"Verb":{"oneOf":[{"$ref":"verbs/answer"},{"$ref":"verbs/alert"},{"$ref":"verbs/config"},{"$ref":"verbs/say"},{"$ref":"verbs/play"},{"$ref":"verbs/gather"},{"$ref":"verbs/dial"},{"$ref":"verbs/listen"},{"$ref":"verbs/stream"},{"$ref":"verbs/llm"},{"$ref":"verbs/s2s"},{"$ref":"verbs/openai_s2s"},{"$ref":"verbs/google_s2s"},{"$ref":"verbs/elevenlabs_s2s"},{"$ref":"verbs/deepgram_s2s"},{"$ref":"verbs/ultravox_s2s"},{"$ref":"verbs/qwen_s2s"},{"$ref":"verbs/gptlive_s2s"},{"$ref":"verbs/voicelive_s2s"},{"$ref":"verbs/nova_s2s"},{"$ref":"verbs/dialogflow"},{"$ref":"verbs/agent"},{"$ref":"verbs/transfer"},{"$ref":"verbs/conference"},{"$ref":"verbs/transcribe"},{"$ref":"verbs/enqueue"},{"$ref":"verbs/dequeue"},{"$ref":"verbs/dtmf"},{"$ref":"verbs/dub"},{"$ref":"verbs/hangup"},{"$ref":"verbs/leave"},{"$ref":"verbs/message"},{"$ref":"verbs/pause"},{"$ref":"verbs/redirect"},{"$ref":"verbs/tag"},{"$ref":"verbs/sip:decline"},{"$ref":"verbs/sip:request"},{"$ref":"verbs/sip:refer"},{"$ref":"verbs/rest:dial"}],"discriminator":{"propertyName":"verb"}}}}',
}
