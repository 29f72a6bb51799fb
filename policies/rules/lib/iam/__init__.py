"""What IAM documents mean: statements, conditions, principals, and the questions that rules ask."""
