"""Who a person is and whether they may take part: plain Python, standard library only."""
