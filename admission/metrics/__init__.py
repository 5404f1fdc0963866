"""Named numbers and flags derived from facts; the catalogue lists all."""
