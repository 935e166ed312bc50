# shellcheck shell=sh
# Shared by scripts/station and scripts/test, which set $root to the checkout and source this.
#
# prepare PROFILE makes the environment in $root/.venv unless it is there and current; the work
# is done by _bootstrap.py, this part only finds a Python to run it with. Its site-packages are
# left out (-S): they are not the checkout's. Words go to stderr.

find_python() {
    # The newest supported Python that can make environments by itself; failing that, the newest
    # that is new enough at all. Each is run, not only looked up: version managers put names on
    # PATH that answer nothing.
    if [ -n "${STATION_PYTHON-}" ]; then
        set -- "$STATION_PYTHON"
    else
        set -- python3.13 python3.12 python3.11 python3 python3.14 python
    fi
    for modules in 'venv, ensurepip.__main__' sys; do
        for name in "$@"; do
            found=$(command -v "$name") || continue
            if "$found" -I -c "import sys, $modules; sys.exit(sys.version_info < (3, 11))" \
                </dev/null >/dev/null 2>&1; then
                printf '%s\n' "$found"
                return 0
            fi
        done
    done
    return 1
}

prepare() {
    if [ -x "$root/.venv/bin/python" ] &&
        "$root/.venv/bin/python" -I -S "$root/scripts/_bootstrap.py" ready "$1" 2>/dev/null; then
        return 0
    fi
    if ! python=$(find_python); then
        {
            echo "station: no Python 3.11 or newer was found on PATH ($PATH)."
            echo "  Install one (Debian and Ubuntu: apt-get install python3 python3-venv), or name"
            echo "  one: STATION_PYTHON=/path/to/python3.13 scripts/station …"
        } >&2
        return 2
    fi
    "$python" -I -S "$root/scripts/_bootstrap.py" prepare "$1"
}
