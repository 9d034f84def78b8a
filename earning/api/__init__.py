"""Purchases, returns, points accounts and earning rules over REST."""
