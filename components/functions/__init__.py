"""Lambda functions, each with its log group and role, and the event rules that invoke them."""

from components.functions.event_rule_target import invoke
from components.functions.lambda_function import Function, FunctionArgs

__all__ = ["Function", "FunctionArgs", "invoke"]
