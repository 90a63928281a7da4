/**
 * Writes a logistic regression as an ONNX file: one input a column (float or string, shape [N, 1], named like the column;
 * an empty number is NaN), outputs `label` (string [N]) and `probabilities` (float [N, 2], in the order of `classes`).
 *
 *   numbers -> Concat -> Imputer -> Scaler ------\
 *   text    -> OneHotEncoder -> Flatten (each) ---> Concat -> LinearClassifier
 *
 * ONNX is protocol buffers; the field numbers below are those of onnx.proto3.
 */

const ML = 'ai.onnx.ml'
const FLOAT = 1
const STRING = 8

/**
 * @param {import('./logistic.mjs').Model} model
 * @param {[string, string]} classes the second is the one whose probability the model gives
 * @param {string[]} features written into the metadata as `mlops.features`
 * @returns {Buffer}
 */
export function toOnnx(model, classes, features) {
  const { numeric, text, weights, intercept } = model
  const names = numeric.map((column) => column.name)
  const nodes = []
  const parts = []
  if (numeric.length > 0) {
    nodes.push(
      node('Concat', '', names, 'numbers', { axis: int(1) }),
      node('Imputer', ML, ['numbers'], 'imputed', {
        imputed_value_floats: floats(numeric.map((column) => column.mean)),
        replaced_value_float: float(Number.NaN),
      }),
      node('Scaler', ML, ['imputed'], 'standardised', {
        offset: floats(numeric.map((column) => column.mean)),
        scale: floats(numeric.map((column) => column.scale)),
      }),
    )
    parts.push('standardised')
  }
  for (const { name, categories } of text) {
    nodes.push(
      node('OneHotEncoder', ML, [name], `${name}_one_hot`, { cats_strings: strings(categories), zeros: int(1) }),
      node('Flatten', '', [`${name}_one_hot`], `${name}_encoded`, { axis: int(1) }),
    )
    parts.push(`${name}_encoded`)
  }
  nodes.push(
    node('Concat', '', parts, 'encoded', { axis: int(1) }),
    // A row of weights for either class, the one the other's negative: so both probabilities are right and the label is
    // the larger one. With a single row, runtimes differ in what they make of the label.
    node('LinearClassifier', ML, ['encoded'], ['label', 'probabilities'], {
      classlabels_strings: strings(classes),
      coefficients: floats([...weights.map((w) => -w), ...weights]),
      intercepts: floats([-intercept, intercept]),
      multi_class: int(0),
      post_transform: string('LOGISTIC'),
    }),
  )
  const inputs = features.map((name) => tensor(name, names.includes(name) ? FLOAT : STRING, ['N', 1]))
  const outputs = [tensor('label', STRING, ['N']), tensor('probabilities', FLOAT, ['N', classes.length])]
  const graph = message(
    ...nodes.map((n) => bytes(1, n)),
    bytes(2, 'churn'),
    ...inputs.map((i) => bytes(11, i)),
    ...outputs.map((o) => bytes(12, o)),
  )
  return message(
    varint(1, 8), // ir_version
    bytes(2, 'examples/churn'), // producer_name
    bytes(7, graph),
    bytes(8, message(bytes(1, ''), varint(2, 17))), // opset_import
    bytes(8, message(bytes(1, ML), varint(2, 3))),
    bytes(14, message(bytes(1, 'mlops.features'), bytes(2, JSON.stringify(features)))), // metadata_props
  )
}

function node(type, domain, inputs, outputs, attributes) {
  return message(
    ...inputs.map((name) => bytes(1, name)),
    ...[outputs].flat().map((name) => bytes(2, name)),
    bytes(3, [outputs].flat().join('_')),
    bytes(4, type),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, message(bytes(1, name), ...value))),
    bytes(7, domain),
  )
}

function tensor(name, elementType, shape) {
  const dimensions = shape.map((d) => bytes(1, message(typeof d === 'number' ? varint(1, d) : bytes(2, d))))
  return message(
    bytes(1, name),
    bytes(2, message(bytes(1, message(varint(1, elementType), bytes(2, message(...dimensions)))))),
  )
}

// The attribute kinds: the value's own field, then the field that names the kind.
const float = (value) => [floatField(2, value), varint(20, 1)]
const int = (value) => [varint(3, value), varint(20, 2)]
const string = (value) => [bytes(4, value), varint(20, 3)]
const floats = (values) => [...values.map((value) => floatField(7, value)), varint(20, 6)]
const strings = (values) => [...values.map((value) => bytes(9, value)), varint(20, 8)]

// Protocol buffers: a field is its number and wire type, then a variable-length integer, a length and bytes, or 4 bytes.
function varint(field, value) {
  return Buffer.from([...variableLength(field * 8), ...variableLength(value)])
}

function bytes(field, value) {
  const content = Buffer.from(value)
  return Buffer.concat([Buffer.from([...variableLength(field * 8 + 2), ...variableLength(content.length)]), content])
}

function floatField(field, value) {
  const content = Buffer.alloc(4)
  content.writeFloatLE(value)
  return Buffer.concat([Buffer.from(variableLength(field * 8 + 5)), content])
}

const message = (...fields) => Buffer.concat(fields)

function variableLength(value) {
  return value < 128 ? [value] : [(value % 128) + 128, ...variableLength(Math.floor(value / 128))]
}
