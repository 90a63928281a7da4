import * as core from '@actions/core'

/** What an action says while it works. */
export interface Log {
  info(sentence: string): void
  notice(sentence: string): void
  warning(sentence: string): void
  debug(sentence: string): void
  /** A foldable group around a phase; it is closed however the phase ends. */
  group<T>(title: string, work: () => Promise<T>): Promise<T>
}

/** The log of a job on GitHub. */
export const jobLog: Log = {
  info: (sentence) => core.info(oneLine(sentence)),
  notice: (sentence) => core.notice(sentence),
  warning: (sentence) => core.warning(sentence),
  debug: (sentence) => core.debug(sentence),
  group: (title, work) => core.group(oneLine(title), work),
}

/** A line of data that looks like a workflow command (`::error::`) must not become one: a leading `::` is broken up. */
function oneLine(sentence: string): string {
  return sentence
    .replace(/[\r\n]+/g, ' ')
    .replace(/^(\s*)::/, '$1: :')
    .replace(/##\[/g, '# [')
}
