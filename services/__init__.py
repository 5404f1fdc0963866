"""What happens to a case or a customer, written once and without Prefect: called by tasks, desk and command line."""
