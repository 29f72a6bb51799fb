"""The Lambda function that redeploys the readers of a secret after its rotation."""
