"""Data stores: PostgreSQL on RDS and its backups, Valkey on ElastiCache, and S3 buckets."""

from components.data.backup import Backup, BackupArgs
from components.data.bucket import Bucket, BucketArgs, Lock
from components.data.buckets import Buckets, BucketsArgs
from components.data.cache import Cache, CacheArgs
from components.data.database import Database, DatabaseArgs

__all__ = [
    "Backup",
    "BackupArgs",
    "Bucket",
    "BucketArgs",
    "Buckets",
    "BucketsArgs",
    "Cache",
    "CacheArgs",
    "Database",
    "DatabaseArgs",
    "Lock",
]
