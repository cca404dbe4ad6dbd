import { createFleetSeat } from '../fleet/create-fleet-seat.ts'
import type { FleetSeat } from '../fleet/fleet-seat.ts'
import { createDependencyGraph } from '../graph/dependency-graph.ts'
import { HealthMonitor } from '../health/health-monitor.ts'
import { guardLogger, SILENT } from '../logger.ts'
import type { Logger } from '../logger.ts'
import { createDefaultLog } from '../logging/default-log.ts'
import type { ResolvedOptions } from '../options/resolved-options.ts'
import { ProbeServer } from '../probes/probe-server.ts'
import { ProberLog } from '../probes/probers/prober-log.ts'
import { TrustedAddresses } from '../probes/probers/trusted-addresses.ts'
import { Probes } from '../probes/probes.ts'
import { ProcessTies } from '../process/process-ties.ts'
import { writeNow } from '../process/write-now.ts'
import { Shutdown } from '../shutdown/shutdown.ts'
import { Rewarm } from '../warm-up/rewarm.ts'
import { WarmUp } from '../warm-up/warm-up.ts'
import { Emitter } from './emitter.ts'
import { FrontDoor } from './front-door.ts'
import { logEvents } from './log-events.ts'
import type { ClosedPort } from './put-off-listen.ts'
import { Readiness } from './readiness.ts'
import { State } from './state.ts'
import { WayIn } from './way-in.ts'

/** What a lifecycle is made of, as far as its own methods need it. */
export interface Parts {
  readonly logger: Logger
  readonly emitter: Emitter
  readonly monitor: HealthMonitor
  readonly seat: FleetSeat | undefined
  readonly state: State
  readonly readiness: Readiness
  readonly probes: Probes
  readonly probeServer: ProbeServer | undefined
  readonly door: FrontDoor
  readonly shutdown: Shutdown
  readonly wayIn: WayIn
}

/** Puts the parts together; each does its own work. They call each other, but none of them before all are there. */
export function assemble(options: ResolvedOptions): Parts {
  const { dependencies } = options
  const { retry, whileWarming } = options.warmUp
  const { name: service, version, instance } = options.service
  const about = { service, version, instance }
  const log = createDefaultLog(options.logStyle, about, process.env)
  const logger = options.logger === false ? SILENT : guardLogger(options.logger ?? log.logger)
  const emitter = new Emitter(logger)
  const draw = options.logger === undefined ? log.draw : undefined
  // First, so that the last line of the warm-up comes when there is nothing drawn below it any more.
  draw?.(emitter, () => state.report())
  logEvents(emitter, logger, draw !== undefined)
  const graph = createDependencyGraph(dependencies)
  const { emit } = emitter
  const rewarm = new Rewarm({
    dependencies,
    graph,
    retry,
    emit,
    logger,
    random: Math.random,
    connectToSelf: (how) => door.connectToSelf(how),
    isFailing: (name) => monitor.statusOf(name) === 'fail',
  })
  const monitor = new HealthMonitor({
    dependencies: dependencies.map((one) => ({ ...one, options: one.health, warmsUp: one.warmUp !== undefined })),
    rootCauseOf: graph.rootCauseOf,
    askRecovery: rewarm.askRecovery,
    emit,
    logger,
    onChange: () => wayIn.changed(),
  })
  const warmUp = new WarmUp({
    dependencies,
    graph,
    retry,
    emit,
    logger,
    random: Math.random,
    connectToSelf: (how) => door.connectToSelf(how),
    onWarm: (name) => {
      rewarm.hasWarmed(name)
      monitor.begin(name)
    },
    onFailed: (name, message) => wayIn.failed(name, message),
    onChange: () => wayIn.changed(),
  })
  const seat = createFleetSeat({ options, emitter, logger, phase: () => state.phase })
  const probers = new ProberLog(new TrustedAddresses(options.probes.trusted))
  const state = new State({
    options,
    monitor,
    warmUp,
    seat,
    probers,
    emit,
    onChange: () => readiness.changed(),
  })
  const readiness = new Readiness(state, emit)
  emitter.on('fleet', () => readiness.changed())
  const probes = new Probes(state, options.probes, probers, logger)
  const { port, host } = options.probes
  const probeServer = port === undefined ? undefined : new ProbeServer({ port, host, probes, logger })
  const closedPort: ClosedPort = {
    isClosed: () => state.phase === 'idle' || state.phase === 'warming',
    wanted: () => wayIn.begin(),
    untilOpen: () => wayIn.untilPortMayOpen(),
    logger,
  }
  const door = new FrontDoor({
    probes,
    logger,
    isRunning: () => state.phase !== 'idle',
    onListening: () => wayIn.begin(),
    closedPort: whileWarming === 'closed' ? closedPort : undefined,
  })
  const ties = new ProcessTies({
    signals: options.signals,
    exit: options.exit,
    onCrash: options.onCrash === 'drain' ? (error) => shutdown.crashed(error) : undefined,
    flushMs: options.shutdown.flush,
    logger,
    tellNow: (fields, message) => {
      if (options.logger !== false) writeNow(log.line('error', fields, message), options.shutdown.flush)
    },
    leave: (signal) => {
      if (shutdown.stopped !== undefined) return false
      void shutdown.begin({ reason: signal, signal })
      return true
    },
    leaveToo: ({ reason, isBroken }) => {
      shutdown.leave({ reason: `another lifecycle ends the process: ${reason}`, isBroken })
    },
    skipDrain: () => shutdown.skipDrain(),
  })
  const shutdown = new Shutdown({
    options,
    graph,
    door,
    probers,
    monitor,
    warmUp,
    state,
    ties,
    emit,
    logger,
    closeProbes: async () => probeServer?.close(),
    onBegin: (reason) => wayIn.giveUp(reason),
  })
  const wayIn = new WayIn({
    options,
    monitor,
    warmUp,
    rewarm,
    seat,
    state,
    readiness,
    probeServer,
    door,
    ties,
    shutdown,
    logger,
  })
  return { logger, emitter, monitor, seat, state, readiness, probes, probeServer, door, shutdown, wayIn }
}
