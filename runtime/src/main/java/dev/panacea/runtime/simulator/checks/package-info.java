/** What compute-sanitizer and a profiler would say, for the simulated GPU: findings of four checks, and counters a launch. */
package dev.panacea.runtime.simulator.checks;
