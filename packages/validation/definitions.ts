import { aggregateDefinitions } from './aggregate.ts'
import type { Definition } from './definition.ts'
import { distinctDefinitions } from './distinct.ts'
import { divergenceDefinitions } from './divergence.ts'
import { inFileDefinitions } from './in-file.ts'
import { jsonDefinitions } from './json.ts'
import { labelDefinitions } from './label.ts'
import { orderDefinitions } from './order.ts'
import { outlierDefinitions } from './outliers.ts'
import { pairDefinitions } from './pairs.ts'
import { quantileDefinitions } from './quantiles.ts'
import { severalDefinitions } from './several.ts'
import { shapeDefinitions } from './shape.ts'
import { sharedRowDefinitions } from './shared-rows.ts'
import { strftimeDefinitions } from './strftime.ts'
import { timeDefinitions } from './times.ts'
import { typeDefinitions } from './types.ts'
import { uniqueDefinitions } from './unique.ts'
import { valueDefinitions } from './values.ts'

/** The expectations that can be judged: Great Expectations' by their names, and our own, which look beyond one column or file. */
export const definitions: ReadonlyMap<string, Definition> = new Map(
  Object.entries({
    ...shapeDefinitions,
    ...typeDefinitions,
    ...valueDefinitions,
    ...uniqueDefinitions,
    ...aggregateDefinitions,
    ...distinctDefinitions,
    ...quantileDefinitions,
    ...divergenceDefinitions,
    ...orderDefinitions,
    ...outlierDefinitions,
    ...strftimeDefinitions,
    ...jsonDefinitions,
    ...pairDefinitions,
    ...severalDefinitions,
    ...timeDefinitions,
    ...inFileDefinitions,
    ...sharedRowDefinitions,
    ...labelDefinitions,
  }),
)
