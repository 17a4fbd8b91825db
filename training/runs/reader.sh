#!/usr/bin/env bash
# The recipe of the shipped reader, from nothing: about two hours on two cores. Needs `pip install -e .[training]`.
set -euo pipefail
cd "$(dirname "$0")/../.."
shared=${1:-../shared}
out=training/runs/out
python -m training.pretrain --shared "$shared" --out "$out/pretrained"
python -m training.train --shared "$shared" --pretrained "$out/pretrained" --out "$out/reader" --resume
python -m training.export --weights "$out/reader/weights-7.pt" "$out/reader/weights-9.pt" --out "$out/model"
python -m training.tune --shared "$shared" --model "$out/model"
python -m evaluation.events --shared "$shared" --model "$out/model" --errors
echo "to ship it: cp -r $out/model src/detente/reading/model"
