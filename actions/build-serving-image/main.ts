import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { action, projectOf } from '@mlops-actions/action'
import { checkGolden, type Runtime } from '@mlops-actions/onnx'
import { type BuildContext, kubernetesManifests, smokeTest, writeBuildContext } from '@mlops-actions/serving'
import { type Check, check, UserError, verdict } from '@mlops-actions/verdict'
import { type ImageContext, inputs, outputs } from './inputs.ts'
import { ownPlatform, platformsOf, requireStartable } from './platform.ts'
import { openServed, type Served } from './served.ts'

export const main = action({
  name: 'build-serving-image',
  description: 'Writes and tests the build context of a small image that serves an ONNX model over HTTP.',
  kind: 'image',
  permissions: [
    { permission: 'contents: read', why: 'read the version that is served', without: 'an error' },
    {
      permission: 'deployments: read',
      why: 'see which version holds a stage, where a stage is served',
      without: 'a warned check says that this was not seen',
      when: ({ model }) => model?.includes('#') === true,
    },
  ],
  inputs,
  outputs,
  async run(a) {
    if (a.inputs.engine === 'docker') throw noEngine()
    const own = ownPlatform(process)
    const platforms = platformsOf(a.inputs.platforms, own)
    if (a.inputs['smoke-test']) requireStartable(platforms, own)
    const served = await a.log.group('Open the model', () => openServed(a))
    const runtime = await projectOf(a).runtime()
    const { description, golden, manifest, referenceProfile, model } = served
    const context = await a.log.group('Write the build context', () =>
      writeBuildContext({
        folder: join(a.folder, 'context'),
        model,
        description,
        runtime,
        baseImage: a.inputs['base-image'],
        platforms,
        ...(golden === undefined ? {} : { golden }),
        ...(manifest === undefined ? {} : { manifest }),
        ...(referenceProfile === undefined ? {} : { referenceProfile }),
      }),
    )
    const checks = await a.log.group('Test it', () => judged(a, { served, runtime, context }))
    const image = imageName(a.inputs.image, description)
    const manifests = join(a.folder, 'kubernetes.yaml')
    await writeFile(manifests, kubernetesManifests(description, image))
    a.log.info(`The build context of ${image} is ${context.folder}: build it with docker/build-push-action.`)

    const subject = { model: model.sha256, run: served.run, version: served.tag }
    const result = verdict('image', subject, checks, a.context({ files: context.files, platforms }))
    return a.finish(
      result,
      { image, digest: '', context: context.folder, manifests, 'image-size': context.size },
      {
        title: `Image of ${description.name} ${description.version}`,
        facts: [
          { label: 'Image', value: image },
          { label: 'Adds to its base', value: `${(context.size / 1e6).toFixed(1)} MB` },
          { label: 'Base', value: a.inputs['base-image'] },
          { label: 'onnxruntime-node', value: runtime.version },
        ],
      },
    )
  },
})

interface Built {
  served: Served
  runtime: Runtime
  context: BuildContext
}

async function judged(a: ImageContext, { served, runtime, context }: Built): Promise<Check[]> {
  const { model, golden, description } = served
  const answers = golden === undefined ? [noGolden(description.name)] : await checkGolden(model, golden, { runtime })
  if (!a.inputs['smoke-test']) return answers
  return [...answers, ...(await smokeTest(context, description, golden))]
}

function noGolden(subject: string): Check {
  return check(false, {
    id: 'golden.missing',
    title: 'There are golden rows to hold the answers against',
    subject,
    observed: 'none',
    expected: 'golden.json, as register-promote writes it',
    severity: 'warned',
    detail:
      'The server starts and answers, but nobody has noted what its answers should be: serve a registered version.',
  })
}

/** Without a tag, the version is one; a name of an image is in lower case. */
function imageName(given: string | undefined, { name, version }: { name: string; version: string }): string {
  const image = given ?? `${name.toLowerCase()}:${version}`
  if (!/^[a-z0-9][\w.:@/-]{0,254}$/.test(image)) {
    throw new UserError({
      code: 'INPUT_INVALID',
      message: `The input "image" is "${image.slice(0, 80)}", which is no name of an image.`,
      where: { key: 'image' },
      help: 'Give a name in lower case, such as ghcr.io/owner/churn.',
    })
  }
  return /:[^/]+$/.test(image) ? image : `${image}:${version}`
}

function noEngine(): UserError {
  return new UserError({
    code: 'NOT_SUPPORTED',
    message: 'This version does not run docker itself.',
    where: { key: 'engine' },
    help: 'Leave "engine" out and give the output "context" to docker/build-push-action.',
  })
}
