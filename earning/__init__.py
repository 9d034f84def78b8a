"""What a purchase is worth, and what an account holds."""
