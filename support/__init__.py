"""Bookings, warranty and return requests, and chat."""
