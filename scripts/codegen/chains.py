"""What `jambonz_anyio` has of each verb, in one line: its method on calls and chains, and the verb alone."""

from __future__ import annotations

from pathlib import Path

from codegen.naming import python_name
from codegen.reading import ADAPTERS, COMMAND, SchemaFiles, header

BEGIN = f"    # One line for each verb, written by `{COMMAND}`.\n"
END = "    # Here ends what is written.\n"

SDK_NAMES = {
    "dtmf": "DTMF",
    "llm": "LLM",
    "voicelive_s2s": "AzureVoiceLiveS2S",
    "gptlive_s2s": "GptLiveS2S",
}
"""The official SDK's class names that do not follow its rule."""

VERBS_DOC = '''"""Single verbs by the official SDK's class names.

`Say(text="Hello")` is a dict, ready for any verb method:

```python
from jambonz_anyio.verbs import Gather, Say

session.gather(Gather(input=["speech"], actionHook="/heard", say=Say(text="Yes?")))
```

What stands inside a verb has its types in `jambonz_anyio.components`.
"""
'''


def sdk_name(verb: str) -> str:
    """`sip:decline` is `SipDecline`, `deepgram_s2s` is `DeepgramS2S`."""
    name = "".join(part.capitalize() for part in python_name(verb).split("_")).replace("S2s", "S2S")
    return SDK_NAMES.get(verb, name)


def generate(files: SchemaFiles) -> dict[Path, str]:
    chain = ADAPTERS / "chain.py"
    before, _, rest = chain.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    names = [python_name(name) for name in files.verbs]
    methods = "".join(f"    {name}: Final = on_chain(VerbMethods.{name})\n" for name in names)
    verbs = header("schemas/") + VERBS_DOC
    verbs += "\nfrom __future__ import annotations\n\nfrom typing import Final\n\n"
    verbs += "from jambonz_core.verbs.builder import make\n\n"
    verbs += "".join(f"{sdk_name(name)}: Final = make.{python_name(name)}\n" for name in files.verbs)
    return {chain: before + BEGIN + methods + END + after, ADAPTERS / "verbs.py": verbs}
