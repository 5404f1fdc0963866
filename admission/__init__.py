"""The domain of customer admission, pure: no clock, no network, no database, no framework but pydantic.

Every other room imports this one; this one imports none of them (import-linter holds it).
"""
