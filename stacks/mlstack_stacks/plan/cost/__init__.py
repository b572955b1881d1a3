"""What an environment costs a month, from what is planned, list prices and stated assumptions.

```
usage.py        what a resource uses in a month: a quantity of a priced item, or why there is no price
kinds/          one file a kind of resource: from its properties to what it uses; the table is in `kinds/__init__.py`
prices.py       what a price is, and the table of the package
price_list.py   what to ask the AWS Price List API for, and which of its products is meant
estimate.py     usages times prices: lines, total, shares, the difference to what is deployed
text.py         an estimate to read
```

Nothing here asks a network: who has credentials hands prices in. The downside of pricing from a plan: what depends on
traffic and data can only be assumed, so every assumption is shown beside the sum and may be changed in mlstack.yaml.
"""
