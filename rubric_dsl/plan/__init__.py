"""Plans: core as whole-number arithmetic, for every way of scoring that is not the evaluator."""
