"""Proves that the roles of tasks, functions, hosts and services of AWS may make the calls of calls.tsv."""
