"""What moto does not implement or store of CloudWatch, CloudWatch Logs and Systems Manager."""
