"""What a score can still be while figures are missing, worked out before any figure is known."""
