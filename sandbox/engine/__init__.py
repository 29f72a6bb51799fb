"""Implements the Pulumi engine in this process, for a program that runs unmodified.

``runner`` runs the program, ``monitor`` answers it, ``deployment`` and ``step_executor`` carry out what it
registers, ``plugins`` find the provider, ``state`` keeps the outcome, ``analyzer`` asks the policy pack.
"""
