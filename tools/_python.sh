# Sourced by the shell scripts of this folder: sets MVD_MM_PYTHON (the
# interpreter to use) and MVD_MM_ROOT (the folder above this one).
#
# An environment that is active wins; then the clone's own .venv, so that the
# scripts work right after tools/quickstart.sh without activating anything.
# Conda activates `base` in every shell, hence `base` does not count.
MVD_MM_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
_mvd_active=${VIRTUAL_ENV:-}
if [ -z "$_mvd_active" ] && [ "${CONDA_DEFAULT_ENV:-base}" != base ]; then
    _mvd_active=${CONDA_PREFIX:-}
fi
if [ -z "${MVD_MM_PYTHON:-}" ]; then
    if [ -n "$_mvd_active" ] && [ -x "$_mvd_active/bin/python" ]; then
        MVD_MM_PYTHON=$_mvd_active/bin/python
    elif [ -x "$MVD_MM_ROOT/.venv/bin/python" ]; then
        MVD_MM_PYTHON=$MVD_MM_ROOT/.venv/bin/python
    elif command -v python >/dev/null 2>&1; then
        MVD_MM_PYTHON=python
    else
        MVD_MM_PYTHON=python3
    fi
fi
unset _mvd_active
export MVD_MM_PYTHON MVD_MM_ROOT
