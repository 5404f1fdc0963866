"""A policy proven by example: situations as a credit manager would sign them, and what the policy makes of each."""
