"""Updates of a project to another version of its template.

Stages, each one file:

```
subject.py      the project as it is: in git, committed, without leftovers of an update before
target.py       the version that it goes to, and that its own version is still what it was
merge.py        copier merges, in a clone that is thrown away; what comes out is the list of files that change
cloud.py        what that would change in the cloud: both planned, compared (--dry-run)
apply.py        writes those files into the project, after noting how to undo it; --continue and --abort
```

Whatever fails before `apply` has touched nothing. The downside: the project is cloned for each update, which takes as
long as checking out its files.
"""
