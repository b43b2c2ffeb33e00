"""Submissions: one department's figures, read exactly as written."""
