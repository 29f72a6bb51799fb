"""Code that rules of several services share: type tokens, IAM documents, detection of secrets."""
