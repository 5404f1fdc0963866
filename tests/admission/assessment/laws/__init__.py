"""Laws of the decision, tried over random companies: hiding never pays, and worse is never better."""
