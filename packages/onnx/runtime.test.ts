import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { loadRuntime, type Pins } from './index.ts'
import pinned from './pinned.json' with { type: 'json' }

const project = fileURLToPath(new URL('../..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'onnx-runtime-'))
const empty = join(scratch, 'workspace')
const platform = `bin/napi-v6/${process.platform}/${process.arch}`
const tarballs = new Map<string, Buffer>()
const asked: string[] = []
const registry = createServer((request, response) => {
  asked.push(request.url ?? '')
  const body = tarballs.get(request.url ?? '')
  response.writeHead(body ? 200 : 404).end(body)
})
let url = ''

/** A package as npm packs it: a gzipped tar of a folder named `package`. */
function pack(name: string, files: Record<string, string>): string {
  const folder = join(scratch, `pack-${name}-${tarballs.size}`)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'package', path)), { recursive: true })
    writeFileSync(join(folder, 'package', path), text)
  }
  const tar = execFileSync('tar', ['-cf', '-', '--format=ustar', '-C', folder, 'package'], { maxBuffer: 1e8 })
  const archive = gzipSync(tar)
  tarballs.set(`/${name}/-/${name}-9.9.9.tgz`, archive)
  return `sha512-${createHash('sha512').update(archive).digest('base64')}`
}

const node = {
  'package.json': JSON.stringify({ name: 'onnxruntime-node', version: '9.9.9' }),
  'dist/index.js': 'module.exports = {}',
  'dist/index.js.map': '{}',
  'script/install.js': 'throw new Error("never run")',
  'bin/napi-v6/win32/x9/onnxruntime_binding.node': 'other',
  [`${platform}/onnxruntime_binding.node`]: 'native'.repeat(1000),
}

beforeAll(async () => {
  mkdirSync(empty)
  await new Promise<void>((listening) => registry.listen(0, '127.0.0.1', () => listening()))
  const address = registry.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
})

afterAll(() => registry.close())

