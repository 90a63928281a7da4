import { type Context, choice, flag, lines, text, textOr, unsupported } from '@mlops-actions/action'

export const inputs = {
  model: text('The registered version to serve, such as churn@v1.4.0 or churn#production.'),
  'model-file': text(
    'An ONNX file to serve instead of a registered version. Default, where `model` is not given either: the model of the run of this job.',
  ),
  image: text('Name of the image, with or without a tag, for the manifests. Default: `<model>:<version>`.'),
  tags: unsupported('More names for the image.'),
  engine: choice(
    ['auto', 'none', 'docker'],
    'auto',
    'none writes the build context, tests it, and leaves the build to a later step; auto does the same. docker is not supported yet: it is an error.',
  ),
  'base-image': textOr('node:24-slim', 'The image to build on: Node.js 24 or newer with glibc, so not Alpine.'),
  push: unsupported('Push the image.'),
  platforms: lines(
    'linux/amd64, linux/arm64, one a line. Default: the platform of this machine. More than one needs an onnxruntime-node installed in the workspace, which holds all of them.',
  ),
  'smoke-test': flag(
    true,
    'Start the server of the build context here and ask it the golden rows. Needs the platform of this machine among `platforms`.',
  ),
}

export const outputs = {
  image: 'Name of the image, as the manifests use it',
  digest: 'Digest of the image; empty, as no image is built in this step',
  context: 'Path of the build context, for docker build or docker/build-push-action',
  manifests: 'Path of a YAML file with a Kubernetes Deployment and Service',
  'image-size': 'Bytes that the image adds to its base',
}

export type ImageContext = Context<typeof inputs, typeof outputs>
