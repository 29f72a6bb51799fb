"""What moto lacks or drops of CloudWatch, CloudWatch Logs and Systems Manager."""
