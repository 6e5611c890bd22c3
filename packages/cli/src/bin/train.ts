#!/usr/bin/env node
import { runProcess } from './run.ts'

await runProcess(['train', ...process.argv.slice(2)], 'train')
