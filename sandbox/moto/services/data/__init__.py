"""What moto lacks or drops of RDS, ElastiCache, S3 and AWS Backup."""
