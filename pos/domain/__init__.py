"""The rules of pos: plain Python, no database."""
