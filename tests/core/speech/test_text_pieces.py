"""Text is cut where it does no harm, and never into pieces that are too long."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.speech import text_pieces
from jambonz_core.speech.text_pieces import (
    cut_point,
    index_after,
    is_blank,
    is_boundary,
    last_sentence_end,
    split_text,
    utf16_units,
)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
THUMB = "\U0001f44d\U0001f3fd"
HEART = "\u2764\ufe0f"
KEYCAP = "1\ufe0f\u20e3"
FLAG = "\U0001f1e9\U0001f1ea"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
ACCENTED = "e\u0301\u0323"
JAMO = "\u1112\u1161\u11ab"
SYLLABLE_AND_JAMO = "\uac00\u11a8"
KSHA = "\u0915\u094d\u0937"
HALVES = "\ud83d\ude00"  # a pair as two lone surrogates, the way a careless decoder leaves it
NUMBERED = "\u06dd\u0661"

CHARACTERS = [
    FAMILY,
    THUMB,
    HEART,
    KEYCAP,
    FLAG,
    SCOTLAND,
    ACCENTED,
    JAMO,
    SYLLABLE_AND_JAMO,
    KSHA,
    HALVES,
    NUMBERED,
    "\r\n",
    "\u0e01\u0e33",
    "\uff76\uff9e",
]

pieces_of_text = st.lists(
    st.sampled_from(
        [*CHARACTERS, "word", " ", ". ", "! ", "。", "\n\n", "3. ", "ü", "\U0001f600", "\t", "x" * 30]
    )
    | st.text(max_size=4)
    | st.characters(categories=["Cs"]),
    max_size=60,
).map("".join)


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_character_of_several_code_points_has_no_boundary_inside(character: str) -> None:
    text = f"a{character}b"
    inside = range(2, len(text) - 1)
    assert [at for at in inside if is_boundary(text, at)] == []


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_character_moves_to_the_next_piece_as_a_whole(character: str) -> None:
    # The limit falls into the middle of the last character.
    text = "abcdefghijkl" + character
    assert split_text(text, utf16_units(text) - 1) == ["abcdefghijkl", character]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("ab", 1),
        ("\n\n", 1),
        ("\n\u0301", 1),
        ("\u200d\n", 1),
        (FLAG + FLAG, 2),
        ("a" + FLAG[0], 1),
        ("\u11a8\u1100", 1),
        ("\uac01\u1161", 1),
        ("\u1161\u1100", 1),
        ("a\u1100", 1),
        ("\u0915\u0937", 1),
        ("\u0301\u0937", 1),
        ("\u094d1", 1),
        ("\ude00\ud83d", 1),
        ("ä", 0),
        ("ä", 1),
    ],
)
def test_between_two_characters_there_is_a_boundary(text: str, at: int) -> None:
    assert is_boundary(text, at)


@pytest.mark.parametrize(
    ("text", "at"), [("\u1100\uac00", 1), ("\u1100\uac01", 1), ("\uac01\u11a8", 1), ("\u1161\u1161", 1)]
)
def test_jamo_of_one_syllable_stay_together(text: str, at: int) -> None:
    assert not is_boundary(text, at)


@given(pieces_of_text, st.integers(2, 80))
def test_pieces_are_the_text_and_none_is_too_long(text: str, units: int) -> None:
    pieces = split_text(text, units)
    assert "".join(pieces) == text
    assert all(0 < utf16_units(piece) <= units for piece in pieces)
    assert not any(a[-1] == HALVES[0] and b[0] == HALVES[1] for a, b in pairwise(pieces))


@given(pieces_of_text, st.integers(30, 80))
def test_a_cut_inside_a_character_happens_only_when_it_alone_is_too_long(text: str, units: int) -> None:
    at = 0
    for piece in split_text(text, units):
        end = at + len(piece)
        if not is_boundary(text, end):
            start = max(back for back in range(end) if is_boundary(text, back))
            stop = min(ahead for ahead in range(end, len(text) + 1) if is_boundary(text, ahead))
            assert utf16_units(text[start:stop]) > units
        at = end


@given(pieces_of_text, st.integers(2, 80))
def test_the_number_of_pieces_is_in_proportion_to_the_text(text: str, units: int) -> None:
    # A cut at a sentence or a word makes a short piece, but the next one is the longer for it.
    assert len(split_text(text, units)) <= 2 + 4 * utf16_units(text) / units


def test_a_sentence_end_is_preferred_to_a_word_end_and_that_to_a_character() -> None:
    assert split_text("One two. Three four five", 20) == ["One two. ", "Three four five"]
    assert split_text("One two Three four five", 20) == ["One two Three four ", "five"]
    assert split_text("Onetwothreefourfivesix", 20) == ["Onetwothreefourfives", "ix"]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("One. Two", 4),
        ("One.", 4),
        ("Why? No! But", 8),
        ("It is 3. Or 4.5 now", 0),
        ("example.com is", 0),
        ("如何。可以", 3),
        ("4。x", 0),
        ("a\n\nb", 3),
        ("\u0645\u061f \u0646", 2),
        ("\u0645\u06d4 \u0646", 2),
    ],
)
def test_a_sentence_ends_where_the_server_sees_an_end(text: str, end: int) -> None:
    assert last_sentence_end(text, 0, len(text)) == end


def test_a_mark_at_the_limit_counts_only_if_white_space_follows() -> None:
    assert last_sentence_end("ab.cd", 0, 3) == 0
    assert last_sentence_end("ab. cd", 0, 3) == 3


def test_a_word_end_is_not_one_when_a_mark_sits_on_the_space() -> None:
    # An accent combines with white space too.
    assert split_text("ab cd \u0301efgh", 9) == ["ab ", "cd \u0301efgh"]
    assert split_text("ab. \u0301efgh", 4) == ["ab.", " \u0301ef", "gh"]


def test_a_character_above_the_limit_is_cut_where_the_limit_is() -> None:
    zalgo = "a" + "\u0301" * 25
    assert [len(piece) for piece in split_text(zalgo, 10)] == [10, 10, 6]
    pairs = "\U0001f468" + "\u200d\U0001f469" * 6
    assert [utf16_units(piece) for piece in split_text(pairs, 4)] == [3, 3, 3, 3, 3, 3, 2]


def test_a_pair_in_two_halves_is_not_cut_even_inside_a_character_that_is_too_long() -> None:
    text = HALVES[0] + HALVES[1] + "\u200d" + HALVES
    assert split_text(text, 4) == [HALVES + "\u200d", HALVES]


def test_a_first_character_above_the_piece_but_below_the_message_stays_whole() -> None:
    text = FAMILY + " and more"
    assert cut_point(text, 0, 3, 1000) == len(FAMILY)
    assert cut_point(text, 0, 3, 4) == 2


def test_units_are_those_of_utf_16() -> None:
    assert utf16_units("") == 0
    assert utf16_units("\U0001f600é\ud800") == 4
    assert index_after("a\U0001f600b", 0, 2) == 1
    assert index_after("a\U0001f600b", 0, 3) == 2
    assert index_after("a\U0001f600b", 1, 9) == 3
    assert index_after("äöü", 0, 2) == 2


def test_blank_is_what_javascript_calls_white_space() -> None:
    assert is_blank("")
    assert is_blank(" \t\u00a0\ufeff\u3000")
    assert not is_blank("\x1c")


def test_a_piece_needs_room_for_a_pair() -> None:
    with pytest.raises(ValueError, match="surrogate pair"):
        split_text("a", 1)


def test_a_text_of_nothing_but_flags_takes_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether two letters are one flag depends on all those before them, but not on the pieces before."""
    looked_at = 0
    is_flag_letter = text_pieces._is_flag_letter

    def count(character: str) -> bool:
        nonlocal looked_at
        looked_at += 1
        return is_flag_letter(character)

    monkeypatch.setattr(text_pieces, "_is_flag_letter", count)
    flags = 20_000
    text = "\N{REGIONAL INDICATOR SYMBOL LETTER D}\N{REGIONAL INDICATOR SYMBOL LETTER E}" * flags
    assert split_text(text, 1000) == [text[:500]] * (flags // 250)
    assert looked_at < 10 * len(text)
