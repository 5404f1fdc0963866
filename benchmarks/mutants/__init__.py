"""Small changes planted in the rules, one at a time: do the tests notice? `make proof-mutants`."""
