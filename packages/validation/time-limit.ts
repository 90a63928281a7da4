import vm from 'node:vm'
import { NotJudgeable } from './definition.ts'

const script = new vm.Script('work()')
let sandbox: vm.Context | undefined

/** Whether something in a pattern may occur more or less often: without that, no search can take long. */
export const canBacktrack = (pattern: string) => /[*+?]|\{\d*,/.test(pattern)

/**
 * Runs `work`, the search for a pattern in one batch of cells, for at most `seconds`, which it takes only where the
 * pattern backtracks without end; then NotJudgeable.
 */
export function withinTime(work: () => void, pattern: string, seconds = 5): void {
  sandbox ??= vm.createContext({})
  sandbox.work = work
  try {
    script.runInContext(sandbox, { timeout: seconds * 1000 })
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    const reason = 'nested quantifiers such as (a+)+ make it try endlessly'
    throw new NotJudgeable(
      `The regular expression ${pattern} took longer than ${seconds} s on one batch of rows: ${reason}`,
    )
  } finally {
    sandbox.work = undefined
  }
}
