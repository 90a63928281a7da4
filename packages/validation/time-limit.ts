import vm from 'node:vm'
import { NotJudgeable } from './definition.ts'

const script = new vm.Script('work()')
let sandbox: vm.Context | undefined

/**
 * Runs `work`, the search for a pattern in one batch of cells, for at most `seconds`, which it takes only where the
 * pattern backtracks without end; then NotJudgeable. A pattern in which nothing may occur more or less often cannot.
 */
export function withinTime(work: () => void, pattern: string, seconds = 5): void {
  if (!/[*+?]|\{\d*,/.test(pattern)) {
    work()
    return
  }
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
