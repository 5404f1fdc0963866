"""How each source is asked: `kit` for what all share, and one folder a source."""
