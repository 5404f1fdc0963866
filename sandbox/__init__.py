"""Local stand-ins that answer over HTTP as the real sources do, for invented companies. Imports nothing of ours."""
