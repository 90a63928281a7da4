import { aggregateDefinitions } from './aggregate.ts'
import type { Definition } from './definition.ts'
import { distinctDefinitions } from './distinct.ts'
import { shapeDefinitions } from './shape.ts'
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
  }),
)