describe('loadRuntime', () => {
  it("takes the workspace's own onnxruntime-node", async () => {
    const runtime = await loadRuntime({ workspace: project })
    expect(runtime).toMatchObject({ source: 'workspace', directory: join(project, 'node_modules', 'onnxruntime-node') })
  })

  it('takes the configured one, by its folder or by the folder above node_modules', async () => {
    for (const configured of [project, join(project, 'node_modules', 'onnxruntime-node')]) {
      expect(await loadRuntime({ workspace: empty, configured })).toMatchObject({ source: 'configured' })
    }
    await expect(loadRuntime({ workspace: project, configured: 'nowhere' })).rejects.toMatchObject({
      code: 'RUNTIME_NOT_FOUND',
      where: { key: 'onnxruntime_path' },
    })
  })

  it('fetches the pinned tarballs once, keeps one platform, and finds them in the tool cache after that', async () => {
    const pins: Pins = {
      version: '9.9.9',
      packages: {
        'onnxruntime-node': pack('onnxruntime-node', node),
        'onnxruntime-common': pack('onnxruntime-common', { 'package.json': '{}', 'dist/cjs/index.js': '' }),
      },
    }
    const options = { workspace: empty, toolCache: join(scratch, 'tools'), registry: url, pins }
    const folder = join(scratch, 'tools', 'onnxruntime-node', '9.9.9', process.arch)
    const fetched = await loadRuntime(options)
    expect(fetched).toEqual({
      source: 'download',
      version: '9.9.9',
      directory: join(folder, 'node_modules', 'onnxruntime-node'),
    })
    expect(readFileSync(join(fetched.directory, platform, 'onnxruntime_binding.node'), 'utf8')).toHaveLength(6000)
    expect(readdirSync(fetched.directory).sort()).toEqual(['bin', 'dist', 'package.json'])
    expect(readdirSync(join(fetched.directory, 'dist'))).toEqual(['index.js'])
    expect(readdirSync(join(fetched.directory, 'bin', 'napi-v6'))).toEqual([process.platform])
    expect(readdirSync(dirname(folder)).sort()).toEqual([process.arch, `${process.arch}.complete`])

    const before = asked.length
    expect(await loadRuntime(options)).toMatchObject({ source: 'tool cache', directory: fetched.directory })
    expect(asked).toHaveLength(before)
  })

  it('keeps nothing whose digest is not the pinned one', async () => {
    const toolCache = join(scratch, 'tampered')
    pack('onnxruntime-node', node)
    const pins = { version: '9.9.9', packages: { 'onnxruntime-node': 'sha512-AAAA' } }
    await expect(loadRuntime({ workspace: empty, toolCache, registry: url, pins })).rejects.toMatchObject({
      code: 'RUNTIME_INTEGRITY',
    })
    expect(readdirSync(join(toolCache, 'onnxruntime-node', '9.9.9'))).toEqual([])
  })

  it('says what failed and what to do where the registry has no such package', async () => {
    const pins = { version: '0.0.1', packages: { 'onnxruntime-node': 'sha512-AAAA' } }
    const toolCache = join(scratch, 'absent')
    await expect(loadRuntime({ workspace: empty, toolCache, registry: url, pins })).rejects.toMatchObject({
      code: 'RUNTIME_DOWNLOAD',
      message: expect.stringContaining('HTTP 404'),
      help: expect.stringContaining('onnxruntime_path'),
    })
  })

  it('never writes outside its folder, whatever the names in an archive are', async () => {
    const folder = join(scratch, 'slip')
    mkdirSync(join(folder, 'package'), { recursive: true })
    writeFileSync(join(folder, 'package', 'package.json'), node['package.json']!)
    writeFileSync(join(folder, 'escaped.js'), 'x')
    const tar = execFileSync('tar', [
      '-cPf',
      '-',
      '--transform=s,^escaped,package/dist/../../../escaped,',
      '-C',
      folder,
      'package',
      'escaped.js',
    ])
    const archive = gzipSync(tar)
    tarballs.set('/onnxruntime-node/-/onnxruntime-node-6.6.6.tgz', archive)
    const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`
    const pins = { version: '6.6.6', packages: { 'onnxruntime-node': integrity } }
    const toolCache = join(scratch, 'slip-tools')
    await expect(loadRuntime({ workspace: empty, toolCache, registry: url, pins })).rejects.toMatchObject({
      code: 'RUNTIME_PLATFORM',
    })
    const home = join(toolCache, 'onnxruntime-node', '6.6.6', process.arch, 'node_modules')
    expect(existsSync(join(home, 'onnxruntime-node', 'package.json'))).toBe(true)
    expect(existsSync(join(home, 'escaped.js'))).toBe(false)
    expect(existsSync(join(home, '..', 'escaped.js'))).toBe(false)
  })

  describe('where there is no build', () => {
    afterEach(() => vi.restoreAllMocks())

    it('knows the platforms of the version that is pinned', () => {
      const bin = join(project, 'node_modules/onnxruntime-node/bin/napi-v6')
      const there = readdirSync(bin).flatMap((os) => readdirSync(join(bin, os)).map((arch) => `${os}/${arch}`))
      expect(pinned.platforms).toEqual(there.sort())
      const own = JSON.parse(readFileSync(join(project, 'node_modules/onnxruntime-node/package.json'), 'utf8'))
      expect(own.version).toBe(pinned.version)
    })

    it.each(['x64', 'riscv64'] as const)('says so of macOS on %s before anything is fetched', async (arch) => {
      vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin')
      vi.spyOn(process, 'arch', 'get').mockReturnValue(arch as never)
      const before = asked.length
      const toolCache = join(scratch, `tools-${arch}`)
      await expect(loadRuntime({ workspace: empty, toolCache, registry: url })).rejects.toMatchObject({
        code: 'RUNTIME_PLATFORM',
        message: expect.stringContaining(`no build for darwin ${arch}`),
      })
      expect(asked.length).toBe(before)
    })

    it('says so of a Linux with musl, even where npm has installed the package', async () => {
      vi.spyOn(process, 'platform', 'get').mockReturnValue('linux')
      vi.spyOn(process.report, 'getReport').mockReturnValue({ header: {} } as never)
      await expect(loadRuntime({ workspace: project })).rejects.toMatchObject({
        code: 'RUNTIME_PLATFORM',
        message: expect.stringContaining('musl'),
        help: expect.stringContaining('onnxruntime_path'),
      })
    })
  })
})
