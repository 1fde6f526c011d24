"""Pieces of tools/quickstart.py."""
