"""Which actions and resources the requests of each service mean, one file a service that differs from the others.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""
