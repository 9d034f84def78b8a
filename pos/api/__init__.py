"""Merchants, points of sale and sellers over REST."""
