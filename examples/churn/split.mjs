// Splits data/churn.csv into data/train.csv and data/holdout.csv: half each, with the same share of churners, always the
// same rows. The holdout is large on purpose: on 1200 rows a comparison of two models is no coin toss.

import { readFileSync, writeFileSync } from 'node:fs'

const [header, ...rows] = readFileSync('data/churn.csv', 'utf8').trimEnd().split('\n')
const label = header.split(',').indexOf('churn')
const random = mulberry32(2026)

const holdout = new Set()
for (const value of ['no', 'yes']) {
  const group = shuffled([...rows.keys()].filter((i) => rows[i].split(',')[label] === value))
  for (const i of group.slice(0, Math.ceil(group.length / 2))) holdout.add(i)
}
write('data/train.csv', (i) => !holdout.has(i))
write('data/holdout.csv', (i) => holdout.has(i))

function write(path, chosen) {
  writeFileSync(path, `${[header, ...rows.filter((_, i) => chosen(i))].join('\n')}\n`)
}

/** Fisher and Yates' shuffle. */
function shuffled(items) {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[items[i], items[j]] = [items[j], items[i]]
  }
  return items
}

/** A small seeded generator of numbers in [0, 1): the same on every machine. */
function mulberry32(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
