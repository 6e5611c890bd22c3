import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts', 'src/bin/train.ts', 'src/bin/tapegrad.ts'],
  format: 'esm',
  target: 'es2022',
  platform: 'node',
  dts: false,
  splitting: true,
  sourcemap: true,
  treeshake: false,
})
