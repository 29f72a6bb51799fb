"""strongroom."""
