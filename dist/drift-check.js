import { run } from './index.js'
await run('drift-check')
