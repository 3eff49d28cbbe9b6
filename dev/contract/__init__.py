"""Holds what the fleet asks Qdrant, and what it is answered, against Qdrant's OpenAPI document."""
