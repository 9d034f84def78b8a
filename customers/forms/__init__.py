"""The forms of the register in the administration, one for each command."""
