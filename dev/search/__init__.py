"""The labelled questions and how well they are answered."""
