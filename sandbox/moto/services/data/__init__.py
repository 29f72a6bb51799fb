"""What moto does not implement or store of RDS, ElastiCache, S3 and AWS Backup."""
