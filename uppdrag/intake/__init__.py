"""Files from outside → workflow types."""
