"""What several forms are made of: lines, steps, targets, caps, and the fixes that they offer."""
