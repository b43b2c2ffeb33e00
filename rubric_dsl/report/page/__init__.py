"""The page that explains a result: HTML that needs nothing else, or Markdown."""
