"""How do the commands `har` and `fall` behave? Exit codes, messages, results as text or JSON; what both share."""
