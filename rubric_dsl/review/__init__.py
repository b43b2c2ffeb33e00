"""A scored submission looked at again: its claims, other readings, other figures, and what would change its score."""
