#!/usr/bin/env bash
# A reader from nothing by the steps of the shipped one, which went on from those before it (training/README.md): about two hours on two cores.
# Needs `pip install -e .[training]`.
# With TEACHER_PARTS (the folder of the packages that `training/teacher.py` names) and a GPU it distils, too: ten minutes more.
set -euo pipefail
cd "$(dirname "$0")/../.."
shared=${1:-../shared}
out=training/runs/out
python -m training.pretrain --shared "$shared" --out "$out/pretrained"
python -m training.train --shared "$shared" --pretrained "$out/pretrained" --out "$out/reader" --resume
python -m training.export --weights "$out/reader/weights-7.pt" "$out/reader/weights-9.pt" --out "$out/model"
if [ -n "${TEACHER_PARTS:-}" ]; then
    python -m training.pack gold --shared "$shared" --out "$out/packed"
    python -m training.pack text --shared "$shared" --out "$out/packed"
    python -m training.teacher --parts "$TEACHER_PARTS" --out "$out/packed"
    [ -f "$out/distilled/opinions-2.pt" ] || python -m training.distil teach --packed "$out/packed" --out "$out/distilled" --minutes 6
    python -m training.distil learn --packed "$out/packed" --start "$out/model" --out "$out/distilled" --minutes 5
    python -m training.export --weights "$out/reader/weights-9.pt" "$out/distilled" --start "$out/model" --out "$out/model"
fi
python -m training.tune --shared "$shared" --model "$out/model"
python -m evaluation.events --shared "$shared" --model "$out/model" --errors
echo "to ship it: cp -r $out/model src/detente/reading/model"
