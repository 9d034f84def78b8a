"""What the platform says to people: a sentence for every refusal."""
