"""Step 1 of the strategy: the comprehension of a territory."""
