"""When, and in what order: Prefect flows that read like the user's manual."""
