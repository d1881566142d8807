"""A calculator that is exact where numbers can be, and bounded in everything.

Models reckon badly, and what they want reckoned comes from a caller. So nothing of Python is evaluated: a
small parser knows numbers, operators and a few functions, and reckons with fractions. The rules:

1. An expression has at most 300 characters, and is nested at most 30 deep.
2. A number has at most 4096 bits above and below the line. What would grow beyond that is refused before it
   is reckoned, so no power takes long.
3. What has no exact value (a root, a logarithm, pi) is reckoned to 40 digits, and the result says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Context, Decimal, DecimalException
from fractions import Fraction
from typing import Annotated, Any, NamedTuple

from msgspec import Meta

from .tool_functions import Tool, ToolError

EXPRESSION_CHARACTERS = 300
DEPTH = 30
BITS = 4096
"""The most that a number may have, above the line and below it."""

_DIGITS = Context(prec=40)
_SHOWN = Context(prec=16)
_EXPONENT = 1000
"""The largest argument of an exponential function."""

_TOKEN = re.compile(
    r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d{1,4})?|\.\d+(?:[eE][+-]?\d{1,4})?)|([A-Za-z_]\w*)|(\*\*|//|.))",
    re.DOTALL,
)
_SPELLINGS = {"×": "*", "·": "*", "÷": "/", "−": "-", "^": "**", ":": "/"}
_PI = Fraction("3.14159265358979323846264338327950288419716939937510")
_E = Fraction("2.71828182845904523536028747135266249775724709369996")


class Number(NamedTuple):
    """A value, and whether it is exact."""

    value: Fraction
    exact: bool = True


_ZERO = Number(Fraction(0))


class NotReckoned(Exception):
    """Why an expression has no result, in words for the model."""


def calculator() -> Tool[..., Any]:
    """A tool that reckons exactly."""

    async def calculate(
        expression: Annotated[str, Meta(min_length=1, max_length=EXPRESSION_CHARACTERS)],
    ) -> dict[str, Any]:
        """Reckon exactly. Use it for every calculation, however simple.

        Args:
            expression: Such as (19.99 * 3 + 4.5) * 21%, 2^64, 7 // 2, 7 mod 2, sqrt(2), round(10/3, 2).
                Functions: abs, ceil, exp, factorial, floor, gcd, ln, log10, max, min, round, sqrt.
                Constants: pi, e.
        """
        try:
            return told(reckon(expression))
        except NotReckoned as error:
            raise ToolError(str(error)) from None

    return Tool(calculate, idempotent=True)


def told(number: Number) -> dict[str, Any]:
    """A result for a model: exact as text, and near it as a decimal fraction where that is something else."""
    value = number.value
    near = str(_decimal(value, _SHOWN).normalize(_SHOWN))
    if not number.exact:
        return {"result": near, "exact": False}
    whole = str(value.numerator) if value.denominator == 1 else _terminating(value) or str(value)
    if len(whole) <= 30 and "/" not in whole:
        return {"result": whole, "exact": True}
    return {"result": whole, "approximately": near, "exact": True}


def _terminating(value: Fraction) -> str:
    """A fraction as a decimal one that ends; empty where it does not."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest != 1 or places > 30:
        return ""
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _decimal(value: Fraction, context: Context = _DIGITS) -> Decimal:
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def reckon(expression: str) -> Number:
    """The value of an expression. Raises `NotReckoned`.

    >>> reckon("0.1 + 0.2").value
    Fraction(3, 10)
    """
    if len(expression) > EXPRESSION_CHARACTERS:
        raise NotReckoned(f"an expression has at most {EXPRESSION_CHARACTERS} characters")
    parser = _Parser(expression)
    number = parser.sum()
    if parser.next != "":
        raise NotReckoned(f"the expression cannot be read from {parser.next!r} on")
    return number


