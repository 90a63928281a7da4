import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'packages/**/*.test.ts',
      'actions/**/*.test.ts',
      'local-github/**/*.test.ts',
      'examples/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    // onnxruntime's Linux builds report to their maker unless told not to.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    setupFiles: ['test/seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // GitHub's parser imports JSON without an attribute, which Node refuses and Vite does not.
    server: { deps: { inline: [/@actions\/workflow-parser/] } },
  },
})
