import type { Manifest } from '@mlops-actions/registry'
import { visible } from './escape.ts'

/** A figure measured on data whose fingerprint is known. */
export interface Measured {
  metric: string
  value: number
  data: string
}

export interface FrontMatter {
  manifest: Manifest
  license?: string | undefined
  /** As mlops.yaml says; what it does not say is not claimed. */
  task?: 'binary' | 'multiclass' | 'regression' | undefined
  measured: Measured[]
}

/** Licences that Hugging Face knows by identifier, without those of single model families. */
const licenses = new Set(
  `apache-2.0 mit openrail openrail++ afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc
  cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0
  cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0
  cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0
  isc lppl-1.3c ms-pl mpl-2.0 odc-by odbl osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl unknown other`.split(
    /\s+/,
  ),
)

/**
 * The card's metadata as Hugging Face reads them. Any other licence is `other` with its name, as the Hub asks; figures are
 * listed where the task and the data they were measured on are known, for the Hub takes none without.
 */
export function frontMatter({ manifest, license, task, measured }: FrontMatter): string {
  const pipeline = task === undefined ? undefined : `tabular-${task === 'regression' ? task : 'classification'}`
  const onnx = manifest.format === 'onnx'
  const lines = [
    `model_name: ${text(manifest.model)}`,
    ...licenseLines(license),
    ...(onnx ? ['library_name: "onnx"'] : []),
    ...(pipeline === undefined ? [] : [`pipeline_tag: ${text(pipeline)}`]),
    'tags:',
    ...(onnx ? ['  - "onnx"'] : []),
    '  - "mlops-actions"',
    ...(pipeline === undefined || measured.length === 0 ? [] : modelIndex(manifest.model, pipeline, measured)),
  ]
  return `---\n${lines.join('\n')}\n---`
}

function licenseLines(license: string | undefined): string[] {
  if (license === undefined) return []
  const known = license.toLowerCase()
  if (licenses.has(known)) return [`license: ${text(known)}`]
  return ['license: "other"', `license_name: ${text(license)}`]
}

function modelIndex(model: string, task: string, measured: Measured[]): string[] {
  const results = [...new Set(measured.map((m) => m.data))].flatMap((data) => [
    '      - task:',
    `          type: ${text(task)}`,
    '        dataset:',
    '          type: "tabular"',
    `          name: ${text(data)}`,
    '        metrics:',
    ...measured
      .filter((m) => m.data === data)
      .flatMap(({ metric, value }) => [`          - type: ${text(metric)}`, `            value: ${number(value)}`]),
  ])
  return ['model-index:', `  - name: ${text(model)}`, '    results:', ...results]
}

/** A JSON text is a YAML text where it holds no character that YAML forbids. */
const text = (value: string) => JSON.stringify(visible(value).replace(/[\uFFFE\uFFFF]/g, '\uFFFD'))

/** YAML 1.1, which Python reads, takes `1e-7` for a text: a number has a point. */
const number = (value: number) => String(value).replace(/^(-?\d+)e/, '$1.0e')
