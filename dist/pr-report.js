import { run } from './index.js'
await run('pr-report')
