"""Private servers in a work folder, for tests and the demo. Standard library only: it runs before .venv exists."""
