"""Documents: what is written here once, as structure, and in the formats that people open."""
