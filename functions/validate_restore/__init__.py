"""The Lambda function that validates the restore jobs of a restore testing plan."""
