"""Records a stack's resources and policy violations, and compares two recordings (``make graph``)."""
