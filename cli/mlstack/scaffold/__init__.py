"""Projects from templates: find the template, check the answers, render beside the target, move it there in one step.

```
catalog.py      which templates there are
answers.py      what the user answered, checked as a whole before anything is written
plain.py        renders a template that needs nothing of copier but its file format
render.py       renders any template: `plain` where it can, copier where it must
lock.py         .mlstack/lock.yml: what the project was made from
repository.py   git, with one commit
project.py      all of these in order, and nothing left behind when one fails
```
"""
