"""Lists who read which secret, from CloudTrail's event history."""
