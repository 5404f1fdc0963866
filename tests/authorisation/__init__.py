"""Who may do what: every page, endpoint and command, tried by everybody."""
