import { run } from './index.js'
await run('metrics-gate')
