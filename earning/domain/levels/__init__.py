"""Levels: what they promise and ask for, and what a customer has reached."""
