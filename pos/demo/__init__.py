"""The demo's world: a Vietnamese programme with a café chain and an electronics retailer, and a small Polish one beside it."""
