export { cache } from './cache.ts'
export type { Cache } from './cache.ts'
export type { CacheOptions } from './cache/cache-options.ts'
export { closeTogether } from './lifecycle/close-together.ts'
export type { CloseHooks, FrameworkClose } from './lifecycle/close-together.ts'
export { createLifecycle } from './lifecycle/create-lifecycle.ts'
export type {
  CheckContext,
  CheckResult,
  Dependency,
  DependencyLimits,
  StageContext,
  StepContext,
  WarmUpContext,
} from './dependency.ts'
export { defineDependency } from './dependency.ts'
export { assertDependencyOptions } from './dependency-options.ts'
export { lifecycleFaults } from './lifecycle-faults.ts'
export type { DependencyOptions, FactoryArguments, OptionRule } from './dependency-options.ts'
export type { WebServer } from './drain/watch-server.ts'
export { LifecycleError } from './errors.ts'
export type { LifecycleErrorCode } from './errors.ts'
export type { Gate, GateRequest } from './lifecycle/gate.ts'
export type {
  Ejection,
  EjectionRequest,
  EjectionVerdict,
  FailingElsewhere,
  Fleet,
  FleetDependency,
  FleetMember,
  FleetMembership,
  FleetReport,
  FleetView,
} from './fleet/fleet.ts'
export { holdExit } from './process/hold-exit.ts'
export { inheritedListener } from './lifecycle/inherited-listener.ts'
export type { LifecycleEvents } from './lifecycle/events.ts'
export type { CheckOptions, HoldDownOptions } from './health/check-options.ts'
export type {
  DependencyReport,
  HealthReport,
  HealthStatus,
  PendingWarmUp,
  WarmUpReport,
} from './health/health-report.ts'
export type { HttpAnswer } from './http-answer.ts'
export type {
  Lifecycle,
  ListenArguments,
  ListenTarget,
  LongLivedSubject,
  ProbeRequest,
  RequestHandler,
  Requirement,
  ShutdownCall,
} from './lifecycle/lifecycle.ts'
export type {
  LifecycleOptions,
  ProbePaths,
  ProbesOptions,
  QueueOptions,
  RetryOptions,
  ServiceOptions,
  ShutdownOptions,
  SlowStartOptions,
  WarmUpOptions,
} from './lifecycle/lifecycle-options.ts'
export type { Lock, LockContext, LockLease, LockWait } from './lock.ts'
export type { Logger } from './logger.ts'
export { createLoopWatch } from './loop-watch.ts'
export type { LoopLoad, LoopWatch } from './loop-watch.ts'
export { parseDuration } from './options/duration.ts'
export type { Duration } from './options/duration.ts'
export type { FindProbe } from './lifecycle/find-probe.ts'
export type { Phase } from './lifecycle/phase.ts'
export type { CutRecord } from './drain/describe-cut.ts'
export type { OpenConnections } from './drain/drain-count.ts'
export type { ProbeDetails } from './probes/forms/probe-details.ts'
export type { ProbeContent, ProbeView, RenderProbe } from './probes/forms/probe-format.ts'
export type { ProbeKind } from './probes/probe-routes.ts'
export type { Prober, ProbeHeaders } from './probes/probers/prober.ts'
export type { ProberReport, ProbersReport } from './probes/probers/prober-log.ts'
export type { ServerState } from './probes/probers/server-state.ts'
export type { ProberRecord } from './probes/probers/told-probers.ts'
export type { SelfConnection, SelfConnectOptions } from './self/connect-to-self.ts'
export { isSelfRequest } from './self/self-mark.ts'
export type { SelfRequestSubject } from './self/self-mark.ts'
export type { DrainRecord, StepRecord } from './shutdown/drain-record.ts'
export type { HookOptions, HookStep } from './shutdown/hooks.ts'
export { stampAnswer } from './stamp-answer.ts'
export { untilAborted } from './until-aborted.ts'
