export type { Approval, Approvals } from './approvals.ts'
export type { Artifact, Artifacts } from './artifacts.ts'
export { type Comment, type Comments, type Issues, marker, type Pulls } from './conversation.ts'
export { type Permission, Rejected, Unclear } from './errors.ts'
export { type FetchedRefs, type PeeledRef, parseTag } from './git.ts'
export { type Contents, type GitHub, type GitHubOptions, openGitHub } from './github.ts'
export type { CommitObject, Objects, Signature, TagObject } from './objects.ts'
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
