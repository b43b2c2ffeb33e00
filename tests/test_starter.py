"""The rubric to start from: it passes its checks and its own examples, whatever it is called."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.diagnostics import Lang
from rubric_dsl.source import Source

_LANGS: tuple[Lang, ...] = ("zh", "en")


def _sound(text: str, lang: Lang) -> rd.Rubric:
    source = Source("a.rubric", text)
    rubric, found = rd.check_source(source)
    assert rubric is not None
    assert found == ()
    assert all(result.passed for result in rubric.run_examples())
    assert rd.format_source(source) == (text, ())
    assert rubric.language == lang
    return rubric


@pytest.mark.parametrize("lang", _LANGS)
@pytest.mark.parametrize("points", ["100", "10", "9", "7", "1", "0.5", "99.99", "1000000", "0.000001"])
def test_it_is_sound_for_any_points(lang: Lang, points: str) -> None:
    rubric = _sound(rd.new_rubric("示例", "2025", Fraction(points), lang), lang)
    assert (rubric.points, rubric.edition) == (Fraction(points), "2025")
    forms = [type(form).__name__ for item in rubric.indicators.values() for form in item.forms]
    assert sorted(set(forms)) == ["Bands", "Checklist", "Steps"]


@settings(deadline=None, max_examples=40)
@given(st.text(st.characters(codec="utf-8"), max_size=20), st.text(max_size=8), st.sampled_from(_LANGS))
def test_any_name_is_written_or_refused(name: str, edition: str, lang: Lang) -> None:
    try:
        text = rd.new_rubric(name, edition, 100, lang)
    except ValueError:
        return
    _sound(text, lang)


@pytest.mark.parametrize(
    ("name", "edition", "points"),
    [("", "", 100), (" ", "", 100), ("a\nb", "", 100), ("x" * 101, "", 100), ("a", "1\t2", 100), ("a", "", 0)],
)
def test_what_cannot_be_written_is_refused(name: str, edition: str, points: int) -> None:
    with pytest.raises(ValueError, match=r"name|edition|points"):
        rd.new_rubric(name, edition, points)


def test_points_with_many_decimals_are_refused() -> None:
    with pytest.raises(ValueError, match="decimals"):
        rd.new_rubric("a", "", Fraction(1, 3))
