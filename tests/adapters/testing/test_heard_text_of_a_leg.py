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
    heard_text = HeardText(10.0)
    for text in spoken:
        heard_text.started(text, 0.0)
        heard_text.spoken(text, text, 1.0)
    return heard_text


def take(heard_text: HeardText, what: str) -> str | None:
    found = heard_text.search(compiled(what))
    if found is None:
        return None
    heard_text.take(found[0])
    return found[0][0]


def test_each_search_goes_on_behind_the_last_match() -> None:
    heard_text = heard("one two one", "three")
    assert take(heard_text, "one") == "one"
    assert heard_text.unread == "two one three"
    assert take(heard_text, "one") == "one"
    assert take(heard_text, "one") is None
    assert take(heard_text, "three") == "three"
    assert heard_text.unread == ""


def test_a_match_may_span_texts_and_any_white_space() -> None:
    heard_text = heard("You said:", "good \n morning", "bye")
    assert take(heard_text, "said: good morning") == "said: good \n morning"
    assert take(heard_text, "bye") == "bye"


def test_words_count_when_they_were_said() -> None:
    heard_text = HeardText(10.0)
    heard_text.started("one two three", 5.0)
    assert heard_text.speaking
    found = heard_text.search(compiled("two"))
    assert found is not None
    assert found[1] == pytest.approx(5.7)


def test_a_text_that_was_cut_counts_as_far_as_it_was_heard() -> None:
    heard_text = HeardText(10.0)
    heard_text.started("one two three", 0.0)
    heard_text.spoken("one two three", "one tw", 0.6)
    assert not heard_text.speaking
    assert heard_text.search(compiled("two")) is None
    assert take(heard_text, "one tw") == "one tw"


def test_a_text_behind_one_that_is_still_spoken_is_heard_when_both_are() -> None:
    heard_text = HeardText(10.0)
    heard_text.started("a long text", 0.0)
    heard_text.started("short", 0.1)
    found = heard_text.search(re.compile("text.*short"))
    assert found is not None
    assert found[1] == pytest.approx(1.1)


def test_a_text_nobody_saw_begin_is_heard_all_the_same() -> None:
    heard_text = HeardText(10.0)
    heard_text.spoken("hello", "hello", 1.0)
    assert take(heard_text, "hello") == "hello"


def test_an_empty_text_is_no_expectation() -> None:
    with pytest.raises(ValueError, match="empty"):
        compiled("  ")


@given(st.lists(texts, min_size=1, max_size=6), st.data())
def test_words_are_found_in_their_order_and_once(spoken: list[str], data: st.DataObject) -> None:
    heard_text = heard(*spoken)
    everything = " ".join(spoken).split()
    wanted = sorted(data.draw(st.sets(st.integers(0, len(everything) - 1), max_size=6)))
    for position in wanted:
        # A pattern of the word with its borders: "a" is in "ab" as well.
        found = heard_text.search(re.compile(rf"(?<!\S){everything[position]}(?!\S)"))
        assert found is not None
        heard_text.take(found[0])
    assert len(heard_text.unread.split()) >= len(everything) - (wanted[-1] + 1 if wanted else 0)


@given(st.lists(texts, max_size=5))
def test_everything_is_unread_in_the_beginning(spoken: list[str]) -> None:
    assert heard(*spoken).unread == " ".join(spoken)
