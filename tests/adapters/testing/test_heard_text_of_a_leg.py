"""What a leg has heard, searched."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_anyio.testing.heard_text import HeardText, compiled

words = st.text("abc", min_size=1, max_size=4)
texts = st.lists(words, min_size=1, max_size=5).map(" ".join)


def heard(*spoken: str) -> HeardText:
    tape = HeardText(10.0)
    for text in spoken:
        tape.started(text, 0.0)
        tape.spoken(text, text, 1.0)
    return tape


def take(tape: HeardText, what: str) -> str | None:
    found = tape.search(compiled(what))
    if found is None:
        return None
    tape.take(found[0])
    return found[0][0]


def test_each_search_goes_on_behind_the_last_match() -> None:
    tape = heard("one two one", "three")
    assert take(tape, "one") == "one"
    assert tape.unread == "two one three"
    assert take(tape, "one") == "one"
    assert take(tape, "one") is None
    assert take(tape, "three") == "three"
    assert tape.unread == ""


def test_a_match_may_span_texts_and_any_white_space() -> None:
    tape = heard("You said:", "good \n morning", "bye")
    assert take(tape, "said: good morning") == "said: good \n morning"
    assert take(tape, "bye") == "bye"


def test_words_count_when_they_were_said() -> None:
    tape = HeardText(10.0)
    tape.started("one two three", 5.0)
    assert tape.speaking
    found = tape.search(compiled("two"))
    assert found is not None
    assert found[1] == pytest.approx(5.7)


def test_a_text_that_was_cut_counts_as_far_as_it_was_heard() -> None:
    tape = HeardText(10.0)
    tape.started("one two three", 0.0)
    tape.spoken("one two three", "one tw", 0.6)
    assert not tape.speaking
    assert tape.search(compiled("two")) is None
    assert take(tape, "one tw") == "one tw"


def test_a_text_behind_one_that_is_still_spoken_is_heard_when_both_are() -> None:
    tape = HeardText(10.0)
    tape.started("a long text", 0.0)
    tape.started("short", 0.1)
    found = tape.search(re.compile("text.*short"))
    assert found is not None
    assert found[1] == pytest.approx(1.1)


def test_a_text_nobody_saw_begin_is_heard_all_the_same() -> None:
    tape = HeardText(10.0)
    tape.spoken("hello", "hello", 1.0)
    assert take(tape, "hello") == "hello"


def test_an_empty_text_is_no_expectation() -> None:
    with pytest.raises(ValueError, match="empty"):
        compiled("  ")


@given(st.lists(texts, min_size=1, max_size=6), st.data())
def test_words_are_found_in_their_order_and_once(spoken: list[str], data: st.DataObject) -> None:
    tape = heard(*spoken)
    everything = " ".join(spoken).split()
    wanted = sorted(data.draw(st.sets(st.integers(0, len(everything) - 1), max_size=6)))
    for position in wanted:
        # A pattern of the word with its borders: "a" is in "ab" as well.
        found = tape.search(re.compile(rf"(?<!\S){everything[position]}(?!\S)"))
        assert found is not None
        tape.take(found[0])
    assert len(tape.unread.split()) >= len(everything) - (wanted[-1] + 1 if wanted else 0)


@given(st.lists(texts, max_size=5))
def test_everything_is_unread_in_the_beginning(spoken: list[str]) -> None:
    assert heard(*spoken).unread == " ".join(spoken)
