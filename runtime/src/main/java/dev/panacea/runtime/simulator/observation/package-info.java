/** What the simulated GPU tells its counters and checkers. */
package dev.panacea.runtime.simulator.observation;
