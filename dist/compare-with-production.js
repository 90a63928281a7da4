import { run } from './index.js'
await run('compare-with-production')
