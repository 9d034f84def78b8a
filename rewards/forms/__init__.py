"""The forms of rewards in the administration."""
