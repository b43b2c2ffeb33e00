"""What the author can write for a score: the scoring forms."""
