import type { Action } from '@mlops-actions/action'

/** Every action of the pack; each is loaded only when it runs, so that a step starts with no more code than it needs. */
export const actions: Record<string, () => Promise<{ main: Action }>> = {
  'build-serving-image': () => import('./build-serving-image/main.ts'),
  'compare-with-production': () => import('./compare-with-production/main.ts'),
  'data-validate': () => import('./data-validate/main.ts'),
  'drift-check': () => import('./drift-check/main.ts'),
  'metrics-gate': () => import('./metrics-gate/main.ts'),
  'pr-report': () => import('./pr-report/main.ts'),
  'register-promote': () => import('./register-promote/main.ts'),
  'train-track': () => import('./train-track/main.ts'),
}

/** Runs one action of the pack; the stubs in dist/ call this. */
export async function run(name: string): Promise<void> {
  const { main } = await actions[name]!()
  await main.start()
}
