"""The customer ledger (应收账款台账): what customers owe us, how they have paid, and the figures that follow."""
