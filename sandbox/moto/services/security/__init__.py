"""What moto lacks or drops of IAM, STS, KMS, Secrets Manager, CloudTrail, GuardDuty and Access Analyzer."""
