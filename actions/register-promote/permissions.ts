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
    why: 'register, promote, rollback, approve, archive: write releases and tags',
    without: 'an error; nothing was written',
    when: on('register', 'promote', 'rollback', 'approve', 'archive'),
  },
  {
    permission: 'contents: write',
    why: 'doctor: see drafts, which GitHub shows to writers alone; it writes nothing',
    without: 'drafts that were left behind are not seen',
    when: on('doctor'),
  },
  {
    permission: 'deployments: write',
    why: 'promote, rollback, approve: record who holds the stage',
    without: 'the change holds; the report says that it was not recorded',
    when: on('promote', 'rollback', 'approve'),
  },
  {
    permission: 'deployments: read',
    why: 'show, download, doctor: see that the newest slot was not deleted',
    without: 'a warned check says that this was not seen',
    when: on('show', 'download', 'doctor'),
  },
  {
    permission: 'actions: read',
    why: 'promote, rollback, approve: see who approved, where the policy says `approved`',
    without: 'an error where the policy says `approved`; nothing was written',
    when: on('promote', 'rollback', 'approve'),
  },
  {
    permission: 'issues: write',
    why: 'promote, rollback, approve: ask for an approval and answer it, where the environment has no reviewers',
    without: 'an error where an approval has to be asked for; nothing was written',
    // Few promotions ask: the others are not told to give this right.
    when: on('approve'),
  },
  {
    permission: 'id-token: write',
    why: 'register with `attest`: sign with the identity of the job',
    without: 'an error; nothing was written',
    when: ({ operation, attest }) => operation === 'register' && attest,
  },
  {
    permission: 'attestations: write',
    why: 'register with `attest`: store the attestations',
    without: 'the version stands, and a failed check says that it is not attested',
    when: ({ operation, attest }) => operation === 'register' && attest,
  },
  {
    permission: 'actions: read',
    why: 'doctor: see the reviewers of environments, where the policy says `approved`',
    without: 'a warned check says that this was not seen',
    when: on('doctor'),
  },
]
