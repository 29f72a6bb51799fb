"""What moto does not implement or store of VPC and Route 53."""
