"""The API: what other systems read and register, in JSON, by the same use cases as the pages and the command line."""
