"""The Lambda function that checks the rows and encrypted values of a restored database."""
