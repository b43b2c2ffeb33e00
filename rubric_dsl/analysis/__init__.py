"""What can be proved of a rubric before anyone is scored: exact analysis over all admissible data."""
