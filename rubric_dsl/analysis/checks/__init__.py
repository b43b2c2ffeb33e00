"""What analysis adds to ``rubric check``: :mod:`.band_gap` whatever else is wrong, :mod:`.rules` where nothing is."""
