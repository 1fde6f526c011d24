#!/usr/bin/env bash
# From a fresh clone to a pre-trained student, with pictures and figures:
#
#   bash tools/quickstart.sh [options]
#
#   --videos DIR      train on the videos of a folder instead of on the
#                     rendered set; its sub-folders name the classes
#   --mini            a harder rendered set and larger networks, about an
#                     hour on two cores
#   --ablation        also a student of each teacher alone
#   --task detection  actors with boxes and several actions each: detectors
#                     from the newest student and from scratch, a video
#   --student FILE    the MVD student that the detector starts from
#   --smoke           every step in about a minute; nothing is learned
#   --seed N          another seed (default 0)
#   --work-dir DIR    where everything goes (default: a new folder below
#                     work_dirs/quickstart)
#   --resume          go on with the run of --work-dir, or with the newest one,
#                     after an interruption
#   --use-active-env  use the Python environment that is active, with its
#                     torch, instead of a .venv in this clone
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
arguments=()
for argument in "$@"; do
    case $argument in
        --use-active-env) export MVD_MM_ENV=active ;;
        -h | --help)
            sed -n '2,/^tools=/{/^#/s/^# \{0,1\}//p;}' "$0"
            exit 0 ;;
        --*)
            # Python reads the options, but only after the set-up; a misspelt
            # one is found now, because the usage above lists them all
            if ! sed -n 's/^#   \(--[a-z-]*\).*/\1/p' "$0" \
                | grep -qxF -- "${argument%%=*}"; then
                echo "quickstart.sh: unknown option '$argument';" \
                    'quickstart.sh --help lists all' >&2
                exit 2
            fi
            arguments+=("$argument") ;;
        *) arguments+=("$argument") ;;
    esac
done
. "$tools/setup_env.sh" || exit 1
# by the module's name, so that relative paths stay those of the caller
export PYTHONPATH=${tools%/*}${PYTHONPATH:+:$PYTHONPATH}
exec "$MVD_MM_PYTHON" -m demo.quickstart ${arguments[@]+"${arguments[@]}"}
