"""Kill everything, everywhere, and show that each case ends as it would have: `python -m benchmarks.recovery`."""
