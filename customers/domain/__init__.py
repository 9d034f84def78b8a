"""The rules of customers: plain Python, no database."""
