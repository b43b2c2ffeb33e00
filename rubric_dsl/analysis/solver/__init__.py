"""Questions that exact cutting leaves open, put to a solver (Z3, an extra) in a process that can be killed.

A solver's "no" proves a claim; its "yes" comes with data that our own evaluator must confirm; anything else leaves the
claim undecided. Nothing here is imported for scoring.
"""
