/** The name of a draft while its files are uploaded: drafts are not unique per tag, so they are known by their run. */
export const draftName = (name: string, run: string) => `${name} (run ${run})`

/** Whose draft a release's name says it is; undefined for any other name. */
export function readDraftName(name: string): { model: string; run: string } | undefined {
  const [, model, run] = /^(\S+) \S+ \(run (\S+)\)$/.exec(name) ?? []
  return model === undefined || run === undefined ? undefined : { model, run }
}
