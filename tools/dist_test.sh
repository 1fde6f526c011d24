#!/usr/bin/env bash
# Test a checkpoint with one process per GPU, on one machine or on several.
. "$(dirname "${BASH_SOURCE[0]}")/_python.sh"
. "$MVD_MM_ROOT/tools/_dist.sh"

if [ $# -lt 3 ]; then
    mvd_mm_usage "$0" 'CONFIG CHECKPOINT GPUS [test.py options]'
    exit 2
fi
gpus=$3
script=("$MVD_MM_ROOT/tools/test.py" "$1" "$2")
shift 3
mvd_mm_launch "$gpus" "${script[@]}" --launcher pytorch "$@"
