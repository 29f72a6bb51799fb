"""Rows for data: RDS, ElastiCache, S3, and AWS Backup."""

from __future__ import annotations

from sandbox.provider.types.data import backup, elasticache, rds, rds_instances, s3, s3_configuration

__all__ = ["backup", "elasticache", "rds", "rds_instances", "s3", "s3_configuration"]
