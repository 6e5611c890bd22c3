import { defineConfig } from 'tsup'
import { embedKernels } from './tools/embed.ts'

export default defineConfig({
  // Threads start from a file of their own.
  entry: { index: 'src/index.ts', testing: 'src/testing.ts', worker: 'src/backend/wasm/threads/worker.js' },
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  dts: false,
  splitting: true,
  sourcemap: true,
  treeshake: false,
  esbuildPlugins: [embedKernels],
})
