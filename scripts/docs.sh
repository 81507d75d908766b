#!/usr/bin/env bash
# Builds the documents as a static site, API pages included: docs.sh [FOLDER], default build/docs. Open FOLDER/site/index.html.
# Fails on a warning of the generators and on a link that leads nowhere.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/bootstrap.sh
out=$(realpath -m "${1:-build/docs}")
rm -rf "$out"
mkdir -p "$out"

python3 docs/site/stage.py . "$out"
mkdir "$out/pages/api"
{ cat docs/site/Doxyfile; echo "OUTPUT_DIRECTORY = $out/pages/api"; } | doxygen -
PYTHONPATH=docs/site PYTHONDONTWRITEBYTECODE=1 mkdocs build --strict --config-file "$out/mkdocs.yml"
python3 docs/site/check.py "$out/site"
echo "$out/site/index.html"
