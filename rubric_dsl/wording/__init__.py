"""Official wording, read into clauses of the language, or how far it was understood."""

from rubric_dsl.wording.reader import read_wording
from rubric_dsl.wording.reading import Wording, WordingOutcome, WordingReading, WordingScore, WordingSlot

__all__ = ["Wording", "WordingOutcome", "WordingReading", "WordingScore", "WordingSlot", "read_wording"]
