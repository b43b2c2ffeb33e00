"""For tests with Hypothesis: submissions of a rubric, and the laws that hold for all of them.

Install it with ``pip install rubric-dsl[testing]``; this is the only part of the package that imports Hypothesis.

Example::

    import rubric_dsl as rd
    from hypothesis import given
    from rubric_dsl.testing import submissions

    rubric = rd.load("rubrics/yuhua/2019.rubric")

    @given(submissions(rubric))
    def test_the_report_can_be_printed(data):
        assert str(rubric.score(data).explain("政府采购执行率"))
"""

from __future__ import annotations

from rubric_dsl.extras import require

require("testing")  # before anything imports Hypothesis: its own error would not say what to install

from rubric_dsl.testing.laws import LAWS, Broken, Given, Law, broken  # noqa: E402
from rubric_dsl.testing.submissions import submissions  # noqa: E402

__all__ = ["LAWS", "Broken", "Given", "Law", "broken", "submissions"]
