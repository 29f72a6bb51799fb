"""What moto does not implement or store of EC2 instances, ECS and Lambda."""
