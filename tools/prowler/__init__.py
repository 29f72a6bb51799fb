"""Runs Prowler, a scanner of AWS accounts, on a stack in the sandbox, and compares what fails with a list."""
