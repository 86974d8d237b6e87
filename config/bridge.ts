/**
 * Bounds of the Bridge that no project sets: against clients, databases and issuers that are slow, gone or hostile.
 * Times in milliseconds, sizes in bytes.
 */
export const bridgeLimits = {
  manifestBytes: 64 * 1_024 ** 2,
  http: {
    headerBytes: 16 * 1_024,
    /** Headers of a request: proxies take 100 themselves, and add some. */
    headers: 128,
    headersMs: 10_000,
    requestMs: 30_000,
    /** Longer than a load balancer keeps its side open (60 s), so that it is never the Bridge that closes first. */
    keepAliveMs: 65_000,
    checkEveryMs: 1_000,
    /** How long a body that is refused is still read and dropped, so that the answer is not lost with a reset. */
    lingerMs: 1_000,
    /** A body of at most so many bytes that is not wanted is read and dropped, so that the connection can be used on. */
    droppedBytes: 64 * 1_024,
    /** Connections beyond the limit that are taken, to tell clients so and for health checks. */
    spareConnections: 100,
    /** A body of at most so many bytes is not counted: the bound on connections bounds them. */
    smallBytes: 16 * 1_024,
    /** What a chunk of a body takes beside its bytes. */
    chunkBytes: 256,
    /** A client that reads nothing of its answer for so long is disconnected. */
    stalledMs: 10_000,
    /** What is refused for want of room is logged no more often than this. */
    refusalsEveryMs: 10_000,
    /** Requests that clients send ahead: on one connection, and in the memory that those of all connections take. */
    ahead: {
      requests: 64,
      bytes: 32 * 1_024 ** 2,
      /** What one takes beside its headers and its body, and what a name or a value of a header takes beside its characters. */
      requestBytes: 4 * 1_024,
      textBytes: 64,
      /** What a body in chunks may take: nobody says how many there are. */
      chunkedBytes: 2 * 1_024 ** 2,
    },
  },
  /** How long answers that were written may take to leave at the end. */
  ending: { graceMs: 1_000, closeEveryMs: 50 },
  jwks: {
    timeoutMs: 5_000,
    bytes: 512 * 1_024,
    /** How old keys get before they are fetched again; an issuer may say sooner, but no sooner than `soonestMs`. */
    refreshMs: 300_000,
    soonestMs: 30_000,
    /** A set that was not asked for within this time is confirmed before it is used. */
    confirmMs: 600_000,
    /** For how long keys are used while their issuer is away. */
    staleMs: 86_400_000,
    /** How long after a fetch for an unknown key that brought nothing there is no other, and its tokens are refused. */
    cooldownMs: 1_000,
    retryMs: 5_000,
    /** Unknown keys that are remembered as such. */
    absent: 100,
  },
  tokens: { bytes: 8_192, cached: 10_000 },
  /** A line of an error that repeats is written once in `repeatMs`; so many kinds are told apart. */
  log: { repeatMs: 10_000, kinds: 200 },
  pool: {
    /** Statements that may wait for their answers on one connection. */
    depth: 8,
    waiting: 5_000,
    waitMs: 5_000,
    /** How long a statement waits for a lock: less than others wait for its session. */
    lockMs: 3_000,
    /** For how long a transaction may wait for a lock on a session that others need. */
    lockedMs: 1_000,
    /** A connection whose statement runs for longer takes no more of them. */
    stalledMs: 50,
    sweepMs: 50,
    /** How often a statement that goes on is cancelled again. */
    cancelMs: 1_000,
    /** How long a session may take to end before its socket is closed. */
    endMs: 2_000,
    idleInTransactionMs: 60_000,
    retry: { firstMs: 50, lastMs: 2_000 },
    /** For how long calls wait for a database that refuses: as long as a restart takes. */
    patienceMs: 1_000,
    /** Statements that one session keeps prepared: each is a plan in the server's memory. */
    prepared: 1_000,
    /** A row of this size is kept whole, whatever the call may be answered; what the Bridge itself asks is shorter. */
    rowBytes: 64 * 1_024,
    /** How often the log says that the pool is full. */
    fullEveryMs: 10_000,
    /** How often a refused write ends the sessions of its server. */
    demotedEveryMs: 1_000,
  },
  readiness: {
    firstMs: 250,
    lastMs: 5_000,
    freshMs: 1_000,
    pingMs: 2_000,
    /** How long one comparison of the schema may take, and how often there is one. */
    checkMs: 15_000,
    recheckMs: 60_000,
    /** For how long after an error of a call asked for a comparison the next error asks for none. */
    suspectMs: 1_000,
  },
  logic: {
    /** What one statement of a module may read, in bytes of Postgres' text: of a large cell memory holds five times that. */
    readBytes: 32 * 1_024 ** 2,
    depth: 16,
    copyDepth: 100,
    cachedAnswers: 10_000,
    cachedBytes: 64 * 1_024 ** 2,
  },
  /** The largest answer that is kept for a call with a key. */
  idempotency: { keptBytes: 1_024 ** 2 },
} as const;
