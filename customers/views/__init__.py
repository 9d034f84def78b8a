"""The customer's own pages, phone first: how they come in, what they have, where they are signed in."""
