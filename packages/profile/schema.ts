import { type Check, nearest } from '@mlops-actions/verdict'
import { sameFamily } from './kind.ts'
import type { ColumnProfile, Profile } from './profile.ts'
import { protect } from './protect.ts'

/** Columns with a part of their own. */
export interface Roles {
  /** The truth, which comes later than the other columns. */
  label?: string | undefined
  /** The model's answer. */
  prediction?: string | undefined
  /** The model's scores: one, or one a class. */
  scores?: string[] | undefined
  /** What is not compared: the id and the time of a row, columns that the project leaves out. */
  apart?: string[] | undefined
}

/** Whether a column is what the model said: its answer or a score. */
export function isModelOutput(name: string, { prediction, scores = [] }: Roles): boolean {
  return name === prediction || scores.includes(name)
}

export interface SchemaComparison {
  checks: Check[]
  /** Columns on both sides that can be compared, in the reference's order. */
  shared: { reference: ColumnProfile; current: ColumnProfile }[]
}

/** Columns that are missing, retyped or new. Columns that hold on both sides give no check. */
export function compareSchemas(reference: Profile, current: Profile, roles: Roles = {}): SchemaComparison {
  const compared = ({ name }: ColumnProfile) => !roles.apart?.includes(name)
  const after = new Map(current.columns.map((column) => [column.name, column]))
  const before = new Set(reference.columns.map((column) => column.name))
  const added = current.columns.filter((column) => compared(column) && !before.has(column.name))
  const found: SchemaComparison = { checks: [], shared: [] }
  for (const column of reference.columns.filter(compared)) {
    const now = after.get(column.name)
    // Labels of which none has arrived are as good as no column.
    const awaited = column.name === roles.label && column.count > 0 && now?.count === 0
    if (now === undefined || awaited) found.checks.push(missing(column, roles, renamed(column, added)))
    else if (retyped(column, now)) found.checks.push(retypedCheck(column, now))
    else found.shared.push(alike(column, now))
  }
  for (const column of added) found.checks.push(addedCheck(column, roles))
  return found
}

/** What is hidden on one side is hidden on both: hashes are like no category but its hash. */
function alike(reference: ColumnProfile, current: ColumnProfile) {
  const hidden = reference.sensitive || current.sensitive
  return hidden ? { reference: protect(reference), current: protect(current) } : { reference, current }
}

const FALL_BACK = 'go back to the previous version of the data or of the model, the last that agreed with the reference'

/** The new column that a missing one was perhaps renamed to: of the same type, with a name much like it, or alone in question. */
function renamed(column: ColumnProfile, added: ColumnProfile[]): string | undefined {
  const like = added
    .filter(({ type, kind }) => kind === column.kind && sameFamily(type, column.type))
    .map((c) => c.name)
  return nearest(column.name, like) ?? (like.length === 1 && added.length === 1 ? like[0] : undefined)
}

function missing(column: ColumnProfile, roles: Roles, now: string | undefined): Check {
  const role = column.name === roles.label ? 'label' : isModelOutput(column.name, roles) ? "model's output" : undefined
  const status = role === undefined ? 'failed' : 'warned'
  return {
    id: `schema.${column.name}`,
    title: role === undefined ? `${column.name}: column is missing` : `${column.name}: the ${role} is not there yet`,
    subject: column.name,
    observed: role === 'label' ? 'no labels in the current data' : 'no such column in the current data',
    expected: `a column of type ${column.type}, as in the reference`,
    status,
    severity: status,
    detail:
      role === undefined
        ? `${now === undefined ? '' : `Perhaps it is called ${now} now. `}Restore the column, or ${FALL_BACK}.`
        : `Its drift is judged once the current data hold the ${role}.`,
    evidence: {
      change: 'missing',
      reference_type: column.type,
      current_type: null,
      ...(now === undefined ? {} : { renamed_to: now }),
    },
  }
}

/** Numbers, whole or not, are one family; a side without values has no type of its own. */
function retyped(reference: ColumnProfile, current: ColumnProfile): boolean {
  if (reference.count === 0 || current.count === 0) return false
  return !sameFamily(reference.type, current.type)
}

function retypedCheck(reference: ColumnProfile, current: ColumnProfile): Check {
  return {
    id: `schema.${reference.name}`,
    title: `${reference.name}: type changed from ${reference.type} to ${current.type}`,
    subject: reference.name,
    observed: `type ${current.type}`,
    expected: `type ${reference.type}, as in the reference`,
    status: 'failed',
    severity: 'failed',
    detail: `Its values cannot be compared. Restore the type, or ${FALL_BACK}.`,
    evidence: { change: 'retyped', reference_type: reference.type, current_type: current.type },
  }
}

function addedCheck(column: ColumnProfile, roles: Roles): Check {
  const late = column.name === roles.label || isModelOutput(column.name, roles)
  return {
    id: `schema.${column.name}`,
    title: `${column.name}: new column`,
    subject: column.name,
    observed: `a column of type ${column.type} that the reference does not have`,
    expected: 'the columns of the reference',
    status: 'warned',
    severity: 'warned',
    detail: late
      ? 'It is not judged. A reference that holds it, such as an earlier log of predictions, would be compared.'
      : 'It is not judged. A newer reference would hold it.',
    evidence: { change: 'added', reference_type: null, current_type: column.type },
  }
}
