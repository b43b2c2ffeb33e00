"""Whether the examples beside a rule are enough: what they reach, what is missing, which changed rules they notice."""
