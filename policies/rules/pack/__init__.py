"""The framework of the policy pack: rules, evaluator, configuration, exemptions, reference page."""
