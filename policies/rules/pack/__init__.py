"""The policy pack as the engine runs it: rules, evaluator, configuration, exemptions, reference page."""
