"""Plans as YAML."""
