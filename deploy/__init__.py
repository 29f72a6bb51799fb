"""Deploys an application from its own pipeline: image, one-off task, ECS service, Docker hosts.

The reusable workflows run it through `.github/actions/deploy`, with boto3 alone (`requirements.txt`). It
imports nothing else of this repository, and reads what it deploys to from the deploy contract.
"""
