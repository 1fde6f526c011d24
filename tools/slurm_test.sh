#!/usr/bin/env bash
# Test a checkpoint on a cluster that is managed by Slurm.
. "$(dirname "${BASH_SOURCE[0]}")/_python.sh"
. "$MVD_MM_ROOT/tools/_slurm.sh"

if [ $# -lt 4 ]; then
    mvd_mm_usage "$0" 'PARTITION JOB_NAME CONFIG CHECKPOINT [test.py options]'
    exit 2
fi
partition=$1
job_name=$2
script=("$MVD_MM_ROOT/tools/test.py" "$3" "$4")
shift 4
mvd_mm_srun "$partition" "$job_name" "${script[@]}" --launcher slurm "$@"
