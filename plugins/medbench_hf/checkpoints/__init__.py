"""Tiny random checkpoints, one file a family: to learn the tool, and to test it. Nothing real is in them."""
