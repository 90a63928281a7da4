export type { Approval, Approvals } from './approvals.ts'
export type { Artifact, Artifacts } from './artifacts.ts'
export type { AttestationBundle, AttestationKey, Attestations } from './attestations.ts'
export type { Contents } from './contents.ts'
export {
  type Comment,
  type Comments,
  type Issue,
  type Issues,
  marker,
  type Pulls,
  type Remark,
} from './conversation.ts'
export type { Environment, Environments } from './environments.ts'
export { Rejected, Unclear } from './errors.ts'
export { type FetchedRefs, type PeeledRef, parseTag } from './git.ts'
export { type GitHub, type GitHubOptions, openGitHub } from './github.ts'
export type { CommitObject, Objects, Signature, TagObject } from './objects.ts'
export { type Need, type Permission, permissionsYaml } from './permissions.ts'
export type { Refs } from './refs.ts'
export {
  type Asset,
  largestAsset,
  type Release,
  type Releases,
  type ReleaseText,
  type Upload,
  unstorable,
} from './releases.ts'
export type { Rulesets, TagRuleset } from './rulesets.ts'
export type { Deployment, Deployments, Dispatch, WorkflowRun } from './workflows.ts'
