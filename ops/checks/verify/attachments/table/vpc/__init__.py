"""Attachments of the VPC and of what is in it."""
