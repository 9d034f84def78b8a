"""The rules of earning: plain Python, no database."""
