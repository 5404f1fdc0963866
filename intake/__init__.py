"""Files that people write: applications, policies, rates, industry tables. Every problem in them is named."""
