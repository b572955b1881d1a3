"""CloudWatch's metric alarms: moto stores them, here they are evaluated and tell of their changes."""
