import { aggregateDefinitions } from './aggregate.ts'
import type { Definition } from './definition.ts'
import { distinctDefinitions } from './distinct.ts'
import { divergenceDefinitions } from './divergence.ts'
import { jsonDefinitions } from './json.ts'
import { orderDefinitions } from './order.ts'
import { outlierDefinitions } from './outliers.ts'
import { pairDefinitions } from './pairs.ts'
import { quantileDefinitions } from './quantiles.ts'
import { severalDefinitions } from './several.ts'
import { shapeDefinitions } from './shape.ts'
import { strftimeDefinitions } from './strftime.ts'
import { typeDefinitions } from './types.ts'
import { uniqueDefinitions } from './unique.ts'
import { valueDefinitions } from './values.ts'

/** The expectations that can be judged, by Great Expectations' names. */
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
  }),
)
