import { defineConfig } from 'tsup'
import { embedKernels } from './tools/embed.ts'

export default defineConfig({
  entry: ['src/index.ts', 'src/testing.ts'],
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  dts: false,
  splitting: true,
  sourcemap: true,
  treeshake: false,
  esbuildPlugins: [embedKernels],
})
