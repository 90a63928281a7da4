import type { Need } from '@mlops-actions/github'
import type { VerdictKind } from '@mlops-actions/verdict'
import { type AnyInputs, commonInputs, commonOutputs, type Definition } from './definition.ts'

/** An action, ready for its entry to start and for the documentation to read. */
export interface Action {
  name: string
  description: string
  kind: VerdictKind
  inputs: AnyInputs
  outputs: Record<string, string>
  permissions: (Need & { without: string })[]
  /** Runs the action in this process and ends it with the exit code. */
  start(): Promise<void>
}

/** Builds an action from its definition. */
export function action<I extends AnyInputs, const O extends Record<string, string>>(
  definition: Definition<I, O>,
): Action {
  const failOn = commonInputs['fail-on']
  const common = definition.failOn
    ? { ...commonInputs, 'fail-on': { ...failOn, default: definition.failOn, absent: definition.failOn } }
    : commonInputs
  const inputs = { ...definition.inputs, ...common }
  const outputs = { ...definition.outputs, ...commonOutputs }
  return {
    name: definition.name,
    description: definition.description,
    kind: definition.kind,
    inputs,
    outputs,
    permissions: definition.permissions,
    start: async () => {
      const { run } = await import('./run.ts')
      await run(definition, inputs, Object.keys(outputs))
    },
  }
}
