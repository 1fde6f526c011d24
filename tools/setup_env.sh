#!/usr/bin/env bash
# Creates the Python environment of this clone; see `--help`. Sourced, it also
# exports MVD_MM_PYTHON and reads its choices from the environment alone.
# Every step may be interrupted and repeated.

_mvd_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

_mvd_usage() {
    cat <<'EOF'
usage: bash tools/setup_env.sh [--use-active-env] [--with-ops]

Creates .venv beside this folder and installs what mvd_mm was tested with:
torch, mmcv-lite, MMEngine, MMDetection, MMAction2, the tools for tests and
pages, and mvd_mm itself (editable). Nothing is compiled. Apart from the downloads it takes about
a minute on two cores. Later runs return at once.

  --use-active-env  use the virtualenv or conda environment that is active
                    instead of .venv. Its torch (2.1 or newer, CUDA included)
                    and all other packages in it keep their versions; only
                    missing packages are added. Same as MVD_MM_ENV=active.
  --with-ops        compile mmcv with its operators instead of installing
                    mmcv-lite: about 7 minutes on two cores, once per user.
                    Only some detectors of MMDetection need them; mvd_mm's own
                    models do not. Same as MVD_MM_WITH_OPS=1. An environment
                    that has a compiled mmcv keeps it without this option.

environment variables:
  PYTHON          interpreter to build .venv with: Python 3.11, 3.12 or 3.13
                  (default: the first of these that is found), or the one that
                  --use-active-env means
  MVD_MM_CACHE    where compiled wheels and logs are kept
                  (default: ${XDG_CACHE_HOME:-~/.cache}/mvd_mm)
  MAX_JOBS        files to compile at a time (default: one per core)
  PIP_INDEX_URL and all other variables of pip are obeyed; with PIP_FIND_LINKS
                  or PIP_EXTRA_INDEX_URL pip finds a CPU build of torch, where
                  the default one brings gigabytes of CUDA packages
EOF
}

_mvd_die() {
    printf 'setup_env.sh: %s\n' "$*" >&2
    return 1
}

# The first cache folder that can be written, HOME being unset or not.
_mvd_cache_dir() {
    local dir
    for dir in "${MVD_MM_CACHE:-}" \
        "${XDG_CACHE_HOME:+$XDG_CACHE_HOME/mvd_mm}" \
        "${HOME:+$HOME/.cache/mvd_mm}" "$_mvd_root/.cache/mvd_mm"; do
        if [ -n "$dir" ] && mkdir -p "$dir/logs" "$dir/wheels" 2>/dev/null \
            && [ -w "$dir" ]; then
            (cd "$dir" && pwd)
            return
        fi
    done
    _mvd_die 'no folder can be written for compiled wheels and logs: set' \
        'MVD_MM_CACHE to one'
}

# The interpreter this run is about; for .venv it need not exist yet.
_mvd_target_python() {
    if [ "${MVD_MM_ENV:-}" != active ]; then
        printf '%s\n' "$_mvd_root/.venv/bin/python"
    elif [ -n "${PYTHON:-}" ]; then
        command -v "$PYTHON" || _mvd_die "PYTHON=$PYTHON is not a program"
    elif [ -n "${VIRTUAL_ENV:-}${CONDA_PREFIX:-}" ]; then
        printf '%s\n' "${VIRTUAL_ENV:-${CONDA_PREFIX:-}}/bin/python"
    else
        _mvd_die 'the active environment was asked for (--use-active-env or' \
            'MVD_MM_ENV=active), but neither a virtualenv nor a conda' \
            'environment is active: activate one, name an interpreter with' \
            'PYTHON=..., or leave the option away to get a .venv'
    fi
}

