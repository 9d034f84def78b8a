"""What people enter about purchases and earning rules in the administration."""
