# Sourced by slurm_train.sh and slurm_test.sh, after _python.sh.

mvd_mm_usage() {  # SCRIPT ARGUMENTS
    cat >&2 <<EOF
usage: bash tools/$(basename "$1") $2

environment variables:
  GPUS           GPUs in all                          (${GPUS:-8})
  GPUS_PER_NODE  GPUs on one machine                  (${GPUS_PER_NODE:-8})
  CPUS_PER_TASK  cores for each GPU                   (${CPUS_PER_TASK:-5})
  SRUN_ARGS      more options for srun                (${SRUN_ARGS:-none})
  MASTER_PORT    port the processes meet at           (random)
EOF
}

mvd_mm_srun() {  # PARTITION JOB_NAME SCRIPT ARGUMENTS...
    local partition=$1 job_name=$2
    shift 2
    if ! command -v srun >/dev/null; then
        echo 'srun is not on the PATH: run this on a login node of a Slurm' \
            'cluster, or use the dist_*.sh scripts instead' >&2
        return 127
    fi
    # random, so that two jobs on one machine do not meet
    export MASTER_PORT=${MASTER_PORT:-$((12000 + RANDOM % 20000))}
    export PYTHONPATH="$MVD_MM_ROOT${PYTHONPATH:+:$PYTHONPATH}"
    # exec: a signal that this script is sent reaches srun
    # SRUN_ARGS holds several words
    # shellcheck disable=SC2086
    exec srun --partition="$partition" --job-name="$job_name" \
        --gres="gpu:${GPUS_PER_NODE:-8}" --ntasks="${GPUS:-8}" \
        --ntasks-per-node="${GPUS_PER_NODE:-8}" \
        --cpus-per-task="${CPUS_PER_TASK:-5}" --kill-on-bad-exit=1 \
        ${SRUN_ARGS:-} "$MVD_MM_PYTHON" -u "$@"
}
