"""What an auditor needs: the chain verified, flaws named, bundles that prove themselves."""
