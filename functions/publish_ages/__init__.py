"""The Lambda function that publishes the ages of secrets and restore tests, and the days of certificates."""
