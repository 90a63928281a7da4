import type { Profile, Roles } from '@mlops-actions/profile'
import type { SettingsValues } from '@mlops-actions/settings'

/**
 * Which columns are the truth, the model's answers, and the id of a row: by the project's settings, else by the names that
 * prediction files have (`label`, `prediction`, `score`, `score_<class>`), unless the model reads a feature of that name.
 */
export function rolesOf(label: string | undefined, settings: SettingsValues, sides: Profile[]): Roles {
  const { task, predictions = {}, features = [] } = settings
  const columns = new Set(sides.flatMap((side) => side.columns.map(({ name }) => name)))
  const present = (name: string) => (columns.has(name) && !features.includes(name) ? [name] : [])
  const perClass = [...columns].filter((name) => /^score_./.test(name))
  return {
    label: label ?? task?.label ?? present(predictions.label ?? 'label')[0],
    prediction: present(predictions.prediction ?? 'prediction')[0],
    scores: [predictions.score ?? 'score', ...perClass].flatMap(present),
    apart: task?.id === undefined ? [] : [task.id],
  }
}
