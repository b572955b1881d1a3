"""Which templates there are, in which versions, and where each comes from.

```
entries.py      what a catalog says: templates, versions, what is deprecated
document.py     reads a catalog.yml that somebody else wrote, with errors that name file, line and key
builtin.py      the catalog that mlstack carries, and the bundle of its releases
configured.py   the catalogs that the user and the organisation named, in order
find.py         from what the user typed, such as `acme/churn-batch@^2`, to one version
```
"""
