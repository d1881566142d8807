"""The calculator: exact, bounded, and deaf to anything that is no calculation."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_anyio.tools import calculator
from jambonz_anyio.tools.exact_calculator import BITS, NotReckoned, reckon, told


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("0.1 + 0.2", "0.3"),
        ("19.99 * 3", "59.97"),
        ("-2^2", "-4"),
        ("(-2)^2", "4"),
        ("2^3^2", "512"),
        ("2**-2", "0.25"),
        ("2^64", "18446744073709551616"),
        ("7 // 2", "3"),
        ("-7 // 2", "-4"),
        ("7 % 2", "1"),
        ("7 mod 2", "1"),
        ("-7 mod 3", "2"),
        ("20% of 50", "10"),
        ("50 + 10%", "50.1"),
        ("200 * 15%", "30"),
        ("(15%)", "0.15"),
        ("5!", "120"),
        ("1e3", "1000"),
        ("1.5E-2", "0.015"),
        (".5 + 3.", "3.5"),
        ("6 × 7 ÷ 2", "21"),
        ("6:4", "1.5"),
        ("5 − 3", "2"),
        ("--3", "3"),
        ("+3", "3"),
        ("sqrt(16/9)", "4/3"),
        ("9^0.5", "3"),
        ("0^0.3", "0"),
        ("abs(-3)", "3"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(10/3, 2)", "3.33"),
        ("round(1234, -2)", "1200"),
        ("floor(-1.5) + ceil(1.2)", "0"),
        ("max(1, 2, 3) - min(4, 5)", "-1"),
        ("gcd(12, 18)", "6"),
        ("factorial(3)", "6"),
        ("ln(1)", "0"),
        ("SQRT(4)", "2"),
    ],
)
def test_exact_results(expression: str, result: str) -> None:
    assert told(reckon(expression))["result"] == result
    assert told(reckon(expression))["exact"] is True


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("sqrt(2)", "1.414213562373095"),
        ("pi", "3.141592653589793"),
        ("e", "2.718281828459045"),
        ("ln(10)", "2.302585092994046"),
        ("log10(2)", "0.3010299956639812"),
        ("exp(1)", "2.718281828459045"),
        ("2^0.3", "1.231144413344916"),
        ("round(pi, 2) * 0 + pi", "3.141592653589793"),
    ],
)
def test_what_has_no_exact_value_says_so(expression: str, result: str) -> None:
    assert told(reckon(expression)) == {"result": result, "exact": False}


def test_a_fraction_is_told_with_what_it_is_about() -> None:
    assert told(reckon("1/3")) == {"result": "1/3", "approximately": "0.3333333333333333", "exact": True}
    large = told(reckon("3^100"))
    assert (large["result"], large["approximately"]) == (str(3**100), "5.153775207320113E+47")
    assert told(reckon("1/2^40"))["result"].startswith("1/")
    assert told(reckon("-1/8"))["result"] == "-0.125"


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("1 / 0", "divided by zero"),
        ("1 // 0", "divided by zero"),
        ("1 mod 0", "divided by zero"),
        ("0 ^ -1", "divided by zero"),
        ("2 ^ 99999", "too many digits"),
        ("9^9^9^9", "too many digits"),
        ("2^(2^99)", "too many digits"),
        ("1e9999", "too large or too small"),
        ("1e1000 * 1e1000", "too many digits"),
        ("501!", "a factorial takes"),
        ("2.5!", "a factorial takes"),
        ("exp(1001)", "too many digits"),
        ("(0-2)^0.5", "no root"),
        ("(0-2)^0.3", "no such power"),
        ("sqrt(-1)", "no root"),
        ("ln(0)", "above zero"),
        ("log10(-1)", "above zero"),
        ("round(1, 99)", "round takes"),
        ("gcd(1.5, 2)", "gcd takes"),
        ("1,000 + 1", "cannot be read from ','"),
        ("2 +", "'the end' is not understood"),
        ("(2", "')' is missing before 'the end'"),
        ("2)", "cannot be read from ')'"),
        ("2 3", "cannot be read from '3'"),
        ("sqrt", "'(' is missing"),
        ("sqrt(1, 2)", "does not take 2 numbers"),
        ("__import__('os')", "is not understood"),
        ("x = 3", "is not understood"),
        ("1;2", "cannot be read from ';'"),
        ("(" * 40 + "1" + ")" * 40, "nested at most 30 deep"),
        ("2" + "^2" * 40, "nested at most 30 deep"),
        ("1" * 301, "at most 300 characters"),
        ("", "'the end' is not understood"),
        (".", "is not understood"),
    ],
)
def test_what_cannot_be_reckoned_says_why(expression: str, said: str) -> None:
    with pytest.raises(NotReckoned) as failed:
        reckon(expression)
    assert said in str(failed.value)


NUMBERS = st.fractions(min_value=-1000, max_value=1000, max_denominator=50)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_it_reckons_as_fractions_do(a: Fraction, b: Fraction, c: Fraction) -> None:
    def written(number: Fraction) -> str:
        return f"({number.numerator}/{number.denominator})"

    text = f"{written(a)} + {written(b)} * {written(c)} - {written(a)}"
    assert reckon(text).value == a + b * c - a
    if b:
        assert reckon(f"{written(a)} / {written(b)} + {written(a)} mod {written(b)}").value == a / b + a % b


@given(st.text("0123456789.+-*/^%!(), eEpisqrtlnmaxof", max_size=60))
def test_whatever_is_written_it_ends_soon_and_says_something(expression: str) -> None:
    began = time.perf_counter()
    try:
        number = reckon(expression)
    except NotReckoned:
        pass
    else:
        assert max(number.value.numerator.bit_length(), number.value.denominator.bit_length()) <= BITS
        assert told(number)["result"]
    assert time.perf_counter() - began < 2.0


@pytest.mark.anyio
async def test_the_tool() -> None:
    tool: Any = calculator()
    assert (await tool.run({"expression": "0.1 + 0.2"})).output == {"result": "0.3", "exact": True}
    failed = await tool.run({"expression": "1/0"})
    assert (failed.output, failed.is_error) == ("nothing can be divided by zero", True)
    assert (await tool.run({"expression": "1" * 400})).is_error
