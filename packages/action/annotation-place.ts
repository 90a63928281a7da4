import type { AnnotationProperties } from '@actions/core'

/** Where GitHub shows an annotation, as far as it is known. */
export function annotationPlace(of: { file?: unknown; line?: unknown; column?: unknown }): AnnotationProperties {
  return {
    ...(typeof of.file === 'string' ? { file: of.file } : {}),
    ...(typeof of.line === 'number' ? { startLine: of.line } : {}),
    ...(typeof of.column === 'number' && typeof of.line === 'number' ? { startColumn: of.column } : {}),
  }
}
