"""Rules for S3 buckets: public access, policies, encryption, versioning, logging and lifecycle."""

from rules.aws.s3 import bucket_policies, encryption, lifecycle, public_access

RULES = [*public_access.RULES, *bucket_policies.RULES, *encryption.RULES, *lifecycle.RULES]
