"""A marketplace that lives in this process: for tests of the product and as the smallest example."""
