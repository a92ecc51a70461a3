"""The pure core: what may happen to an uppdrag, and why not. No I/O, no clock, no framework."""
