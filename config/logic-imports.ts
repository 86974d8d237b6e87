/** What of Node a module may import: computing and HTTP, but no files, processes or sockets. */
export const logicImports: ReadonlySet<string> = new Set([
  ...["assert", "assert/strict", "async_hooks", "buffer", "crypto", "diagnostics_channel", "events"],
  ...["http", "https", "os", "path", "path/posix", "perf_hooks", "process", "punycode", "querystring"],
  ...["stream", "stream/consumers", "stream/promises", "stream/web", "string_decoder", "timers"],
  ...["timers/promises", "tty", "url", "util", "util/types", "zlib"],
]);

/** What packages name and logic is not given: it is there by its names, and refuses to be used. */
export const inertImports: ReadonlySet<string> = new Set([
  ...["child_process", "cluster", "constants", "dgram", "dns", "dns/promises", "fs", "fs/promises", "http2"],
  ...["inspector", "module", "net", "path/win32", "readline", "tls", "v8", "vm", "worker_threads"],
]);
