/** How a tag of the registry stands: only a sound one is read alike by everybody, GTO included. */
export type TagForm = 'sound' | 'lightweight' | 'moved' | 'no-tagger'

/** `named`: the name inside the tag object, null where there is none. `date`: the tagger's, null without a tagger. */
export function tagForm(tag: string, named: string | null, date: string | null): TagForm {
  if (named === null) return 'lightweight'
  if (named !== tag) return 'moved'
  return date === null ? 'no-tagger' : 'sound'
}

/** What is wrong with a tag, in words that follow its name. */
export function formText(form: Exclude<TagForm, 'sound'>, named: string | null): string {
  return {
    lightweight: 'is a lightweight tag: it says neither who nor why, and GTO does not see it',
    moved: `was moved: it names the tag object of ${named ?? ''}`,
    'no-tagger': 'has no tagger: when it was written is unknown, and gto show breaks on it for the whole repository',
  }[form]
}
