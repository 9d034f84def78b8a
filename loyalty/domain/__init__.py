"""The words every context shares: plain Python, standard library only."""
