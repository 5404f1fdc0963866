"""The machine's view of a case: criteria, score, grade, limit, caps, terms and route."""