# What the set-up was made from: any change of it makes the set-up run again.
_mvd_fingerprint() {
    {
        cat "$_mvd_root"/requirements/*.txt "$_mvd_root/setup.cfg" \
            "$_mvd_root"/tools/{setup_env.sh,_setup_mmcv.sh,_env_probe.py}
        printf '%s\n' "$_mvd_root"
        if [ "${MVD_MM_ENV:-}" = active ]; then
            "$python" "$_mvd_root/tools/_env_probe.py" state
        fi
    } | cksum
}

# Run a command into the log; show the end of the log where it fails.
_mvd_logged() {  # ADVICE COMMAND...
    local advice=$1 status
    shift
    printf '\n$ %s\n' "$*" >>"$log"
    "$@" >>"$log" 2>&1 </dev/null
    status=$?
    [ $status -eq 0 ] && return 0
    {
        printf '\n--- the last lines of %s\n' "$log"
        tail -n 15 "$log"
        printf -- '---\nsetup_env.sh: this failed with status %s: %s\n' \
            $status "$*"
        printf 'What to do: %s\n' "$advice"
        printf 'Then run the same command again: finished steps are kept.\n'
    } >&2
    return 1
}

_mvd_pip() {  # ADVICE PIP-ARGUMENTS...
    local advice=$1
    shift
    _mvd_logged "$advice" "$python" -m pip "$@"
}

_mvd_probe() {
    "$python" "$_mvd_root/tools/_env_probe.py" "$@"
}

_mvd_make_venv() {
    local candidate base=''
    local candidates=(python3.11 python3.12 python3.13 python3)
    # a venv without a working pip was interrupted while it was made
    "$python" -m pip --version >/dev/null 2>&1 && return 0
    [ -n "${PYTHON:-}" ] && candidates=("$PYTHON")
    for candidate in "${candidates[@]}"; do
        if "$candidate" -c 'import sys
sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            base=$candidate
            break
        fi
    done
    if [ -z "$base" ]; then
        _mvd_die "no Python 3.11, 3.12 or 3.13 among: ${candidates[*]}." \
            'The pinned scipy needs 3.11 or newer, and mvd_mm was not tried' \
            'with 3.14. Install python3.11 or name one with' \
            'PYTHON=/path/to/python3.11. With another Python (3.8 or newer)' \
            'use an environment that has torch: --use-active-env'
        return 1
    fi
    _mvd_logged 'on Debian and Ubuntu install the package python3.11-venv.' \
        "$base" -m venv --clear "$_mvd_root/.venv"
}

_mvd_network='check the network, the disk space and the pip configuration.'

# NumPy 1.26 where there is a wheel of it, else NumPy 2.
_mvd_numpy_file() {
    if "$python" -c 'import sys; sys.exit(sys.version_info >= (3, 13))'; then
        echo numpy1.txt
    else
        echo numpy2.txt
    fi
}

_mvd_install_pinned() {
    local dir=$_mvd_root/requirements
    echo "[2/4] $(grep '^torch==' "$dir/runtime.txt"), OpenMMLab packages," \
        'test tools'
    # pip would compile all of torch to bytecode, which takes half a minute;
    # Python compiles what is used when it is first imported
    _mvd_pip "$_mvd_network" install --no-compile --progress-bar off \
        -r "$dir/build.txt" -r "$dir/runtime.txt" \
        -r "$dir/$(_mvd_numpy_file)" -r "$dir/tests.txt" -r "$dir/docs.txt" \
        || return
    # openmim would take most of these packages back to older versions
    _mvd_pip "$_mvd_network" install --no-compile --progress-bar off \
        --no-deps -r "$dir/mim.txt"
}

# Add what is missing; what is there is held by a constraint at its version.
_mvd_install_missing() {
    local dir=$_mvd_root/requirements
    local kept='a package of yours contradicts one that is needed: see above.'
    echo '[2/4] missing packages; your PyTorch is used'
    _mvd_probe missing "$dir/build.txt" "$dir/runtime.txt" \
        "$dir/$(_mvd_numpy_file)" "$dir/tests.txt" \
        | sort -u >"$scratch/missing.txt"
    sed 's/^/      /' "$scratch/missing.txt"
    "$python" -m pip list --format=freeze 2>>"$log" >"$scratch/present.txt"
    grep -v '^mm' "$scratch/missing.txt" >"$scratch/plain.txt"
    if [ -s "$scratch/plain.txt" ]; then
        _mvd_pip "$kept" install -c "$scratch/present.txt" \
            -r "$scratch/plain.txt" || return
    fi
    # their dependencies are all in runtime.txt; pip would add a second OpenCV
    if grep '^mm' "$scratch/missing.txt" >"$scratch/mm.txt"; then
        _mvd_pip "$_mvd_network" install --no-deps -r "$scratch/mm.txt"
    fi
}

# shellcheck source=tools/_setup_mmcv.sh
. "$_mvd_root/tools/_setup_mmcv.sh"

_mvd_install_all() {
    if [ "${MVD_MM_ENV:-}" = active ]; then
        echo "[1/4] the active environment: $python"
        _mvd_probe usable || return
        _mvd_install_missing || return
    else
        echo '[1/4] Python environment in .venv'
        _mvd_make_venv || return
        _mvd_install_pinned || return
    fi
    _mvd_install_mmcv || return
    echo '[4/4] mvd_mm itself'
    _mvd_pip 'see the lines above.' install --no-build-isolation --no-deps \
        -e "$_mvd_root" || return
    _mvd_logged "delete $_mvd_root/.venv and start again; if it stays,
report it with the log." "$python" -c 'import mvd_mm' || return
    {
        _mvd_fingerprint 2>/dev/null
        # so that a later --with-ops knows whether they are there
        _mvd_probe ops >/dev/null 2>&1 && echo 'operators: compiled'
    } >"$stamp"
    echo "      ready after $SECONDS s: $python"
}

# In a subshell: neither options, traps nor variables reach who sources this.
_mvd_setup() (
    set +eu +m
    umask 022
    SECONDS=0
    unset PYTHONPATH PYTHONHOME
    export PYTHONNOUSERSITE=1 PYTHONWARNINGS=ignore PIP_USER=0 PIP_NO_INPUT=1
    export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
    python=$1
    stamp=$(dirname "$(dirname "$python")")/.mvd_mm_ready
    _mvd_is_ready() {
        [ -x "$python" ] && [ -f "$stamp" ] \
            && [ "$(_mvd_fingerprint)" = "$(head -n 1 "$stamp")" ] \
            && { [ "${MVD_MM_WITH_OPS:-0}" != 1 ] \
                || grep -q '^operators: compiled' "$stamp"; }
    }
    _mvd_is_ready && exit 0
    cache=$(_mvd_cache_dir) || exit 1
    id=$(printf '%s' "$python" | cksum | cut -d ' ' -f 1)
    log=$cache/logs/setup-$id.log
    scratch=$(mktemp -d) || exit 1
    trap 'rm -rf "$scratch"' EXIT
    # before the step that was interrupted reports a failure of its own
    trap 'echo "interrupted: the next run goes on from here" >&2; exit 130' INT
    exec 8>"$cache/logs/setup-$id.lock"
    if command -v flock >/dev/null && ! flock -n 8; then
        echo "another set-up of $python is running: waiting for it"
        flock 8
        _mvd_is_ready && exit 0
    fi
    : >"$log"
    _mvd_install_all
)

_mvd_main() {
    local target
    # the names of earlier versions: `lite` is the default now
    case ${MVD_MM_MMCV:-} in
        '' | lite) ;;
        full) MVD_MM_WITH_OPS=1 ;;
        *) _mvd_die "MVD_MM_MMCV='$MVD_MM_MMCV' must be 'lite', 'full' (the" \
            'same as MVD_MM_WITH_OPS=1) or unset'
           return 2 ;;
    esac
    case ${MVD_MM_ENV:-venv}:${MVD_MM_WITH_OPS:-0} in
        active:[01] | venv:[01]) ;;
        *) _mvd_die "MVD_MM_ENV='${MVD_MM_ENV:-}' must be 'active' or unset," \
            "MVD_MM_WITH_OPS='${MVD_MM_WITH_OPS:-}' must be 1, 0 or unset"
           return 2 ;;
    esac
    target=$(_mvd_target_python) || return
    _mvd_setup "$target" || return
    export MVD_MM_PYTHON=$target
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    for _mvd_argument in "$@"; do
        case $_mvd_argument in
            --use-active-env) MVD_MM_ENV=active ;;
            --with-ops) MVD_MM_WITH_OPS=1 ;;
            -h | --help) _mvd_usage; exit 0 ;;
            *)
                _mvd_usage >&2
                _mvd_die "unknown argument '$_mvd_argument'"
                exit 2 ;;
        esac
    done
fi
_mvd_main
