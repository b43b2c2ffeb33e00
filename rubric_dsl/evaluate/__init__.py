"""Core to exact ranges with trace, and the results as data."""
