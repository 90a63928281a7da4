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
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // GitHub's parser imports JSON without an attribute, which Node refuses and Vite does not.
    server: { deps: { inline: [/@actions\/workflow-parser/] } },
  },
})
