# Sourced by setup_env.sh: the part about mmcv. Without operators that is the
# wheel mmcv-lite; operators have to be compiled against the torch they are
# used with. Uses $python, $cache, $log.
_mvd_mmcv=2.1.0

# Print the time every 30 s until the shell that started this has ended, by
# whatever signal; a plain background job would outlive an interrupted set-up.
_mvd_ticker() {  # PID-OF-PARENT
    local seconds=0 files
    while sleep 1 >/dev/null 2>&1 && kill -0 "$1" 2>/dev/null; do
        seconds=$((seconds + 1))
        [ $((seconds % 30)) -eq 0 ] || continue
        files=$(grep -o '^ *\[[0-9]*/[0-9]*\]' "$log" | tail -n 1)
        printf '      %d min %02d s %s\n' $((seconds / 60)) \
            $((seconds % 60)) "${files:+ files compiled:$files}"
    done
}

# Compile one wheel into a folder of its own, then move it: whoever finds a
# wheel in the cache finds a whole one. The lock only saves work.
_mvd_build_mmcv() {  # WHEEL-DIR
    local partial ticker status advice cuda=(env)
    if command -v flock >/dev/null && ! flock -n 9; then
        echo '      another set-up is compiling mmcv: waiting for it'
        flock 9
    fi
    [ -n "$(ls "$1"/mmcv-*.whl 2>/dev/null)" ] && return 0
    if ! command -v "${CXX:-c++}" >/dev/null; then
        _mvd_die "mmcv's operators need a C++ compiler and '${CXX:-c++}' is" \
            'not one: install g++ (Debian, Ubuntu: build-essential), or' \
            'leave --with-ops away'
        return 1
    fi
    case $1 in
        *-cuda*) ;;
        # without nvcc a visible GPU would make mmcv's build fail
        *) cuda=(env FORCE_CUDA=0 CUDA_VISIBLE_DEVICES=) ;;
    esac
    rm -rf "$1"/.building.*
    partial=$(mktemp -d "$1/.building.XXXXXX") || return
    # expanded now: the local is gone when the trap runs
    # shellcheck disable=SC2064
    trap "rm -rf '$partial'" EXIT
    trap 'exit 130' INT
    echo '      building mmcv ops: about 7 minutes on two cores, once per' \
        'user;'
    echo "      log: $log"
    _mvd_ticker "${BASHPID:-$$}" &
    ticker=$!
    advice='compiling mmcv needs the headers of Python (Debian, Ubuntu:
python3.11-dev) and about 1 GB of memory per file: MAX_JOBS=1 compiles one
file at a time. Without --with-ops nothing is compiled.'
    # Python's own flags ask for debugging information, which takes half of
    # the time and is of no use here
    TMPDIR=$partial MMCV_WITH_OPS=1 CFLAGS="${CFLAGS:-} -g0" \
        MAX_JOBS=${MAX_JOBS:-$(nproc 2>/dev/null || echo 2)} \
        _mvd_logged "$advice" "${cuda[@]}" "$python" -m pip -v wheel \
        --no-build-isolation --no-deps --no-cache-dir --no-binary mmcv \
        --wheel-dir "$partial" "mmcv==$_mvd_mmcv"
    status=$?
    kill "$ticker" 2>/dev/null
    wait "$ticker" 2>/dev/null
    [ $status -eq 0 ] && mv "$partial"/mmcv-*.whl "$1"/
}

_mvd_uninstall() {  # DISTRIBUTION, where it is installed
    if "$python" -m pip show -q "$1" >/dev/null 2>&1; then
        _mvd_pip '' uninstall -y "$1"
    fi
}

_mvd_install_mmcv() {
    _mvd_probe hosts || return
    if _mvd_probe ops >>"$log" 2>&1; then
        echo '[3/4] mmcv: the one that is there has compiled operators; it is kept'
    elif [ "${MVD_MM_WITH_OPS:-0}" = 1 ]; then
        _mvd_install_compiled_mmcv
    elif _mvd_probe no-ops >>"$log" 2>&1; then
        echo '[3/4] mmcv: the one that is there has no operators; it is kept'
    else
        echo "[3/4] mmcv-lite $_mvd_mmcv"
        # the two distributions own the same folder
        _mvd_uninstall mmcv || return
        _mvd_pip "$_mvd_network" install --no-deps --no-compile \
            "mmcv-lite==$_mvd_mmcv"
    fi
}

_mvd_install_compiled_mmcv() {
    local wheels key attempt
    echo "[3/4] mmcv $_mvd_mmcv with compiled operators"
    _mvd_uninstall mmcv-lite || return
    key=$(_mvd_probe wheel-key 2>>"$log") || {
        _mvd_die "torch of $python does not import: see $log"
        return 1
    }
    wheels=$cache/wheels/$key
    mkdir -p "$wheels" || return
    # a cached wheel that does not load is thrown away and built once more
    for attempt in 1 2; do
        (_mvd_build_mmcv "$wheels") 9>"$wheels/.lock" || return
        printf '      using %s\n' "$wheels"/mmcv-*.whl
        _mvd_pip "delete $wheels and try again." install --no-deps \
            --force-reinstall "$wheels"/mmcv-*.whl >/dev/null 2>&1 \
            && _mvd_probe ops >>"$log" 2>&1 && return 0
        echo '      this wheel does not load here: discarded'
        rm -f "$wheels"/mmcv-*.whl
    done
    tail -n 3 "$log" >&2
    _mvd_die "mmcv's operators do not load although they were just compiled;" \
        "the reason stands above, the whole story in $log." \
        'Without --with-ops the set-up does without them'
}
