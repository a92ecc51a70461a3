"""What is declared: lifecycles, the organisation, plans; and reading it."""
