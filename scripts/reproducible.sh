#!/usr/bin/env bash
# Builds the release twice from the last commit, in two places, once with what
# has been built before and once from scratch, and fails where the bytes differ.
set -euo pipefail
cd "$(dirname "$0")/.."

commit=$(git rev-parse HEAD)
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
sums=()
for place in here "another place"; do
  git clone -q --no-checkout . "$work/$place"
  git -C "$work/$place" checkout -q "$commit"
  printf 'building in %s\n' "$work/$place" >&2
  [ "$place" = here ] || export GOCACHE="$work/cache"
  make -s -C "$work/$place" release SETUP=:
  "$work/$place/dist/gobancam" version >&2
  sums+=("$(sha256sum <"$work/$place/dist/gobancam" | cut -d' ' -f1)")
done
printf '%s\n' "${sums[@]}"
[ "${sums[0]}" = "${sums[1]}" ] || { echo 'the same commit gave two different programs' >&2; exit 1; }
echo "the same bytes, twice" >&2
