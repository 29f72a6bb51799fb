"""Code that runs in AWS Lambda: pure Python, no value in any log line, packed byte-identically."""
