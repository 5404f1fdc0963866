"""What of a customer's limit is in force today, by what, and until when."""
