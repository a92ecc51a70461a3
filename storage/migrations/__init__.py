"""The schema's history. Each revision is written once and never edited."""
