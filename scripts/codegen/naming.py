"""How names of the wire become names of Python."""

from __future__ import annotations

import keyword
import re


def python_name(wire: str) -> str:
    """A name that Python accepts: `from` becomes `from_`, `sip:decline` becomes `sip_decline`."""
    name = re.sub(r"\W", "_", wire)
    return f"{name}_" if keyword.iskeyword(name) else name


def class_name(wire: str) -> str:
    """`recognizer-awsOptions` becomes `RecognizerAwsOptions`, `sip:decline` becomes `SipDecline`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[\W_]+", wire))
