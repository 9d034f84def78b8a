"""What visitors did, who they turned out to be, and what to suggest now."""
