"""Signatures: what is believed, what is not, and why."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.webhooks import SignatureFault, check_signature, checked_secrets, sign, verify_signature
from jambonz_core.wire.errors import InvalidWebhook, LocalProtocolError

NOW = 1_700_000_000
BODY = b'{"call_sid":"c1"}'
SECRET = "s3cret-of-the-account"
HEADER = sign(BODY, SECRET, timestamp=NOW)


def test_a_signature_is_what_jambonz_computes() -> None:
    digest = hmac.new(SECRET.encode(), b"1700000000." + BODY, hashlib.sha256).hexdigest()
    assert f"t=1700000000,v1={digest}" == HEADER


def test_the_official_sdk_accepts_ours() -> None:
    official = pytest.importorskip("jambonz_sdk._signature")
    assert official.verify_signature(BODY, HEADER, SECRET, 0)


@given(
    body=st.binary(),
    secret=st.text(min_size=1).filter(str.strip),
    timestamp=st.integers(0, 10**11),
    skew=st.integers(-300, 300),
)
def test_what_was_signed_is_believed_within_the_tolerance(
    body: bytes, secret: str, timestamp: int, skew: int
) -> None:
    try:
        secret.encode()
    except UnicodeEncodeError:
        return
    header = sign(body, secret, timestamp=timestamp)
    assert check_signature(header, body, secret, now=timestamp + skew) is None


@given(body=st.binary(max_size=40), other=st.binary(max_size=40))
def test_another_body_is_not_believed(body: bytes, other: bytes) -> None:
    header = sign(body, SECRET, timestamp=NOW)
    expected = None if body == other else SignatureFault.MISMATCH
    assert check_signature(header, other, SECRET, now=NOW) is expected


@given(header=st.text(alphabet="tv1=,0123456789abcdef -", max_size=120))
def test_no_header_breaks_the_check(header: str) -> None:
    assert check_signature(header, BODY, SECRET, now=NOW) is not None


@pytest.mark.parametrize(
    ("now", "fault"),
    [
        (NOW + 300, None),
        (NOW + 301, SignatureFault.TOO_OLD),
        (NOW - 300, None),
        (NOW - 301, SignatureFault.IN_THE_FUTURE),
    ],
)
def test_the_clock_may_differ_both_ways_to_a_limit(now: float, fault: SignatureFault | None) -> None:
    assert check_signature(HEADER, BODY, SECRET, now=now) is fault


def test_any_of_several_secrets_and_signatures_may_match() -> None:
    old, new = sign(BODY, "old", timestamp=NOW), sign(BODY, "new", timestamp=NOW)
    both = f"{old},{new.partition(',')[2]}"
    assert check_signature(new, BODY, ["old", b"new"], now=NOW) is None
    assert check_signature(both, BODY, "new", now=NOW) is None
    assert check_signature(both, BODY, ("newest", "old"), now=NOW) is None
    assert check_signature(both, BODY, "newest", now=NOW) is SignatureFault.MISMATCH


def test_every_pair_is_compared_even_after_a_match(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def compare(first: str, second: str) -> bool:
        compared.append((first, second))
        return first == second

    monkeypatch.setattr("hmac.compare_digest", compare)
    header = f"{HEADER},v1={'0' * 64}"
    assert check_signature(header, BODY, [SECRET, "another"], now=NOW) is None
    assert len(compared) == 4


HEX = "0" * 64


@pytest.mark.parametrize(
    "header",
    [
        "nonsense",
        "t=1700000000",
        f"v1={HEX}",
        f"t=,v1={HEX}",
        f"t=now,v1={HEX}",
        f"t=-1,v1={HEX}",
        f"t=1e9,v1={HEX}",
        f"t={'9' * 13},v1={HEX}",
        f"t=1,t=2,v1={HEX}",
        "t=1700000000,v1=",
        "t=1700000000,v1=abc",
        f"t=1700000000,v1={'G' * 64}",
        f"t=1700000000,v0={HEX}",
        f"t=1700000000,v1={HEX}" + ",v1=" + HEX * 64,
        f"t=١٧,v1={HEX}",
    ],
)
def test_a_header_of_another_form_is_malformed(header: str) -> None:
    assert check_signature(header, BODY, SECRET, now=NOW) is SignatureFault.MALFORMED


def test_versions_to_come_are_passed_over() -> None:
    assert check_signature(f"{HEADER}, v2=whatever", BODY, SECRET, now=NOW) is None


@pytest.mark.parametrize("header", [None, ""])
def test_no_header_is_named_as_such(header: str | None) -> None:
    assert check_signature(header, BODY, SECRET, now=NOW) is SignatureFault.MISSING


def test_get_cannot_be_verified_and_passes_only_when_allowed() -> None:
    for method in ("GET", "get"):
        fault = check_signature(HEADER, b"", SECRET, now=NOW, method=method)
        assert fault is SignatureFault.UNVERIFIABLE_METHOD
        assert check_signature(HEADER, b"", SECRET, now=NOW, method=method, allow_get=True) is None
    # Allowing GET lets nothing else through.
    assert check_signature(None, BODY, SECRET, now=NOW, allow_get=True) is SignatureFault.MISSING


@pytest.mark.parametrize("fault", list(SignatureFault))
def test_a_fault_is_raised_as_a_word_without_anything_of_the_request(fault: SignatureFault) -> None:
    cases: dict[SignatureFault, dict[str, Any]] = {
        SignatureFault.MISSING: {"header": None},
        SignatureFault.MALFORMED: {"header": f"t=x,v1={HEX}"},
        SignatureFault.TOO_OLD: {"now": NOW + 10_000},
        SignatureFault.IN_THE_FUTURE: {"now": NOW - 10_000},
        SignatureFault.MISMATCH: {"body": b"other"},
        SignatureFault.UNVERIFIABLE_METHOD: {"method": "GET"},
    }
    arguments: dict[str, Any] = {"header": HEADER, "body": BODY, "now": NOW, **cases[fault]}
    with pytest.raises(InvalidWebhook) as caught:
        verify_signature(arguments.pop("header"), arguments.pop("body"), SECRET, **arguments)
    assert caught.value.fault == fault.value
    for secret in (SECRET, HEX, HEADER, "c1"):
        assert secret not in str(caught.value)


def test_a_good_request_passes() -> None:
    verify_signature(HEADER, BODY, SECRET, now=NOW)


def used_up() -> Iterator[str]:
    secrets = iter([SECRET])
    next(secrets)
    return secrets


NO_SECRETS = [
    pytest.param(lambda: "", id="empty"),
    pytest.param(lambda: b"", id="empty-bytes"),
    pytest.param(lambda: " \t\n\u00a0", id="blank"),
    pytest.param(lambda: b" \n", id="blank-bytes"),
    pytest.param(lambda: bytearray(), id="empty-bytearray"),
    pytest.param(list, id="empty-list"),
    pytest.param(lambda: (), id="empty-tuple"),
    pytest.param(lambda: frozenset(), id="empty-set"),
    pytest.param(lambda: iter([]), id="empty-iterator"),
    pytest.param(used_up, id="used-up"),
    pytest.param(lambda: [SECRET, ""], id="an-empty-one-in-a-list"),
    pytest.param(lambda: ["  ", SECRET], id="a-blank-one-in-a-list"),
    pytest.param(lambda: (secret for secret in (SECRET, b"")), id="an-empty-one-in-a-generator"),
    pytest.param(lambda: None, id="none"),
    pytest.param(lambda: [None], id="none-in-a-list"),
    pytest.param(lambda: [SECRET, 5], id="a-number-in-a-list"),
    pytest.param(lambda: 5, id="a-number"),
    pytest.param(lambda: memoryview(SECRET.encode()), id="a-memoryview"),
]
"""What there is when a setting is missing or was read wrongly. None of it may let anybody in."""


@pytest.mark.parametrize("check", [check_signature, verify_signature])
@pytest.mark.parametrize("secrets", NO_SECRETS)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_without_a_secret_nothing_is_believed(secrets: Any, check: Any, method: str) -> None:
    forged = f"t={NOW},v1={hmac.new(b'', f'{NOW}.'.encode() + BODY, 'sha256').hexdigest()}"
    for header in (HEADER, forged, None, ""):
        with pytest.raises(LocalProtocolError, match="secret") as caught:
            check(header, BODY, secrets(), now=NOW, method=method, allow_get=True)
        assert SECRET not in str(caught.value)


@pytest.mark.parametrize("secrets", NO_SECRETS)
def test_secrets_can_be_checked_before_there_is_a_request(secrets: Any) -> None:
    with pytest.raises(LocalProtocolError, match="secret"):
        checked_secrets(secrets())


def test_secrets_that_are_some() -> None:
    assert checked_secrets(SECRET) == (SECRET.encode(),)
    as_read: Any = bytearray(b"one")
    assert checked_secrets(as_read) == (b"one",)
    kept = checked_secrets(secret for secret in ("new", b"old"))
    assert kept == (b"new", b"old")
    assert check_signature(sign(BODY, "old", timestamp=NOW), BODY, kept, now=NOW) is None
    assert sign(BODY, " a ", timestamp=NOW) != sign(BODY, "a", timestamp=NOW), "spaces belong to a secret"


@pytest.mark.parametrize("secret", ["", "  ", b""])
def test_nothing_is_signed_with_a_blank(secret: Any) -> None:
    with pytest.raises(LocalProtocolError, match="blank"):
        sign(BODY, secret, timestamp=NOW)


def test_text_is_not_a_body() -> None:
    with pytest.raises(LocalProtocolError, match="raw body"):
        check_signature(HEADER, BODY.decode(), SECRET, now=NOW)  # type: ignore[arg-type]  # the mistake is the point
