#!/usr/bin/env bash
# Train on a cluster that is managed by Slurm.
. "$(dirname "${BASH_SOURCE[0]}")/_python.sh"
. "$MVD_MM_ROOT/tools/_slurm.sh"

if [ $# -lt 3 ]; then
    mvd_mm_usage "$0" 'PARTITION JOB_NAME CONFIG [train.py options]'
    exit 2
fi
partition=$1
job_name=$2
script=("$MVD_MM_ROOT/tools/train.py" "$3")
shift 3
mvd_mm_srun "$partition" "$job_name" "${script[@]}" --launcher slurm "$@"
