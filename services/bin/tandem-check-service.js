#!/usr/bin/env node
import '../dist/health/main.js'
