"""The JSON service: rubrics of a folder, scored, explained, audited and checked over HTTP."""
