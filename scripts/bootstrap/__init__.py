"""Makes the checkout's private environment, `.venv`, from the lock files; for `_bootstrap.py`.

The standard library only: nothing is installed yet. What every start runs, `stamp`, needs little
of it.

Promises: words go to stderr, never stdout; nothing asks a question; one start works while others
wait; the stamp that says "current" is written last, so an interrupted start is made good by the
next; the packages are those of the lock files, hashes checked, whichever installer was to be had;
a system package that is not to be had turns its tier off and nothing else.
"""
