// Loaded into each instance ahead of its program: ends it when the demo has died without being able to.
process.on('disconnect', () => process.exit(1))
