"""`python -m uppdrag`."""

from uppdrag.cli import main

main()
