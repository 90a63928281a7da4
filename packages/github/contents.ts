import { UserError } from '@mlops-actions/verdict'
import type { Transport } from './transport.ts'

export interface Contents {
  /** The text of a file at a commit, branch or tag. */
  read(path: string, ref: string): Promise<string | 'absent'>
}

export function contents(api: Transport): Contents {
  return {
    async read(path, ref) {
      const found = await api.find<string | object>(
        'GET /repos/{owner}/{repo}/contents/{+path}',
        {
          path: path.split('/').map(encodeURIComponent).join('/'),
          ref,
          headers: { accept: 'application/vnd.github.raw+json' },
        },
        { what: `read ${path} at ${ref}`, permission: 'contents: read' },
      )
      if (typeof found === 'string') return found
      if (found instanceof ArrayBuffer) return Buffer.from(found).toString('utf8')
      throw new UserError({
        code: 'NOT_A_FILE',
        message: `${path} at ${ref} is a folder, not a file.`,
        where: { file: path },
        help: 'Name a file.',
      })
    },
  }
}
