/** The simulated GPU's machine: memory, decoding, warps, blocks and grids. */
package dev.panacea.runtime.simulator.execution;
