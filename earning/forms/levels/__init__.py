"""The forms of level sets and levels in the administration, one for each command."""
