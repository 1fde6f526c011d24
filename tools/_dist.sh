# Sourced by dist_train.sh and dist_test.sh, after _python.sh.

mvd_mm_usage() {  # SCRIPT ARGUMENTS
    cat >&2 <<EOF
usage: bash tools/$(basename "$1") $2

GPUS is the number of processes on this machine; without a GPU they share its
cores and talk over gloo.

environment variables (several machines: the same on each except NODE_RANK):
  NNODES       machines taking part                   (${NNODES:-1})
  NODE_RANK    number of this machine, from 0         (${NODE_RANK:-0})
  MASTER_ADDR  address of machine 0             (${MASTER_ADDR:-127.0.0.1})
  PORT         free port on it     (29500; on one machine a free one is found)
  MAX_RESTARTS how often the processes are started again when one of them
               fails; training then resumes         (${MAX_RESTARTS:-0})
EOF
}

mvd_mm_launch() {  # GPUS SCRIPT ARGUMENTS...
    local gpus=$1 cores port=${PORT:-29500}
    shift
    case $gpus in
        '' | 0 | *[!0-9]*)
            echo "GPUS must be 1 or more, got '$gpus'" >&2
            return 2 ;;
    esac
    if [ "${NNODES:-1}" = 1 ] && [ -z "${PORT:-}" ]; then
        # so that a second run on the same machine does not meet the first
        port=$("$MVD_MM_PYTHON" -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])') || return
    fi
    # torchrun and MMEngine would choose one thread and warn about it
    cores=$(nproc 2>/dev/null || echo 1)
    export OMP_NUM_THREADS=${OMP_NUM_THREADS:-$((cores > gpus ? \
        cores / gpus : 1))}
    export MKL_NUM_THREADS=${MKL_NUM_THREADS:-$OMP_NUM_THREADS}
    export PYTHONPATH="$MVD_MM_ROOT${PYTHONPATH:+:$PYTHONPATH}"
    # exec: a signal that this script is sent reaches the launcher
    exec "$MVD_MM_PYTHON" -m torch.distributed.run \
        --max_restarts "${MAX_RESTARTS:-0}" \
        --nnodes "${NNODES:-1}" --node_rank "${NODE_RANK:-0}" \
        --master_addr "${MASTER_ADDR:-127.0.0.1}" --master_port "$port" \
        --nproc_per_node "$gpus" "$@"
}
