"""What has changed of a company since it was decided on last."""
