import { spawnSync } from 'node:child_process'
import { printTable } from './table.ts'

export type Command = [program: string, ...words: string[]]

interface Run {
  /** Seconds from start to end, and of all processors. */
  wall: number
  cpu: number
  /** MB. */
  memory: number
}

/** Runs a program to its end; GNU time measures it. Throws where it fails, but for the exit codes that are allowed. */
export function measured([program, ...words]: Command, env: NodeJS.ProcessEnv = process.env): Run {
  const began = performance.now()
  const { status, stderr } = spawnSync('/usr/bin/env', ['time', '-f', '%U %S %M', program, ...words], {
    encoding: 'utf8',
    env,
  })
  const wall = (performance.now() - began) / 1000
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${status}: ${stderr}`)
  const [user, system, kilobytes] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  return { wall, cpu: user! + system!, memory: kilobytes! / 1024 }
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** Runs the ways in turns, so that a busy machine slows all alike, and prints medians, and ratios to the first round by round. */
export function compareProcesses(title: string, ways: Record<string, Command>, rounds: number): void {
  const runs = new Map(Object.keys(ways).map((name) => [name, [] as Run[]]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, way] of Object.entries(ways)) runs.get(name)!.push(measured(way))
  }
  const ours = runs.get(Object.keys(ways)[0]!)!
  const ratio = (name: string, key: keyof Run) => median(runs.get(name)!.map((run, i) => run[key] / ours[i]![key]))
  const of = (name: string, key: keyof Run) => median(runs.get(name)!.map((run) => run[key]))
  printTable(
    Object.keys(ways).map((name) => ({
      [title]: name,
      'wall s': of(name, 'wall').toFixed(2),
      'cpu s': of(name, 'cpu').toFixed(2),
      'peak MB': of(name, 'memory').toFixed(0),
      'wall, ratio to the first': ratio(name, 'wall').toFixed(2),
      'cpu, ratio': ratio(name, 'cpu').toFixed(2),
      'memory, ratio': ratio(name, 'memory').toFixed(2),
    })),
  )
}
