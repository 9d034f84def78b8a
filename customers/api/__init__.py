"""The register and its segments over REST, and the tokens by which customers ask for what is their own."""
