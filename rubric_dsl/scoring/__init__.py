"""A rubric and a submission: scores, subtotals, total and grade."""
