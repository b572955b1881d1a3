"""Whether a caller may do what a request asks: the policies of IAM, evaluated as AWS documents it.

```
action_of.py   a request          -> the actions, resources and condition keys that it needs (services/, one file each)
sources.py     caller, resource   -> the policy documents that apply
policy.py      a document         -> its statements, parsed once
conditions.py  a condition block  -> whether it holds
evaluate.py    all of these       -> allowed, or why not
authorizer.py  puts them together for the gateway, SageMaker and EventBridge
```

What cannot be judged, such as an unknown condition key, is refused by name and never let through.
"""
