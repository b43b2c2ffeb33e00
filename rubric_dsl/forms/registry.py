"""Scoring forms: one file each. A new form is its file, its line here, its grammar rule and its spec chapter."""

from __future__ import annotations

from rubric_dsl.forms.anchors import AnchorsForm
from rubric_dsl.forms.award import AwardForm
from rubric_dsl.forms.bands import BandsForm
from rubric_dsl.forms.base import FormClass
from rubric_dsl.forms.base_score import BaseScoreForm
from rubric_dsl.forms.bonus import BonusForm
from rubric_dsl.forms.checklist import ChecklistForm
from rubric_dsl.forms.formula import FormulaForm
from rubric_dsl.forms.ladder import LadderForm
from rubric_dsl.forms.levels import LevelsForm
from rubric_dsl.forms.lookup import LookupForm
from rubric_dsl.forms.occurrences import OccurrencesForm, RewardsForm
from rubric_dsl.forms.proportional import ProportionalForm
from rubric_dsl.forms.refined import RefinedForm
from rubric_dsl.forms.scale import ScaleForm
from rubric_dsl.forms.steps import StepsForm

FORMS: tuple[FormClass, ...] = (
    BandsForm(),
    StepsForm(),
    BonusForm(),
    BaseScoreForm(),
    LadderForm(),
    ProportionalForm(),
    AnchorsForm(),
    FormulaForm(),
    LookupForm(),
    ChecklistForm(),
    OccurrencesForm(),
    RewardsForm(),
    LevelsForm(),
    ScaleForm(),
    AwardForm(),
    RefinedForm(),
)
