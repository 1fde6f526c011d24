#!/usr/bin/env bash
# Train with one process per GPU, on one machine or on several.
. "$(dirname "${BASH_SOURCE[0]}")/_python.sh"
. "$MVD_MM_ROOT/tools/_dist.sh"

if [ $# -lt 2 ]; then
    mvd_mm_usage "$0" 'CONFIG GPUS [train.py options]'
    exit 2
fi
gpus=$2
script=("$MVD_MM_ROOT/tools/train.py" "$1")
shift 2
mvd_mm_launch "$gpus" "${script[@]}" --launcher pytorch "$@"
