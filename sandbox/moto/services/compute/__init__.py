"""What moto lacks or drops of EC2 instances, ECS and Lambda."""
