import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@tapegrad/source', 'node', 'import', 'module', 'default'] } },
  resolve: { conditions: ['@tapegrad/source', 'node', 'import', 'module', 'default'] },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'examples/test/**/*.test.ts', 'tools/test/**/*.test.ts', 'bench/test/**/*.test.ts'],
    setupFiles: ['tools/test/poison.ts', 'tools/test/engine.ts'],
    testTimeout: 60_000,
  },
})
