"""What moto lacks or drops of VPC and Route 53."""
