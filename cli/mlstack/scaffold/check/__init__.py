"""Whether a project is still what its template made of it.

```
drift.py        renders the project's own version again, and compares what is the template's
waivers.py      .mlstack/waivers.yml: differences that somebody answers for, until a day
currency.py     newer versions, and whether the template is deprecated
sarif.py        the findings for code scanning
```
"""
