"""Where we differ from an expected text of the A sets, and why."""

REASONS = {}
