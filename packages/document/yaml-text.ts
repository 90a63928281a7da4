import { type Json, UserError, type Where } from '@mlops-actions/verdict'
import {
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument as parseYaml,
  type ScalarTag,
} from 'yaml'

export type Path = readonly PropertyKey[]

/** A YAML or JSON text that knows where each of its values stands. */
export class YamlText {
  /** null for an empty text. */
  readonly value: Json
  readonly #origin: string
  readonly #code: string
  readonly #lines = new LineCounter()
  readonly #root: Node | null

  /**
   * @param origin how people name the text: a path, or `input "rules"`
   * @param code of every UserError about it, e.g. `SETTINGS_INVALID`
   * @param tags scalars that this text may hold besides those of YAML
   * @throws UserError where the syntax breaks, at that place, or an alias leads nowhere or into itself
   */
  constructor(text: string, origin: string, code: string, tags: ScalarTag[] = []) {
    this.#origin = origin
    this.#code = code
    const document = parseYaml(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      customTags: (known) => [...tags, ...known],
    })
    this.#root = document.contents
    const broken = document.errors[0]
    // The library tells of it as of any other mistake.
    if (broken !== undefined && /call stack/.test(broken.message))
      throw this.#mistake(`${origin} is nested too deeply.`, this.#place(broken.pos[0]), 'Write it with fewer levels.')
    if (broken !== undefined) {
      throw this.#mistake(
        `${origin} is not valid YAML: ${firstLine(broken.message)}.`,
        this.#place(broken.pos[0]),
        'Mend the syntax at that place; two spaces indent one level, and a text with : or # in it needs quotes.',
      )
    }
    try {
      this.value = document.toJS() as Json
      // Throws where an alias stands within what it names: such a value has no end.
      JSON.stringify(this.value)
    } catch (cause) {
      throw this.#mistake(`${origin} cannot be read: ${firstLine((cause as Error).message)}.`, {}, 'Mend its aliases.')
    }
  }

  /** Where the value at a path stands, or the nearest thing around it that is there; with `key`, where its name does. */
  where(path: Path, part: 'value' | 'key' = 'value'): Where {
    let node: unknown = this.#root
    let offset = this.#root?.range?.[0] ?? 0
    for (const step of path) {
      if (!isCollection(node)) break
      const pair = isMap(node)
        ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
        : undefined
      const next: unknown = isMap(node) ? pair?.value : node.items[Number(step)]
      const anchor = pair !== undefined && (part === 'key' || !isPlaced(next)) ? pair.key : next
      if (!isPlaced(anchor)) break
      offset = anchor.range[0]
      node = next
    }
    return { ...this.#place(offset), ...(path.length === 0 ? {} : { key: path.map(String).join('.') }) }
  }

  /** A mistake at a path. */
  mistake(message: string, path: Path, help: string, part: 'value' | 'key' = 'value'): UserError {
    return this.#mistake(message, this.where(path, part), help)
  }

  #mistake(message: string, where: Where, help: string): UserError {
    return new UserError({ code: this.#code, message, where: { file: this.#origin, ...where }, help })
  }

  #place(offset: number): Where {
    const { line, col } = this.#lines.linePos(offset)
    return line === 0 ? {} : { line, column: col }
  }
}

function isPlaced(node: unknown): node is Node & { range: [number, number, number] } {
  return isNode(node) && Array.isArray(node.range)
}

/** The first line of a library's message, without the punctuation at its end. */
export function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/[.:]\s*$/, '')
}
