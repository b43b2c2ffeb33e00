"""Syntax tree to checked rubric."""
