"""Results and diagnostics in words, tables and JSON."""
