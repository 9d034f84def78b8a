"""Forms: those of the administration, and those of the till."""
