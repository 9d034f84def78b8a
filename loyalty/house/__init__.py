"""The house style: how money, points and dates read, and the parts that pages are made of."""
