"""Official wording, read into clauses of the language, or how far it was understood."""

from rubric_dsl.wording.reader import read_wording
from rubric_dsl.wording.reading import Outcome, Reading, Slot, Wording, Worked

__all__ = ["Outcome", "Reading", "Slot", "Wording", "Worked", "read_wording"]
