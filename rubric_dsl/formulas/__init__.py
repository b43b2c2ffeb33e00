"""Names and formulas: what they speak of, what kind of value they give, and their core."""
