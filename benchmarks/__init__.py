"""What was measured, and the commands that measure it again: `make bench`, or `make bench PARTS=ab`."""
