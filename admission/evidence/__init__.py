"""What sources are asked and answer, the facts read from it, and what was found checking them."""
