"""The upgrade from the release before, with cases that are suspended for votes."""
