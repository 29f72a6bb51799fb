"""Lambda functions, each with its log group and role."""

from components.functions.lambda_function import Function, FunctionArgs

__all__ = ["Function", "FunctionArgs"]
