"""From an intent to a mail that has left, and what came back."""
