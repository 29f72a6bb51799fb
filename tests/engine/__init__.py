"""The program on the Pulumi engine, compared step by step with the in-process engine (``make test-engine``)."""
