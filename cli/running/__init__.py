"""Commands that run Gatehouse: up, demo, desk and doctor."""
