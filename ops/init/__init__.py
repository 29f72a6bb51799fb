"""The command ``strongroom init``: writes a commented stack file for a new stack."""
