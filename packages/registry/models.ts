import type { GitHub } from '@mlops-actions/github'
import { parseTagName } from './names.ts'

/** Every model that has a version, sorted, by one `git ls-remote`. */
export async function knownModels(github: GitHub): Promise<string[]> {
  const refs = await github.refs.list(['refs/tags/*@v*'])
  const names = refs.flatMap(({ name }) => {
    const parsed = parseTagName(name.replace(/^refs\/tags\//, ''))
    return parsed?.kind === 'version' ? [parsed.model] : []
  })
  return [...new Set(names)].sort()
}
