import { describe, expect, it } from 'vitest'
import { diagnose, type Facts } from '../doctor.ts'
import { workflowChecks } from './triggers.ts'

describe('advice', () => {
  const none: Facts = { models: [], others: [], strange: [], records: new Map(), later: new Map(), rulesets: [] }
  const ruleset = {
    name: 'tags',
    active: true,
    include: ['refs/tags/*@*', 'refs/tags/*#*'],
    exclude: [],
    rules: ['deletion', 'update'],
  }
  const adviceOn = (rulesets: Facts['rulesets']) =>
    diagnose({ ...none, rulesets }).find((c) => c.id === 'registry.ruleset')!

  it('knows the ruleset that keeps the tags', () => {
    expect(adviceOn([ruleset]).status).toBe('passed')
    expect(adviceOn([{ ...ruleset, include: ['~ALL'] }]).status).toBe('passed')
    for (const wide of ['refs/tags/**', 'refs/**/*', '**/*'])
      expect(adviceOn([{ ...ruleset, include: [wide] }]).status).toBe('passed')
    for (const one of [
      { active: false },
      { rules: ['deletion'] },
      { include: ['refs/tags/v*'] },
      { include: ['**'] },
      { exclude: ['~ALL'] },
    ])
      expect(adviceOn([{ ...ruleset, ...one }]).status).toBe('warned')
    expect(adviceOn([{ ...ruleset, include: ['refs/tags/*@*'] }]).observed).toContain('model#production#1')
  })

  it.each([
    ['on: push', 2, 'branches'],
    ['on: [pull_request, push]', 2, 'branches'],
    ['on:\n  push:\n    paths: [src/**]', 3, 'branches'],
    ['on:\n  push:\n    branches: [main]', null, ''],
    ['on:\n  push:\n    branches-ignore: [x]', null, ''],
    ["on:\n  push:\n    tags: ['v*']", null, ''],
    ["on:\n  push:\n    tags: ['**']", 3, "'!\\*@\\*'"],
    ["on:\n  push:\n    tags: ['*', '!*@*', '!*#*']", null, ''],
    ["on:\n  push:\n    tags-ignore: ['*@*', '*#*']", null, ''],
    ["on:\n  push:\n    tags-ignore: ['*@*']", 3, 'tags-ignore'],
    ['on: release', 2, 'if:'],
    ['on:\n  release: { types: [published] }', 3, 'if:'],
    ['on:\n  release: { types: [deleted] }', null, ''],
    ['on:\n  release: { types: [prereleased] }', 3, 'if:'],
    ['on: [create]', 2, 'if:'],
    ['on: deployment', 2, 'mlops-promote:'],
    ['on:\n  deployment_status:', 3, 'mlops-promote:'],
    ['on: workflow_dispatch', null, ''],
    ['on: [', null, ''],
  ])('%j', (on, line, words) => {
    const text = `name: x\n${on}\njobs: { a: { runs-on: ubuntu-latest } }\n`
    const [only, ...more] = workflowChecks([{ path: '.github/workflows/x.yml', text }], [])
    expect(more).toEqual([])
    if (line === null) return expect(only!.status).toBe('passed')
    expect(only).toMatchObject({ status: 'warned', subject: '.github/workflows/x.yml', evidence: { line } })
    expect(only!.detail).toMatch(new RegExp(words))
  })

  it('believes jobs that ask for the ref', () => {
    const text = `on: create\njobs: { a: { if: "github.ref_type == 'branch'", runs-on: x } }\n`
    expect(workflowChecks([{ path: 'x.yml', text }], [])[0]!.status).toBe('passed')
    const on = (event: string, asks: string) =>
      workflowChecks([{ path: 'x.yml', text: `on: ${event}\njobs: { a: { if: "${asks}", runs-on: x } }\n` }], [])[0]!
        .status
    expect(on('deployment', "!startsWith(github.event.deployment.task, 'mlops-promote:')")).toBe('passed')
    expect(on('deployment_status', "github.event.deployment_status.environment == 'preview'")).toBe('passed')
    expect(on('deployment_status', "github.event.deployment_status.state == 'success'")).toBe('warned')
    // What a deployment is for says nothing of a tag.
    expect(on('[deployment, create]', "github.event.deployment.task == 'deploy'")).toBe('warned')
  })
})
