"""What a rubric asks for, and how what is given is read: once for every way of scoring."""
