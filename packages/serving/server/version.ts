import manifest from '../package.json' with { type: 'json' }

/** Version of the server, as its metadata say it. */
export const version: string = manifest.version
