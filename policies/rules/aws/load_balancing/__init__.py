"""Rules for load balancers, listeners, target groups, ACM certificates and AWS WAF."""

from rules.aws.load_balancing import listeners_and_certificates, load_balancers, waf

RULES = [*load_balancers.RULES, *listeners_and_certificates.RULES, *waf.RULES]
