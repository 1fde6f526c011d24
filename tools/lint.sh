#!/usr/bin/env bash
# The one list of style checks: run_tests.sh, pre-commit and CI all call it.
#
#   bash tools/lint.sh                  all of them
#   bash tools/lint.sh isort flake8     some of them
#   bash tools/lint.sh --fix            let yapf and isort rewrite the files
. "$(dirname "${BASH_SOURCE[0]}")/_python.sh"
cd "$MVD_MM_ROOT" || exit 1

paths=()
for path in mvd_mm demo tools configs tests; do
    [ -e "$path" ] && paths+=("$path")
done
texts=()
for path in docs README.md CHANGELOG.md CONTRIBUTING.md; do
    [ -e "$path" ] && texts+=("$path")
done

yapf_mode=--diff
isort_mode=(--check-only --diff)
checks=()
for argument in "$@"; do
    case $argument in
        --fix) yapf_mode=--in-place isort_mode=(--atomic) ;;
        yapf | isort | flake8 | codespell | mypy) checks+=("$argument") ;;
        *)
            echo "lint.sh: unknown argument '$argument': expected --fix or" \
                'some of yapf, isort, flake8, codespell, mypy' >&2
            exit 2 ;;
    esac
done
[ ${#checks[@]} -eq 0 ] && checks=(yapf isort flake8 codespell mypy)

check() {
    case $1 in
        yapf) "$MVD_MM_PYTHON" -m yapf --parallel --recursive \
            "$yapf_mode" "${paths[@]}" ;;
        isort) "$MVD_MM_PYTHON" -m isort --quiet \
            "${isort_mode[@]}" "${paths[@]}" ;;
        flake8) "$MVD_MM_PYTHON" -m flake8 "${paths[@]}" ;;
        codespell) "$MVD_MM_PYTHON" -m codespell_lib \
            "${paths[@]}" ${texts[@]+"${texts[@]}"} ;;
        mypy) "$MVD_MM_PYTHON" -m mypy --package mvd_mm ;;
    esac
}

failed=()
for name in "${checks[@]}"; do
    check "$name" || failed+=("$name")
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "lint.sh: ${failed[*]} found something; 'bash tools/lint.sh --fix'" \
        'fixes what yapf and isort report' >&2
    exit 1
fi
echo "lint: ${checks[*]}: ok"
