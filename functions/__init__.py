"""Code of the Lambda functions, and their packaging; no log line contains a secret value."""
