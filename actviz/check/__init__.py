"""The referee: independent oracles that a curve is held against, and the report of their findings."""
