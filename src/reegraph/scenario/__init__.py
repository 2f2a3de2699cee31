"""What if: a TOML of changes, the graph with them, and what that does to who depends on whom."""
