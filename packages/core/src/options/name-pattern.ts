/** What a dependency may be called: it stands in URLs, log lines and metric labels. */
export const NAME_PATTERN: RegExp = /^[a-z0-9][a-z0-9-]*$/
