"""Tables scored by a database: the rubric's query settles most rows, the evaluator the others."""
