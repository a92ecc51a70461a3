"""The database, and nothing but the database: load, save with a version check, append events. Never commits."""
