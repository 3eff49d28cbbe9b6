"""Stand-in for a Qdrant server: Qdrant's own engine (qdrant-edge-py) behind Qdrant's REST paths.

For tests and the demo only; dev/README.md says what it is not.
"""
