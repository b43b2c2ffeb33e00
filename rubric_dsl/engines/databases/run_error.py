"""What a database could not do."""

from __future__ import annotations

from rubric_dsl.diagnostics import Text


class RunError(Exception):
    """Work that a database could not do; ``message`` says why in both languages, ``detail`` in its own words."""

    def __init__(self, message: Text, detail: str = "") -> None:
        super().__init__(message.en)
        self.message: Text = message
        self.detail: str = detail

    def __reduce__(self) -> tuple[type[RunError], tuple[Text, str]]:
        return RunError, (self.message, self.detail)
