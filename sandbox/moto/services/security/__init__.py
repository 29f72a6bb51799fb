"""What moto does not implement or store of IAM, KMS, secrets, CloudTrail and other security services."""
