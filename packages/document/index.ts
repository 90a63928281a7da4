export * from './document.ts'
export * from './duration.ts'
export { type Path, YamlText } from './yaml-text.ts'
