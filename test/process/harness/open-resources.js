/** What is open in this process, but for its standard streams: Node itself may open those at any time, for good. */
export function openResources() {
  return process.getActiveResourcesInfo().filter((one) => one !== 'PipeWrap')
}
