"""iam_documents."""
