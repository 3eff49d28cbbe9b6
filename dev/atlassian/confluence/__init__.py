"""Confluence: one module per API edition over shared rendering and CQL."""
