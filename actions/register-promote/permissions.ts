import type { ActionNeed, Values } from '@mlops-actions/action'
import type { inputs, Operation } from './inputs.ts'

const on =
  (...operations: Operation[]) =>
  ({ operation }: Values<typeof inputs>) =>
    operations.includes(operation)

/**
 * What each operation needs. All that an operation must write takes one right, and its first write is an object that
 * nothing names yet: a token without that right is refused before anything has changed.
 */
export const permissions: ActionNeed<Values<typeof inputs>>[] = [
  {
    permission: 'contents: read',
    why: 'show, download: read versions and slots',
    without: 'an error',
    when: on('show', 'download'),
  },
  {
    permission: 'contents: write',
    why: 'register, promote, rollback, archive: write releases and tags',
    without: 'an error; nothing was written',
    when: on('register', 'promote', 'rollback', 'archive'),
  },
  {
    permission: 'contents: write',
    why: 'doctor: see drafts, which GitHub shows to writers alone; it writes nothing',
    without: 'drafts that were left behind are not seen',
    when: on('doctor'),
  },
  {
    permission: 'deployments: write',
    why: 'promote, rollback: record who holds the stage',
    without: 'the change holds; the report says that it was not recorded',
    when: on('promote', 'rollback'),
  },
  {
    permission: 'deployments: read',
    why: 'show, download, doctor: see that the newest slot was not deleted',
    without: 'a warned check says that this was not seen',
    when: on('show', 'download', 'doctor'),
  },
  {
    permission: 'actions: read',
    why: 'promote, rollback: see who approved the run, where the policy says `approved`',
    without: 'an error where the policy says `approved`; nothing was written',
    when: on('promote', 'rollback'),
  },
  {
    permission: 'actions: read',
    why: 'doctor: see the reviewers of environments, where the policy says `approved`',
    without: 'a warned check says that this was not seen',
    when: on('doctor'),
  },
]