class _Parser:
    """Reads an expression and reckons at once, one token ahead."""

    def __init__(self, expression: str) -> None:
        self._tokens = [
            _SPELLINGS.get(match[0].strip(), match[0].strip().lower())
            for match in _TOKEN.finditer(expression)
            if match[0].strip()
        ]
        self._at = 0
        self._depth = 0

    @property
    def next(self) -> str:
        """The token that comes; empty at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *tokens: str) -> str:
        """The next token, if it is one of these; empty otherwise."""
        token = self.next
        if token and token in tokens:
            self._at += 1
            return token
        return ""

    def _demand(self, token: str) -> None:
        if not self._take(token):
            raise NotReckoned(f"{token!r} is missing before {self.next or 'the end'!r}")

    def sum(self) -> Number:
        """Terms with plus and minus between them."""
        self._depth += 1
        if self._depth > DEPTH:
            raise NotReckoned(f"an expression is nested at most {DEPTH} deep")
        left = self._product()
        while sign := self._take("+", "-"):
            right = self._product()
            value = left.value + right.value if sign == "+" else left.value - right.value
            left = _bounded(value, left, right)
        self._depth -= 1
        return left

    def _product(self) -> Number:
        left = self._signed()
        while sign := self._take("*", "/", "//", "%", "mod", "of"):
            right = self._signed()
            if sign in ("*", "of"):
                left = _bounded(left.value * right.value, left, right)
                continue
            if right.value == 0:
                raise NotReckoned("nothing can be divided by zero")
            quotient = left.value / right.value
            if sign == "//":
                quotient = Fraction(math.floor(quotient))
            elif sign != "/":
                quotient = left.value % right.value
            left = _bounded(quotient, left, right)
        return left

    def _signed(self) -> Number:
        sign = 1
        while token := self._take("-", "+"):
            sign = -sign if token == "-" else sign
        number = self._power()
        return Number(sign * number.value, number.exact)

    def _power(self) -> Number:
        base = self._atom()
        while True:
            if self._take("!"):
                base = _factorial(base)
            elif self.next == "%" and self._is_percent():
                self._take("%")
                base = Number(base.value / 100, base.exact)
            else:
                break
        if self._take("**"):
            self._depth += 1
            if self._depth > DEPTH:
                raise NotReckoned(f"an expression is nested at most {DEPTH} deep")
            exponent = self._signed()
            self._depth -= 1
            return _raised(base, exponent)
        return base

    def _is_percent(self) -> bool:
        """Whether a percent sign has nothing behind it that it could divide by."""
        behind = self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else ""
        return not (
            behind[:1].isdigit() or behind[:1] in ("(", ".") or (behind[:1].isalpha() and behind != "of")
        )

    def _atom(self) -> Number:
        token = self.next
        self._at += 1
        if token[:1].isdigit() or (token[:1] == "." and len(token) > 1):
            if abs(int(token.partition("e")[2] or 0)) > _EXPONENT:
                raise NotReckoned(f"{token} is too large or too small")
            return _bounded(Fraction(token))
        if token == "(":
            inner = self.sum()
            self._demand(")")
            return inner
        if token == "pi":
            return Number(_PI, exact=False)
        if token == "e":
            return Number(_E, exact=False)
        function = _FUNCTIONS.get(token)
        if function is None:
            raise NotReckoned(f"{token or 'the end'!r} is not understood; write 1000 and not 1,000")
        self._demand("(")
        arguments = [self.sum()]
        while self._take(","):
            arguments.append(self.sum())
        self._demand(")")
        least, most, reckoned = function
        if not least <= len(arguments) <= most:
            raise NotReckoned(f"{token} does not take {len(arguments)} numbers")
        return reckoned(*arguments)


def _bounded(value: Fraction, *of: Number) -> Number:
    if value.numerator.bit_length() > BITS or value.denominator.bit_length() > BITS:
        raise NotReckoned("the result has too many digits")
    return Number(value, all(number.exact for number in of))


def _whole(number: Number, least: int, most: int, what: str) -> int:
    if number.value.denominator != 1 or not least <= number.value <= most:
        raise NotReckoned(f"{what} takes a whole number from {least} to {most}")
    return number.value.numerator


def _factorial(number: Number) -> Number:
    return _bounded(Fraction(math.factorial(_whole(number, 0, 500, "a factorial"))), number)


def _raised(base: Number, exponent: Number) -> Number:
    value, power = base.value, exponent.value
    if value == 0 and power < 0:
        raise NotReckoned("nothing can be divided by zero")
    if power.denominator == 1:
        bits = max(value.numerator.bit_length(), value.denominator.bit_length())
        if abs(power.numerator) * max(bits - 1, 0) > BITS:
            raise NotReckoned("the result has too many digits")
        return _bounded(value**power.numerator, base, exponent)
    if power == Fraction(1, 2):
        return _sqrt(base)
    if value <= 0:
        if value == 0:
            return Number(Fraction(0), base.exact and exponent.exact)
        raise NotReckoned("a negative number has no such power")
    return _exp(Number(power * _ln(base).value))


def _sqrt(number: Number) -> Number:
    value = number.value
    if value < 0:
        raise NotReckoned("a negative number has no root")
    above, below = math.isqrt(value.numerator), math.isqrt(value.denominator)
    if above**2 == value.numerator and below**2 == value.denominator:
        return Number(Fraction(above, below), number.exact)
    return _near(lambda: _DIGITS.sqrt(_decimal(value)))


def _ln(number: Number) -> Number:
    if number.value <= 0:
        raise NotReckoned("only numbers above zero have a logarithm")
    return (
        Number(Fraction(0), number.exact)
        if number.value == 1
        else _near(lambda: _DIGITS.ln(_decimal(number.value)))
    )


def _log10(number: Number) -> Number:
    if number.value <= 0:
        raise NotReckoned("only numbers above zero have a logarithm")
    return _near(lambda: _DIGITS.log10(_decimal(number.value)))


def _exp(number: Number) -> Number:
    if abs(number.value) > _EXPONENT:
        raise NotReckoned("the result has too many digits")
    return _near(lambda: _DIGITS.exp(_decimal(number.value)))


def _near(reckoned: Callable[[], Decimal]) -> Number:
    try:
        return Number(_bounded(Fraction(reckoned())).value, exact=False)
    except DecimalException:  # pragma: no cover  # nothing that is let through above leads here
        raise NotReckoned("the result is too large or too small") from None


def _round(number: Number, places: Number = _ZERO) -> Number:
    """Half away from zero, as people round, and not to the even digit, as Python does."""
    scale = Fraction(10) ** _whole(places, -30, 30, "round")
    scaled = abs(number.value) * scale
    rounded = Fraction(math.floor(scaled + Fraction(1, 2))) / scale
    return _bounded(rounded if number.value >= 0 else -rounded)


def _gcd(*numbers: Number) -> Number:
    return Number(Fraction(math.gcd(*(_whole(number, -(2**BITS), 2**BITS, "gcd") for number in numbers))))


def _extreme(choose: Callable[[list[Fraction]], Fraction], numbers: tuple[Number, ...]) -> Number:
    return Number(choose([number.value for number in numbers]), all(number.exact for number in numbers))


_MANY = 20
_FUNCTIONS: dict[str, tuple[int, int, Callable[..., Number]]] = {
    "abs": (1, 1, lambda number: Number(abs(number.value), number.exact)),
    "ceil": (1, 1, lambda number: Number(Fraction(math.ceil(number.value)))),
    "exp": (1, 1, _exp),
    "factorial": (1, 1, _factorial),
    "floor": (1, 1, lambda number: Number(Fraction(math.floor(number.value)))),
    "gcd": (2, _MANY, _gcd),
    "ln": (1, 1, _ln),
    "log10": (1, 1, _log10),
    "max": (1, _MANY, lambda *numbers: _extreme(max, numbers)),
    "min": (1, _MANY, lambda *numbers: _extreme(min, numbers)),
    "round": (1, 2, _round),
    "sqrt": (1, 1, _sqrt),
}
"""By name: the fewest numbers that it takes, the most, and what it does."""
