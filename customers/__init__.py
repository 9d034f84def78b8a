"""Who a person is, whether they may take part, and which identifiers are theirs."""
