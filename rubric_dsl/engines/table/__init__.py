"""Whole tables: columns in, columns out, through one function that is generated from the plan and runs over the rows."""
