"""Merchants, points of sale, which staff sell where, and the screens of the till."""
