"""Rows for data: RDS, ElastiCache, S3, and AWS Backup."""

from __future__ import annotations

from sandbox.provider.types.data import backup, elasticache, rds, s3

__all__ = ["backup", "elasticache", "rds", "s3"]
