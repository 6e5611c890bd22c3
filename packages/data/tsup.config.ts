import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { index: 'src/index.ts', csv: 'src/csv/index.ts' },
  format: 'esm',
  target: 'es2022',
  platform: 'node',
  dts: false,
  splitting: true,
  sourcemap: true,
  treeshake: false,
})
