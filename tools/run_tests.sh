#!/usr/bin/env bash
# Everything that must pass: set-up, style, the doctor, pytest.
#
#   bash tools/run_tests.sh [--no-lint] [--use-active-env] [--with-ops]
#       [pytest arguments]
#
# e.g. bash tools/run_tests.sh --no-lint -k masking -x
# With pytest-xdist and pytest-timeout: a pytest process on each core, four at
# most ("-n 0" undoes that), and no test may take more than ten minutes.
# The stage that fails ends the run; pytest's closing line is the last one.
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$tools/.." || exit 1
# nothing here may wait for an answer
exec </dev/null

lint=yes
arguments=()
for argument in "$@"; do
    case $argument in
        --no-lint) lint= ;;
        --use-active-env) export MVD_MM_ENV=active ;;
        --with-ops) export MVD_MM_WITH_OPS=1 ;;
        -h | --help)
            sed -n '2,/^tools=/{/^#/s/^# \{0,1\}//p;}' "$0"
            exit 0 ;;
        *) arguments+=("$argument") ;;
    esac
done

stage() {  # NAME COMMAND...
    local name=$1 begin=$SECONDS status
    shift
    echo "== $name"
    "$@"
    status=$?
    if [ $status -ne 0 ]; then
        echo "== $name failed after $((SECONDS - begin)) s" >&2
        exit "$status"
    fi
    echo "== $name: ok, $((SECONDS - begin)) s"
}

stage 'set-up' . "$tools/setup_env.sh"
if [ -n "$lint" ]; then
    stage 'lint (skip with --no-lint)' bash "$tools/lint.sh"
fi
stage 'doctor' "$MVD_MM_PYTHON" "$tools/doctor.py"
echo '== pytest'
# the cores belong to the processes; a file stays in one of them, since its
# tests share what its fixtures built
processes=()
if "$MVD_MM_PYTHON" -c 'import pytest_timeout, xdist' 2>/dev/null; then
    export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
    processes=(-n auto --maxprocesses 4 --dist loadfile --timeout 600)
fi
exec "$MVD_MM_PYTHON" -m pytest ${processes[@]+"${processes[@]}"} \
    ${arguments[@]+"${arguments[@]}"}
