"""Orders: whether one is covered by the limit in force, what it takes of the headroom, and how one is let through."""
