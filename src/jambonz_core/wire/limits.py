"""The numbers of the wire, each with the reason it has that value.

These are properties of the server on the other side, not preferences. What an application may choose
(`CallOptions`, `AudioOptions`, `ServerLimits`) takes its default from here.
"""

from __future__ import annotations

CONTROL_SUBPROTOCOL = "ws.jambonz.org"
AUDIO_SUBPROTOCOL = "audio.drachtio.org"

MESSAGE_BYTES = 24 * 1024
"""The server kills a control socket that sends it a larger frame (close code 1009)."""

MESSAGE_MARKS = 32 * 1024
"""Brackets and braces that open, and commas, outside of the strings of a large message; one that has more is
not parsed. A megabyte of empty arrays would take a tenth of a second, in which nobody else is served. A
`session:new` has about a hundred.
"""

SERVER_ACK_SECONDS = 5.0
"""The server gives up on an ack after this; a later one is thrown away."""

ACK_DEADLINE_SECONDS = 4.0
"""When this side answers for an application that has not: the server's limit less a second for the way."""

SETTLE_SECONDS = 0.100
"""How long commands stay behind a non-empty ack where nothing proves that it was read: read together with it,
the server loses them. Its loop may stall for tens of milliseconds.
"""

UNPROVED_SECONDS = 1.0
"""Where nothing proves reading, what was written less than this before a drop counts as not received."""

RECEIPT_SECONDS = 0.100
"""Between two pings: what leaves meanwhile, and nobody waits for, is proved by one for all of it."""

RECEIPT_MISSED_SECONDS = 1.0
"""No pong in this time, while messages come: something on the way swallows pings."""

RECEIPT_SILENT_SECONDS = 5.0
"""The same when nothing comes at all. Then the network may be slow, but nothing waits for ever."""

RECONNECT_GRACE_SECONDS = 45.0
"""How long a call lives without a connection. The server's tries to come back end after 43.5 seconds."""

TOKENS_HIGH_WATER = 1000
"""UTF-16 code units in the server's text buffer; a message that would pass it is refused whole."""

TOKENS_LOW_WATER = 200
"""Where a draining buffer announces `stream_resumed`, if it had announced `stream_paused`."""

AUDIO_RATE = 8000
"""Samples per second of an audio stream whose verb gives none."""

PLAYOUT_FIRST_SECONDS = 0.160
"""Of streamed audio, the media server plays nothing before it has so much."""

PLAYOUT_MORE_SECONDS = 0.080
"""After that it plays what has come whenever it is so much; less stays unheard until more comes."""

MARKS_OUTSTANDING = 30
"""The server drops the 31st outstanding mark without a word."""

CLIPS_QUEUED = 10
"""Clips that may wait in the server's play queue; more vanish without a word."""

PLAY_AUDIO_BYTES = 650 * 1024
"""A `playAudio` message above about this size is cut off by the media server."""

PLAY_AUDIO_RATES = (8000, 16000, 24000, 32000, 48000, 64000)
"""Raw sample rates that `playAudio` knows."""

CLOSE_GRACEFUL = 1000
"""To the server: never reconnect. A live call's socket is never closed with it."""

CLOSE_GOING_AWAY = 1001
CLOSE_TOO_BIG = 1009
CLOSE_SERVICE_RESTART = 1012
"""Makes the server come back on a new connection, possibly to another process."""

CLOSE_ABNORMAL = 1006
"""Never on the wire: a connection that ended without a close frame."""

CLAIM_BEGIN_SECONDS = 0.250
"""How long the first verbs wait for the store to note whose call it is. The caller hears nothing yet."""

CLAIM_KNOWN_SECONDS = 2.0
"""How long the ack of a reconnect waits for the store to say whether another process has had the call."""

CLAIM_UNKNOWN_SECONDS = ACK_DEADLINE_SECONDS
"""The same where nothing is known of the call without the store: all the time that there is."""

OWNER_PONG_SECONDS = 1.0
"""How long a server that is here may take to answer the ping that asks for it. Its loop may stall."""

STORE_RETRY_FIRST_SECONDS = 0.2
STORE_RETRY_MOST_SECONDS = 5.0
"""The pause before the store is asked again after a failure; it doubles from the first to the last."""
