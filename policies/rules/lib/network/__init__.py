"""What network settings open: address blocks, security group rules, network ACLs, routes."""
