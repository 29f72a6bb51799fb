"""lambda_functions."""
