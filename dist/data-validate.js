import { run } from './index.js'
await run('data-validate')
