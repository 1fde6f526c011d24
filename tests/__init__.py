"""A package, because others install a top-level `tests` (model-index does)."""
