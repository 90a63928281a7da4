export { approvedBy, approvers, type Consent, waitsForApproval } from './approval.ts'
export { archivedCheck, judgeArchive } from './archive.ts'
export { type AttestedSubject, type ModelStatement, modelSigningStatement, provenanceSubjects } from './attestation.ts'
export { environmentChecks, readEnvironments } from './doctor/environments.ts'
export { diagnose, type Facts, readFacts, type WorkflowFile } from './doctor.ts'
export { download, fileNames } from './download.ts'
export { boundTo, judged, newest, parseEvidence, redact } from './evidence.ts'
export { type Judgement, type Moved, type MoveRequest, move } from './executor.ts'
export { listLog, readLog, readLogs, type StageLog, stageLog, type VersionTag } from './log.ts'
export * from './manifest.ts'
export { knownModels } from './models.ts'
export {
  archivedStage,
  type Bump,
  compareVersions,
  highestVersion,
  namePattern,
  parseTagName,
  requireName,
  requireVersion,
  slotTag,
  type TagName,
  versionPattern,
  versionTag,
} from './names.ts'
export {
  judgePromotion,
  judgeRollback,
  type People,
  type Promotion,
  type PromotionPolicy,
  promotionPolicy,
  type StagePolicy,
} from './policy.ts'
export { planRegistration, type Registered, type Registration, register } from './register.ts'
export { type ChangeRequest, parseRequest, requestFile, requestKey, serialiseRequest } from './request.ts'
export { eventKinds, readSlotEvent, type Slot, type SlotEvent } from './slot.ts'
export { type Expect, fenceCheck, type Move, nextStep, type Outcome, type Seen, type StageView } from './steps.ts'
export { openVersion, readAsset, readEvidence, type Version, versionChecks } from './version.ts'
export { witnessCheck, writeWitness } from './witness.ts'
