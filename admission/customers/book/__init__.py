"""The customers that a house already has when it starts with Gatehouse, as its own book tells them."""
