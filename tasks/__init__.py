"""One step each: a Prefect task that adds retries, limits and logs to one call below."""
