#!/usr/bin/env -S node --single-threaded-gc --no-memory-reducer --heap-growing-percent=400
// The flags are those of cli/src/stack/runtime-flags.ts.
import '../dist/reward/main.js'
