"""What the packages export: their names are known to type checkers, and others are not."""

from __future__ import annotations

from typing import assert_type

import jambonz_anyio
import jambonz_anyio.rest
import jambonz_anyio.testing
import jambonz_core.rest
import jambonz_core.webhooks
from jambonz_anyio import App
from jambonz_anyio import Apps as Misspelt  # error: no such name

assert_type(App, type[App])
assert_type(jambonz_core.V10, jambonz_core.Profile)

print(jambonz_anyio.Calls)  # error: no such name
print(jambonz_anyio.rest.JambonzClint)  # error: misspelt
print(jambonz_anyio.testing.Telegraph)  # error: no such name
print(jambonz_core.VerbBuider)  # error: misspelt
print(jambonz_core.rest.Reqest)  # error: misspelt
print(jambonz_core.webhooks.chek_signature)  # error: misspelt
print(Misspelt)
