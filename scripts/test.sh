#!/usr/bin/env bash
# Passes every test: formatting, vet, staticcheck, the pure rooms without cgo,
# everything else with the race detector. `make test` calls it with the right
# GOFLAGS.
set -euo pipefail
cd "$(dirname "$0")/.."

tags=${GOFLAGS#-tags=}
# The tests on the private set of photographs and videos take long; they are
# `make test-private`. Without the set they skip and say so.
export GOBANCAM_PRIVATE=${GOBANCAM_PRIVATE:-none}
step() { printf '\n== %s\n' "$*"; }

step "gofmt"
unformatted=$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 gofmt -l)
if [ -n "$unformatted" ]; then
  printf 'not formatted:\n%s\n' "$unformatted"
  exit 1
fi

step "the pure rooms build without a C compiler"
# Nothing in them runs in parallel that the race detector below does not see.
CGO_ENABLED=0 GOFLAGS= go vet $(make -s pure)

step "vet"
go vet -tags "$tags,matprofile" ./...

step "staticcheck"
go tool staticcheck -tags "$tags,matprofile" ./...

# One goroutine, much arithmetic: the race detector has nothing to find.
step "tests of the rules, without cgo"
CGO_ENABLED=0 GOFLAGS= go test ./board/... ./internal/grid/... ./internal/reading/...

step "tests with the race detector"
programs='^Test(ProgramKilledWhileSending|TwoProgramsPlayEachOther|Recorded.*|RecordSimulatedBoard)$'
go test -race -tags "$tags,matprofile" -skip "$programs" $(go list ./... | grep -vE '/(board|grid|reading|vision|play|demo)$')

# Where pictures are read, the race detector costs tenfold; it watches what runs
# in parallel there.
step "tests with the race detector: sources, eyes and table"
go test -race -tags "$tags,matprofile" -run 'Live|Online|Tape|Record|EyesEnd|EyesStop' ./vision ./internal/play

step "tests of all that reads pictures, with OpenCV's Mats counted, and a whole game"
go test -tags "$tags,matprofile" ./vision ./internal/play ./internal/demo

step "real programs: killed at every step of sending, two that play each other, matches of a club"
go test ./cmd/gobancam -run "$programs"
