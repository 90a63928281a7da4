export { classesOf, type Description, parseDescription } from './description.ts'
export { type BuildContext, type ContextOptions, writeBuildContext } from './image/build-context.ts'
export { kubernetesManifests } from './image/kubernetes.ts'
export { smokeTest } from './image/smoke-test.ts'
