"""One step each: a Prefect task that adds a name and a log line to one call of the services."""
