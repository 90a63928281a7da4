export * from './document.ts'
export { type Path, YamlText } from './yaml-text.ts'
