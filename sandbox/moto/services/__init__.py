"""Corrections of moto and operations that it lacks, by AWS service, in the folders of ``provider.types``."""
