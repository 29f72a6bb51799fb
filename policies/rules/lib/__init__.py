"""What rules of several services share: type tokens, readers of documents, finders of secrets."""
