"""The waist: expression nodes over exact numbers."""
