"""How fast it is, always against something: the same rows written by hand, and other libraries as they come."""
