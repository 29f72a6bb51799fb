"""Every stored value can be brought under another key while the application lives, and none is lost."""
