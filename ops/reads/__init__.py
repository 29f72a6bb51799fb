"""Who read which secret since when is answered from CloudTrail's own record, and never from memory."""
