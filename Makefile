# `make guide` and `make test` are all a fresh machine needs.
SWIFT ?= swift
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)

.PHONY: guide test build bench lint format docs sanitize setup oracles clean

## Installs what the system lacks, builds, and writes the guide to ./guide-output/index.html.
guide: build
	.build/release/apus guide --output guide-output
	@echo "Open guide-output/index.html in a browser."

## Runs the whole test suite, one test after the other: those that wait for sockets and clocks must not starve beside those that compute.
test: setup
	$(SWIFT) build --build-tests --jobs $(JOBS)
	$(SWIFT) test --skip-build --no-parallel

## Builds the command in release mode: .build/release/apus. On Linux it needs nothing but the C library and libgcc where it runs.
build: setup
	SWIFT=$(SWIFT) scripts/build --jobs $(JOBS)

## Measures Apus beside its peers, in turn, in one run, and prints the ratios.
bench: build
	cd Benchmarks && ./compare

## Checks the formatting of every Swift file.
lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

## Formats every Swift file.
format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

## Builds the documentation of every module into .build/docs; a warning is an error.
docs: setup
	scripts/docs

## Runs the tests under the address and the thread sanitizer, each in a build folder of its own.
sanitize: setup
	$(SWIFT) test --sanitize=address --scratch-path .build-address
	$(SWIFT) test --sanitize=thread --scratch-path .build-thread

## Finds and installs missing system libraries.
setup:
	@scripts/setup

## Writes Tests/Fixtures anew from the reference tools; needs Python 3.11 or later.
oracles:
	python3 -m venv .venv
	.venv/bin/pip install --quiet -r Tests/Oracles/requirements.txt
	.venv/bin/python Tests/Oracles/generate.py

clean:
	rm -rf .build .build-address .build-thread .venv guide-output
