import { UserError } from '@mlops-actions/verdict'
import { MessageReader } from './protobuf.ts'

/** Graphs inside nodes inside graphs: no converter goes deeper, an attack would. */
const deepest = 32

/**
 * The files beside a model that hold its tensors: every `location` of external data in initializers, attributes,
 * subgraphs and functions, relative to the model's folder, sorted, each once.
 * @throws UserError MODEL_EXTERNAL_DATA_OUTSIDE for a location that could leave the model's folder
 */
export function externalLocations(model: Uint8Array, origin: string): string[] {
  const found = new Set<string>()
  const reader = new MessageReader(model)
  while (reader.next()) {
    if (reader.field === 7) inGraph(reader.message(), found, 0)
    else if (reader.field === 25) inFunction(reader.message(), found)
  }
  for (const location of found) if (!staysInside(location)) throw outside(origin, location)
  return [...found].sort()
}

function inGraph(graph: MessageReader, found: Set<string>, depth: number): void {
  while (graph.next()) {
    if (graph.field === 1) inNode(graph.message(), found, depth)
    else if (graph.field === 5) inTensor(graph.message(), found)
    else if (graph.field === 15) inSparseTensor(graph.message(), found)
  }
}

function inFunction(body: MessageReader, found: Set<string>): void {
  while (body.next()) if (body.field === 7) inNode(body.message(), found, 0)
}

function inNode(node: MessageReader, found: Set<string>, depth: number): void {
  while (node.next()) if (node.field === 5) inAttribute(node.message(), found, depth)
}

/** AttributeProto: t 5, g 6, tensors 10, graphs 11, sparse_tensor 22, sparse_tensors 23. */
function inAttribute(attribute: MessageReader, found: Set<string>, depth: number): void {
  while (attribute.next()) {
    if (attribute.field === 5 || attribute.field === 10) inTensor(attribute.message(), found)
    else if (attribute.field === 22 || attribute.field === 23) inSparseTensor(attribute.message(), found)
    else if ((attribute.field === 6 || attribute.field === 11) && depth < deepest) {
      inGraph(attribute.message(), found, depth + 1)
    }
  }
}

function inSparseTensor(sparse: MessageReader, found: Set<string>): void {
  while (sparse.next()) if (sparse.field === 1 || sparse.field === 2) inTensor(sparse.message(), found)
}

function inTensor(tensor: MessageReader, found: Set<string>): void {
  while (tensor.next()) {
    if (tensor.field !== 13) continue
    const [key, value] = tensor.message().entry()
    if (key === 'location') found.add(value)
  }
}

function staysInside(location: string): boolean {
  return (
    location !== '' &&
    !/^[/\\]|^[A-Za-z]:|[\0\\]/.test(location) &&
    !location.split('/').some((part) => part === '..' || part === '.' || part === '')
  )
}

function outside(origin: string, location: string): UserError {
  return new UserError({
    code: 'MODEL_EXTERNAL_DATA_OUTSIDE',
    message: `${origin} wants to read tensors from "${location}", which is not a file inside the model's own folder.`,
    where: { file: origin },
    help: "Save the model again with its tensors inside, or in a file beside it: onnx.save_model(model, path, save_as_external_data=True, location='weights.data').",
  })
}
