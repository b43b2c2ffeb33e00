"""Ways to score that are not the evaluator, each over a plan and each with the evaluator's own answers."""
