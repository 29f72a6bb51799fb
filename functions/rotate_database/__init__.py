"""The Lambda function that rotates the database URL and is the only writer of its value."""
