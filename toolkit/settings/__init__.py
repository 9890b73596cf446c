"""What config.yaml may say, and what the rest of the toolkit sees of it; presets as YAML data."""
