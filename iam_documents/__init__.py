"""Builds and parses IAM documents as plain dicts, and evaluates requests against them.

It imports neither Pulumi nor boto3, so the program, the bootstrap and verification all use it. The policy
pack cannot import the program and has its own parser, ``policies/rules/lib/iam_documents.py``.
"""

from iam_documents.build import VERSION, Document, Statement, allow, deny, document, service_trust, tls_only
from iam_documents.conditions import NotEvaluated
from iam_documents.decide import Decision, decide, may, may_use_key
from iam_documents.github import github_trust
from iam_documents.key_policy import (
    KEY_ADMINISTRATION,
    administration,
    allow_account,
    allow_key,
    allow_role,
    description,
)
from iam_documents.matching import arn_like, like
from iam_documents.permissions import of_functions, open_channels, read_parameters, read_secrets
from iam_documents.read import Condition, ParsedStatement, parse, statements
from iam_documents.request import Request
from iam_documents.shared import READ_OBJECTS, RECEIVE, SEND, WRITE_OBJECTS, use_buckets, use_queues

__all__ = [
    "KEY_ADMINISTRATION",
    "READ_OBJECTS",
    "RECEIVE",
    "SEND",
    "VERSION",
    "WRITE_OBJECTS",
    "Condition",
    "Decision",
    "Document",
    "NotEvaluated",
    "ParsedStatement",
    "Request",
    "Statement",
    "administration",
    "allow",
    "allow_account",
    "allow_key",
    "allow_role",
    "arn_like",
    "decide",
    "deny",
    "description",
    "document",
    "github_trust",
    "like",
    "may",
    "may_use_key",
    "of_functions",
    "open_channels",
    "parse",
    "read_parameters",
    "read_secrets",
    "service_trust",
    "statements",
    "tls_only",
    "use_buckets",
    "use_queues",
]
