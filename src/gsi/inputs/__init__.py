"""Files as they are published or filled in become the prepared tables of the contract."""
