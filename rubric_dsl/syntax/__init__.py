"""Text to syntax tree, and tree to text."""
