"""The formula reader whole: arithmetic, functions and conditions over the rubric's names."""

from __future__ import annotations

from rubric_dsl.formulas.arithmetic import Arithmetic
from rubric_dsl.formulas.conditions import Conditions
from rubric_dsl.formulas.functions import Functions


class Typer(Arithmetic, Conditions, Functions):
    """Lowers formulas and conditions to core, with the kind of each value."""
