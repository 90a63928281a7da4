import type { Manifest } from '@mlops-actions/registry'
import { codeMarkdown, visible } from './escape.ts'

const fenced = (language: string, code: string) => `\`\`\`${language}\n${code.trim()}\n\`\`\``

/** How to run the model in Python and in Node.js: programs that work as they stand, beside the model's files. */
export function loading(manifest: Manifest, golden: boolean): string {
  const path = JSON.stringify(visible(manifest.files[0]!.path))
  return [
    'With `pip install onnxruntime numpy`:',
    fenced('python', python(path)),
    'With `npm install onnxruntime-node`:',
    fenced('js', node(path)),
    ...(golden
      ? ['`golden.json` holds rows with the answers that onnxruntime gave: a program can be held against them.']
      : []),
  ].join('\n\n')
}

const python = (path: string) => `
import numpy
import onnxruntime

session = onnxruntime.InferenceSession(${path})
types = {"float": "float32", "double": "float64", "string": "object"}


def example(tensor):
    """A row of zeros and empty texts, to be replaced by yours."""
    kind = tensor.type[len("tensor("):-1]
    shape = [size if isinstance(size, int) and size > 0 else 1 for size in tensor.shape]
    return numpy.full(shape, "" if kind == "string" else 0, dtype=types.get(kind, kind))


row = {tensor.name: example(tensor) for tensor in session.get_inputs()}
for output, value in zip(session.get_outputs(), session.run(None, row)):
    print(output.name, value)
`

const node = (path: string) => `
import ort from 'onnxruntime-node'

const session = await ort.InferenceSession.create(${path})
/** A row of zeros and empty texts, to be replaced by yours. */
const example = ({ name, type, shape }) => {
  const dims = shape.map((size) => (size > 0 ? size : 1))
  const cells = dims.reduce((all, size) => all * size, 1)
  return [name, new ort.Tensor(type, Array(cells).fill(type === 'string' ? '' : 0), dims)]
}
const row = Object.fromEntries(session.inputMetadata.map(example))
for (const [name, { data }] of Object.entries(await session.run(row))) console.log(name, data)
`

/** How to hold downloaded files against the digests, and these against the tag. */
export function verifying(manifest: Manifest, version: string | undefined): string {
  const files = [
    ...manifest.files,
    manifest.run_file,
    ...(manifest.reference_profile ? [manifest.reference_profile] : []),
  ]
  const lines = files.map(({ path, sha256 }) => `${sha256}  ${visible(path)}`)
  const tag = codeMarkdown(`${manifest.model}@${version ?? 'VERSION'}`)
  return [
    'In the folder of the downloaded files:',
    fenced('sh', `sha256sum --check <<'EOF'\n${lines.join('\n')}\nEOF`),
    `The same digests stand in \`manifest.json\`, and that of \`manifest.json\` in the message of the tag ${tag}, which \`git show\` prints.`,
  ].join('\n\n')
}
