#!/usr/bin/env bash
# Every figure of docs/benchmarks.md that needs a GPU, in one go of about half
# an hour. On a CPU, at micro size and in seconds, to see that it runs:
#
#     bash benchmarks/gpu.sh OUT_DIR            # on a GPU
#     bash benchmarks/gpu.sh OUT_DIR --micro    # on a CPU
#
# Each benchmark writes its JSON at once: what was measured before an
# interruption stays. One that fails, for want of memory say, is named at the
# end, and the others go on.
set -uo pipefail
out=${1:?usage: bash benchmarks/gpu.sh OUT_DIR [--micro]}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-$root/.venv/bin/python}
models=$root/configs/_base_/models
mkdir -p "$out"
failed=()

measure() { # NAME TASK MODEL OPTIONS...
    local name=$1 task=$2 model=$3
    shift 3
    echo "== $name"
    "$python" "$root/tools/analysis_tools/benchmark.py" "$task" \
        "$models/$model.py" --out "$out/$name.json" "$@" ||
        failed+=("$name")
}

if [ "${2:-}" = --micro ]; then
    micro=(--device cpu --repeats 1 --product-size 64)
    measure pretrain pretrain mvd_vit-micro-p8_teachers-micro "${micro[@]}" \
        --batch 1 2 --dtype fp32 bf16 --against plain
    measure finetune finetune vit-micro-p8_recognition "${micro[@]}" --batch 2
    measure detect detect vit-micro-p8_ava "${micro[@]}" --against plain
else
    gpu=(--device cuda --product-size 8192)
    # the acceptance: B <- B at batch 32, L <- L at batch 8
    for extra in '' --compile; do
        measure "pretrain_base$extra" pretrain mvd_vit-base-p16_teachers-base \
            "${gpu[@]}" --batch 32 --dtype bf16 --against plain $extra
        measure "pretrain_large$extra" pretrain \
            mvd_vit-large-p16_teachers-large "${gpu[@]}" --batch 8 \
            --dtype bf16 --against plain $extra
    done
    # one step of every published pair
    for pair in small-p16_teachers-base small-p16_teachers-large \
        base-p16_teachers-large huge-p16_teachers-huge; do
        measure "pretrain_$pair" pretrain "mvd_vit-$pair" "${gpu[@]}" \
            --batch 8 --dtype bf16 --repeats 3
    done
    # fine-tuning and testing of every size, detection
    for size in small base large huge; do
        measure "finetune_$size" finetune "vit-$size-p16_recognition" \
            "${gpu[@]}" --batch 8 --dtype bf16 --repeats 3 --against plain
        measure "test_$size" test "vit-$size-p16_recognition" "${gpu[@]}" \
            --batch 15 --dtype bf16 --repeats 3 --against plain
    done
    measure detect_base detect vit-base-p16_ava "${gpu[@]}" --dtype bf16 \
        --against plain
    # scaling
    measure scaling_batch pretrain mvd_vit-base-p16_teachers-base "${gpu[@]}" \
        --batch 1 2 4 8 16 --dtype bf16
    measure scaling_frames pretrain mvd_vit-base-p16_teachers-base \
        "${gpu[@]}" --batch 4 --frames 8 16 32 --dtype bf16
    measure scaling_size pretrain mvd_vit-base-p16_teachers-base "${gpu[@]}" \
        --batch 4 --size 112 160 224 --dtype bf16
    measure precisions pretrain mvd_vit-base-p16_teachers-base "${gpu[@]}" \
        --batch 8 --dtype fp32 fp16 bf16 --against plain
fi

if [ ${#failed[@]} -gt 0 ]; then
    echo "failed: ${failed[*]}"
    exit 1
fi
