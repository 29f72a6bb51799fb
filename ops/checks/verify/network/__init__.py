"""Checks of the VPC, its routes, endpoints and security groups, and of the load balancer."""
