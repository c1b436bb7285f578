#!/usr/bin/env bash
# Passes every test: formatting, vet, staticcheck, the pure rooms without cgo,
# and everything with the race detector. `make test` calls it with the right
# GOFLAGS.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

pure=()
for room in board reading grid match ogs challonge credentials record sim; do
  pure+=("./$room/...")
done

step "gofmt"
unformatted=$(git ls-files -z '*.go' | xargs -0 gofmt -l)
if [ -n "$unformatted" ]; then
  printf 'not formatted:\n%s\n' "$unformatted"
  exit 1
fi

step "pure rooms build without a C compiler"
CGO_ENABLED=0 GOFLAGS= go vet "${pure[@]}"

step "vet"
go vet ./...

step "staticcheck"
go tool staticcheck ./...

step "tests"
go test -race -tags "${GOFLAGS#-tags=},matprofile" ./...
