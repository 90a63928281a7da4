/** Reads the `::command::` lines that a step prints, by the runner's rules. */

export type Level = 'error' | 'warning' | 'notice'

export interface Annotation {
  level: Level
  message: string
  title?: string
  file?: string
  line?: number
  endLine?: number
  column?: number
  endColumn?: number
}

/** How many annotations of one level a step may leave. */
const ANNOTATION_LIMIT = 10

const disabled = new Set(['set-output', 'save-state', 'set-env', 'add-path'])
const levels = new Set(['error', 'warning', 'notice'])
const known = new Set([
  ...levels,
  ...disabled,
  'debug',
  'add-mask',
  'group',
  'endgroup',
  'echo',
  'stop-commands',
  'add-matcher',
  'remove-matcher',
])

const unescapeData = (text: string) => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')

const unescapeProperty = (text: string) =>
  text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%')

export interface Command {
  name: string
  properties: Record<string, string>
  data: string
}

/** The command that a line is, or undefined for an ordinary line. */
export function parseCommand(text: string): Command | undefined {
  const line = text.trimStart()
  if (!line.startsWith('::')) return undefined
  const end = line.indexOf('::', 2)
  if (end < 0) return undefined
  const head = line.slice(2, end)
  const space = head.indexOf(' ')
  const name = (space < 0 ? head : head.slice(0, space)).toLowerCase()
  const properties: Record<string, string> = {}
  if (space > 0)
    for (const pair of head
      .slice(space + 1)
      .trim()
      .split(',')) {
      const equals = pair.indexOf('=')
      if (equals > 0 && equals < pair.length - 1)
        properties[pair.slice(0, equals).trim()] = unescapeProperty(pair.slice(equals + 1))
    }
  return { name, properties, data: unescapeData(line.slice(end + 2)) }
}

/** Follows the output of one step. */
export class CommandReader {
  readonly annotations: Annotation[] = []
  readonly masks: string[] = []
  readonly groups: string[] = []
  /** Annotations beyond the ten of a level that GitHub keeps. */
  dropped = 0
  /** Set by a command that GitHub has disabled: the step fails. */
  failure: string | undefined
  private resumeToken: string | undefined

  line(text: string): void {
    const command = parseCommand(text)
    if (!command) return
    if (this.resumeToken !== undefined) {
      if (command.name === this.resumeToken) this.resumeToken = undefined
      return
    }
    const { name, data } = command
    if (!known.has(name)) return
    if (levels.has(name)) this.annotate(annotationOf(command))
    else if (name === 'add-mask') {
      if (data.trim() === '')
        this.annotate({ level: 'warning', message: "Can't add secret mask for empty string in ##[add-mask] command." })
      else this.masks.push(data)
    } else if (name === 'group') this.groups.push(data)
    else if (name === 'stop-commands') this.resumeToken = data.toLowerCase()
    else if (disabled.has(name)) {
      this.failure = `The \`${name}\` command is disabled. Please upgrade to using Environment Files.`
      this.annotate({ level: 'error', message: this.failure })
    }
  }

  annotate(annotation: Annotation): void {
    if (this.annotations.filter((one) => one.level === annotation.level).length < ANNOTATION_LIMIT)
      this.annotations.push(annotation)
    else this.dropped += 1
  }
}

function annotationOf({ name, properties, data }: Command): Annotation {
  const annotation: Annotation = { level: name as Level, message: data }
  if (properties.title) annotation.title = properties.title
  if (properties.file) annotation.file = properties.file
  const numbers = { line: 'line', endLine: 'endLine', col: 'column', endColumn: 'endColumn' } as const
  for (const [property, field] of Object.entries(numbers)) {
    const value = Number(properties[property])
    if (properties[property] !== undefined && Number.isInteger(value)) annotation[field] = value
  }
  return annotation
}
